/** DeLong, intervals, bootstrap and Holm against independent computations. */
import { describe, expect, test } from 'vitest';
import {
  bootstrapDistributions,
  clusterByPatient,
  pairedBootstrap,
  percentileInterval,
  replicateWeights,
} from '../../../src/lib/stats/bootstrap.ts';
import { delong, delongDifference } from '../../../src/lib/stats/delong.ts';
import { isPlaceable } from '../../../src/lib/stats/lanes.ts';
import { holm } from '../../../src/lib/stats/multiple-testing.ts';
import { erfc, normalCdf, normalQuantile, twoSidedPValue } from '../../../src/lib/stats/normal-distribution.ts';
import { quantile, sortedWeightedMedian } from '../../../src/lib/stats/quantile.ts';
import { prepareAuroc, prepareAveragePrecision } from '../../../src/lib/stats/ranking-scores.ts';
import { expectAllClose, expectClose, floats, type GoldenNumber, goldenCases } from './golden.ts';

interface DelongCase {
  y: number[];
  models: number[][];
  clusters: number[];
  aucs: GoldenNumber[];
  covariance: GoldenNumber[][];
  test?: { z: number; p: number; low: number; high: number };
}

describe('DeLong', () => {
  const cases = goldenCases<DelongCase>('delong');
  const estimate = ({ y, models, clusters }: DelongCase) =>
    delong(
      Uint8Array.from(y),
      models.map((scores) => Float64Array.from(scores)),
      Int32Array.from(clusters),
    );

  test('AUROCs and clustered covariance, against all pairs', () => {
    for (const c of cases) {
      const { aurocs, covariance } = estimate(c);
      expectAllClose(aurocs, c.aucs, 'auroc');
      for (const [i, row] of c.covariance.entries()) expectAllClose(covariance[i]!, row, `covariance ${i}`);
    }
  });

  test('the paired test', () => {
    const tested = cases.filter((c) => c.test);
    expect(tested.length).toBeGreaterThan(15);
    for (const c of tested) {
      const { z, pValue, low, high } = delongDifference(estimate(c), 0, 1, 0.95);
      // Two variances that nearly cancel leave fewer digits in their root.
      expectClose(z, c.test!.z, 1e-9, 'z');
      expectClose(pValue, c.test!.p, 1e-9, 'p');
      expectClose(low, c.test!.low, 1e-11, 'low');
      expectClose(high, c.test!.high, 1e-11, 'high');
    }
  });

  test('on iris, within 1e-15 of the published implementation', () => {
    type IrisCase = { labels: number[]; scores: number[]; auc: number; variance: number };
    const { labels, scores, auc, variance } = goldenCases<IrisCase>('delong-iris')[0]!;
    const iris = delong(Uint8Array.from(labels), [Float64Array.from(scores)]);
    expectClose(iris.aurocs[0]!, auc, 1e-15);
    expectClose(iris.covariance[0]![0]!, variance, 1e-15);
  });

  test('one row per patient is the plain form', () => {
    const c = cases[1]!;
    const plain = delong(Uint8Array.from(c.y), [Float64Array.from(c.models[0]!)]);
    const single = delong(Uint8Array.from(c.y), [Float64Array.from(c.models[0]!)], Int32Array.from(c.y.keys()));
    expect(plain).toEqual(single);
  });

  test('models that rank alike do not differ', () => {
    const targets = Uint8Array.of(0, 1, 0, 1, 1, 0, 0);
    const scores = Float64Array.of(0.1, 0.7, 0.4, 0.35, 0.8, 0.2, 0.35);
    const same = delong(targets, [scores, scores.map((score) => Math.exp(3 * score))]);
    expect(delongDifference(same, 0, 1, 0.95)).toMatchObject({ difference: 0, low: 0, high: 0, z: 0, pValue: 1 });
  });

  test('undefined: no variance under a difference, one positive, one class, NaN scores', () => {
    const targets = Uint8Array.of(0, 0, 1, 1);
    const up = Float64Array.of(1, 2, 3, 4);
    const opposite = delong(targets, [up, up.map((score) => -score)]);
    expect(delongDifference(opposite, 0, 1, 0.95)).toMatchObject({ difference: 1, pValue: Number.NaN });
    expect(delong(Uint8Array.of(0, 0, 1), [up.slice(1)]).covariance[0]![0]).toBeNaN();
    expect(delong(Uint8Array.of(0, 0), [up.slice(2)])).toEqual({ aurocs: [Number.NaN], covariance: [[Number.NaN]] });
    const failed = delong(targets, [up, Float64Array.of(1, Number.NaN, 2, 3)]);
    expect(failed.aurocs).toEqual([1, Number.NaN]);
    expect(failed.covariance[1]![1]).toBeNaN();
  });
});

describe('the normal distribution', () => {
  type DistributionCase = { z: number; cdf: number; twoSided: number } | { p: number; quantile: number };
  test('cumulative, two-sided and inverse, against 40 digits', () => {
    for (const c of goldenCases<DistributionCase>('distribution')) {
      if ('z' in c) {
        expectClose(normalCdf(c.z), c.cdf, Math.max(1e-12 * c.cdf, 1e-310), `Φ(${c.z})`);
        expectClose(twoSidedPValue(c.z), c.twoSided, Math.max(1e-12 * c.twoSided, 1e-310), `p(${c.z})`);
      } else expectClose(normalQuantile(c.p), c.quantile, 1e-12 * Math.max(1, Math.abs(c.quantile)), `Φ⁻¹(${c.p})`);
    }
  });

  test('the ends', () => {
    expect([normalCdf(-Infinity), normalCdf(0), normalCdf(Infinity), erfc(-50)]).toEqual([0, 0.5, 1, 2]);
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity]);
    for (const outside of [-0.1, 1.1, Number.NaN]) expect(normalQuantile(outside)).toBeNaN();
    expect(twoSidedPValue(Number.NaN)).toBeNaN();
  });
});

describe('intervals', () => {
  interface QuantileCase {
    readonly values: number[];
    readonly probability: number;
    readonly quantile: number;
  }
  test('R-7', () => {
    for (const c of goldenCases<QuantileCase>('intervals')) expectClose(quantile(c.values, c.probability), c.quantile);
    expect(quantile([], 0.5)).toBeNaN();
  });

  test('a weighted median is that of repeated values', () => {
    const sorted = Float64Array.of(1, 2, 4, 8);
    // 1 1 2 | 4 4 8, then 2 2 | 8 8, then 4 alone, then nothing.
    expect(sortedWeightedMedian(sorted, Float64Array.of(2, 1, 2, 1))).toBe(3);
    expect(sortedWeightedMedian(sorted, Float64Array.of(0, 2, 0, 2))).toBe(5);
    expect(sortedWeightedMedian(sorted, Float64Array.of(0, 0, 1, 0))).toBe(4);
    expect(sortedWeightedMedian(sorted, new Float64Array(4))).toBeNaN();
  });
});

interface BootstrapCase {
  patients: string[];
  y: number[];
  s: number[];
  weights: string[];
  values: GoldenNumber[];
  interval: number[];
  large: { interval: number[]; sd: number };
}

describe('bootstrap', () => {
  const golden = goldenCases<BootstrapCase>('bootstrap')[0]!;
  const auroc = prepareAuroc({ targets: Uint8Array.from(golden.y), scores: Float64Array.from(golden.s) });

  test("NumPy's draws give NumPy's distribution and interval", () => {
    const replicates = {
      count: golden.weights.length,
      weights: (b: number) => floats([...golden.weights[b]!].map(Number)),
    };
    const [values] = bootstrapDistributions([auroc], replicates);
    expectAllClose(values!, golden.values);
    const { low, high } = percentileInterval(values!, 0.95);
    expectAllClose([low!, high!], golden.interval);
  });

  test('replicates side by side are exactly those one by one, ties or not, whatever is left over', () => {
    const untied = golden.s.map((score, row) => score + row * 1e-9);
    for (const scores of [golden.s, golden.s.map(Math.round), untied, golden.s.map(() => 1)]) {
      const targets = Uint8Array.from(golden.y);
      const statistics = [prepareAuroc, prepareAveragePrecision].map((p) => p({ targets, scores: floats(scores) }));
      const replicates = replicateWeights(golden.patients, 11, 6);
      const values = bootstrapDistributions(statistics, replicates);
      const single = statistics.map((statistic) =>
        Float64Array.from({ length: 11 }, (_, b) => statistic(replicates.weights(b))),
      );
      expect(values).toEqual(single);
    }
    // The same rows at other places among more rows, some of them twice.
    const places = Int32Array.of(5, 2, 2, 0, 6, 1);
    const few6 = { targets: Uint8Array.of(1, 0, 1, 0, 0, 1), scores: Float64Array.of(3, 1, 2, 2, 4, 2) };
    const eight = replicateWeights(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 9, 2);
    for (const statistic of [prepareAuroc(few6), prepareAveragePrecision(few6)]) {
      if (!isPlaceable(statistic)) throw new Error('expected a placeable statistic');
      const picked = { count: 9, weights: (b: number) => floats([...places].map((row) => eight.weights(b)[row]!)) };
      const [placed] = bootstrapDistributions([statistic.onRows(places)], eight);
      expect(placed).toEqual(bootstrapDistributions([statistic], picked)[0]);
      expect(statistic.onRows(places)()).toBe(statistic());
      expect(statistic.onRows(places)(eight.weights(0))).toBe(placed![0]);
    }
    const onePositive = prepareAuroc({ targets: Uint8Array.of(1, 0, 0), scores: Float64Array.of(2, 1, 2) });
    const [few] = bootstrapDistributions([onePositive], replicateWeights(['a', 'b', 'c'], 40, 1));
    expect(few!.some(Number.isNaN)).toBe(true);
    expect(few!.some((value) => value > 0.4)).toBe(true);
  });

  test('our draws give the same interval within the noise of drawing', () => {
    const [values] = bootstrapDistributions([auroc], replicateWeights(golden.patients, 4000, 1));
    const { low, high } = percentileInterval(values!, 0.95);
    // A 2.5 % quantile of 4000 draws has a standard error of about 0.042 standard deviations; the two differ by √2 of it.
    const noise = 5 * Math.SQRT2 * 0.042 * golden.large.sd;
    expectClose(low!, golden.large.interval[0]!, noise, 'low');
    expectClose(high!, golden.large.interval[1]!, noise, 'high');
  });

  test('multiplicities: one per patient, as many as patients, Poisson-like, and of (seed, replicate) alone', () => {
    const patients = golden.patients;
    const { count, ofRow } = clusterByPatient(patients);
    const replicates = replicateWeights(patients, 2000, 4);
    let squares = 0;
    for (let b = 0; b < 400; b++) {
      const weights = replicates.weights(b);
      const ofPatient = new Map(patients.map((patient, row) => [patient, weights[row]!]));
      expect([...weights]).toEqual(patients.map((patient) => ofPatient.get(patient)));
      expect([...ofPatient.values()].reduce((a, c) => a + c, 0)).toBe(count);
      for (const times of ofPatient.values()) squares += (times - 1) ** 2 / (400 * count);
    }
    expectClose(squares, 1 - 1 / count, 0.05, 'variance of a multinomial count');
    expect(ofRow.length).toBe(patients.length);
    expect(replicates.weights(7)).toEqual(
      replicateWeights(patients, 10, 4).weights(7, new Float64Array(patients.length)),
    );
    expect(replicates.weights(7)).not.toEqual(replicates.weights(8));
    expect(replicates.weights(7)).not.toEqual(replicateWeights(patients, 10, 5).weights(7));
  });

  test('the order of rows changes nothing', () => {
    const forward = replicateWeights(['b', 'a', 'c', 'a'], 1, 3);
    const backward = replicateWeights(['a', 'c', 'a', 'b'], 1, 3);
    for (let b = 0; b < 20; b++) expect([...forward.weights(b)].reverse()).toEqual([...backward.weights(b)]);
  });

  test('undefined replicates are dropped and counted; above a tenth there is no interval', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => (i < 10 ? Number.NaN : i));
    expect(percentileInterval(values, 0.9)).toEqual({ low: 14.45, high: 94.55, undefinedReplicates: 10 });
    values[50] = Number.NaN;
    expect(percentileInterval(values, 0.9)).toMatchObject({ low: null, high: null, undefinedReplicates: 11 });
    expect(percentileInterval(values, 0.9).reason).toBe('undefined in 11 of 100 bootstrap replicates');
    expect(percentileInterval(new Float64Array(0), 0.9).reason).toBe('no bootstrap replicates');
  });

  test('paired: the p-value by hand', () => {
    // Differences 1 … 9 and −1: one of ten at or below 0, so 2 (1 + 1) / (10 + 1).
    const a = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    const b = Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    expectClose(pairedBootstrap(a, b, 0.95).pValue, 4 / 11);
    expect(pairedBootstrap(a, a, 0.95)).toMatchObject({ pValue: 1, interval: { low: 0, high: 0 } });
    expectClose(
      pairedBootstrap(
        a.map((value) => value + 2),
        b,
        0.95,
      ).pValue,
      2 / 11,
    );
    expect(pairedBootstrap(a, new Float64Array(10).fill(Number.NaN), 0.95).pValue).toBeNaN();
    expect(() => pairedBootstrap(a, b.slice(1), 0.95)).toThrow(RangeError);
  });
});

describe('Holm', () => {
  test.each([
    // Sorted 0.005 × 4, 0.01 × 3, 0.03 × 2, 0.04 × 1, each at least the one before.
    [
      [0.01, 0.04, 0.03, 0.005],
      [0.03, 0.06, 0.06, 0.02],
    ],
    [
      [0.6, 0.5],
      [1, 1],
    ],
    [[0.02], [0.02]],
    [[], []],
    // Without a test there is nothing to correct for.
    [
      [Number.NaN, 0.02, 0.03],
      [Number.NaN, 0.04, 0.04],
    ],
  ])('%j', (pValues, adjusted) =>
    expectAllClose(
      holm(pValues),
      adjusted.map((p) => (Number.isNaN(p) ? null : p)),
    ),
  );
});
