/** Rows in the order of their scores: the one sort behind every ranking statistic. */

/** Row indices by descending score; ties by ascending row, so that the order is one. Infinities are scores; NaN is not. */
export function descendingOrder(scores: Float64Array): Int32Array {
  const order = Int32Array.from(scores, (_, row) => row);
  return order.sort((a, b) => (scores[a]! > scores[b]! ? -1 : scores[a]! < scores[b]! ? 1 : a - b));
}

/** True where a row has no score: ranking statistics are then undefined. */
export function hasNaN(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]!)) return true;
  return false;
}

/** One weight of 1 for each row. */
export function unitWeights(rows: number): Float64Array {
  return new Float64Array(rows).fill(1);
}

/**
 * Ranks from 1 by ascending value; tied values share the mean of their ranks.
 * @param values [n] without NaN
 */
export function midRanks(values: Float64Array): Float64Array {
  const order = descendingOrder(values).reverse();
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Positives and negatives by descending score, cut at every score that a positive has. */
export interface PositiveGroups {
  readonly rows: number;
  /** Row indices by descending score. */
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
  /** Per group of tied positives: end of the group in `positives`. */
  readonly positiveEnd: Int32Array;
  /** Per group: how many negatives lie strictly above, and how many above or tied. */
  readonly negativesAbove: Int32Array;
  readonly negativesThrough: Int32Array;
}

/**
 * Sorts once. A statistic under multiplicities is then one pass over `positives` and `negatives`: negatives between two
 * groups only add up, and ties across the classes are settled per group.
 * @param targets [n] 0 or 1; @param scores [n] without NaN
 */
export function groupPositives(targets: Uint8Array, scores: Float64Array): PositiveGroups {
  const order = descendingOrder(scores);
  const positives = order.filter((row) => targets[row] === 1);
  const negatives = order.filter((row) => targets[row] !== 1);
  const [positiveEnd, negativesAbove, negativesThrough]: [number[], number[], number[]] = [[], [], []];
  let above = 0;
  for (let start = 0; start < positives.length; ) {
    const score = scores[positives[start]!]!;
    let end = start + 1;
    while (end < positives.length && scores[positives[end]!] === score) end++;
    while (above < negatives.length && scores[negatives[above]!]! > score) above++;
    let through = above;
    while (through < negatives.length && scores[negatives[through]!] === score) through++;
    positiveEnd.push(end);
    negativesAbove.push(above);
    negativesThrough.push(through);
    [start, above] = [end, through];
  }
  return {
    rows: scores.length,
    positives,
    negatives,
    positiveEnd: Int32Array.from(positiveEnd),
    negativesAbove: Int32Array.from(negativesAbove),
    negativesThrough: Int32Array.from(negativesThrough),
  };
}
