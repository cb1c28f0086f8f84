/** CheXpert, full (`CheXpert-v1.0`) and small: train.csv, valid.csv and the radiologists' labels of the test studies. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { defineDataset, type OpenDataset, type Part } from '../../core/dataset.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { CHEXPERT_FINDINGS } from '../../core/study.ts';
import { datasetDigest, sortStudies } from '../../lib/dataset-digest.ts';
import { assertPatientDisjoint, GENERAL_SPLITS } from '../../lib/splits.ts';
import { findTables, indexImages, type TablePart } from './chexpert/files.ts';
import { type BuiltStudies, buildStudies } from './chexpert/studies.ts';
import { type ChexpertTable, readTable } from './chexpert/tables.ts';

const table = z.string().min(1).optional();

const options = z.strictObject({
  /** Tables relative to root; found by their names (train.csv, valid.csv, test.csv, test_labels.csv, groundtruth.csv) unless given. */
  train: table,
  valid: table,
  test: table,
  /** `view1`: the first image of each study alone, as CheXzero's evaluation has it. Source: rajpurkarlab/CheXzero:run_preprocess.py. */
  images: z.enum(['all', 'view1']).default('all'),
  /** `keep`: a listed image that is missing fails singly. `drop`: it is left out, and so is a study with no image left. */
  missingImages: z.enum(['keep', 'drop']).default('keep'),
});

type Options = z.infer<typeof options>;

const NAME = 'chexpert';
const VERSION = '1';
const SPLITS = ['official-v1', ...GENERAL_SPLITS.keys()];
const OBTAIN =
  'register at https://aimi.stanford.edu and accept the research use agreement for CheXpert; unpack CheXpert-v1.0 or ' +
  'CheXpert-v1.0-small with train.csv and valid.csv; for the test part add its images and the labels groundtruth.csv of ' +
  'github.com/rajpurkarlab/cheXpert-test-set-labels.';

export default defineDataset<Options>({
  name: NAME,
  version: VERSION,
  title: 'CheXpert',
  tier: 'registered',
  licence: 'Stanford University Dataset Research Use Agreement: research only, after registration, no redistribution',
  citation: 'Irvin et al. 2019, doi:10.1609/aaai.v33i01.3301590',
  synthetic: false,
  findings: CHEXPERT_FINDINGS,
  splits: SPLITS,
  options,
  obtain: OBTAIN,
  open: openChexpert,
});

async function openChexpert(root: string | undefined, chosen: Options, context: Context): Promise<OpenDataset> {
  if (root === undefined) throw new ConfigError(`dataset ${NAME} needs a folder, expected root, got none`, OBTAIN);
  const entries = await context.files.list(root);
  const paths = findTables(entries, chosen);
  if (paths.size === 0)
    throw new DataError(`no table found, expected train.csv, valid.csv or test labels, got none (${root})`, OBTAIN);
  const tables = new Map<TablePart, ChexpertTable>();
  for (const [part, path] of paths) tables.set(part, readTable(await context.files.readText(join(root, path)), path));
  const { images, missingImages } = chosen;
  const built = buildStudies({ root, tables, files: indexImages(entries), images, missingImages });
  const studies = sortStudies(built.studies);
  if (studies.length === 0)
    throw new DataError(`no study left, expected at least one (${[...paths.values()].join(', ')})`, OBTAIN);
  return {
    studies,
    digest: datasetDigest({ dataset: `${NAME}@${VERSION}` }, studies),
    problems: built.problems,
    split: (name) => splitOf(name, studies, built.parts),
  };
}

/** `official-v1`: the part of a study is the table that it stands in. */
function splitOf(name: string, studies: OpenDataset['studies'], parts: BuiltStudies['parts']): readonly Part[] {
  const general = GENERAL_SPLITS.get(name);
  if (general) return general(studies);
  if (name !== 'official-v1')
    throw new ConfigError(
      `unknown split of ${NAME}, expected one of ${SPLITS.join(', ')}, got "${name}"`,
      didYouMean(name, SPLITS),
    );
  const official = studies.map(({ id }) => parts.get(id)!);
  assertPatientDisjoint(studies, official);
  return official;
}
