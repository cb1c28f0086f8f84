/** Statistics made of statistics, all under multiplicities over the same rows. */
import type { Statistic } from '../../core/metric.ts';

/**
 * A statistic that was prepared on some rows of an evaluation, made to take multiplicities over all of them.
 * @param rows index into the evaluation's rows of each row that the statistic knows; may repeat
 * @param total number of the evaluation's rows
 */
export function onRows(rows: Int32Array, total: number, statistic: Statistic): Statistic {
  if (rows.length === total && rows.every((row, place) => row === place)) return statistic;
  const gathered = new Float64Array(rows.length);
  return (weights) => {
    if (!weights) return statistic();
    for (let i = 0; i < rows.length; i++) gathered[i] = weights[rows[i]!]!;
    return statistic(gathered);
  };
}

/** Unweighted mean; NaN where any member is, so that the set that is averaged never changes silently, and for no members. */
export function meanOf(statistics: readonly Statistic[]): Statistic {
  return (weights) => {
    let sum = 0;
    for (const statistic of statistics) sum += statistic(weights);
    return sum / statistics.length;
  };
}
