/** Zero-shot classification on hand-made scores and embeddings. */
import { expect, test } from 'vitest';
import zeroShot from '../../../src/catalog/tasks/zero-shot.ts';
import { ConfigError } from '../../../src/core/errors.ts';
import type { LabelState } from '../../../src/core/study.ts';
import type { DatasetView, ScoreMatrix } from '../../../src/core/task.ts';
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
const finding = 'Edema';

function requestOf(dataset: DatasetView, options: Record<string, unknown> = {}) {
  return { dataset, options: zeroShot.options.parse(options), seed: 0, promptSets };
}

/** One frontal image per study: tests t0 …, validation v0 …; scores by study id. */
function judge(
  test: [LabelState, number][],
  validation: [LabelState, number][],
  options: Record<string, unknown> = {},
) {
  const studyOf =
    (part: 'test' | 'validation') =>
    ([state]: [LabelState, number], i: number): ToyStudy => ({
      id: `${part[0]}${i}`,
      part,
      labels: { [finding]: state },
    });
  const studies = [...test.map(studyOf('test')), ...validation.map(studyOf('validation'))];
  const prediction: ScoreMatrix = {
    kind: 'scores',
    columns: [finding],
    items: studies.map(({ id }) => `${id}/0`),
    values: Float64Array.from([...test, ...validation], ([, score]) => score),
    failures: new Map(),
  };
  const request = requestOf(toyDataset(studies, [finding]), { minimumPatients: 2, ...options });
  return zeroShot.evaluate(request, model, prediction, metrics);
}

const validation: [LabelState, number][] = [
  ['present', 0.6],
  ['present', 0.7],
  ['absent', 0.2],
  ['absent', 0.65],
];

test('the score is the softmax over the two cosines, without a logit scale', async () => {
  const dataset = toyDataset([{ id: 'a' }], [finding]);
  const vectors: Record<string, number[]> = { Edema: [3, 0], 'no Edema': [0, 2] };
  const lookup = toyLookup({
    text: (text) => Float32Array.from(vectors[text]!),
    image: () => Float32Array.of(3, 4),
  });
  const prediction = (await zeroShot.predict(requestOf(dataset), [lookup], bruteForceSearch)) as ScoreMatrix;
  expect(prediction.values[0]).toBeCloseTo(Math.exp(0.6) / (Math.exp(0.6) + Math.exp(0.8)), 12);
});

test('several prompts are averaged as unit vectors', async () => {
  const set = { name: 'two', version: '1', source: '', prompts: { Edema: { positive: ['a', 'b'], negative: ['c'] } } };
  const vectors: Record<string, number[]> = { a: [5, 0], b: [0, 1], c: [-1, 0] };
  const lookup = toyLookup({ text: (text) => Float32Array.from(vectors[text]!), image: () => Float32Array.of(1, 0) });
  const request = {
    ...requestOf(toyDataset([{ id: 'a' }], [finding]), { prompts: 'two@1' }),
    promptSets: new Map([['two@1', set]]),
  };
  const prediction = (await zeroShot.predict(request, [lookup], bruteForceSearch)) as ScoreMatrix;
  expect(prediction.values[0]).toBeCloseTo(1 / (1 + Math.exp(-1 - Math.SQRT1_2)), 12);
});

test('an ensemble of checkpoints is the mean of their probabilities', async () => {
  const request = requestOf(toyDataset([{ id: 'a' }], [finding]));
  const second = toyLookup({ image: (id) => vectorOf(`other ${id}`), text: (text) => vectorOf(`other ${text}`) });
  const score = async (members: ReturnType<typeof toyLookup>[]) =>
    ((await zeroShot.predict(request, members, bruteForceSearch)) as ScoreMatrix).values[0]!;
  const alone = [await score([toyLookup()]), await score([second])];
  expect(alone[0]).not.toBeCloseTo(alone[1]!, 3);
  expect(await score([toyLookup(), second])).toBeCloseTo((alone[0]! + alone[1]!) / 2, 12);
});

test('the score of a study is the mean over its images of the wanted views that did not fail', async () => {
  const dataset = toyDataset([{ id: 'a', views: ['frontal', 'lateral', 'frontal', 'frontal'] }], [finding]);
  const lookup = toyLookup({ image: (id) => (id === 'a/3' ? null : vectorOf(id)) });
  const matrix = async (unit: string) =>
    (await zeroShot.predict(requestOf(dataset, { unit }), [lookup], bruteForceSearch)) as ScoreMatrix;
  const images = await matrix('image');
  expect(images.items).toEqual(['a/0', 'a/2', 'a/3']);
  const study = await matrix('study');
  expect(study.items).toEqual(['a']);
  expect(study.values[0]).toBeCloseTo((images.values[0]! + images.values[1]!) / 2, 12);
});

test('decisions use the Youden threshold of the validation part', () => {
  const evaluation = judge(
    [
      ['present', 0.9],
      ['present', 0.65],
      ['absent', 0.69],
      ['absent', 0.71],
    ],
    validation,
  );
  // On validation 0.7 and 0.6 both reach J = 0.5; the higher is taken: test decisions are 1, 0, 0, 1.
  expect(measureOf(evaluation, finding, 'accuracy').value()).toBe(0.5);
  expect(measureOf(evaluation, finding, 'auroc').value()).toBe(0.5);
  expect(measureOf(evaluation, finding, 'accuracy').protocol).toBe(
    'task=zero-shot@1;prompts=chexzero-pair@1;labels=uncertain-ignored@1;views=frontal;unit=image;threshold=youden@validation',
  );
  expect(evaluation.predictions.map(({ decision }) => decision)).toEqual([1, 0, 0, 1]);
});

test('multiplicities count as repeated rows', () => {
  const rows: [LabelState, number][] = [
    ['present', 0.9],
    ['absent', 0.95],
    ['uncertain', 0.2],
    ['absent', 0.1],
  ];
  const weighted = measureOf(judge(rows, validation), finding, 'auroc').value(Float64Array.of(1, 3, 7, 1));
  expect(weighted).toBe(0.25);
});

test('label policies decide what uncertain and unmentioned mean', () => {
  const rows: [LabelState, number][] = [
    ['present', 0.9],
    ['uncertain', 0.8],
    ['unmentioned', 0.3],
    ['absent', 0.1],
  ];
  const n = (labels: string) => {
    const { n, nPositive } = measureOf(judge(rows, validation, { labels }), finding, 'auroc');
    return [n, nPositive];
  };
  expect(n('uncertain-ignored@1')).toEqual([3, 1]);
  expect(n('u-zeros@1')).toEqual([4, 1]);
  expect(n('u-ones@1')).toEqual([4, 2]);
  expect(n('explicit-only@1')).toEqual([2, 1]);
  expect(() => n('u-one@1')).toThrow(ConfigError);
});

test('no positives: undefined with the reason, never 0', () => {
  const evaluation = judge(
    [
      ['absent', 0.9],
      ['absent', 0.1],
    ],
    validation,
  );
  const auroc = measureOf(evaluation, finding, 'auroc');
  expect(auroc.value()).toBeNaN();
  expect(auroc.reason).toBe('no positives in test');
  expect(measureOf(evaluation, finding, 'accuracy').value()).toBe(0.5);
});

test('no positives in validation: decisions are undefined with the reason', () => {
  const evaluation = judge(
    [
      ['present', 0.9],
      ['absent', 0.1],
    ],
    [['absent', 0.4]],
  );
  expect(measureOf(evaluation, finding, 'auroc').value()).toBe(1);
  expect(measureOf(evaluation, finding, 'f1').value()).toBeNaN();
  expect(measureOf(evaluation, finding, 'f1').reason).toBe(
    'threshold undefined: no positives to choose a threshold on (validation)',
  );
});

test('a threshold chosen on the judged part is refused', () => {
  const dataset = toyDataset([{ id: 'a', part: 'validation' }], [finding], 'validation');
  expect(() => zeroShot.needs(requestOf(dataset))).toThrow(ConfigError);
  expect(zeroShot.options.safeParse({ threshold: { policy: 'youden', on: 'test' } }).success).toBe(false);
  expect(zeroShot.needs(requestOf(dataset, { threshold: { policy: 'fixed', value: 0.5 } })).images).toHaveLength(1);
});

test('a threshold without its value is refused', () => {
  expect(zeroShot.options.safeParse({ threshold: { policy: 'fixed' } }).success).toBe(false);
  expect(zeroShot.options.safeParse({ threshold: { policy: 'sensitivity', value: 1.5 } }).success).toBe(false);
});

test('failed items are counted and listed with their reason', async () => {
  const dataset = toyDataset([{ id: 'a', labels: { Edema: 'present' } }, { id: 'b' }, { id: 'c' }], [finding]);
  const lookup = toyLookup({
    image: (id) => (id === 'b/0' ? null : vectorOf(id)),
    failure: (id) => (id === 'b/0' ? 'file is truncated' : undefined),
  });
  const prediction = await zeroShot.predict(requestOf(dataset), [lookup], bruteForceSearch);
  const evaluation = zeroShot.evaluate(requestOf(dataset), model, prediction, metrics);
  expect(evaluation.nFailed).toBe(1);
  expect(evaluation.failedRows).toEqual([1]);
  expect(measureOf(evaluation, finding, 'auroc').n).toBe(2);
  expect(evaluation.predictions[1]).toMatchObject({
    item: 'b/0',
    score: null,
    decision: null,
    failure: 'file is truncated',
  });
});

test('a prediction without a finding, or without an item, says so', () => {
  const dataset = toyDataset([{ id: 'a', labels: { Edema: 'present' } }, { id: 'b' }], ['Edema', 'Fracture']);
  const prediction: ScoreMatrix = {
    kind: 'scores',
    columns: ['Edema'],
    items: ['a/0'],
    values: Float64Array.of(0.5),
    failures: new Map(),
  };
  const evaluation = zeroShot.evaluate(requestOf(dataset), model, prediction, metrics);
  expect(measureOf(evaluation, 'Fracture', 'auroc').reason).toBe('no scores for this finding in the predictions');
  expect(evaluation.nFailed).toBe(1);
  expect(evaluation.predictions.find(({ item }) => item === 'b/0')?.failure).toBe('no prediction for this item');
});

test('macro runs over the findings with enough positives and negatives, and names them; micro pools them', () => {
  const findings = ['Edema', 'Fracture', 'Pneumonia'];
  const states: Record<string, LabelState>[] = [
    { Edema: 'present', Fracture: 'absent', Pneumonia: 'present' },
    { Edema: 'absent', Fracture: 'absent', Pneumonia: 'absent' },
    { Edema: 'absent', Fracture: 'absent', Pneumonia: 'present' },
    { Edema: 'present', Fracture: 'present', Pneumonia: 'absent' },
  ];
  const dataset = toyDataset(
    states.map((labels, i) => ({ id: `s${i}`, labels })),
    findings,
  );
  const prediction: ScoreMatrix = {
    kind: 'scores',
    columns: findings,
    items: ['s0/0', 's1/0', 's2/0', 's3/0'],
    values: Float64Array.of(0.9, 0, 0.4, 0.1, 0, 0.5, 0.2, 0, 0.6, 0.8, 1, 0.3),
    failures: new Map(),
  };
  const request = requestOf(dataset, { minimumPatients: 2, threshold: { policy: 'fixed', value: 0.5 } });
  const evaluation = zeroShot.evaluate(request, model, prediction, metrics);
  const macro = measureOf(evaluation, 'macro', 'auroc');
  // Edema 1; Pneumonia positives 0.4 and 0.6 against 0.5 and 0.3: 3 of 4 pairs.
  expect(macro.value()).toBe((1 + 0.75) / 2);
  expect(macro.protocol).toMatch(/;macro=2of3#[0-9a-f]{8}$/);
  const micro = measureOf(evaluation, 'micro', 'accuracy');
  expect([micro.n, micro.nPositive, micro.value()]).toEqual([8, 4, 6 / 8]);
  // Positives 0.9 0.8 0.4 0.6 against 0.1 0.2 0.5 0.3: 15 of 16 pairs.
  expect(measureOf(evaluation, 'micro', 'auroc').value()).toBe(15 / 16);
  const weights = Float64Array.of(1, 0, 2, 1);
  const members = ['Edema', 'Pneumonia'].map((name) => measureOf(evaluation, name, 'auroc').value(weights));
  expect(macro.value(weights)).toBe((members[0]! + members[1]!) / 2);
});

test('an inverted prompt and decisions of one class raise alarms; too few positives raise none', () => {
  const rows: [LabelState, number][] = [
    ['present', 0.1],
    ['present', 0.2],
    ['absent', 0.8],
    ['absent', 0.9],
  ];
  const fixed = { threshold: { policy: 'fixed', value: 0.05 } };
  const messages = judge(rows, validation, fixed).alarms.map(({ message }) => message);
  expect(messages).toEqual([
    'AUROC 0.000 is below 0.35: an inverted prompt or label is the usual cause',
    'all 4 decisions are positive at threshold 0.05000',
  ]);
  expect(judge(rows, validation, { ...fixed, minimumPatients: 3 }).alarms).toEqual([]);
});

test('a finding that the prompts or the dataset lack is refused with a hint', () => {
  const dataset = toyDataset([{ id: 'a' }], ['Edema', 'Scoliosis']);
  expect(() => zeroShot.needs(requestOf(dataset))).toThrow(
    /expected prompts for every finding, got none for "Scoliosis"/,
  );
  expect(zeroShot.needs(requestOf(dataset, { findings: ['Edema'] })).prompts).toEqual([['Edema'], ['no Edema']]);
  expect(() => zeroShot.needs(requestOf(dataset, { findings: ['Oedema'] }))).toThrow(ConfigError);
  expect(() => zeroShot.needs(requestOf(dataset, { prompts: 'chexzero@1' }))).toThrow(ConfigError);
});

test('the prevalence baseline scores with the share of positives outside the judged part, or says that it could not', () => {
  const labels = (state: LabelState) => ({ Edema: state });
  const studies: ToyStudy[] = [
    { id: 'a', labels: labels('present') },
    { id: 'b', labels: labels('absent'), part: 'train' },
    { id: 'c', labels: labels('present'), part: 'train' },
    { id: 'd', labels: labels('absent'), part: 'validation' },
    { id: 'e', labels: labels('present'), part: 'excluded' },
  ];
  const named = (list: ToyStudy[]) =>
    Object.fromEntries(
      zeroShot
        .baselines(requestOf(toyDataset(list, [finding])))
        .map(({ name, prediction }) => [name, (prediction as ScoreMatrix).values[0]]),
    );
  expect(named(studies).prevalence).toBeCloseTo(1 / 3, 12);
  expect(named(studies.slice(0, 1))['prevalence-of-test']).toBe(1);
  expect(named(studies).chance).toBe(named(studies.slice(0, 2)).chance);
});

test('predictions made elsewhere need no prompts, and the protocol says so', () => {
  const dataset = toyDataset([{ id: 'a' }], ['Edema', 'Scoliosis']);
  const request = requestOf(dataset, { prompts: 'none' });
  expect(zeroShot.needs(request).prompts).toEqual([]);
  const { prediction } = zeroShot.baselines(request)[0]!;
  expect(measureOf(zeroShot.evaluate(request, model, prediction, metrics), 'Edema', 'auroc').protocol).toContain(
    ';prompts=none;',
  );
});

test('a dataset without findings gives means that say why they are undefined', () => {
  const request = requestOf(toyDataset([{ id: 'a' }], []));
  const { prediction } = zeroShot.baselines(request)[0]!;
  const evaluation = zeroShot.evaluate(request, model, prediction, metrics);
  expect(measureOf(evaluation, 'macro', 'auroc').reason).toBe('no finding has enough positives and negatives in test');
  expect(measureOf(evaluation, 'micro', 'f1').reason).toBe('no finding has enough positives and negatives in test');
});

test('scores that a sigmoid rounded to one are called what they are', () => {
  const states: LabelState[] = ['present', 'present', 'present', 'absent', 'absent', 'absent'];
  const alarms = (scores: number[]) =>
    judge(
      states.map((state, i): [LabelState, number] => [state, scores[i]!]),
      validation,
    ).alarms.map(({ message }) => message);
  expect(alarms([1, 1, 1, 1, 0.4, 0.9])).toContainEqual(expect.stringContaining('4 of 6 scores are exactly 1'));
  expect(alarms([0.9, 1, 1, 1, 0.4, 0.9]).join()).not.toContain('exactly');
});
