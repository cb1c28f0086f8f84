/** AUROC and average precision: sorted once, then evaluated under row multiplicities in linear time. */
import type { ScoredTargets, Statistic } from '../../core/metric.ts';
import { type PlaceableStatistic, prepareAurocLanes, prepareAveragePrecisionLanes } from './lanes.ts';
import { groupPositives, hasNaN, type PositiveGroups, unitWeights } from './order.ts';

/** Sum of the weights of `rows[from, to)`. Two sums, because one addition must wait for the last. */
function sumWeights(weights: Float64Array, rows: Int32Array, range: { from: number; to: number }): number {
  let even = 0;
  let odd = 0;
  let i = range.from;
  for (; i + 1 < range.to; i += 2) {
    even += weights[rows[i]!]!;
    odd += weights[rows[i + 1]!]!;
  }
  if (i < range.to) even += weights[rows[i]!]!;
  return even + odd;
}

function areaUnderRoc(groups: PositiveGroups, weights: Float64Array): number {
  const { positives, negatives, positiveEnd, negativesAbove, negativesThrough } = groups;
  let positive = 0;
  let negative = 0;
  let lost = 0;
  let start = 0;
  let seen = 0;
  for (let group = 0; group < positiveEnd.length; group++) {
    const above = negativesAbove[group]!;
    const through = negativesThrough[group]!;
    for (; seen < above; seen++) negative += weights[negatives[seen]!]!;
    let tied = 0;
    for (; seen < through; seen++) tied += weights[negatives[seen]!]!;
    let here = 0;
    for (const end = positiveEnd[group]!; start < end; start++) here += weights[positives[start]!]!;
    positive += here;
    lost += here * (negative + tied / 2);
    negative += tied;
  }
  negative += sumWeights(weights, negatives, { from: seen, to: negatives.length });
  const pairs = positive * negative;
  return pairs > 0 ? (pairs - lost) / pairs : Number.NaN;
}

/** A statistic of sorted groups: on its own rows, and on the places of these rows among more. */
function placeable(
  groups: PositiveGroups,
  value: (groups: PositiveGroups, weights: Float64Array) => number,
  prepareLanes: (groups: PositiveGroups) => (weights: Float64Array) => Float64Array,
): PlaceableStatistic {
  const unweighted = value(groups, unitWeights(groups.rows));
  const on = (placed: PositiveGroups) =>
    Object.assign((weights?: Float64Array) => (weights ? value(placed, weights) : unweighted), {
      lanes: prepareLanes(placed),
    });
  const place = (rows: Int32Array) => (row: number) => rows[row]!;
  const onRows = (rows: Int32Array) =>
    on({
      ...groups,
      positives: groups.positives.map(place(rows)),
      negatives: groups.negatives.map(place(rows)),
    });
  return Object.assign(on(groups), { onRows });
}

/**
 * Area under the ROC curve: the share of (positive, negative) pairs in which the positive scores higher, ties one half.
 * NaN without positives, without negatives, or where a score is NaN.
 * Source: Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747.
 */
export function prepareAuroc({ targets, scores }: ScoredTargets): Statistic {
  if (hasNaN(scores)) return () => Number.NaN;
  return placeable(groupPositives(targets, scores), areaUnderRoc, prepareAurocLanes);
}

function stepwisePrecision(groups: PositiveGroups, weights: Float64Array): number {
  const { positives, negatives, positiveEnd, negativesThrough } = groups;
  let truePositives = 0;
  let falsePositives = 0;
  let sum = 0;
  let start = 0;
  let seen = 0;
  for (let group = 0; group < positiveEnd.length; group++) {
    for (const through = negativesThrough[group]!; seen < through; seen++) falsePositives += weights[negatives[seen]!]!;
    let here = 0;
    for (const end = positiveEnd[group]!; start < end; start++) here += weights[positives[start]!]!;
    truePositives += here;
    if (here > 0) sum += (here * truePositives) / (truePositives + falsePositives);
  }
  return truePositives > 0 ? sum / truePositives : Number.NaN;
}

/**
 * Average precision: Σ (recallₖ − recallₖ₋₁) precisionₖ over the distinct scores, without interpolation, as
 * scikit-learn's `average_precision_score`. NaN without positives (scikit-learn gives 0 there).
 * Source: scikit-learn/scikit-learn:sklearn/metrics/_ranking.py.
 */
export function prepareAveragePrecision({ targets, scores }: ScoredTargets): Statistic {
  if (hasNaN(scores)) return () => Number.NaN;
  return placeable(groupPositives(targets, scores), stepwisePrecision, prepareAveragePrecisionLanes);
}
