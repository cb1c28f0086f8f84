/** Judges predictions or embeddings made elsewhere: the same metrics, intervals, tests and report, and no model. */
import { basename, resolve } from 'node:path';
import { catalog } from '../catalog/index.ts';
import type { Context } from '../core/context.ts';
import { mayShow } from '../core/data-use.ts';
import { digestOf, sha256 } from '../core/digest.ts';
import { ConfigError, DataUseError } from '../core/errors.ts';
import type { Suite } from '../core/suite.ts';
import type { Prediction } from '../core/task.ts';
import { type Judged, judge, type StoredEntry } from '../engine/judge.ts';
import { type Prepared, prepare, type Question } from '../engine/prepare.ts';
import { createSimilaritySearch } from '../engine/similarity.ts';
import { type Matching, readStoredEmbeddings, readStoredScores } from '../engine/stored-predictions.ts';
import { pick, resolveSuite } from '../engine/suite-file.ts';
import type { Environment } from './cli/environment.ts';
import { buildReportData } from './report-data.ts';
import { writeRunFolder } from './run-folder.ts';
import { shownSuite } from './shown-suite.ts';
import { stopwatch } from './stopwatch.ts';

export interface ScoreRequest {
  readonly files: readonly string[];
  readonly dataset: string;
  readonly root?: string | undefined;
  readonly datasetOptions: Readonly<Record<string, unknown>>;
  readonly split?: string | undefined;
  readonly evaluate: 'train' | 'validation' | 'test';
  readonly task: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Names in results, in the order of the files; the files' names unless given. */
  readonly names: readonly string[];
  /** Embeddings of texts, where the files hold embeddings of images. */
  readonly texts?: string | undefined;
  readonly seed: number;
  readonly out?: string | undefined;
}

export interface ScoreOutcome {
  readonly directory: string;
  readonly judged: Judged;
  readonly prepared: Prepared;
  /** By name: what of the file and of the dataset matched, and what did not. */
  readonly matching: ReadonlyMap<string, Matching>;
}

/** The variant of predictions whose precision nobody knows. */
const STORED_VARIANT = 'stored';

/** @throws ConfigError, DataError */
export async function score(request: ScoreRequest, { home, context }: Environment): Promise<ScoreOutcome> {
  const timer = stopwatch(() => performance.now());
  const suite = scoreSuite(request);
  const contents = await digestContents(request, context);
  const prepared = await prepare({ suite, base: process.cwd(), home, context }, catalog);
  const question = prepared.questions[0]!;
  const stored: StoredEntry[] = [];
  const matching = new Map<string, Matching>();
  for (const [index, file] of request.files.entries()) {
    const id = request.names[index] ?? basename(file).replace(/\.[^.]+$/, '');
    const read = await readEntry(resolve(file), request.texts, question, context);
    stored.push({ id, variant: STORED_VARIANT, isBaseline: false, question, prediction: read.prediction });
    matching.set(id, read.matching);
  }
  refuseRepeatedNames(stored);
  const judged = await judge(prepared, catalog, context, stored);
  timer.lap('judge');
  const data = prepared.datasets.map((dataset) => dataset.digest);
  const inputs = digestOf({ suite, contents, names: request.names, datasets: data });
  const directory = resolve(request.out ?? `runs/${suite.name}-${inputs.slice(0, 10)}`);
  const described = {
    title: `${request.task} on ${request.dataset}`,
    text: shownSuite(suite),
    digest: digestOf(suite),
  };
  const report = await buildReportData(prepared, judged, described);
  const inferred = { items: 0, shards: 0, failed: 0, truncatedTexts: 0, device: 'cpu' as const };
  const loaded = { suite, base: process.cwd(), digest: described.digest };
  await writeRunFolder({ directory, inputs, loaded, prepared, judged, inferred, report, timer, context });
  return { directory, judged, prepared, matching };
}

/**
 * Ids of the images and the texts that embeddings made elsewhere must have. The texts are prompts and reports.
 * @throws DataUseError where reports are among the texts and the data-use tier lets none be shown
 */
export async function scoreNeeds(request: ScoreRequest, { home, context }: Environment) {
  const prepared = await prepare({ suite: scoreSuite(request), base: process.cwd(), home, context }, catalog);
  const { dataset, needs } = prepared.questions[0]!;
  const { name, tier } = dataset.view;
  if (needs.texts.length > 0 && !mayShow(tier, 'text')) {
    const hint = 'name the rows of TEXTS.npy by the reports as the release has them';
    throw new DataUseError(
      `score: --list, expected open data, got ${name}, whose reports are ${tier}: not printed`,
      hint,
    );
  }
  return {
    images: needs.images.map((image) => image.id),
    texts: [...new Set([...needs.texts, ...needs.prompts.flat()])],
  };
}

/** A suite without models. */
function scoreSuite(request: ScoreRequest): Suite {
  const { dataset, root, split, evaluate, datasetOptions, task, options, seed } = request;
  const suite: Suite = {
    name: 'score',
    version: 1,
    description: 'predictions made elsewhere',
    seed,
    datasets: [{ use: dataset, root, split, evaluate, options: { ...datasetOptions } }],
    models: [],
    tasks: [{ use: task, options: { ...withoutPrompts(request), ...options } }],
    statistics: { replicates: 2000, confidence: 0.95 },
    maximumFailedShare: 1,
  };
  return resolveSuite(suite, catalog);
}

interface ReadEntry {
  readonly prediction: Prediction;
  readonly matching: Matching;
}

const TEXTS_HINT = 'add --texts TEXTS.npy, its rows named by the texts themselves';

/** A table of scores was made without our prompts: the protocol must not name any. */
function withoutPrompts({ files, task }: ScoreRequest): Record<string, unknown> {
  const isTable = files.length > 0 && files.every((file) => !file.endsWith('.npy'));
  const schema = pick('task', task, catalog.tasks).options;
  return isTable && 'shape' in schema && 'prompts' in (schema.shape as object) ? { prompts: 'none' } : {};
}

async function readEntry(
  path: string,
  texts: string | undefined,
  question: Question,
  { files }: Context,
): Promise<ReadEntry> {
  const { task, request, needs } = question;
  if (path.endsWith('.npy')) {
    if (!texts) throw new ConfigError(`score: embeddings of images need embeddings of texts (${path})`, TEXTS_HINT);
    const { lookup, matching } = await readStoredEmbeddings(path, resolve(texts), needs, { files });
    const search = createSimilaritySearch();
    const prediction = await task.predict(request, [lookup], search).finally(() => search.dispose());
    return { prediction, matching };
  }
  // A baseline answers for every item and column that the task judges.
  const universe = task.baselines(request)[0]!.prediction;
  if (universe.kind !== 'scores') {
    const hint = 'give IMAGES.npy and --texts REPORTS.npy';
    throw new ConfigError(`score: task ${task.name} needs embeddings, got a table of scores (${path})`, hint);
  }
  return readStoredScores(path, universe, { files });
}

function refuseRepeatedNames(entries: readonly StoredEntry[]): void {
  const names = entries.map((entry) => entry.id);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new ConfigError(`score: two files are named "${repeated}"`, 'give each a --name');
}

/** Of the files of predictions: a missing one is told before the dataset is read. @throws DataError */
function digestContents({ files: names, texts }: ScoreRequest, { files }: Context): Promise<string[]> {
  const all = texts === undefined ? names : [...names, texts];
  return Promise.all(all.map(async (file) => sha256(await files.read(resolve(file)))));
}
