/** Interval of a proportion. */
import { normalQuantile } from './normal-distribution.ts';

/**
 * Wilson score interval without continuity correction; NaN for no trials.
 * Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
 */
export function wilsonInterval(successes: number, trials: number, confidence: number): { low: number; high: number } {
  if (!(trials > 0)) return { low: Number.NaN, high: Number.NaN };
  const z = normalQuantile((1 + confidence) / 2);
  const share = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  // At the borders centre and half are equal but for rounding.
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
  };
}
