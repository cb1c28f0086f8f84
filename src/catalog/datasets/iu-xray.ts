/** Indiana University chest X-rays with reports, in both official forms: Open-i (XML + PNG) and Kaggle (two tables + PNG). */
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { defineDataset, type OpenDataset } from '../../core/dataset.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { CHEXPERT_FINDINGS } from '../../core/study.ts';
import { datasetDigest, sortStudies } from '../../lib/dataset-digest.ts';
import { GENERAL_SPLITS } from '../../lib/splits.ts';
import { indexImages, VIEW_RULE } from './iu-xray/images.ts';
import { MESH_MAPPING } from './iu-xray/mesh-terms.ts';
import { r2genSplit } from './iu-xray/r2gen-split.ts';
import { readRelease } from './iu-xray/release.ts';
import { dropMissing, studiesOf } from './iu-xray/studies.ts';

const options = z.strictObject({
  /** Which form to read where a folder holds both; `auto` takes the tables if they are there, else the XML files. */
  form: z.enum(['auto', 'open-i', 'kaggle']).default('auto'),
  /** `keep`: a listed image that is missing fails singly. `drop`: it is left out, and so is a study with no image left. */
  missingImages: z.enum(['keep', 'drop']).default('keep'),
});

type Options = z.infer<typeof options>;

const SPLITS = new Map([...GENERAL_SPLITS, ['r2gen-v1', r2genSplit]]);

const NAME = 'iu-xray';
const VERSION = '1';
const OBTAIN =
  'Open-i form: NLMCXR_reports.tgz and NLMCXR_png.tgz from https://openi.nlm.nih.gov/faq, unpacked into one folder ' +
  '(ecgen-radiology/*.xml and *.png anywhere below), with indiana_projections.csv beside them for the views. ' +
  'Kaggle form: indiana_reports.csv, indiana_projections.csv and the images folder of raddar/chest-xrays-indiana-university.';

export default defineDataset<Options>({
  name: NAME,
  version: VERSION,
  title: 'Indiana University chest X-ray collection (Open-i)',
  tier: 'open',
  licence: 'CC BY-NC-ND 4.0',
  citation: 'Demner-Fushman et al. 2016, doi:10.1093/jamia/ocv080',
  synthetic: false,
  findings: CHEXPERT_FINDINGS,
  splits: [...SPLITS.keys()],
  options,
  obtain: OBTAIN,
  open: openIuXray,
});

/** The release has one report per patient: uid, study and patient are one number. Reads nothing but reports and tables. */
export async function openIuXray(root: string | undefined, chosen: Options, context: Context): Promise<OpenDataset> {
  if (root === undefined) throw new ConfigError(`dataset ${NAME} needs a folder, expected root, got none`, OBTAIN);
  const entries = await context.files.list(root);
  const release = await readRelease({ root, entries, form: chosen.form, context, obtain: OBTAIN });
  const files = indexImages(entries);
  const all = studiesOf(release.records, { root, files, views: release.views });
  const kept = chosen.missingImages === 'drop' ? dropMissing(all, files.paths) : all;
  const studies = sortStudies(kept.studies);
  if (studies.length === 0) throw new DataError(`no study left, expected at least one (${root})`, OBTAIN);
  return {
    studies,
    digest: datasetDigest({ dataset: `${NAME}@${VERSION}`, mapping: MESH_MAPPING, views: VIEW_RULE }, studies),
    problems: [...release.problems, ...kept.problems],
    split(name) {
      const split = SPLITS.get(name);
      if (split) return split(studies);
      throw new ConfigError(
        `unknown split of ${NAME}, expected ${[...SPLITS.keys()].join(', ')}, got "${name}"`,
        didYouMean(name, SPLITS.keys()),
      );
    },
  };
}
