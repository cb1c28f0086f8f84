/** Shares with intervals that know of patients, and the association of two findings. */
import { normalQuantile } from '../stats/normal-distribution.ts';

export interface Proportion {
  readonly count: number;
  readonly total: number;
  /** Null where there is nothing to take a share of. */
  readonly share: number | null;
  /** 95 % Wilson interval, widened where a patient has several rows. */
  readonly low: number | null;
  readonly high: number | null;
}

const Z = normalQuantile(0.975);

/**
 * Wilson's interval. Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
 * @param effect design effect: the rows count as total / effect independent ones
 */
export function proportion(count: number, total: number, effect = 1): Proportion {
  if (total === 0) return { count, total, share: null, low: null, high: null };
  const n = total / effect;
  const share = count / total;
  const centre = (share + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const low = count === 0 ? 0 : Math.max(0, centre - half);
  return { count, total, share, low, high: count === total ? 1 : Math.min(1, centre + half) };
}

/**
 * Design effect of rows that come in clusters (patients): how many times larger the variance of a share is than among
 * independent rows; at least 1. Ratio estimator over clusters, as in Rao & Scott 1992, doi:10.2307/2532311.
 * @param hits [rows] 1 where a row counts; @param clusters [rows] cluster of each row
 */
export function designEffect(hits: ArrayLike<number>, clusters: readonly string[]): number {
  const rows = clusters.length;
  const sums = new Map<string, { hits: number; rows: number }>();
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const sum = sums.get(clusters[i]!) ?? { hits: 0, rows: 0 };
    sums.set(clusters[i]!, { hits: sum.hits + hits[i]!, rows: sum.rows + 1 });
    total += hits[i]!;
  }
  const share = total / rows;
  if (sums.size === rows || sums.size < 2 || share === 0 || share === 1) return 1;
  let squares = 0;
  for (const sum of sums.values()) squares += (sum.hits - share * sum.rows) ** 2;
  const variance = (sums.size / (sums.size - 1)) * (squares / rows ** 2);
  return Math.max(1, variance / ((share * (1 - share)) / rows));
}

/** Share of rows that count, by patients. */
export function clusteredProportion(hits: ArrayLike<number>, clusters: readonly string[]): Proportion {
  let count = 0;
  for (let i = 0; i < hits.length; i++) count += hits[i]!;
  return proportion(count, hits.length, hits.length === 0 ? 1 : designEffect(hits, clusters));
}

export interface Association {
  readonly both: number;
  /** Pearson's correlation of the two yes/no columns, −1 to 1; null where one column is constant. */
  readonly phi: number | null;
  /** Odds ratio, each cell with a half added where one is empty; null where one column is constant. */
  readonly oddsRatio: number | null;
}

/** @param cells studies with both, the first alone, the second alone, neither */
export function association(cells: readonly [number, number, number, number]): Association {
  const [both, first, second, neither] = cells;
  const margins = (both + first) * (second + neither) * (both + second) * (first + neither);
  if (margins === 0) return { both, phi: null, oddsRatio: null };
  const [a, b, c, d] = cells.some((cell) => cell === 0) ? cells.map((cell) => cell + 0.5) : cells;
  return { both, phi: (both * neither - first * second) / Math.sqrt(margins), oddsRatio: (a! * d!) / (b! * c!) };
}
