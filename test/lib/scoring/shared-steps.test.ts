/** Metrics in two steps give what they give when asked directly. */
import { describe, expect, test } from 'vitest';
import type { DecisionMetric, ScoreMetric } from '../../../src/core/metric.ts';
import { rng } from '../../../src/core/rng.ts';
import { sharedSteps, stepwise } from '../../../src/lib/scoring/shared-steps.ts';
import { metrics } from '../../toy-dataset.ts';

const random = rng(6, 'shared-steps');
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
  const measure = stepwise(sharedSteps({ rows, targets, scores, decisions })(metric));

  test('without multiplicities', () => expect(measure.value()).toBe(direct()));

  test('under multiplicities over all rows', () => expect(measure.value(weights)).toBe(direct(own)));

  test('again without, after a weighted call', () => expect(measure.value()).toBe(direct()));

  test('under multiplicities of 0', () => expect(measure.value(new Float64Array(TOTAL))).toBeNaN());
});

test('metrics of the same rows share their first step', () => {
  const stepsOf = sharedSteps({ rows, targets, scores, decisions });
  const summaries = (input: string) =>
    new Set(binary.filter((m) => m.input === input).map((m) => stepsOf(m)!.summarize));
  expect(summaries('scores').size).toBe(1);
  expect(summaries('decisions').size).toBe(1);
});

test('without decisions a decision metric is undefined', () => {
  const stepsOf = sharedSteps({ rows, targets, scores, decisions: undefined });
  for (const metric of binary) {
    expect(Number.isNaN(stepwise(stepsOf(metric)).value())).toBe(metric.input === 'decisions');
  }
});
