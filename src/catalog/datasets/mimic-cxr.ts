/** MIMIC-CXR 2.1.0: DICOM films and free-text reports; labels, views and the official split from MIMIC-CXR-JPG's tables beside. */
import { defineDataset } from '../../core/dataset.ts';
import { CHEXPERT_FINDINGS } from '../../core/study.ts';
import { type MimicOptions, mimicOptions, openMimic } from './mimic-cxr/open.ts';
import { MIMIC_SPLITS } from './mimic-cxr/parts.ts';

const NAME = 'mimic-cxr';
const VERSION = '1';
const OBTAIN =
  'after credentialing and signing the data-use agreement, https://physionet.org/content/mimic-cxr/2.1.0: the folder files, ' +
  'cxr-record-list.csv.gz and mimic-cxr-reports.zip, unpacked in the same folder; for labels, views and the official split the ' +
  'tables mimic-cxr-2.0.0-*.csv.gz of https://physionet.org/content/mimic-cxr-jpg/2.1.0 beside them.';

export default defineDataset<MimicOptions>({
  name: NAME,
  version: VERSION,
  title: 'MIMIC-CXR (DICOM)',
  tier: 'credentialed',
  licence:
    'PhysioNet Credentialed Health Data License 1.5.0: credentialed users alone, for research; no sharing, no attempt to identify anyone',
  citation: 'Johnson et al. 2019, doi:10.1038/s41597-019-0322-0; data doi:10.13026/C2JT1Q',
  synthetic: false,
  findings: CHEXPERT_FINDINGS,
  splits: MIMIC_SPLITS,
  options: mimicOptions,
  obtain: OBTAIN,
  open: (root, options, context) =>
    openMimic({ name: NAME, version: VERSION, extension: 'dcm', obtain: OBTAIN }, { root, options, context }),
});
