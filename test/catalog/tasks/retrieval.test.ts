/** Retrieval on hand-made reports, and its numbers against a brute-force reading of the definition. */
import { afterAll, expect, test } from 'vitest';
import retrieval from '../../../src/catalog/tasks/retrieval.ts';
import { rng } from '../../../src/core/rng.ts';
import type { LabelState } from '../../../src/core/study.ts';
import type { DatasetView, DirectionRanking, EmbeddingLookup, Rankings } from '../../../src/core/task.ts';
import { createSimilaritySearch } from '../../../src/engine/similarity.ts';
import {
  bruteForceSearch,
  measureOf,
  metrics,
  promptSets,
  type ToyStudy,
  toyDataset,
  toyLookup,
  vectorOf,
} from '../../toy-dataset.ts';

const model = { id: 'm', variant: 'fp32' };
const engineSearch = createSimilaritySearch({ threads: 1, queryTile: 5, corpusTile: 7 });
afterAll(() => engineSearch.dispose());

function requestOf(dataset: DatasetView, options: Record<string, unknown> = {}) {
  return { dataset, options: retrieval.options.parse(options), seed: 0, promptSets };
}

async function rank(request: ReturnType<typeof requestOf>, members: EmbeddingLookup[], search = bruteForceSearch) {
  return (await retrieval.predict(request, members, search)) as Rankings;
}

/** Looks embeddings up in two tables of two-dimensional vectors. */
function table(images: Record<string, [number, number]>, texts: Record<string, [number, number]>): EmbeddingLookup {
  return toyLookup({
    image: (id) => (images[id] ? Float32Array.from(images[id]) : null),
    text: (text) => Float32Array.from(texts[text]!),
  });
}

const reported = (id: string, findings: string, labels: Record<string, LabelState> = {}): ToyStudy => ({
  id,
  report: { findings },
  labels,
});

test('reports with the same text are one candidate, and every study with that text is a right answer', async () => {
  const dataset = toyDataset(
    [reported('a', 'Clear lungs.'), reported('b', 'Effusion.'), reported('c', ' clear  LUNGS.')],
    [],
  );
  const request = requestOf(dataset);
  expect(retrieval.needs(request).texts).toEqual(['Clear lungs.', 'Effusion.']);
  const lookup = table(
    { 'a/0': [1, 0.1], 'b/0': [0.9, 0.2], 'c/0': [0, 1] },
    { 'Clear lungs.': [1, 0], 'Effusion.': [0, 1] },
  );
  const prediction = await rank(request, [lookup]);
  const [toReport, toImage] = prediction.directions as [DirectionRanking, DirectionRanking];
  expect(toReport.candidates).toEqual(['a', 'b']);
  expect([...toReport.firstRelevantRank]).toEqual([1, 2, 2]);
  // "Clear lungs." asks once, and ranks images a, b, c: a and c are right. "Effusion." ranks c, b, a.
  expect(toImage.queries).toEqual(['a', 'b']);
  expect([...toImage.firstRelevantRank]).toEqual([1, 2]);
  const evaluation = retrieval.evaluate(request, model, prediction, metrics);
  expect(measureOf(evaluation, 'image-to-report', 'recall@1').value()).toBeCloseTo(1 / 3, 12);
  expect(measureOf(evaluation, 'report-to-image', 'mrr').value()).toBe((1 + 1 / 2) / 2);
  // nDCG of "Clear lungs.": right answers at places 1 and 3 of an ideal 1 and 2.
  const shared = (1 + 1 / 2) / (1 + 1 / Math.log2(3));
  expect(measureOf(evaluation, 'report-to-image', 'ndcg@10').value()).toBeCloseTo((shared + 1 / Math.log2(3)) / 2, 12);
  expect(measureOf(evaluation, 'image-to-report', 'recall@1').protocol).toBe(
    'task=retrieval@1;text=findings-else-impression;views=frontal;pool=test;duplicates=1-merged;excluded=0;' +
      'candidates=2;relevance=same-report;ties=mid-rank',
  );
  expect(evaluation.predictions[1]).toMatchObject({
    item: 'b/0',
    finding: 'image-to-report',
    rank: 2,
    candidates: 'a|b',
  });
});

test('the label-aware reading takes any candidate with exactly the same present findings', async () => {
  const dataset = toyDataset(
    [
      reported('a', 'one', { Edema: 'present' }),
      reported('b', 'two', { Edema: 'present', Fracture: 'absent' }),
      reported('c', 'three', { Edema: 'present', Fracture: 'present' }),
      reported('d', 'four', { 'No Finding': 'present' }),
      reported('e', 'five', { Edema: 'uncertain' }),
    ],
    ['Edema'],
  );
  const texts: Record<string, [number, number]> = {
    one: [0, 1],
    two: [1, 0.1],
    three: [1, 0],
    four: [1, 1],
    five: [-1, 0],
  };
  const images: Record<string, [number, number]> = {
    'a/0': [1, 0],
    'b/0': [0, 1],
    'c/0': [1, 0],
    'd/0': [1, 1],
    'e/0': [1, 0],
  };
  const request = requestOf(dataset);
  const prediction = await rank(request, [table(images, texts)]);
  const toReport = prediction.directions[0]!;
  // a: order three, two, four, one: exact 4, same labels (two) 2; b: one is first; e has nothing present.
  expect(toReport.firstRelevantRank[0]).toBe(4);
  expect([...toReport.firstLabelRelevantRank].map((value) => (Number.isNaN(value) ? null : value))).toEqual([
    2,
    1,
    1,
    1,
    null,
  ]);
  const evaluation = retrieval.evaluate(request, model, prediction, metrics);
  expect(measureOf(evaluation, 'image-to-report (labels)', 'recall@1').n).toBe(4);
  expect(measureOf(evaluation, 'image-to-report (labels)', 'recall@1').value()).toBe(3 / 4);
  expect(measureOf(evaluation, 'image-to-report', 'recall@1').value()).toBe(2 / 5);
});

test('a wrong candidate that ties counts one half, a right one does not count', async () => {
  const dataset = toyDataset([reported('a', 'one'), reported('b', 'two'), reported('c', 'three')], []);
  const same: [number, number] = [1, 0];
  const lookup = table({ 'a/0': same, 'b/0': same, 'c/0': same }, { one: same, two: same, three: [0, 1] });
  const prediction = await rank(requestOf(dataset), [lookup]);
  expect([...prediction.directions[0]!.firstRelevantRank]).toEqual([1.5, 1.5, 3]);
  expect([...prediction.directions[1]!.firstRelevantRank]).toEqual([2, 2, 2]);
});

test('the text field is the one that the options name; reports of nothing but removed words are left out and counted', () => {
  const dataset = toyDataset(
    [
      { id: 'a', report: { findings: 'F a', impression: 'I a' } },
      { id: 'b', report: { findings: 'XXXX. XXXX', impression: 'I b' } },
      { id: 'c', report: { findings: ' ', impression: 'XXXX' } },
      { id: 'd', report: { impression: 'I d' }, views: ['lateral'] },
      { id: 'e', report: { findings: 'F e' }, part: 'train' },
    ],
    [],
  );
  const texts = (text: string) => retrieval.needs(requestOf(dataset, { text })).texts;
  expect(texts('findings')).toEqual(['F a']);
  expect(texts('impression')).toEqual(['I a', 'I b']);
  expect(texts('findings-else-impression')).toEqual(['F a', 'I b']);
  expect(retrieval.needs(requestOf(dataset, { views: 'all' })).texts).toEqual(['F a', 'I b', 'I d']);
  const { prediction } = retrieval.baselines(requestOf(dataset))[0]!;
  const evaluation = retrieval.evaluate(requestOf(dataset), model, prediction, metrics);
  expect(measureOf(evaluation, 'image-to-report', 'mrr').protocol).toContain(';excluded=1;');
});

test('the pool can be drawn down to a number of distinct reports, the same for every run', () => {
  const studies = Array.from({ length: 40 }, (_, i) => reported(`s${String(i).padStart(2, '0')}`, `text ${i % 20}`));
  const request = requestOf(toyDataset(studies, []), { maximumCandidates: 6 });
  const { texts, images } = retrieval.needs(request);
  expect(texts).toHaveLength(6);
  expect(images.length).toBeGreaterThanOrEqual(6);
  expect(retrieval.needs(request)).toEqual({ texts, images, prompts: [] });
});

test('failed images are failed queries, and never the answer to a report', async () => {
  const dataset = toyDataset([reported('a', 'one'), reported('b', 'two')], []);
  const lookup = toyLookup({
    image: (id) => (id === 'a/0' ? null : vectorOf('two')),
    failure: (id) => (id === 'a/0' ? 'file is truncated' : undefined),
  });
  const prediction = await rank(requestOf(dataset), [lookup]);
  const evaluation = retrieval.evaluate(requestOf(dataset), model, prediction, metrics);
  expect(evaluation.nFailed).toBe(2);
  expect(evaluation.failedRows).toEqual([0, 2]);
  expect(measureOf(evaluation, 'image-to-report', 'recall@1')).toMatchObject({ n: 1, nFailed: 1 });
  expect(evaluation.predictions.map(({ failure }) => failure)).toEqual([
    'file is truncated',
    null,
    'every right answer failed',
    null,
  ]);
  expect(evaluation.predictions[3]!.candidates).toBe('b/0');
});

test('one study: rank 1 of 1', async () => {
  const request = requestOf(toyDataset([reported('a', 'one')], []));
  const evaluation = retrieval.evaluate(request, model, await rank(request, [toyLookup()]), metrics);
  expect(measureOf(evaluation, 'image-to-report', 'medianRank').value()).toBe(1);
});

test('no study with a report: undefined with the reason', async () => {
  const request = requestOf(toyDataset([{ id: 'a' }], []));
  const evaluation = retrieval.evaluate(request, model, await rank(request, [toyLookup()], engineSearch), metrics);
  const measure = measureOf(evaluation, 'image-to-report', 'recall@1');
  expect(measure.value()).toBeNaN();
  expect(measure.reason).toBe('no ranked query with a right answer in test');
});

test('a model that gives every query the same first answer raises an alarm', async () => {
  const studies = Array.from({ length: 6 }, (_, i) => reported(`s${i}`, `text ${i}`));
  const request = requestOf(toyDataset(studies, []));
  const lookup = toyLookup({ image: () => vectorOf('same') });
  const evaluation = retrieval.evaluate(request, model, await rank(request, [lookup]), metrics);
  expect(evaluation.alarms.map(({ finding }) => finding)).toContain('image-to-report');
});

/** Studies with repeated texts and label sets, several images each, and an ensemble of two checkpoints. */
function largeCase(count: number) {
  const random = rng(9, 'retrieval-case');
  const sets: Record<string, LabelState>[] = [
    { 'No Finding': 'present' },
    { Edema: 'present' },
    { Edema: 'present', Fracture: 'present' },
    {},
  ];
  const studies = Array.from({ length: count }, (_, i): ToyStudy => {
    const views = Array.from({ length: 1 + random.integer(2) }, () => 'frontal' as const);
    const labels = sets[random.integer(4)]!;
    return { id: `s${i}`, report: { findings: `text ${random.integer(Math.ceil(count * 0.7))}` }, labels, views };
  });
  const members = ['one', 'two'].map((name) =>
    toyLookup({ image: (id) => vectorOf(`${name} ${id}`, 8), text: (text) => vectorOf(`${name} ${text}`, 8) }),
  );
  return { studies, members, request: requestOf(toyDataset(studies, ['Edema'])) };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += value * b[i]!;
    aa += value * value;
    bb += b[i]! * b[i]!;
  });
  return ab / Math.sqrt(aa * bb);
}

test.each([
  ['the brute-force search', 60, bruteForceSearch],
  ["the engine's search", 60, engineSearch],
  // Label sets are then so common that their best answer is searched for by the runtime, too.
  ["the engine's search and large label sets", 250, engineSearch],
])('ranks agree with the definition, read naively, on %s', async (_, count, search) => {
  const { studies, members, request } = largeCase(count);
  const prediction = await rank(request, members, search);
  const texts = [...new Set(studies.map(({ report }) => report!.findings!))];
  const images = studies.flatMap((study) => study.views!.map((_, i) => ({ study, id: `${study.id}/${i}` })));
  const similarity = (id: string, text: string) =>
    members.reduce((sum, member) => sum + cosine(member.image(id)!, member.text(text)!) / 2, 0);
  const sameLabels = (a: ToyStudy, b: ToyStudy) =>
    Object.keys(a.labels!).length > 0 && JSON.stringify(a.labels) === JSON.stringify(b.labels);
  const rankOf = (scores: number[], right: boolean[]) => {
    const best = Math.max(...scores.filter((_, i) => right[i]));
    if (best === Number.NEGATIVE_INFINITY) return Number.NaN;
    const tied = scores.filter((score, i) => !right[i] && Math.abs(score - best) <= 1e-6);
    return 1 + scores.filter((score) => score > best + 1e-6).length + tied.length / 2;
  };
  images.forEach(({ study, id }, query) => {
    const scores = texts.map((text) => similarity(id, text));
    const withText = (text: string) => studies.filter(({ report }) => report!.findings === text);
    const right = texts.map((text) => text === study.report!.findings);
    const alike = texts.map((text) => withText(text).some((other) => sameLabels(other, study)));
    expect(prediction.directions[0]!.firstRelevantRank[query]).toBe(rankOf(scores, right));
    expect(prediction.directions[0]!.firstLabelRelevantRank[query]).toBe(rankOf(scores, alike));
  });
  texts.forEach((text, query) => {
    const study = studies.find(({ report }) => report!.findings === text)!;
    const scores = images.map(({ id }) => similarity(id, study.report!.findings!));
    const right = images.map((image) => image.study.report!.findings === study.report!.findings);
    const alike = images.map((image) => sameLabels(image.study, study));
    expect(prediction.directions[1]!.firstRelevantRank[query]).toBe(rankOf(scores, right));
    expect(prediction.directions[1]!.firstLabelRelevantRank[query]).toBe(rankOf(scores, alike));
    const order = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
    const { top, depth } = prediction.directions[1]!;
    expect([...top.subarray(query * depth, (query + 1) * depth)]).toEqual(order.slice(0, depth));
  });
});

test('the chance baseline finds the one right answer among m at a mean rank of (m + 1) / 2', () => {
  const studies = Array.from({ length: 400 }, (_, i) => reported(`s${i}`, `text ${i}`));
  const { prediction } = retrieval.baselines(requestOf(toyDataset(studies, [])))[0]!;
  const ranks = (prediction as Rankings).directions[0]!.firstRelevantRank;
  const mean = ranks.reduce((sum, value) => sum + value, 0) / 400;
  // The standard error of the mean is 400 / sqrt(12 · 400) = 5.8.
  expect(Math.abs(mean - 200.5)).toBeLessThan(20);
});

test('the prevalence baseline gives every query the report that is most frequent outside the judged part', () => {
  const elsewhere = ['two', 'two', 'one'].map((text, i) => ({ ...reported(`v${i}`, text), part: 'train' as const }));
  const dataset = toyDataset([reported('a', 'one'), reported('b', 'two'), reported('c', 'three'), ...elsewhere], []);
  const baseline = retrieval.baselines(requestOf(dataset))[1]!;
  expect(baseline.name).toBe('prevalence');
  expect([...(baseline.prediction as Rankings).directions[0]!.firstRelevantRank]).toEqual([2, 1, 3]);
});
