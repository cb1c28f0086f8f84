/** Results, paired tests and leaderboards from evaluations made by hand. */
import { expect, test } from 'vitest';
import zeroShot from '../../src/catalog/tasks/zero-shot.ts';
import type { Comparison, Result } from '../../src/core/result.ts';
import { rng } from '../../src/core/rng.ts';
import type { ScoreMatrix } from '../../src/core/task.ts';
import { compareModels } from '../../src/engine/compare.ts';
import { type EvaluatedModel, replicateQuestion, resultsOf } from '../../src/engine/evaluate.ts';
import { leaderboards } from '../../src/engine/leaderboard.ts';
import { metrics, promptSets, type ToyStudy, toyDataset } from '../toy-dataset.ts';

const findings = ['Edema', 'Fracture'];

/** One image per study; `signal` sets how well the model's scores separate. */
interface ToyModel {
  readonly id: string;
  readonly signal: number;
  /** Models with the same noise are correlated. */
  readonly noise?: string;
  readonly failed?: readonly string[];
  readonly isBaseline?: boolean;
}

function studiesOf(count: number, patients: number): ToyStudy[] {
  const random = rng(2, 'evaluate-test');
  return Array.from({ length: count }, (_, i) => ({
    id: `s${i}`,
    patient: `p${i % patients}`,
    labels: { Edema: random.next() < 0.4 ? 'present' : 'absent', Fracture: random.next() < 0.3 ? 'present' : 'absent' },
  }));
}

function judge(studies: readonly ToyStudy[], models: readonly ToyModel[], replicates = 200) {
  const dataset = toyDataset(studies, findings);
  const options = zeroShot.options.parse({ threshold: { policy: 'fixed', value: 0 } });
  const request = { dataset, options, seed: 0, promptSets };
  const evaluated = models.map(({ id, signal, noise = id, failed = [], isBaseline = false }): EvaluatedModel => {
    const score = (study: ToyStudy, finding: string) =>
      failed.includes(study.id)
        ? Number.NaN
        : rng(0, noise, `${study.id}${finding}`).normal() + (study.labels![finding] === 'present' ? signal : 0);
    const prediction: ScoreMatrix = {
      kind: 'scores',
      columns: findings,
      items: studies.map((study) => `${study.id}/0`),
      values: Float64Array.from(studies.flatMap((study) => findings.map((finding) => score(study, finding)))),
      failures: new Map(),
    };
    const model = { id, variant: 'fp32' };
    return { ...model, isBaseline, evaluation: zeroShot.evaluate(request, model, prediction, metrics) };
  });
  const statistics = { replicates, confidence: 0.95 };
  return replicateQuestion({ dataset, task: 'zero-shot', seed: 7, statistics }, evaluated);
}

const rowOf = (results: readonly Result[], model: string, finding: string, metric: string) =>
  results.find((row) => row.model === model && row.finding === finding && row.metric === metric)!;
const pairOf = (comparisons: readonly Comparison[], a: string, b: string, finding: string, metric: string) =>
  comparisons.find((row) => row.modelA === a && row.modelB === b && row.finding === finding && row.metric === metric)!;

const studies = studiesOf(80, 50);

test('a result carries value, interval, counts and the whole protocol', () => {
  const row = rowOf(resultsOf(judge(studies, [{ id: 'm', signal: 1, failed: ['s0', 's1'] }])), 'm', 'Edema', 'auroc');
  expect(row).toMatchObject({ n: 78, nFailed: 2, better: 'higher', split: 'toy:test', dataset: 'toy', seed: 7 });
  expect(row.ciLow!).toBeLessThan(row.value!);
  expect(row.ciHigh!).toBeGreaterThan(row.value!);
  expect(row.reason).toBeUndefined();
  expect(row.protocol).toMatch(/;split=toy:test#abcdef012345;bootstrap=patient,200,0\.95,seed7$/);
});

test('the same question gives the same numbers, whatever other models take part', () => {
  const alone = resultsOf(judge(studies, [{ id: 'm', signal: 1 }]));
  const together = resultsOf(
    judge(studies, [
      { id: 'x', signal: 0 },
      { id: 'm', signal: 1 },
    ]),
  );
  expect(together.filter(({ model }) => model === 'm')).toEqual(alone);
});

test('macro distribution is the mean of its members, replicate by replicate', () => {
  const { models, replicates } = judge(studies, [{ id: 'm', signal: 1 }], 20);
  const macro = models[0]!.measures.find(
    ({ measure }) => measure.finding === 'macro' && measure.metric.name === 'auroc',
  )!;
  for (let b = 0; b < 20; b++) expect(macro.distribution[b]).toBe(macro.measure.value(replicates.weights(b)));
});

test('an undefined value is null with its reason', () => {
  const none = studies.map((study) => ({ ...study, labels: { Edema: 'absent', Fracture: 'absent' } as const }));
  const row = rowOf(resultsOf(judge(none, [{ id: 'm', signal: 1 }])), 'm', 'Edema', 'auroc');
  expect(row).toMatchObject({ value: null, ciLow: null, ciHigh: null, nPositive: 0, reason: 'no positives in test' });
});

test('one patient: a value, but no interval and no test', () => {
  const question = judge(studiesOf(30, 1), [
    { id: 'a', signal: 1 },
    { id: 'b', signal: 0 },
  ]);
  const row = rowOf(resultsOf(question), 'a', 'Edema', 'auroc');
  expect(row.value).not.toBeNull();
  expect(row).toMatchObject({ ciLow: null, ciHigh: null, reason: 'no interval: one patient cannot be resampled' });
  expect(pairOf(compareModels(question), 'a', 'b', 'Edema', 'f1').pValue).toBeNull();
});

test('few positive patients: the interval is refused, not invented', () => {
  const one = studies.map((study, i) => ({ ...study, labels: { Edema: i === 0 ? 'present' : 'absent' } as const }));
  const row = rowOf(resultsOf(judge(one, [{ id: 'm', signal: 1 }])), 'm', 'Edema', 'auroc');
  expect(row.value).not.toBeNull();
  expect(row.ciLow).toBeNull();
  expect(row.reason).toMatch(/^no interval: undefined in \d+ of 200 bootstrap replicates$/);
});

test('models whose rows differ are refused', () => {
  const [a] = judge(studies, [{ id: 'a', signal: 1 }]).models;
  const { models, frame } = judge(studies.slice(1), [{ id: 'b', signal: 1 }]);
  expect(() => replicateQuestion(frame, [a!, models[0]!])).toThrow('the rows of b are not those of a');
});

test('AUROC per finding is compared by DeLong, all else by the paired bootstrap; differences are A minus B', () => {
  const question = judge(studies, [
    { id: 'a', signal: 2, noise: 'n' },
    { id: 'b', signal: 0.2, noise: 'n' },
  ]);
  const results = resultsOf(question);
  const comparisons = compareModels(question);
  for (const [finding, metric, method] of [
    ['Edema', 'auroc', 'delong'],
    ['macro', 'auroc', 'paired-bootstrap'],
    ['Edema', 'f1', 'paired-bootstrap'],
  ] as const) {
    const pair = pairOf(comparisons, 'a', 'b', finding, metric);
    const difference = rowOf(results, 'a', finding, metric).value! - rowOf(results, 'b', finding, metric).value!;
    expect(pair.method).toBe(method);
    expect(pair.difference).toBeCloseTo(difference, 12);
    expect(pair.ciLow!).toBeLessThan(difference);
    expect(pair.ciHigh!).toBeGreaterThan(difference);
    expect(pair.pValue!).toBeLessThan(0.05);
    expect(pair.pAdjusted).toBe(pair.pValue);
  }
});

test('equal models: no difference, p = 1', () => {
  const comparisons = compareModels(
    judge(studies, [
      { id: 'a', signal: 1, noise: 'n' },
      { id: 'b', signal: 1, noise: 'n' },
    ]),
  );
  for (const metric of ['auroc', 'f1']) {
    expect(pairOf(comparisons, 'a', 'b', 'Edema', metric)).toMatchObject({ difference: 0, pValue: 1, pAdjusted: 1 });
  }
});

test('rows that either model failed on count for neither', () => {
  const failed = ['s3', 's4', 's11'];
  const kept = studies.filter(({ id }) => !failed.includes(id));
  const partly = judge(studies, [
    { id: 'a', signal: 1, failed },
    { id: 'b', signal: 0.5 },
  ]);
  const whole = judge(kept, [
    { id: 'a', signal: 1 },
    { id: 'b', signal: 0.5 },
  ]);
  for (const [finding, metric] of [
    ['Edema', 'auroc'],
    ['Edema', 'f1'],
    ['macro', 'auroc'],
  ] as const) {
    const found = pairOf(compareModels(partly), 'a', 'b', finding, metric);
    expect(found.difference).toBeCloseTo(pairOf(compareModels(whole), 'a', 'b', finding, metric).difference!, 12);
  }
  expect(pairOf(compareModels(partly), 'a', 'b', 'Edema', 'auroc').n).toBe(77);
});

test('Holm corrects pairs of models and pairs with baselines apart; baselines are not compared with each other', () => {
  const comparisons = compareModels(
    judge(studies, [
      { id: 'a', signal: 1.2 },
      { id: 'b', signal: 0.9 },
      { id: 'c', signal: 0.3 },
      { id: 'chance', signal: 0, isBaseline: true },
      { id: 'prevalence', signal: 0, isBaseline: true },
    ]),
  );
  const edema = comparisons.filter(({ finding, metric }) => finding === 'Edema' && metric === 'auroc');
  expect(edema).toHaveLength(3 + 6);
  const among = edema.slice(0, 3).sort((x, y) => x.pValue! - y.pValue!);
  expect(among[0]!.pAdjusted).toBeCloseTo(Math.min(1, 3 * among[0]!.pValue!), 12);
  const against = edema.slice(3).sort((x, y) => x.pValue! - y.pValue!);
  expect(against[0]!.pAdjusted).toBeCloseTo(Math.min(1, 6 * against[0]!.pValue!), 12);
});

const headline = { finding: 'macro', metric: 'auroc' };
const result = (model: string, value: number | null) =>
  ({
    model,
    variant: 'fp32',
    dataset: 'd',
    task: 't',
    ...headline,
    value,
    ciLow: null,
    ciHigh: null,
    better: 'higher',
  }) as Result;
const comparison = (modelA: string, modelB: string, pAdjusted: number | null) =>
  ({ modelA, modelB, ...headline, pAdjusted }) as Comparison;

test('models that the test cannot tell from the leader of a group share its rank', () => {
  const [board] = leaderboards([headline, { finding: 'macro', metric: 'none' }], {
    results: [
      result('d', 0.6),
      result('chance', 0.7),
      result('b', 0.8),
      result('a', 0.9),
      result('c', 0.65),
      result('e', null),
    ],
    comparisons: [
      comparison('a', 'b', 0.2),
      comparison('c', 'a', 0.01),
      comparison('a', 'd', 0.001),
      comparison('b', 'c', 0.3),
      comparison('c', 'd', null),
    ],
    baselines: new Set(['chance']),
  });
  expect(board!.entries.map(({ model, rank }) => [model, rank])).toEqual([
    ['a', 1],
    ['b', 1],
    ['chance', null],
    ['c', 3],
    ['d', 3],
    ['e', null],
  ]);
});

test('lower is better where the metric says so', () => {
  const lower = [result('a', 3), result('b', 2)].map((row) => ({ ...row, better: 'lower' as const }));
  const [board] = leaderboards([headline], {
    results: lower,
    comparisons: [comparison('a', 'b', 0.001)],
    baselines: new Set(),
  });
  expect(board!.entries.map(({ model, rank }) => [model, rank])).toEqual([
    ['b', 1],
    ['a', 2],
  ]);
});
