/** What a golden says of a tensor that is too large to keep: evenly spaced samples, extremes, mean. */
import { expect } from 'vitest';

export interface Summary {
  readonly length: number;
  readonly step: number;
  readonly samples: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/** Largest difference of samples, extremes and mean. */
export function deviation(actual: Float32Array, expected: Summary): number {
  expect(actual.length).toBe(expected.length);
  const sampled = expected.samples.map((value, i) => Math.abs(value - actual[i * expected.step]!));
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of actual) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const overall = [min - expected.min, max - expected.max, sum / actual.length - expected.mean].map(Math.abs);
  return Math.max(...sampled, ...overall);
}
