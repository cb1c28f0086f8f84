/** Opens MIMIC-CXR and MIMIC-CXR-JPG: the same tables, ids and tree, other files. Joins the tables by number in one pass each. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Context } from '../../../core/context.ts';
import type { OpenDataset } from '../../../core/dataset.ts';
import { ConfigError, DataError } from '../../../core/errors.ts';
import { datasetDigest, sortStudies } from '../../../lib/dataset-digest.ts';
import { type ProblemTally, problemTally } from '../../../lib/problem-tally.ts';
import { type Extension, findFilms } from './disk.ts';
import { readFilms } from './images.ts';
import { type LabelSource, readLabels, type StudyLabels } from './labels.ts';
import { mimicSplit, readParts, readPeople } from './parts.ts';
import { readReports } from './reports.ts';
import { buildStudies } from './studies.ts';
import { openRelease, type Release } from './tables.ts';
import { VIEW_RULE } from './views.ts';

export const mimicOptions = z.strictObject({
  /**
   * Table of labels; CheXpert's, else NegBio's, else none unless given. `test-set`: the radiologist's labels, and the studies
   * that have them alone.
   */
  labels: z.enum(['chexpert', 'negbio', 'test-set', 'none']).optional(),
  /** Which films count. A study without one is left out. */
  views: z.enum(['all', 'frontal', 'lateral']).default('all'),
  /** `auto`: mimic_cxr_sectioned.csv, else the tree of text files, else none. Reading the tree takes time. */
  reports: z.enum(['auto', 'none', 'tree', 'sectioned']).default('auto'),
  /** Folder that holds the tree of reports, absolute or below root; mimic-cxr-reports, reports or root unless given. */
  reportFolder: z.string().min(1).optional(),
  /** `drop`: films that are not on disk are left out, and so are studies without one, unless there is no film at all. `keep`: they fail singly. */
  missingImages: z.enum(['drop', 'keep']).default('drop'),
});

export type MimicOptions = z.infer<typeof mimicOptions>;

export interface MimicRelease {
  readonly name: string;
  readonly version: string;
  readonly extension: Extension;
  readonly obtain: string;
}

/** @throws ConfigError, DataError where nothing can be read; everything else is counted */
export async function openMimic(
  plugIn: MimicRelease,
  { root, options, context }: { root: string | undefined; options: MimicOptions; context: Context },
): Promise<OpenDataset> {
  const { name, version, extension, obtain } = plugIn;
  if (root === undefined) throw new ConfigError(`dataset ${name} needs a folder, expected root, got none`, obtain);
  const release = await openRelease(root, context);
  const tally = problemTally();
  const films = await readFilms(release, tally);
  const labels = await chosenLabels(options.labels, release, tally);
  const parts = await readParts(release, tally);
  const people = await readPeople(new Set([...films.values()].map(({ patient }) => patient)), release, tally);
  const filmsFound = await findFilms(films, { release, extension, tally });
  const reports = await readReports(
    { choice: options.reports, folder: options.reportFolder, studies: films, tally },
    release,
  );
  const dropMissing = options.missingImages === 'drop' && filmsFound > 0;
  const needsLabels = options.labels === 'test-set';
  const { views } = options;
  const choice = { views, dropMissing, needsLabels, tally };
  const studies = sortStudies(buildStudies({ films, labels, people, reports }, choice));
  if (studies.length === 0)
    throw new DataError(`no study left, expected at least one (${join(release.root, 'files')})`, obtain);
  if (parts) countUnsplit(studies, parts, tally);
  return {
    studies,
    digest: datasetDigest({ dataset: `${name}@${version}`, views: VIEW_RULE }, studies),
    problems: tally.problems(),
    split: (wanted) => mimicSplit(wanted, studies, parts),
  };
}

function countUnsplit(studies: OpenDataset['studies'], parts: ReadonlyMap<number, unknown>, tally: ProblemTally): void {
  for (const { id } of studies) if (!parts.has(Number(id.slice(1)))) tally.add('study has no part: excluded', id);
}

/** No table and none asked for: studies without labels. @throws ConfigError where the one asked for is not there */
async function chosenLabels(
  asked: MimicOptions['labels'],
  release: Release,
  tally: ProblemTally,
): Promise<StudyLabels | undefined> {
  const order: readonly LabelSource[] = asked === undefined ? ['chexpert', 'negbio'] : asked === 'none' ? [] : [asked];
  const source = order.find((name) => release.tables.has(name));
  if (source !== undefined) return readLabels(source, release, tally);
  if (asked !== undefined && asked !== 'none')
    throw new ConfigError(
      `options.labels, expected the table ${fileOf(asked)}, got none (${release.root})`,
      'copy it there from MIMIC-CXR-JPG 2.1.0',
    );
  if (asked === undefined) tally.add('not there: studies have no labels', fileOf('chexpert'));
  return undefined;
}

const fileOf = (source: LabelSource) =>
  source === 'test-set' ? 'mimic-cxr-2.1.0-test-set-labeled.csv' : `mimic-cxr-2.0.0-${source}.csv.gz`;
