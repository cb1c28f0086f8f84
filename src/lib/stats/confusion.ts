/** Counts of decisions and what is read from them. A ratio whose denominator is 0 is NaN, never 0. */
import type { DecidedTargets, Statistic } from '../../core/metric.ts';

/** Weighted counts; whole numbers where the weights are. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** Counts under multiplicities. @returns a function of the weights [n] */
export function prepareConfusion({ targets, decisions }: DecidedTargets): (weights?: Float64Array) => Confusion {
  const cells = Int32Array.from(targets, (target, row) => 2 * (target === 1 ? 1 : 0) + (decisions[row] === 1 ? 1 : 0));
  const rowsOf = (cell: number) => Int32Array.from(cells.keys()).filter((row) => cells[row] === cell);
  const rows = [rowsOf(0), rowsOf(1), rowsOf(2), rowsOf(3)] as const;
  return (weights) => {
    const [trueNegatives, falsePositives, falseNegatives, truePositives] = rows.map((cell) => total(cell, weights));
    return {
      truePositives: truePositives!,
      falsePositives: falsePositives!,
      trueNegatives: trueNegatives!,
      falseNegatives: falseNegatives!,
    };
  };
}

function total(rows: Int32Array, weights: Float64Array | undefined): number {
  if (!weights) return rows.length;
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += weights[rows[i]!]!;
  return sum;
}

/** A statistic of the counts. */
export function prepareDecisionStatistic(value: (counts: Confusion) => number): (input: DecidedTargets) => Statistic {
  return (input) => {
    const count = prepareConfusion(input);
    return (weights) => value(count(weights));
  };
}

/** 0 / 0 is NaN; the denominators here are never 0 under a positive numerator. */
const ratio = (numerator: number, denominator: number) => (denominator > 0 ? numerator / denominator : Number.NaN);

/** Share of right decisions; NaN without rows. */
export function accuracy(c: Confusion): number {
  const right = c.truePositives + c.trueNegatives;
  return ratio(right, right + c.falsePositives + c.falseNegatives);
}

/** Sensitivity: share of positives that are found; NaN without positives. */
export function recall(c: Confusion): number {
  return ratio(c.truePositives, c.truePositives + c.falseNegatives);
}

/** Share of negatives that are left alone; NaN without negatives. */
export function specificity(c: Confusion): number {
  return ratio(c.trueNegatives, c.trueNegatives + c.falsePositives);
}

/** Positive predictive value; NaN where nothing is called positive (scikit-learn gives 0). */
export function precision(c: Confusion): number {
  return ratio(c.truePositives, c.truePositives + c.falsePositives);
}

/** Mean of sensitivity and specificity; NaN where either is (scikit-learn leaves the missing class out). */
export function balancedAccuracy(c: Confusion): number {
  return (recall(c) + specificity(c)) / 2;
}

/** 2 TP / (2 TP + FP + FN); NaN only where there is neither a positive nor a positive decision (scikit-learn gives 0). */
export function f1(c: Confusion): number {
  return ratio(2 * c.truePositives, 2 * c.truePositives + c.falsePositives + c.falseNegatives);
}

/**
 * Matthews correlation coefficient; NaN where targets or decisions are of one class (scikit-learn gives 0).
 * Source: Matthews 1975, doi:10.1016/0005-2795(75)90109-9.
 */
export function matthewsCorrelation(c: Confusion): number {
  const margins = [
    c.truePositives + c.falsePositives,
    c.truePositives + c.falseNegatives,
    c.trueNegatives + c.falsePositives,
    c.trueNegatives + c.falseNegatives,
  ];
  if (margins.some((margin) => !(margin > 0))) return Number.NaN;
  const covariance = c.truePositives * c.trueNegatives - c.falsePositives * c.falseNegatives;
  return covariance / margins.reduce((product, margin) => product * Math.sqrt(margin), 1);
}

/**
 * Cohen's kappa: agreement beyond chance; NaN where chance agreement is 1.
 * Source: Cohen 1960, doi:10.1177/001316446002000104.
 */
export function cohenKappa(c: Confusion): number {
  const called = c.truePositives + c.falsePositives;
  const positive = c.truePositives + c.falseNegatives;
  const n = called + c.trueNegatives + c.falseNegatives;
  const expected = called * positive + (n - called) * (n - positive);
  return ratio(n * (c.truePositives + c.trueNegatives) - expected, n * n - expected);
}
