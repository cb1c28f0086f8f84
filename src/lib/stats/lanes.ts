/** Replicates side by side: the multiplicities of a row lie together, so that finding a row in memory serves several replicates. */
import type { Statistic } from '../../core/metric.ts';
import type { PositiveGroups } from './order.ts';

/** Replicates that are evaluated at once: what fits the registers of a processor. */
export const LANES = 4;

/** A statistic that can also be asked for LANES replicates at once, with the same answers. */
export interface LanedStatistic extends Statistic {
  /** @param weights [rows, LANES] @returns [LANES] */
  readonly lanes: (weights: Float64Array) => Float64Array;
}

export function hasLanes(statistic: Statistic): statistic is LanedStatistic {
  return 'lanes' in statistic;
}

/** A statistic of some rows that can be asked with the multiplicities of more rows, without picking its own from them. */
export interface PlaceableStatistic extends LanedStatistic {
  /** @param rows place of each of the statistic's rows among all rows; may repeat */
  readonly onRows: (rows: Int32Array) => LanedStatistic;
}

export function isPlaceable(statistic: Statistic): statistic is PlaceableStatistic {
  return 'onRows' in statistic;
}

/** Lays LANES arrays [rows] side by side into `into` [rows, LANES]. */
export function interleave(replicates: readonly Float64Array[], into: Float64Array): void {
  const [a, b, c, d] = replicates as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let row = 0; row < a.length; row++) {
    const at = row * LANES;
    into[at] = a[row]!;
    into[at + 1] = b[row]!;
    into[at + 2] = c[row]!;
    into[at + 3] = d[row]!;
  }
}

interface LanePairs {
  /** Σ over positives of weight × weight of the first `stops[i]` negatives [LANES]. */
  readonly lost: Float64Array;
  /** Weight of all negatives [LANES]. */
  readonly negative: Float64Array;
}

/** @param stops per positive, ascending. Variables of their own, not arrays, so that they stay in registers. */
function pairsBefore({ positives, negatives }: PositiveGroups, stops: Int32Array, weights: Float64Array): LanePairs {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let lostA = 0;
  let lostB = 0;
  let lostC = 0;
  let lostD = 0;
  let seen = 0;
  for (let i = 0; i <= positives.length; i++) {
    for (const stop = i < positives.length ? stops[i]! : negatives.length; seen < stop; seen++) {
      const at = negatives[seen]! * LANES;
      a += weights[at]!;
      b += weights[at + 1]!;
      c += weights[at + 2]!;
      d += weights[at + 3]!;
    }
    if (i === positives.length) break;
    const at = positives[i]! * LANES;
    lostA += weights[at]! * a;
    lostB += weights[at + 1]! * b;
    lostC += weights[at + 2]! * c;
    lostD += weights[at + 3]! * d;
  }
  return { lost: Float64Array.of(lostA, lostB, lostC, lostD), negative: Float64Array.of(a, b, c, d) };
}

/** Adds the weights of `rows[from, to)` to the sums of the lanes. */
function addRows(
  sums: Float64Array,
  rows: Int32Array,
  weights: Float64Array,
  [from, to]: readonly [number, number],
): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = from; i < to; i++) {
    const at = rows[i]! * LANES;
    a += weights[at]!;
    b += weights[at + 1]!;
    c += weights[at + 2]!;
    d += weights[at + 3]!;
  }
  sums[0]! += a;
  sums[1]! += b;
  sums[2]! += c;
  sums[3]! += d;
}

/** One entry of a group for each of its positives. */
function perPositive(groups: PositiveGroups, values: Int32Array): Int32Array {
  let group = 0;
  return groups.positives.map((_, i) => values[i < groups.positiveEnd[group]! ? group : ++group]!);
}

/** AUROC of LANES replicates. A tied pair is lost by half: the mean of counting it not at all and wholly. */
export function prepareAurocLanes(groups: PositiveGroups): (weights: Float64Array) => Float64Array {
  const above = perPositive(groups, groups.negativesAbove);
  const through = perPositive(groups, groups.negativesThrough);
  const hasTies = above.some((count, i) => count !== through[i]);
  return (weights) => {
    const positive = new Float64Array(LANES);
    addRows(positive, groups.positives, weights, [0, groups.positives.length]);
    const { lost: least, negative } = pairsBefore(groups, above, weights);
    const most = hasTies ? pairsBefore(groups, through, weights).lost : least;
    return positive.map((weight, lane) => {
      const pairs = weight * negative[lane]!;
      return pairs > 0 ? (pairs - (least[lane]! + most[lane]!) / 2) / pairs : Number.NaN;
    });
  };
}

/** Average precision of LANES replicates. */
export function prepareAveragePrecisionLanes(groups: PositiveGroups): (weights: Float64Array) => Float64Array {
  const { positives, negatives, positiveEnd, negativesThrough } = groups;
  return (weights) => {
    const [truePositives, falsePositives] = [new Float64Array(LANES), new Float64Array(LANES)];
    const [before, sums] = [new Float64Array(LANES), new Float64Array(LANES)];
    let start = 0;
    let seen = 0;
    for (let group = 0; group < positiveEnd.length; group++) {
      addRows(falsePositives, negatives, weights, [seen, negativesThrough[group]!]);
      addRows(truePositives, positives, weights, [start, positiveEnd[group]!]);
      seen = negativesThrough[group]!;
      start = positiveEnd[group]!;
      for (let lane = 0; lane < LANES; lane++) {
        const found = truePositives[lane]!;
        const here = found - before[lane]!;
        if (here > 0) sums[lane]! += (here * found) / (found + falsePositives[lane]!);
        before[lane] = found;
      }
    }
    return sums.map((sum, lane) => (truePositives[lane]! > 0 ? sum / truePositives[lane]! : Number.NaN));
  };
}
