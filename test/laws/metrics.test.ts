/** Laws over every metric of the catalog: a new file in src/catalog/metrics is tested without being told. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type {
  DecidedTargets,
  DecisionMetric,
  MetricDefinition,
  RankedQueries,
  RankingMetric,
  ScoredTargets,
  ScoreMetric,
  Statistic,
} from '../../src/core/metric.ts';
import { rng } from '../../src/core/rng.ts';

const folder = new URL('../../src/catalog/metrics/', import.meta.url);
const modules: { default: MetricDefinition | readonly MetricDefinition[] }[] = await Promise.all(
  readdirSync(folder).map((file) => import(new URL(file, folder).href)),
);
const metrics = modules.flatMap((module) => module.default);
const named = <Metric extends MetricDefinition>(list: Metric[]) => list.map((metric) => [metric.name, metric] as const);
const scoreMetrics = named(metrics.filter((metric): metric is ScoreMetric => metric.input === 'scores'));
const decisionMetrics = named(metrics.filter((metric): metric is DecisionMetric => metric.input === 'decisions'));
const rankingMetrics = named(metrics.filter((metric): metric is RankingMetric => metric.input === 'rankings'));
const ROWS = 60;

/** Rows of an input that a law reorders or repeats. */
function takeRows<Input extends ScoredTargets | DecidedTargets | RankedQueries>(input: Input, rows: number[]): Input {
  const depth = 'depth' in input ? input.depth : 1;
  const entries = Object.entries(input).map(([key, values]) => {
    if (typeof values === 'number') return [key, values];
    const width = key === 'topRelevance' ? depth : 1;
    const picked = rows.flatMap((row) => [...(values as Float64Array).subarray(row * width, (row + 1) * width)]);
    return [key, new (values.constructor as Float64ArrayConstructor)(picked)];
  });
  return Object.fromEntries(entries) as Input;
}

function randomTargets(item: string): Uint8Array {
  const random = rng(5, 'law-targets', item);
  return Uint8Array.from({ length: ROWS }, (_, row) => (row < 2 ? row : random.next() < 0.3 ? 1 : 0));
}

/** Scores on a grid, so that ties within and between the classes are many. */
function randomScores(item: string): ScoredTargets {
  const random = rng(5, 'law-scores', item);
  const targets = randomTargets(item);
  return { targets, scores: Float64Array.from(targets, (target) => (random.integer(8) + 2 * target) / 10) };
}

function randomDecisions(item: string): DecidedTargets {
  const random = rng(5, 'law-decisions', item);
  const targets = randomTargets(item);
  return { targets, decisions: Uint8Array.from(targets, (target) => (random.next() < 0.25 ? 1 - target : target)) };
}

/** Queries with distinct similarities over a pool of 20; some have no relevant candidate, one failed. */
function randomRankings(item: string): RankedQueries {
  const random = rng(5, 'law-rankings', item);
  const [pool, depth] = [20, 10];
  const relevance = Array.from({ length: ROWS }, () => Array.from({ length: pool }, () => +(random.next() < 0.12)));
  return {
    firstRelevantRank: Float64Array.from(relevance, (row, query) =>
      query === 3 || !row.includes(1) ? Number.NaN : row.indexOf(1) + 1,
    ),
    relevantCount: Int32Array.from(relevance, (row) => row.reduce((a, b) => a + b)),
    topRelevance: Uint8Array.from(relevance.flatMap((row) => row.slice(0, depth))),
    depth,
  };
}

function prepared(metric: MetricDefinition, item: string): { input: ScoredTargets | DecidedTargets | RankedQueries } {
  if (metric.input === 'scores') return { input: randomScores(item) };
  return { input: metric.input === 'decisions' ? randomDecisions(item) : randomRankings(item) };
}

const prepare = (metric: MetricDefinition, input: unknown): Statistic => metric.prepare(input as never);
const shuffled = (item: string) => {
  const random = rng(5, 'law-shuffle', item);
  return Array.from({ length: ROWS }, (_, row) => ({ row, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
};
const worst = (metric: MetricDefinition) => metric.range[metric.better === 'higher' ? 0 : 1];
const best = (metric: MetricDefinition) => metric.range[metric.better === 'higher' ? 1 : 0];

describe('the catalog', () => {
  test('names are unique, and the ones that the contract promises are there', () => {
    const names = metrics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const promised = [
      'auroc',
      'auprc',
      'accuracy',
      'balancedAccuracy',
      'f1',
      'precision',
      'recall',
      'specificity',
      'mcc',
    ];
    const ranked = ['recall@1', 'recall@5', 'recall@10', 'mrr', 'medianRank', 'ndcg@5', 'ndcg@10'];
    expect(names).toEqual(expect.arrayContaining([...promised, ...ranked]));
  });

  test.each(named(metrics))('%s says what it is', (_, metric) => {
    expect(metric.range[0]).toBeLessThan(metric.range[1]);
    expect(metric.source).not.toBe('');
    expect(metric.version).toMatch(/^\d+$/);
    if (typeof metric.chance === 'number') expect(metric.chance).toBeGreaterThanOrEqual(metric.range[0]);
    expect(metric.comparison === 'delong').toBe(metric.name === 'auroc');
  });
});

describe.each(named(metrics))('%s under multiplicities', (_, metric) => {
  const items = ['a', 'b', 'c'];

  test('lies within its range and is no constant', () => {
    const values = items.map((item) => prepare(metric, prepared(metric, item).input)());
    for (const value of values) {
      expect(value).toBeGreaterThanOrEqual(metric.range[0]);
      expect(value).toBeLessThanOrEqual(metric.range[1]);
    }
    if (metric.unit !== 'rank') expect(new Set(values).size).toBeGreaterThan(1);
  });

  test('the order of rows changes nothing', () => {
    for (const item of items) {
      const { input } = prepared(metric, item);
      expect(prepare(metric, takeRows(input, shuffled(item)))()).toBeCloseTo(prepare(metric, input)(), 13);
    }
  });

  test('ones are no weights, and a prepared statistic can be asked again', () => {
    const statistic = prepare(metric, prepared(metric, 'a').input);
    const first = statistic();
    statistic(new Float64Array(ROWS).fill(3));
    expect(statistic(new Float64Array(ROWS).fill(1))).toBe(first);
    expect(statistic()).toBe(first);
  });

  test('a weight of m is the row repeated m times, a weight of 0 is no row', () => {
    for (const item of items) {
      const random = rng(5, 'law-weights', item);
      const weights = Float64Array.from({ length: ROWS }, () => random.integer(4));
      const { input } = prepared(metric, item);
      const rows = [...weights].flatMap((weight, row) => Array<number>(weight).fill(row));
      expect(prepare(metric, input)(weights)).toBeCloseTo(prepare(metric, takeRows(input, rows))(), 13);
    }
  });

  test('no rows, or all weights 0, is undefined', () => {
    const { input } = prepared(metric, 'a');
    expect(prepare(metric, takeRows(input, []))()).toBeNaN();
    expect(prepare(metric, input)(new Float64Array(ROWS))).toBeNaN();
  });
});

describe.each(scoreMetrics)('%s of scores', (_, metric) => {
  test('a strictly rising change of scale changes nothing', () => {
    const input = randomScores('a');
    const curved = { ...input, scores: input.scores.map((score) => Math.exp(4 * score) - 100) };
    expect(metric.prepare(curved)()).toBe(metric.prepare(input)());
  });

  test('perfect scores are best; reversed scores are no better than any', () => {
    const targets = randomTargets('a');
    const perfect = metric.prepare({ targets, scores: Float64Array.from(targets) })();
    const reversed = metric.prepare({ targets, scores: Float64Array.from(targets, (target) => -target) })();
    expect(perfect).toBe(best(metric));
    expect(Math.abs(reversed - worst(metric))).toBeLessThan(Math.abs(perfect - worst(metric)));
  });

  test('equal scores are chance', () => {
    const targets = randomTargets('b');
    const prevalence = targets.reduce((a, b) => a + b, 0) / ROWS;
    const chance = metric.chance === 'prevalence' ? prevalence : metric.chance;
    const constant = metric.prepare({ targets, scores: new Float64Array(ROWS).fill(0.7) })();
    if (chance !== undefined) expect(constant).toBeCloseTo(chance, 13);
  });

  test('without positives, or where a score is NaN, it is undefined', () => {
    const { targets, scores } = randomScores('a');
    expect(metric.prepare({ targets: new Uint8Array(ROWS), scores })()).toBeNaN();
    expect(metric.prepare({ targets, scores: scores.with(4, Number.NaN) })()).toBeNaN();
  });
});

test('swapped labels and reversed scores turn AUROC into 1 − AUROC', () => {
  const { prepare: auroc } = scoreMetrics.find(([name]) => name === 'auroc')![1];
  for (const item of ['a', 'b', 'c']) {
    const { targets, scores } = randomScores(item);
    const value = auroc({ targets, scores })();
    expect(auroc({ targets: targets.map((target) => 1 - target), scores })()).toBeCloseTo(1 - value, 13);
    expect(auroc({ targets, scores: scores.map((score) => -score) })()).toBeCloseTo(1 - value, 13);
  }
});

describe.each(decisionMetrics)('%s of decisions', (_, metric) => {
  const targets = randomTargets('a');
  test('right decisions are best, wrong decisions worst', () => {
    expect(metric.prepare({ targets, decisions: targets })()).toBe(best(metric));
    expect(metric.prepare({ targets, decisions: targets.map((target) => 1 - target) })()).toBe(worst(metric));
  });

  test('decisions that know nothing are chance', () => {
    // Each target meets both decisions equally often.
    const twice = Uint8Array.from([...targets, ...targets]);
    const decisions = Uint8Array.from(twice, (_target, row) => +(row < ROWS));
    const prevalence = targets.reduce((a, b) => a + b, 0) / ROWS;
    const chance = metric.chance === 'prevalence' ? prevalence : metric.chance;
    if (chance !== undefined) expect(metric.prepare({ targets: twice, decisions })()).toBeCloseTo(chance, 13);
  });

  test('a zero denominator is NaN, never 0', () => {
    const all = (bit: 0 | 1) => new Uint8Array(ROWS).fill(bit);
    const undefinedWhere: Record<string, [Uint8Array, Uint8Array][]> = {
      precision: [[targets, all(0)]],
      recall: [[all(0), targets]],
      specificity: [[all(1), targets]],
      balancedAccuracy: [
        [all(0), targets],
        [all(1), targets],
      ],
      f1: [[all(0), all(0)]],
      mcc: [
        [targets, all(0)],
        [targets, all(1)],
        [all(0), targets],
        [all(1), targets],
      ],
    };
    for (const [t, decisions] of undefinedWhere[metric.name] ?? []) {
      expect(metric.prepare({ targets: t, decisions })()).toBeNaN();
    }
  });
});

describe.each(rankingMetrics)('%s of rankings', (_, metric) => {
  const inputOf = (relevance: number[][], depth = 10): RankedQueries => ({
    firstRelevantRank: Float64Array.from(relevance, (row) => (row.includes(1) ? row.indexOf(1) + 1 : Number.NaN)),
    relevantCount: Int32Array.from(relevance, (row) => row.reduce((a, b) => a + b, 0)),
    topRelevance: Uint8Array.from(relevance.flatMap((row) => row.slice(0, depth))),
    depth,
  });
  const zeros = Array<number>(40).fill(0);

  test('every answer first is best; every answer beyond the places that count is worse', () => {
    const first = [zeros.with(0, 1), zeros.with(0, 1).with(1, 1), zeros.with(0, 1).with(1, 1).with(2, 1)];
    const last = [zeros.with(39, 1), zeros.with(39, 1), zeros.with(38, 1)];
    const [top, bottom] = [metric.prepare(inputOf(first))(), metric.prepare(inputOf(last))()];
    expect(top).toBeCloseTo(best(metric), 13);
    expect(metric.better === 'higher' ? bottom < top : bottom > top).toBe(true);
  });

  test('moving an answer up never makes it worse', () => {
    const values = [0, 1, 2, 4, 5, 9, 10, 20].map((place) => metric.prepare(inputOf([zeros.with(place, 1)]))());
    const ordered = [...values].sort((a, b) => (metric.better === 'higher' ? b - a : a - b));
    expect(values).toEqual(ordered);
  });

  test('queries without an answer, and failed ones, are left out', () => {
    const answered = [zeros.with(2, 1), zeros.with(0, 1)];
    expect(metric.prepare(inputOf([...answered, zeros]))()).toBe(metric.prepare(inputOf(answered))());
    expect(metric.prepare(inputOf([zeros, zeros]))()).toBeNaN();
  });
});
