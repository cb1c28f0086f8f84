/** Laws over every task of the catalog: a new file in src/catalog/tasks is tested without being told. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rng } from '../../src/core/rng.ts';
import type { LabelState } from '../../src/core/study.ts';
import type { DirectionRanking, Evaluation, Prediction, TaskDefinition } from '../../src/core/task.ts';
import {
  bruteForceSearch,
  metrics,
  promptSets,
  type ToyStudy,
  toyDataset,
  toyLookup,
  vectorOf,
} from '../toy-dataset.ts';

const folder = new URL('../../src/catalog/tasks/', import.meta.url);
const modules: { default: TaskDefinition }[] = await Promise.all(
  readdirSync(folder).map((file) => import(new URL(file, folder).href)),
);
const findings = ['Edema', 'Fracture', 'Pneumonia'];
const random = rng(4, 'task-laws');

/** Half test, half validation; repeated reports and patients; one image without an embedding. */
const studies = Array.from({ length: 60 }, (_, i): ToyStudy => {
  const state = (): LabelState => (['present', 'absent', 'uncertain', 'unmentioned'] as const)[random.integer(4)]!;
  return {
    id: `s${String(i).padStart(2, '0')}`,
    patient: `p${random.integer(40)}`,
    part: i < 30 ? 'test' : 'validation',
    labels: Object.fromEntries(findings.map((finding) => [finding, state()])),
    report: { findings: `report ${random.integer(45)}` },
    views: ['frontal', 'lateral'],
  };
});
const dataset = toyDataset(studies, findings);
const lookup = toyLookup({
  image: (id) => (id === 's03/0' ? null : vectorOf(id)),
  failure: (id) => (id === 's03/0' ? 'no such file' : undefined),
});
const model = { id: 'm', variant: 'fp32' };

function permutation(size: number): number[] {
  const shuffle = rng(4, 'shuffle', String(size));
  const keys = Array.from({ length: size }, () => shuffle.next());
  return keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
}

function shuffleDirection(ranking: DirectionRanking): DirectionRanking {
  const order = permutation(ranking.queries.length);
  const candidateOrder = permutation(ranking.candidates.length);
  const placeOf = new Map(candidateOrder.map((candidate, place) => [candidate, place]));
  const { depth, top } = ranking;
  const row = (query: number) => [...top.subarray(query * depth, (query + 1) * depth)];
  return {
    ...ranking,
    queries: order.map((query) => ranking.queries[query]!),
    candidates: candidateOrder.map((candidate) => ranking.candidates[candidate]!),
    firstRelevantRank: Float64Array.from(order, (query) => ranking.firstRelevantRank[query]!),
    firstLabelRelevantRank: Float64Array.from(order, (query) => ranking.firstLabelRelevantRank[query]!),
    top: Int32Array.from(order.flatMap(row), (candidate) => placeOf.get(candidate) ?? -1),
  };
}

/** The same prediction with its items, columns and candidates in another order. */
function shuffle(prediction: Prediction): Prediction {
  if (prediction.kind === 'rankings') return { ...prediction, directions: prediction.directions.map(shuffleDirection) };
  const { items, columns, values } = prediction;
  const rows = permutation(items.length);
  const columnOrder = [...columns.keys()].reverse();
  return {
    ...prediction,
    items: rows.map((row) => items[row]!),
    columns: columnOrder.map((column) => columns[column]!),
    values: Float64Array.from(rows.flatMap((row) => columnOrder.map((c) => values[row * columns.length + c]!))),
  };
}

function numbers({ measures, patients, ...rest }: Evaluation) {
  const draw = rng(4, 'weights');
  const weights = Float64Array.from(patients, () => draw.integer(4));
  const values = measures.map(({ finding, metric, n, value }) => [finding, metric.name, n, value(), value(weights)]);
  return { values, patients, ...rest };
}

describe.each(modules.map(({ default: task }) => [task.name, task] as const))('%s', (_, task) => {
  const request = { dataset, options: task.options.parse({}), seed: 0, promptSets };
  const judge = (prediction: Prediction) => task.evaluate(request, model, prediction, metrics);

  test('shuffled items give the same score', async () => {
    const prediction = await task.predict(request, [lookup], bruteForceSearch);
    const judged = numbers(judge(prediction));
    expect(judged.values.length).toBeGreaterThan(0);
    expect(judged.values.some(([, , , value]) => Number.isFinite(value))).toBe(true);
    expect(numbers(judge(shuffle(prediction)))).toEqual(judged);
  });

  test('everything that predict looks up is in needs, each once', async () => {
    const needs = task.needs(request);
    const images = needs.images.map(({ id }) => id);
    expect(new Set(images).size).toBe(images.length);
    expect(new Set(needs.texts).size).toBe(needs.texts.length);
    const asked = new Set<string>();
    const remember = (name: string) => {
      asked.add(name);
      return vectorOf(name);
    };
    const spy = toyLookup({ image: remember, text: remember });
    await task.predict(request, [spy], bruteForceSearch);
    expect([...asked].sort()).toEqual([...new Set([...images, ...needs.texts, ...needs.prompts.flat()])].sort());
  });

  test('a prediction is the same every time, and so are the baselines', async () => {
    const first = await task.predict(request, [lookup], bruteForceSearch);
    expect(await task.predict(request, [lookup], bruteForceSearch)).toEqual(first);
    expect(task.baselines(request)).toEqual(task.baselines(request));
  });

  test('an ensemble of one checkpoint, twice, predicts as the checkpoint alone', async () => {
    const values = (prediction: Prediction) => numbers(judge(prediction)).values;
    const single = await task.predict(request, [lookup], bruteForceSearch);
    const twice = await task.predict(request, [lookup, lookup], bruteForceSearch);
    expect(values(twice)).toEqual(values(single));
  });

  test('failed items are counted and keep their reason', async () => {
    const evaluation = judge(await task.predict(request, [lookup], bruteForceSearch));
    expect(evaluation.nFailed).toBe(new Set(evaluation.failedRows).size);
    expect(evaluation.nFailed).toBeGreaterThan(0);
    expect(evaluation.predictions.some(({ failure }) => failure === 'no such file')).toBe(true);
  });

  test('chance and prevalence are judged on the same rows as a model', async () => {
    const evaluation = judge(await task.predict(request, [lookup], bruteForceSearch));
    const baselines = task.baselines(request);
    expect(baselines.map(({ name }) => name)).toEqual(['chance', 'prevalence']);
    for (const { prediction } of baselines) {
      expect(judge(prediction).patients).toEqual(evaluation.patients);
      expect(judge(prediction).nFailed).toBe(0);
    }
  });

  test('every measure names its protocol, and gives a reason exactly where it is undefined', async () => {
    for (const { protocol, value, reason } of judge(task.baselines(request)[1]!.prediction).measures) {
      expect(protocol).toMatch(new RegExp(`^task=${task.name}@${task.version};`));
      expect(reason === undefined).toBe(!Number.isNaN(value()));
    }
  });

  test('headlines are measures of the task', async () => {
    const { measures } = judge(await task.predict(request, [lookup], bruteForceSearch));
    const names = measures.map(({ finding, metric }) => `${finding} ${metric.name}`);
    expect(task.headlines?.length).toBeGreaterThan(0);
    for (const { finding, metric } of task.headlines ?? []) expect(names).toContain(`${finding} ${metric}`);
  });

  test('a dataset without studies gives no rows and no number', async () => {
    const empty = { ...request, dataset: toyDataset([], findings) };
    const prediction = await task.predict(empty, [lookup], bruteForceSearch);
    const evaluation = task.evaluate(empty, model, prediction, metrics);
    expect(evaluation.patients).toEqual([]);
    for (const { value, reason } of evaluation.measures) {
      expect(value()).toBeNaN();
      expect(reason).toBeDefined();
    }
  });
});

test('embeddings that know the labels reach an AUROC of 1, and those that know the report a recall@1 of 1', async () => {
  const byName = new Map(modules.map(({ default: task }) => [task.name, task]));
  const imageOf = (id: string) => dataset.studies.find((study) => study.images.some((image) => image.id === id))!;
  const sum = (names: string[]) =>
    names.map((name) => vectorOf(name, 512)).reduce((a, b) => a.map((value, i) => value + b[i]!));
  const zeroShot = byName.get('zero-shot')!;
  const seesLabels = toyLookup({
    text: (text) => vectorOf(text, 512),
    image: (id) =>
      sum(findings.map((finding) => (imageOf(id).labels[finding] === 'present' ? finding : `no ${finding}`))),
  });
  const seesReport = toyLookup({ image: (id) => vectorOf(imageOf(id).report.findings!) });
  const value = async (task: TaskDefinition, member: typeof seesLabels, finding: string, metric: string) => {
    const request = { dataset, options: task.options.parse({}), seed: 0, promptSets };
    const prediction = await task.predict(request, [member], bruteForceSearch);
    const { measures } = task.evaluate(request, model, prediction, metrics);
    return measures.find((measure) => measure.finding === finding && measure.metric.name === metric)!.value();
  };
  expect(await value(zeroShot, seesLabels, 'macro', 'auroc')).toBe(1);
  expect(await value(byName.get('retrieval')!, seesReport, 'image-to-report', 'recall@1')).toBe(1);
  expect(await value(byName.get('retrieval')!, seesReport, 'report-to-image', 'recall@1')).toBe(1);
});
