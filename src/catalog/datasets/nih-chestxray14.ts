/** NIH ChestX-ray14: the Data_Entry table and PNG files in any folders below the root. One image is one study. */
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Context, FileEntry } from '../../core/context.ts';
import { type DataProblem, defineDataset, type OpenDataset } from '../../core/dataset.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import type { Study } from '../../core/study.ts';
import { datasetDigest, sortStudies } from '../../lib/dataset-digest.ts';
import { fileName, findImages, type ImagePaths } from './nih-chestxray14/images.ts';
import { NIH_FINDINGS, NIH_MAPPING } from './nih-chestxray14/labels.ts';
import { countRecurring, NIH_SPLITS, nihSplit, type SplitSources } from './nih-chestxray14/parts.ts';
import { type NihRow, readRows } from './nih-chestxray14/rows.ts';

const options = z.strictObject({
  /** Folder below root whose images count; needed where one file name lies in several folders. */
  images: z.string().min(1).optional(),
  /** Table, relative to root; found by its name `Data_Entry_2017*.csv` (or `.csv.gz`) unless given. */
  table: z.string().min(1).optional(),
  /** `drop`: rows without an image on disk are left out, unless there is no image at all. `keep`: they fail singly. */
  missingImages: z.enum(['drop', 'keep']).default('drop'),
});

type Options = z.infer<typeof options>;

const NAME = 'nih-chestxray14';
const VERSION = '1';
const OBTAIN =
  'Data_Entry_2017_v2020.csv, train_val_list.txt, test_list.txt and images_001.tar.gz … images_012.tar.gz, all at ' +
  'https://nihcc.app.box.com/v/ChestXray-NIHCC, unpacked into one folder (images anywhere below it).';

export default defineDataset<Options>({
  name: NAME,
  version: VERSION,
  title: 'NIH ChestX-ray14',
  tier: 'open',
  licence: 'no restriction on use; attribute the NIH Clinical Center and cite the paper',
  citation: 'Wang et al. 2017, doi:10.1109/CVPR.2017.369',
  synthetic: false,
  findings: Object.values(NIH_FINDINGS),
  splits: NIH_SPLITS,
  options,
  obtain: OBTAIN,
  open: openNih,
});

async function openNih(root: string | undefined, chosen: Options, context: Context): Promise<OpenDataset> {
  if (root === undefined) throw new ConfigError(`dataset ${NAME} needs a folder, expected root, got none`, OBTAIN);
  const entries = await context.files.list(root);
  const tablePath = chosen.table ?? findTable(entries, root);
  const table = readRows(await context.files.readText(join(root, tablePath)), tablePath);
  const listed = new Set(table.rows.map(({ imageIndex }) => imageIndex.toLowerCase()));
  const paths = findImages(entries, chosen.images, listed);
  const { rows, problems } = keepRows(table.rows, paths, chosen.missingImages);
  if (rows.length === 0) throw new DataError(`table has no row, expected at least one (${tablePath})`, OBTAIN);
  const studies = sortStudies(rows.map((row) => studyOf(row, root, paths)));
  const sources = await splitSources(studies, paths, { root, entries, context });
  const recurring = countRecurring(sources);
  if (recurring > 0)
    problems.push({
      item: 'folder-v1',
      problem: `${recurring} images of patients that recur across folders are excluded`,
    });
  return {
    studies,
    digest: datasetDigest({ dataset: `${NAME}@${VERSION}`, mapping: NIH_MAPPING }, studies),
    problems: [...relevant(table.problems, rows), ...problems],
    split: (name) => nihSplit(name, sources),
  };
}

function findTable(entries: readonly FileEntry[], root: string): string {
  const found = entries.filter(({ path }) => /^Data_Entry_2017.*\.csv(\.gz)?$/i.test(basename(path)));
  if (found.length === 1) return found[0]!.path;
  const got = found.length === 0 ? 'none' : found.map(({ path }) => path).join(' and ');
  throw new DataError(
    `cannot choose a table, expected one Data_Entry_2017*.csv, got ${got} (${root})`,
    found.length === 0 ? OBTAIN : 'set options.table to the one that is meant',
  );
}

/** Problems of rows that were left out would drown the others: a subset of the images has few rows of the table. */
function relevant(problems: readonly DataProblem[], rows: readonly NihRow[]): readonly DataProblem[] {
  const kept = new Set(rows.map(({ imageIndex }) => imageIndex));
  return problems.filter(({ item }) => kept.has(item) || !/\.png$/i.test(item));
}

function keepRows(rows: readonly NihRow[], paths: ImagePaths, missing: Options['missingImages']) {
  const problems: DataProblem[] = [];
  const present = rows.filter(({ imageIndex }) => paths.has(imageIndex.toLowerCase()));
  const absent = rows.length - present.length;
  const extra = paths.size - present.length;
  if (extra > 0) problems.push({ item: 'images', problem: `${extra} images without a row in the table are left out` });
  if (absent === 0) return { rows, problems };
  const drop = missing === 'drop' && present.length > 0;
  problems.push({ item: 'rows', problem: `${absent} rows without an image${drop ? ' are left out' : ''}` });
  return { rows: drop ? present : rows, problems };
}

function studyOf(row: NihRow, root: string, paths: ImagePaths): Study {
  const path = paths.get(row.imageIndex.toLowerCase()) ?? `images/${row.imageIndex}`;
  const view = row.projection === undefined ? 'unknown' : 'frontal';
  return {
    id: row.imageIndex.replace(/\.png$/i, ''),
    patientId: row.patientId,
    images: [{ id: row.imageIndex, view, path: join(root, path) }],
    report: {},
    labels: row.labels,
    ...(row.sex === undefined ? {} : { sex: row.sex }),
    ...(row.ageYears === undefined ? {} : { ageYears: row.ageYears }),
    acquisition: row.projection === undefined ? {} : { projection: row.projection },
  };
}

interface Release {
  readonly root: string;
  readonly entries: readonly FileEntry[];
  readonly context: Context;
}

async function splitSources(studies: readonly Study[], paths: ImagePaths, release: Release): Promise<SplitSources> {
  const imagePaths = studies.map(({ images }) => paths.get(fileName(images[0]!.id)) ?? '');
  const [trainValidation, test] = await Promise.all(
    ['train_val_list.txt', 'test_list.txt'].map((name) => readList(name, release)),
  );
  return { studies, imagePaths, trainValidation, test };
}

async function readList(name: string, { root, entries, context }: Release): Promise<ReadonlySet<string> | undefined> {
  const entry = entries.find(({ path }) => fileName(path) === name);
  if (entry === undefined) return undefined;
  const text = await context.files.readText(join(root, entry.path));
  return new Set(text.split(/\s+/).filter((line) => line !== ''));
}
