/** MedCLIP's prompts for pneumonia, made for the RSNA challenge: every combination of its slots, empty entries included. */
import { definePrompts } from '../../core/prompts.ts';
import { promptProduct } from '../../lib/scoring/prompt-product.ts';

const PLACES =
  'mid lung zone, upper lung zone, right lung zone, left lung zone, lung bases, right lung base, left lung base, bilateral lung bases, left lower lobe, right lower lobe, left middle lobe, right middle lobe';

const positive = promptProduct([
  ['round', 'early', 'focal', 'multifocal', 'small', ''],
  ['bacterial', 'viral', 'mycoplasma', ''],
  [...PLACES.split(', ').map((place) => `at the ${place}`), ''],
]);

export default definePrompts({
  name: 'medclip-rsna',
  version: '1',
  source:
    'RyanWangZf/MedCLIP:medclip/constants.py, RSNA_CLASS_PROMPTS, and prompts.py; Wang et al. 2022, arXiv:2210.10163',
  aggregation: 'mean-similarity',
  prompts: { Pneumonia: { positive, negative: [] } },
});
