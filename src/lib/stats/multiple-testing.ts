/** Correction of p-values for their number. */

/**
 * Holm's step-down adjusted p-values, in the order of the input. NaN (no test was possible) stays NaN and does not count.
 * Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
 */
export function holm(pValues: readonly number[]): number[] {
  const tested = pValues.map((_, i) => i).filter((i) => !Number.isNaN(pValues[i]!));
  tested.sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = pValues.map(() => Number.NaN);
  let floor = 0;
  tested.forEach((index, step) => {
    floor = Math.max(floor, Math.min(1, (tested.length - step) * pValues[index]!));
    adjusted[index] = floor;
  });
  return adjusted;
}
