/** Values as a histogram with moments and quantiles; categories by frequency. */
import { sortedQuantile } from '../stats/quantile.ts';
import type { Category, Distribution } from './eda-data.ts';
import { clusteredProportion } from './proportions.ts';

const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;
const BINS = 24;

/** Rounded to six significant digits, so that a sum in another order gives the same document. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** @param whole values are whole numbers: bins are too. Null where there are no values; NaN and infinities do not count */
export function distribution(values: readonly number[], { whole = false } = {}): Distribution | null {
  const sorted = Float64Array.from(values.filter((value) => Number.isFinite(value))).sort();
  const n = sorted.length;
  if (n === 0) return null;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const [low, high] = [sorted[0]!, sorted[n - 1]!];
  const width = binWidth(low, high, whole);
  const start = Math.floor(low / width + 1e-9) * width;
  const counts = new Array<number>(Math.floor((high - start) / width + 1e-9) + 1).fill(0);
  for (const value of sorted) counts[Math.floor((value - start) / width + 1e-9)]!++;
  return {
    n,
    mean: rounded(mean),
    deviation: rounded(Math.sqrt(squares / n)),
    quantiles: QUANTILES.map((probability) => rounded(sortedQuantile(sorted, probability))),
    low: rounded(start),
    width,
    counts,
  };
}

/** 1, 2 or 5 times a power of ten, at most about 24 bins. */
function binWidth(low: number, high: number, whole: boolean): number {
  const raw = (high - low) / BINS;
  if (raw === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const width = [1, 2, 5, 10].map((step) => step * power).find((step) => step >= raw * 0.999)!;
  return whole ? Math.max(1, Math.round(width)) : rounded(width);
}

export interface Row {
  readonly name: string;
  readonly patient: string;
}

/**
 * Categories by falling frequency, names by code unit where equal; the share of each is by patients.
 * @param limit so many, then the sum of the others as `N others`
 */
export function categories(rows: readonly Row[], limit = Number.POSITIVE_INFINITY): readonly Category[] {
  const counts = new Map<string, number>();
  for (const { name } of rows) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  const shown = new Set(names.length > limit ? names.slice(0, limit - 1) : names);
  const patients = rows.map(({ patient }) => patient);
  const shareOf = (test: (name: string) => boolean) =>
    clusteredProportion(
      rows.map(({ name }) => Number(test(name))),
      patients,
    );
  const list = [...shown].map((name) => ({ name, share: shareOf((other) => other === name) }));
  const rest = names.length - shown.size;
  return rest === 0 ? list : [...list, { name: `${rest} others`, share: shareOf((name) => !shown.has(name)) }];
}
