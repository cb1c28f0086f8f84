/** One prompt per view; each view's prompt is the other one's negative. */
import { definePrompts } from '../../core/prompts.ts';

const frontal = 'a frontal chest x-ray';
const lateral = 'a lateral chest x-ray';

export default definePrompts({
  name: 'view-pair',
  version: '1',
  source: 'written for this benchmark',
  prompts: {
    frontal: { positive: [frontal], negative: [lateral] },
    lateral: { positive: [lateral], negative: [frontal] },
  },
});
