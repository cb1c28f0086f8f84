/** CheXzero's published prompt pair: the finding's name, and "no" before it. */
import { definePrompts } from '../../core/prompts.ts';
import { CHEXPERT_FINDINGS } from '../../core/study.ts';

/** Names that other label sets use beside the CheXpert ones: ChestX-ray14 (Wang et al. 2017, arXiv:1705.02315) and MeSH. */
const OTHER_FINDINGS = [
  'Effusion',
  'Emphysema',
  'Fibrosis',
  'Hernia',
  'Infiltration',
  'Mass',
  'Nodule',
  'Pleural Thickening',
] as const;

const pair = (name: string) => [name, { positive: [name], negative: [`no ${name}`] }] as const;

export default definePrompts({
  name: 'chexzero-pair',
  version: '1',
  // "No Finding" becomes "no No Finding" there, and ranks the wrong way round (rajpurkarlab/CheXzero issue 19): kept,
  // since it is the published protocol.
  source: 'rajpurkarlab/CheXzero:zero_shot.py; Tiu et al. 2022, doi:10.1038/s41551-022-00936-9',
  prompts: {
    ...Object.fromEntries([...CHEXPERT_FINDINGS, ...OTHER_FINDINGS].map(pair)),
    // ChestX-ray14 writes the name with an underscore; the prompt does not.
    Pleural_Thickening: { positive: ['Pleural Thickening'], negative: ['no Pleural Thickening'] },
  },
});
