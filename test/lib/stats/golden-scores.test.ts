/** Ranking scores, curves, decisions and thresholds against scikit-learn: ties, one class, one row, multiplicities. */
import { describe, expect, test } from 'vitest';
import * as confusion from '../../../src/lib/stats/confusion.ts';
import { precisionRecallCurve, rocCurve } from '../../../src/lib/stats/operating-points.ts';
import { prepareBrier, prepareNegativeLogLikelihood } from '../../../src/lib/stats/proper-scores.ts';
import { prepareAuroc, prepareAveragePrecision } from '../../../src/lib/stats/ranking-scores.ts';
import {
  prepareMedianRank,
  prepareNdcgAt,
  prepareRecallAt,
  prepareReciprocalRank,
} from '../../../src/lib/stats/retrieval-ranks.ts';
import { chooseThreshold, decide, parseThresholdPolicy, thresholdPolicyId } from '../../../src/lib/stats/threshold.ts';
import { expectAllClose, expectClose, floats, type GoldenNumber, goldenCases, weightsOf } from './golden.ts';

interface ScoreCase {
  y: number[];
  s: number[];
  w: number[] | null;
  auroc: GoldenNumber;
  ap: GoldenNumber;
  brier?: GoldenNumber;
  nll?: GoldenNumber;
  roc?: [GoldenNumber[], GoldenNumber[], GoldenNumber[]];
  pr?: [GoldenNumber[], GoldenNumber[], GoldenNumber[]];
}

describe('scores', () => {
  const cases = goldenCases<ScoreCase>('scores');
  const input = ({ y, s }: ScoreCase) => ({ targets: Uint8Array.from(y), scores: Float64Array.from(s) });

  test('AUROC and average precision', () => {
    for (const c of cases) {
      expectClose(prepareAuroc(input(c))(weightsOf(c.w)), c.auroc, 1e-12, 'auroc');
      expectClose(prepareAveragePrecision(input(c))(weightsOf(c.w)), c.ap, 1e-12, 'ap');
    }
  });

  test('Brier score and log loss', () => {
    const probabilities = cases.filter((c) => c.brier !== undefined);
    expect(probabilities.length).toBeGreaterThan(50);
    for (const c of probabilities) {
      expectClose(prepareBrier(input(c))(weightsOf(c.w)), c.brier!, 1e-12, 'brier');
      expectClose(prepareNegativeLogLikelihood(input(c))(weightsOf(c.w)), c.nll!, 1e-12, 'nll');
    }
    for (const c of cases.filter(({ s }) => s.some((score) => score < 0 || score > 1))) {
      expect(prepareBrier(input(c))()).toBeNaN();
    }
  });

  test('ROC and precision-recall curves, point by point', () => {
    for (const c of cases.filter(({ roc }) => roc)) {
      const roc = rocCurve(input(c), weightsOf(c.w));
      const curves = [roc.falsePositiveRate, roc.truePositiveRate, roc.thresholds];
      for (const [i, values] of curves.entries()) expectAllClose(values, c.roc![i]!, `roc ${i}`);
      const pr = precisionRecallCurve(input(c), weightsOf(c.w));
      const points = [pr.precision, pr.recall, pr.thresholds];
      for (const [i, values] of points.entries()) expectAllClose(values, c.pr![i]!, `pr ${i}`);
    }
  });

  test('a NaN score is undefined in a metric and refused in a curve; infinite scores are ranked', () => {
    const bad = { targets: Uint8Array.of(0, 1), scores: Float64Array.of(0, Number.NaN) };
    expect(prepareAuroc(bad)()).toBeNaN();
    expect(prepareAveragePrecision(bad)()).toBeNaN();
    expect(() => rocCurve(bad)).toThrow(RangeError);
    const infinite = { targets: Uint8Array.of(0, 1, 1, 0), scores: Float64Array.of(-Infinity, Infinity, Infinity, 3) };
    expect(prepareAuroc(infinite)()).toBe(1);
  });

  test('no rows at all', () => {
    const nothing = { targets: new Uint8Array(0), scores: new Float64Array(0) };
    for (const prepare of [prepareAuroc, prepareAveragePrecision, prepareBrier]) expect(prepare(nothing)()).toBeNaN();
  });
});

interface DecisionCase {
  y: number[];
  d: number[];
  w: number[] | null;
  expected: Record<string, GoldenNumber>;
}

test('decisions: every 2×2 table of up to three rows, and larger ones', () => {
  const formulas: Record<string, (c: confusion.Confusion) => number> = {
    tp: (c) => c.truePositives,
    fp: (c) => c.falsePositives,
    tn: (c) => c.trueNegatives,
    fn: (c) => c.falseNegatives,
    accuracy: confusion.accuracy,
    balancedAccuracy: confusion.balancedAccuracy,
    precision: confusion.precision,
    recall: confusion.recall,
    specificity: confusion.specificity,
    f1: confusion.f1,
    mcc: confusion.matthewsCorrelation,
    kappa: confusion.cohenKappa,
  };
  for (const { y, d, w, expected } of goldenCases<DecisionCase>('decisions')) {
    const count = confusion.prepareConfusion({ targets: Uint8Array.from(y), decisions: Uint8Array.from(d) });
    expect(Object.keys(expected).sort()).toEqual(Object.keys(formulas).sort());
    for (const [name, formula] of Object.entries(formulas)) {
      expectClose(formula(count(weightsOf(w))), expected[name]!, 1e-12, `${name} of ${y} / ${d} × ${w}`);
    }
  }
});

interface RankingCase {
  w: number[] | null;
  first: GoldenNumber[];
  count: number[];
  top: number[];
  depth: number;
  expected: Record<string, GoldenNumber>;
}

test('retrieval: recall@K, MRR, median rank, nDCG@K, with queries that have no answer', () => {
  for (const { w, first, count, top, depth, expected } of goldenCases<RankingCase>('rankings')) {
    const input = {
      firstRelevantRank: floats(first),
      relevantCount: Int32Array.from(count),
      topRelevance: Uint8Array.from(top),
      depth,
    };
    for (const [name, value] of Object.entries(expected)) {
      const k = Number(name.split('@')[1]);
      const families = { recall: prepareRecallAt(k), ndcg: prepareNdcgAt(k) } as Record<
        string,
        typeof prepareMedianRank
      >;
      const prepare =
        { mrr: prepareReciprocalRank, medianRank: prepareMedianRank }[name] ?? families[name.split('@')[0]!]!;
      expectClose(prepare(input)(weightsOf(w)), value, 1e-12, name);
    }
  }
});

describe('thresholds', () => {
  type ThresholdCase = { y: number[]; s: number[] } & Record<string, GoldenNumber>;

  test('the highest of the best scores, by exact fractions', () => {
    const policies = ['youden', 'f1', 'sensitivity=0.9', 'sensitivity=0.3', 'sensitivity=1'];
    for (const c of goldenCases<ThresholdCase>('thresholds')) {
      const input = { targets: Uint8Array.from(c.y), scores: Float64Array.from(c.s) };
      for (const policy of policies) {
        const chosen = chooseThreshold(parseThresholdPolicy(policy), input);
        expectClose(chosen.value, c[policy]!, 0, `${policy} of ${c.y} / ${c.s}`);
        expect(chosen.reason === undefined).toBe(c[policy] !== null);
      }
    }
  });

  test('a fixed threshold needs no scores; policies are read and written', () => {
    expect(
      chooseThreshold({ kind: 'fixed', value: 0.4 }, { targets: Uint8Array.of(), scores: Float64Array.of() }),
    ).toEqual({ value: 0.4 });
    for (const id of ['youden', 'f1', 'fixed=-1.5', 'sensitivity=0.9']) {
      expect(thresholdPolicyId(parseThresholdPolicy(id))).toBe(id);
    }
  });

  test.each([
    'youden=1',
    'fixed',
    'fixed=',
    'fixed=a',
    'sensitivity=0',
    'sensitivity=1.1',
    'sensitivity=NaN',
    'best',
    '',
  ])('policy "%s" is refused', (policy) =>
    expect(() => parseThresholdPolicy(policy)).toThrow(/threshold: policy, expected .*, got/),
  );

  test('decisions are at or above the threshold, and none for NaN', () => {
    expect([...decide(Float64Array.of(0.1, 0.5, 0.9, Number.NaN), 0.5)]).toEqual([0, 1, 1, 0]);
    expect([...decide(Float64Array.of(0.1, 0.5), Number.NaN)]).toEqual([0, 0]);
  });
});
