/** Metrics asked over an evaluation's rows give what they give when asked directly. */
import { describe, expect, test } from 'vitest';
import type { DecisionMetric, ScoreMetric } from '../../../src/core/metric.ts';
import { rng } from '../../../src/core/rng.ts';
import { rowStatistics } from '../../../src/lib/scoring/row-statistics.ts';
import { hasLanes } from '../../../src/lib/stats/lanes.ts';
import { metrics } from '../../toy-dataset.ts';

const random = rng(6, 'row-statistics');
const TOTAL = 50;
// Some rows twice, some never, as when several findings are pooled.
const rows = Int32Array.from({ length: 60 }, () => random.integer(TOTAL));
const targets = Uint8Array.from(rows, () => random.integer(2));
const scores = Float64Array.from(rows, () => random.integer(10) / 10);
const decisions = Uint8Array.from(scores, (score) => (score >= 0.6 ? 1 : 0));
const weights = Float64Array.from({ length: TOTAL }, () => random.integer(4));
const own = Float64Array.from(rows, (row) => weights[row]!);

const binary = metrics.filter((metric): metric is ScoreMetric | DecisionMetric => metric.input !== 'rankings');

describe.each(binary.map((metric) => [metric.name, metric] as const))('%s', (_, metric) => {
  const direct =
    metric.input === 'scores' ? metric.prepare({ targets, scores }) : metric.prepare({ targets, decisions });
  const measure = rowStatistics({ rows, targets, scores, decisions })(metric);

  test('without multiplicities', () => expect(measure.value()).toBe(direct()));

  test('under multiplicities over all rows', () => expect(measure.value(weights)).toBe(direct(own)));

  test('again without, after a weighted call', () => expect(measure.value()).toBe(direct()));

  test('under multiplicities of 0', () => expect(measure.value(new Float64Array(TOTAL))).toBeNaN());
});

test('decision metrics of the same rows share their first step', () => {
  const statisticOf = rowStatistics({ rows, targets, scores, decisions });
  const summaries = binary.filter((metric) => metric.input === 'decisions').map((m) => statisticOf(m).steps!.summarize);
  expect(summaries.length).toBeGreaterThan(2);
  expect(new Set(summaries).size).toBe(1);
});

test('score metrics read several replicates at once', () => {
  const statisticOf = rowStatistics({ rows, targets, scores, decisions });
  const scored = binary.filter((metric) => metric.input === 'scores').map((metric) => statisticOf(metric).value);
  expect(scored.every(hasLanes)).toBe(true);
});

test('without decisions a decision metric is undefined', () => {
  const statisticOf = rowStatistics({ rows, targets, scores, decisions: undefined });
  for (const metric of binary) {
    expect(Number.isNaN(statisticOf(metric).value())).toBe(metric.input === 'decisions');
  }
});
