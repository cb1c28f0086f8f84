/** MIMIC-CXR-JPG 2.1.0: JPEG films with CheXpert's, NegBio's and a radiologist's labels; reports of MIMIC-CXR where they are beside. */
import { defineDataset } from '../../core/dataset.ts';
import { CHEXPERT_FINDINGS } from '../../core/study.ts';
import { type MimicOptions, mimicOptions, openMimic } from './mimic-cxr/open.ts';
import { MIMIC_SPLITS } from './mimic-cxr/parts.ts';

const NAME = 'mimic-cxr-jpg';
const VERSION = '1';
const OBTAIN =
  'after credentialing and signing the data-use agreement, https://physionet.org/content/mimic-cxr-jpg/2.1.0: the folder files ' +
  'and mimic-cxr-2.0.0-metadata.csv.gz, -chexpert.csv.gz, -negbio.csv.gz, -split.csv.gz, mimic-cxr-2.1.0-test-set-labeled.csv; ' +
  'for reports mimic-cxr-reports.zip of https://physionet.org/content/mimic-cxr/2.1.0, unpacked in the same folder.';

export default defineDataset<MimicOptions>({
  name: NAME,
  version: VERSION,
  title: 'MIMIC-CXR-JPG',
  tier: 'credentialed',
  licence:
    'PhysioNet Credentialed Health Data License 1.5.0: credentialed users alone, for research; no sharing, no attempt to identify anyone',
  citation: 'Johnson et al. 2019, arXiv:1901.07042; data doi:10.13026/jsn5-t979',
  synthetic: false,
  findings: CHEXPERT_FINDINGS,
  splits: MIMIC_SPLITS,
  options: mimicOptions,
  obtain: OBTAIN,
  open: (root, options, context) =>
    openMimic({ name: NAME, version: VERSION, extension: 'jpg', obtain: OBTAIN }, { root, options, context }),
});
