/** From a resolved suite to everything the infer stage needs: opened data, imported models, questions, and the plan. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Catalog } from '../core/catalog.ts';
import type { Context } from '../core/context.ts';
import type { Suite, SuiteModel } from '../core/suite.ts';
import type { Needs, TaskDefinition, TaskRequest } from '../core/task.ts';
import { type Bundle, requireDimension } from './bundles.ts';
import { type Checkpoint, findCheckpoints, openCheckpoint } from './checkpoints.ts';
import { DECODING } from './decode.ts';
import { digestFiles, type FileDigests } from './file-digests.ts';
import type { Home } from './home.ts';
import { type LoadedDataset, loadDataset } from './open-datasets.ts';
import { estimateTower, type PlannedJob, planTower, type TowerWork } from './plan.ts';
import { EmbeddingSpace, type SpaceDescription, spaceKey } from './store.ts';
import { pick } from './suite-file.ts';
import { type TextItem, textItems } from './text-items.ts';

export interface PreparedDataset extends LoadedDataset {
  /** Image id → path of its file. */
  readonly paths: ReadonlyMap<string, string>;
  /** By path. */
  readonly digests: FileDigests;
}

/** One task on one dataset. */
export interface Question {
  /** Name of the task in results. */
  readonly id: string;
  readonly dataset: PreparedDataset;
  readonly task: TaskDefinition;
  readonly request: TaskRequest;
  readonly needs: Needs;
}

export interface Tower {
  readonly kind: 'vision' | 'text';
  readonly space: EmbeddingSpace;
  readonly work: TowerWork;
  /** What each item of a text tower is, by digest. */
  readonly texts?: ReadonlyMap<string, TextItem>;
}

/** One checkpoint. */
export interface Member {
  readonly bundle: Bundle;
  readonly vision?: Tower;
  readonly text?: Tower;
}

export interface PreparedModel {
  readonly id: string;
  readonly use: string;
  readonly variant: string;
  readonly members: readonly Member[];
}

export interface Prepared {
  readonly suite: Suite;
  readonly datasets: readonly PreparedDataset[];
  readonly questions: readonly Question[];
  readonly models: readonly PreparedModel[];
  /** Content digest of an image → a path that holds it. */
  readonly imagePaths: ReadonlyMap<string, string>;
  readonly jobs: readonly PlannedJob[];
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
}

export interface PrepareRequest {
  /** Resolved: every default explicit. */
  readonly suite: Suite;
  /** Folder that relative paths of the suite start from. */
  readonly base: string;
  readonly limit?: number | undefined;
  readonly home: Home;
  readonly context: Context;
}

/** The only variant until quantizers come: the graph as imported. */
const VARIANT = 'fp32';

/** @throws ConfigError, DataError, ModelError */
export async function prepare(request: PrepareRequest, catalog: Catalog): Promise<Prepared> {
  const { suite, base, context, home } = request;
  // Weights that are not there are told before a large dataset is read and hashed.
  const found: (readonly Checkpoint[])[] = [];
  for (const { use, from, options } of suite.models) {
    const definition = pick('model', use, catalog.models);
    found.push(await findCheckpoints({ definition, from, options, base }, home.models, context));
  }
  const loaded: LoadedDataset[] = [];
  for (const entry of suite.datasets) {
    const root = entry.root === undefined ? undefined : resolve(base, entry.root);
    loaded.push(await loadDataset(entry, { root, base, limit: request.limit }, catalog, context));
  }
  const asked = loaded.flatMap((dataset) => suite.tasks.map((task) => ask(dataset, task, suite.seed, catalog)));
  const datasets = new Map<LoadedDataset, PreparedDataset>();
  for (const dataset of loaded) {
    const needs = asked.filter((question) => question.loaded === dataset).map((question) => question.needs);
    datasets.set(dataset, await digestImages(dataset, needs, request));
  }
  const questions = asked.map(({ loaded: dataset, ...rest }) => ({ ...rest, dataset: datasets.get(dataset)! }));
  const wanted = { images: imagePaths(questions), needs: questions.map(({ needs }) => needs) };
  const models: PreparedModel[] = [];
  const effects = { catalog, home, context, spaces: new Map<string, EmbeddingSpace>() };
  for (const [index, entry] of suite.models.entries()) {
    models.push(await prepareModel({ entry, checkpoints: found[index]! }, wanted, effects));
  }
  return {
    suite,
    datasets: [...datasets.values()],
    questions,
    models,
    imagePaths: wanted.images,
    jobs: models.flatMap(plannedJobs),
    skipped: skippedPairs(models, questions),
  };
}

function ask(loaded: LoadedDataset, entry: Suite['tasks'][number], seed: number, catalog: Catalog) {
  const task: TaskDefinition = pick('task', entry.use, catalog.tasks);
  const request: TaskRequest = { dataset: loaded.view, options: entry.options, seed, promptSets: catalog.prompts };
  return { id: entry.id ?? entry.use, loaded, task, request, needs: task.needs(request) };
}

async function digestImages(
  loaded: LoadedDataset,
  needs: readonly Needs[],
  { suite, home, context }: PrepareRequest,
): Promise<PreparedDataset> {
  const paths = new Map(needs.flatMap(({ images }) => images.map((image) => [image.id, image.path] as const)));
  // Stored predictions need no image on disk.
  if (suite.models.length === 0)
    return { ...loaded, paths: new Map(), digests: { digests: new Map(), failures: new Map() } };
  const distinct = [...new Set(paths.values())];
  const scope = `${loaded.view.name}\n${distinct[0] ?? ''}`;
  const memory = { scope, cache: home.cache, files: context.files };
  const digests = await digestFiles(distinct, memory, (done) =>
    context.progress(`hashing images of ${loaded.view.id}`, done, distinct.length),
  );
  return { ...loaded, paths, digests };
}

interface Wanted {
  readonly images: ReadonlyMap<string, string>;
  readonly needs: readonly Needs[];
}

/** Distinct images over all questions, in the order of suite, dataset and task: the canonical order of the shards. */
function imagePaths(questions: readonly Question[]): ReadonlyMap<string, string> {
  const images = new Map<string, string>();
  for (const { dataset, needs } of questions) {
    for (const { path } of needs.images) {
      const digest = dataset.digests.digests.get(path);
      if (digest !== undefined && !images.has(digest)) images.set(digest, path);
    }
  }
  return images;
}

interface ModelEffects {
  readonly catalog: Catalog;
  readonly home: Home;
  readonly context: Context;
  /** Open spaces by key: models that share a checkpoint share what is inferred. */
  readonly spaces: Map<string, EmbeddingSpace>;
}

async function prepareModel(
  { entry, checkpoints }: { readonly entry: SuiteModel; readonly checkpoints: readonly Checkpoint[] },
  wanted: Wanted,
  effects: ModelEffects,
): Promise<PreparedModel> {
  const definition = pick('model', entry.use, effects.catalog.models);
  const where = { models: effects.home.models, context: effects.context };
  const members: Member[] = [];
  for (const checkpoint of checkpoints) {
    const bundle = await openCheckpoint(checkpoint, { definition, options: entry.options }, where);
    const { vision, text } = bundle.manifest;
    const texts = textItems(wanted.needs, text?.padding ?? 'context');
    members.push({
      bundle,
      ...(vision && { vision: await openTower('vision', bundle, [...wanted.images.keys()], effects) }),
      ...(text && { text: { ...(await openTower('text', bundle, [...texts.keys()], effects)), texts } }),
    });
  }
  return { id: entry.id, use: entry.use, variant: VARIANT, members };
}

async function openTower(
  kind: Tower['kind'],
  bundle: Bundle,
  items: readonly string[],
  { home, context, spaces }: ModelEffects,
): Promise<Tower> {
  const key = spaceKey(describeSpace(kind, bundle));
  const space = spaces.get(key) ?? (await EmbeddingSpace.open(home.artifacts, key, context.files, context.log));
  spaces.set(key, space);
  if (space.dimension !== undefined) requireDimension(space.dimension, bundle);
  return { kind, space, work: planTower(items, (item) => space.has(item)) };
}

function describeSpace(tower: Tower['kind'], { manifest }: Bundle): SpaceDescription {
  const { vision, text } = manifest;
  const { contextLength, padding, padId } = text ?? {};
  const input =
    tower === 'vision' ? { decoding: DECODING, ...vision!.preprocessing } : { contextLength, padding, padId };
  return { tower, files: manifest.files, variant: VARIANT, input, corruption: null, severity: null, seed: null };
}

function plannedJobs(model: PreparedModel): PlannedJob[] {
  return model.members.flatMap(({ bundle, vision, text }, member) =>
    [vision, text].flatMap((tower) => {
      if (!tower) return [];
      const missing = tower.work.shards.reduce((total, shard) => total + shard.length, 0);
      const items = tower.work.wanted.length;
      const { parameters, embeddingDimension } = bundle.manifest;
      const size = {
        weightBytes: 4 * (parameters ?? 0),
        dimension: embeddingDimension,
        cores: availableParallelism(),
      };
      const counts = { items, stored: items - missing, missing, shards: tower.work.shards.length };
      const estimate = estimateTower(tower.kind, missing, size);
      const what = { model: model.id, member, tower: tower.kind, variant: model.variant, space: tower.space.key };
      return [{ ...what, ...counts, estimate }];
    }),
  );
}

/** Why a model cannot answer a question; undefined where it can. */
export function obstacle(model: PreparedModel, question: Question): string | undefined {
  const lacks = (tower: 'vision' | 'text') => model.members.some((member) => !member[tower]);
  if (question.needs.images.length > 0 && lacks('vision')) return 'the model has no image encoder';
  if (question.needs.texts.length + question.needs.prompts.length > 0 && lacks('text'))
    return 'the model has no text encoder';
  return undefined;
}

function skippedPairs(models: readonly PreparedModel[], questions: readonly Question[]): Prepared['skipped'] {
  return models.flatMap((model) =>
    questions.flatMap((question) => {
      const reason = obstacle(model, question);
      return reason ? [{ what: `${model.id} × ${question.dataset.view.id} × ${question.id}`, reason }] : [];
    }),
  );
}
