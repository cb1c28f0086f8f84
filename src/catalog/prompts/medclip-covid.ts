/** MedCLIP's prompts for COVID-19: every combination of its slots. For normal films the authors take sentences of reports, no template. */
import { definePrompts } from '../../core/prompts.ts';
import { promptProduct } from '../../lib/scoring/prompt-product.ts';

const positive = promptProduct([
  ['patchy', 'confluent'],
  ['ground glass'],
  ['opacity', 'consolidation'],
  ['in peripheral', 'in mid', 'in lower'],
]);

export default definePrompts({
  name: 'medclip-covid',
  version: '1',
  source:
    'RyanWangZf/MedCLIP:medclip/constants.py, COVID_CLASS_PROMPTS, and prompts.py; Wang et al. 2022, arXiv:2210.10163',
  aggregation: 'mean-similarity',
  prompts: { 'COVID-19': { positive, negative: [] } },
});
