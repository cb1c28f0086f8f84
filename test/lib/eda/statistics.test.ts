/** Statistics of the dataset picture against SciPy (scripts/reference/eda_golden.py), and their edges. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  chiSquaredTail,
  chiSquaredTest,
  kolmogorovSmirnov,
  kolmogorovTail,
  logGamma,
} from '../../../src/lib/eda/drift-tests.ts';
import { association, clusteredProportion, designEffect, proportion } from '../../../src/lib/eda/proportions.ts';

interface Golden {
  readonly wilson: readonly { count: number; total: number; low: number; high: number }[];
  readonly chiSquaredTail: readonly { x: number; degrees: number; p: number }[];
  readonly kolmogorovTail: readonly { x: number; p: number }[];
  readonly chiSquared: readonly { a: number[]; b: number[]; statistic: number; p: number; v: number }[];
  readonly smirnov: readonly { a: number[]; b: number[]; d: number; p: number }[];
  readonly association: readonly { cells: [number, number, number, number]; phi: number; odds: number }[];
  readonly designEffect: readonly { hits: number[]; clusters: number[]; effect: number }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/stats/eda.json', import.meta.url), 'utf8'));

const close = (actual: number | null, expected: number, tolerance = 1e-12) =>
  expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));

test("Wilson's interval", () => {
  for (const { count, total, low, high } of golden.wilson) {
    const interval = proportion(count, total);
    close(interval.low, low);
    close(interval.high, high);
  }
  expect(proportion(0, 0)).toEqual({ count: 0, total: 0, share: null, low: null, high: null });
});

test('tails of the chi-squared and the Kolmogorov distribution', () => {
  for (const { x, degrees, p } of golden.chiSquaredTail) {
    close(chiSquaredTail(x, degrees), p);
    if (p > 1e-250 && p < 0.1) expect(Math.abs(chiSquaredTail(x, degrees) / p - 1)).toBeLessThan(1e-11);
  }
  for (const { x, p } of golden.kolmogorovTail) close(kolmogorovTail(x), p);
  expect([chiSquaredTail(Number.NaN, 1), chiSquaredTail(1, 0), kolmogorovTail(Number.NaN)]).toEqual([NaN, NaN, NaN]);
  close(logGamma(0.5), Math.log(Math.sqrt(Math.PI)));
  close(logGamma(11), Math.log(3628800));
});

test('tests of two groups', () => {
  for (const { a, b, statistic, p, v } of golden.chiSquared) {
    const outcome = chiSquaredTest(a, b);
    close(outcome.statistic, statistic, 1e-11);
    close(outcome.pValue, p);
    close(outcome.effect, v);
  }
  for (const { a, b, d, p } of golden.smirnov) {
    const outcome = kolmogorovSmirnov(a, b);
    close(outcome.statistic, d);
    close(outcome.pValue, p);
  }
});

test('a design effect divides the statistic and leaves the size of the effect', () => {
  const [plain, halved] = [chiSquaredTest([30, 70], [50, 50]), chiSquaredTest([30, 70], [50, 50], 2)];
  close(halved.statistic, plain.statistic / 2);
  expect(halved.effect).toBe(plain.effect);
  expect(halved.pValue).toBeGreaterThan(plain.pValue);
});

test('categories with few expected are taken together; with one left there is no test', () => {
  const merged = chiSquaredTest([50, 40, 2, 1], [45, 44, 1, 2]);
  close(merged.statistic, chiSquaredTest([50, 43], [45, 47]).statistic);
  for (const [a, b] of [
    [
      [100, 1],
      [100, 2],
    ],
    [
      [100, 0],
      [90, 0],
    ],
    [[], []],
    [
      [3, 4],
      [0, 0],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ] as const)
    expect(chiSquaredTest(a, b).pValue).toBeNaN();
  expect(kolmogorovSmirnov([], [1]).pValue).toBeNaN();
});

test('association of two findings', () => {
  for (const { cells, phi, odds } of golden.association) {
    close(association(cells).phi, phi);
    close(association(cells).oddsRatio, odds);
  }
  expect(association([5, 5, 0, 0])).toEqual({ both: 5, phi: null, oddsRatio: null });
});

test('design effects', () => {
  for (const { hits, clusters, effect } of golden.designEffect) close(designEffect(hits, clusters.map(String)), effect);
  const alone = Array.from({ length: 10 }, (_, i) => String(i));
  expect(designEffect([1, 0, 0, 1, 0, 0, 1, 0, 0, 1], alone)).toBe(1);
  expect(designEffect([1, 1], ['a', 'b'])).toBe(1);
  expect(designEffect([1, 0], ['a', 'a'])).toBe(1);
  expect(clusteredProportion([], []).share).toBeNull();
});
