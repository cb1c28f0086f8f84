/** ROC and precision-recall curves, point by point as scikit-learn draws them. */
import type { ScoredTargets } from '../../core/metric.ts';
import { descendingOrder, hasNaN } from './order.ts';

interface CumulativeCounts {
  /** Distinct scores, descending, and the weights of positives and negatives at or above each. */
  readonly thresholds: readonly number[];
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
}

/** Rows of weight 0 are left out, so that they add no point. @throws RangeError for NaN scores */
function countAbove({ targets, scores }: ScoredTargets, weights: Float64Array | undefined): CumulativeCounts {
  if (hasNaN(scores)) throw new RangeError('curve: a score is NaN; leave failed items out first');
  const counts = { thresholds: [] as number[], truePositives: [] as number[], falsePositives: [] as number[] };
  let [positive, negative] = [0, 0];
  const order = descendingOrder(scores).filter((row) => !weights || weights[row]! > 0);
  order.forEach((row, place) => {
    const weight = weights ? weights[row]! : 1;
    if (targets[row] === 1) positive += weight;
    else negative += weight;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    counts.thresholds.push(scores[row]!);
    counts.truePositives.push(positive);
    counts.falsePositives.push(negative);
  });
  return counts;
}

export interface RocCurve {
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
  /** Descending; the first is Infinity, where nothing is called positive. */
  readonly thresholds: Float64Array;
}

/**
 * Points of the ROC curve for `score ≥ threshold`, as `roc_curve(drop_intermediate=False)`; a rate without its class is NaN.
 * Source: scikit-learn/scikit-learn:sklearn/metrics/_ranking.py.
 */
export function rocCurve(input: ScoredTargets, weights?: Float64Array): RocCurve {
  const { thresholds, truePositives, falsePositives } = countAbove(input, weights);
  const rates = (counts: readonly number[]) => Float64Array.from([0, ...counts], (n) => n / (counts.at(-1) ?? 0));
  return {
    falsePositiveRate: rates(falsePositives),
    truePositiveRate: rates(truePositives),
    thresholds: Float64Array.from([Number.POSITIVE_INFINITY, ...thresholds]),
  };
}

export interface PrecisionRecallCurve {
  /** Precision and recall from the lowest threshold up, then the end point (1, 0): one longer than `thresholds`. */
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  /** Ascending. */
  readonly thresholds: Float64Array;
}

/**
 * Points of the precision-recall curve for `score ≥ threshold`, as `precision_recall_curve`; recall is NaN without
 * positives (scikit-learn gives 1).
 * Source: scikit-learn/scikit-learn:sklearn/metrics/_ranking.py.
 */
export function precisionRecallCurve(input: ScoredTargets, weights?: Float64Array): PrecisionRecallCurve {
  const { thresholds, truePositives, falsePositives } = countAbove(input, weights);
  const positives = truePositives.at(-1) ?? 0;
  const precision = truePositives.map((count, i) => count / (count + falsePositives[i]!));
  const recall = truePositives.map((count) => count / positives);
  return {
    precision: Float64Array.from([...precision.reverse(), 1]),
    recall: Float64Array.from([...recall.reverse(), 0]),
    thresholds: Float64Array.from(thresholds).reverse(),
  };
}
