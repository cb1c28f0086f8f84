/** Curves on a grid agree with scikit-learn; bands hold the curve, follow the seed and respect patients. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rng } from '../../../src/core/rng.ts';
import { curveBands, orderScores, precisionOnGrid, rocOnGrid } from '../../../src/lib/stats/curve-bands.ts';

interface Golden {
  readonly grid: number[];
  readonly cases: {
    name: string;
    targets: number[];
    scores: number[];
    weights: number[] | null;
    roc: number[];
    precision: number[];
  }[];
}

const path = new URL('../../golden/stats/curves-on-grid.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;
const grid = Float64Array.from(golden.grid);

describe.each(golden.cases)('$name', ({ targets, scores, weights, roc, precision }) => {
  const ordered = orderScores(Uint8Array.from(targets), Float64Array.from(scores));
  const multiplicities = weights === null ? undefined : Float64Array.from(weights);

  test('ROC on a grid', () => {
    const values = rocOnGrid(ordered, grid, multiplicities);
    roc.forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 12);
    });
  });

  test('precision on a grid', () => {
    const values = precisionOnGrid(ordered, grid, multiplicities);
    precision.forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 12);
    });
  });
});

function sample(patients: number, rowsEach: number, seed: number, inMean = true) {
  const n = patients * rowsEach;
  const targets = Uint8Array.from({ length: n }, (_, i) => Number(rng(seed, 'target', String(i)).next() < 0.3));
  const scores = Float64Array.from(targets, (target, i) => target + rng(seed, 'score', String(i)).normal());
  const clusters = Int32Array.from({ length: n }, (_, i) => Math.floor(i / rowsEach));
  return { ordered: orderScores(targets, scores), clusters, inMean };
}

const options = { kind: 'roc', clusterCount: 80, replicates: 120, confidence: 0.9, seed: 1, grid } as const;

test('a curve is undefined where a class is absent, and has no band', () => {
  const none = { ...sample(80, 1, 1), ordered: orderScores(new Uint8Array(80), new Float64Array(80)) };
  const { each, mean } = curveBands([none, sample(80, 1, 2)], options);
  expect(each[0]!.value.every(Number.isNaN)).toBe(true);
  expect(each[0]!.low.every(Number.isNaN)).toBe(true);
  expect([...mean.value]).toEqual([...each[1]!.value]);
});

test('bands lie around the curve inside [0, 1], and more confidence widens them', () => {
  const input = [sample(80, 1, 3)];
  const narrow = curveBands(input, { ...options, confidence: 0.5 }).each[0]!;
  const wide = curveBands(input, options).each[0]!;
  for (let place = 1; place < grid.length - 1; place++) {
    expect(wide.low[place]).toBeLessThanOrEqual(narrow.low[place]!);
    expect(wide.high[place]).toBeGreaterThanOrEqual(narrow.high[place]!);
    expect(wide.low[place]).toBeGreaterThanOrEqual(0);
    expect(wide.high[place]).toBeLessThanOrEqual(1);
    expect(wide.value[place]).toBeGreaterThanOrEqual(wide.low[place]!);
    expect(wide.value[place]).toBeLessThanOrEqual(wide.high[place]!);
  }
});

test('four copies of every row of a patient leave the band as it was: patients are drawn, not rows', () => {
  const single = sample(80, 1, 4);
  const targets = Uint8Array.from({ length: 320 }, (_, i) => single.ordered.targets[Math.floor(i / 4)]!);
  const scores = Float64Array.from({ length: 320 }, (_, i) => {
    const row = Math.floor(i / 4);
    return -single.ordered.order.indexOf(row);
  });
  const copied = {
    ordered: orderScores(targets, scores),
    clusters: Int32Array.from(scores, (_, i) => Math.floor(i / 4)),
    inMean: true,
  };
  const [once, four] = [curveBands([single], options).each[0]!, curveBands([copied], options).each[0]!];
  for (let place = 0; place < grid.length; place++) {
    expect(four.low[place]).toBeCloseTo(once.low[place]!, 12);
    expect(four.high[place]).toBeCloseTo(once.high[place]!, 12);
  }
});

test('the seed decides, and nothing else; findings outside the mean leave it alone', () => {
  const inputs = [sample(80, 1, 5), sample(80, 1, 6)];
  expect(curveBands(inputs, options)).toEqual(curveBands(inputs, options));
  expect(curveBands(inputs, options).mean.low).not.toEqual(curveBands(inputs, { ...options, seed: 2 }).mean.low);
  const extra = [...inputs, sample(80, 1, 7, false)];
  expect(curveBands(extra, options).mean).toEqual(curveBands(inputs, options).mean);
});

test('without replicates there is a curve and no band', () => {
  const { each } = curveBands([sample(20, 1, 8)], { ...options, clusterCount: 20, replicates: 0 });
  expect(each[0]!.value[20]).toBe(1);
  expect(each[0]!.low.every(Number.isNaN)).toBe(true);
});
