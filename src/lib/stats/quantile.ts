/** Quantiles of samples, plain and with multiplicities. */

/**
 * Quantile of ascending values by linear interpolation (R-7, NumPy's default); NaN for no values.
 * Source: Hyndman & Fan 1996, doi:10.2307/2684934, definition 7.
 */
export function sortedQuantile(sorted: Float64Array, probability: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  // Equal neighbours first: infinity minus infinity would be NaN.
  return low === high ? low : low + (high - low) * (position - below);
}

/** R-7 quantile of values in any order, without NaN. */
export function quantile(values: ArrayLike<number>, probability: number): number {
  return sortedQuantile(Float64Array.from(values).sort(), probability);
}

/**
 * Median of ascending values as if each were repeated by its whole-numbered multiplicity: the mean of the two middle
 * values where their number is even. NaN where the multiplicities add up to 0.
 */
export function sortedWeightedMedian(sorted: Float64Array, multiplicities: Float64Array): number {
  let total = 0;
  for (let i = 0; i < sorted.length; i++) total += multiplicities[i]!;
  if (!(total > 0)) return Number.NaN;
  let seen = 0;
  let lower = Number.NaN;
  for (let i = 0; i < sorted.length; i++) {
    if (multiplicities[i] === 0) continue;
    seen += multiplicities[i]!;
    if (Number.isNaN(lower) && seen * 2 >= total) lower = sorted[i]!;
    if (seen * 2 > total) return (lower + sorted[i]!) / 2;
  }
  return lower;
}
