/** DeLong's covariance of AUROCs by mid-ranks, plain and clustered by patient, and the test of a paired difference. */
import { normalQuantile, twoSidedPValue } from './normal-distribution.ts';
import { hasNaN, midRanks } from './order.ts';

/** AUROCs of k models on the same rows and their covariance [k][k]; NaN where undefined. */
export interface DelongEstimate {
  readonly aurocs: readonly number[];
  readonly covariance: readonly (readonly number[])[];
}

/** Structural components of one model: how each row fares against the rows of the other class. */
interface Components {
  readonly auroc: number;
  /** [rows]: V10 less the AUROC at positives, V01 less the AUROC at negatives. */
  readonly deviations: Float64Array;
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

/** Sun & Xu's mid-rank form: sorting instead of all pairs. */
function structuralComponents(scores: Float64Array, positives: Int32Array, negatives: Int32Array): Components {
  const all = midRanks(scores);
  const amongPositives = midRanks(pick(scores, positives));
  const amongNegatives = midRanks(pick(scores, negatives));
  const deviations = new Float64Array(scores.length);
  let sum = 0;
  positives.forEach((row, i) => {
    deviations[row] = (all[row]! - amongPositives[i]!) / negatives.length;
    sum += all[row]! - amongPositives[i]!;
  });
  const auroc = sum / (positives.length * negatives.length);
  for (const row of positives) deviations[row]! -= auroc;
  negatives.forEach((row, i) => {
    deviations[row] = 1 - (all[row]! - amongNegatives[i]!) / positives.length - auroc;
  });
  return { auroc, deviations };
}

/** Deviations added up per cluster, positives and negatives apart. */
interface ClusterSums {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

interface ClusterCounts {
  readonly clusters: number;
  readonly withPositives: number;
  readonly withNegatives: number;
  readonly positives: number;
  readonly negatives: number;
}

/** Obuchowski's S10/M + S01/N + (S11 + S11ᵀ)/(MN); with one row per cluster the last vanishes and DeLong's form is left. */
function clusteredCovariance(a: ClusterSums, b: ClusterSums, counts: ClusterCounts): number {
  const { clusters, withPositives, withNegatives, positives: m, negatives: n } = counts;
  const among = (withPositives / (withPositives - 1) / (m * m)) * dot(a.positive, b.positive);
  const against = (withNegatives / (withNegatives - 1) / (n * n)) * dot(a.negative, b.negative);
  const crossed = dot(a.positive, b.negative) + dot(b.positive, a.negative);
  const across = crossed === 0 ? 0 : (clusters / (clusters - 1) / (m * n)) * crossed;
  return withPositives > 1 && withNegatives > 1 ? among + against + across : Number.NaN;
}

function clusterSums(
  { deviations }: Components,
  targets: Uint8Array,
  clusters: Int32Array,
  count: number,
): ClusterSums {
  const sums = { positive: new Float64Array(count), negative: new Float64Array(count) };
  for (let row = 0; row < deviations.length; row++) {
    const side = targets[row] === 1 ? sums.positive : sums.negative;
    side[clusters[row]!]! += deviations[row]!;
  }
  return sums;
}

/**
 * AUROCs and their covariance. NaN without positives, without negatives, or where a score is NaN; the covariance is
 * also NaN where fewer than two clusters have positives or negatives.
 * @param targets [rows] 0 or 1; @param models scores [rows] of each model; @param clusters patient index of each row
 *   (see `clusterByPatient`); rows are taken as independent where it is missing
 * Source: DeLong et al. 1988, doi:10.2307/2531595; Sun & Xu 2014, doi:10.1109/LSP.2014.2337313; clusters: Obuchowski
 *   1997, doi:10.2307/2533958.
 */
export function delong(targets: Uint8Array, models: readonly Float64Array[], clusters?: Int32Array): DelongEstimate {
  const rows = Int32Array.from(targets.keys());
  const positives = rows.filter((row) => targets[row] === 1);
  const negatives = rows.filter((row) => targets[row] !== 1);
  const ofRow = clusters ?? rows;
  const size = ofRow.reduce((largest, cluster) => Math.max(largest, cluster + 1), 0);
  const counts: ClusterCounts = {
    clusters: new Set(ofRow).size,
    withPositives: new Set(positives.map((row) => ofRow[row]!)).size,
    withNegatives: new Set(negatives.map((row) => ofRow[row]!)).size,
    positives: positives.length,
    negatives: negatives.length,
  };
  const components = models.map((scores) =>
    hasNaN(scores)
      ? { auroc: Number.NaN, deviations: new Float64Array(rows.length).fill(Number.NaN) }
      : structuralComponents(scores, positives, negatives),
  );
  const sums = components.map((component) => clusterSums(component, targets, ofRow, size));
  return {
    aurocs: components.map(({ auroc }) => auroc),
    covariance: sums.map((a) => sums.map((b) => clusteredCovariance(a, b, counts))),
  };
}

export interface DifferenceTest {
  /** AUROC of A minus AUROC of B. */
  readonly difference: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  readonly z: number;
  /** Two-sided, normal; 1 for models that rank alike, NaN where the variance is undefined or 0 under a difference. */
  readonly pValue: number;
}

/** Variances below this share of the two models' own are rounding: the models rank alike. */
const ROUNDING_SHARE = 1e-13;

/** Normal test and interval of the difference of models `a` and `b` of an estimate. */
export function delongDifference(
  { aurocs, covariance }: DelongEstimate,
  a: number,
  b: number,
  confidence: number,
): DifferenceTest {
  const difference = aurocs[a]! - aurocs[b]!;
  const own = covariance[a]![a]! + covariance[b]![b]!;
  const raw = own - 2 * covariance[a]![b]!;
  const variance = raw <= ROUNDING_SHARE * own ? 0 : raw;
  const standardError = Math.sqrt(variance);
  const half = normalQuantile((1 + confidence) / 2) * standardError;
  const z = variance === 0 && difference === 0 ? 0 : variance === 0 ? Number.NaN : difference / standardError;
  return {
    difference,
    standardError,
    low: difference - half,
    high: difference + half,
    z,
    pValue: twoSidedPValue(z),
  };
}
