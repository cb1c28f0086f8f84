/** Two mirrored histograms of scores in one small drawing: positives above the line, negatives below, the threshold across. */
import { html, type Markup } from '../markup.ts';
import { axisDecimals, fixed } from '../numbers.ts';

export const HISTOGRAM_BINS = 24;
const WIDTH = 144;
const HALF = 24;

/** Share of the values in each of `bins` equal bins over [low, high]; the last bin holds `high`. */
export function binShares(values: readonly number[], low: number, high: number, bins = HISTOGRAM_BINS): Float64Array {
  const shares = new Float64Array(bins);
  for (const value of values) {
    const bin = high > low ? Math.floor(((value - low) / (high - low)) * bins) : Math.floor(bins / 2);
    shares[Math.min(bins - 1, Math.max(0, bin))]! += 1 / values.length;
  }
  return shares;
}

/** Outline of bars from the middle line, upwards (direction −1) or downwards (+1). */
function outline(shares: Float64Array, peak: number, direction: -1 | 1): string {
  const step = WIDTH / shares.length;
  let path = `M0,${HALF}`;
  for (const share of shares)
    path += `V${Math.round((HALF + (direction * share * (HALF - 2)) / peak) * 10) / 10}h${step}`;
  return `${path}V${HALF}Z`;
}

export interface ScoreSample {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
  readonly threshold: number | undefined;
  readonly label: string;
}

/** Both classes are scaled to their own number, so that a rare finding is seen at all. */
export function mirroredHistogram(sample: ScoreSample): Markup {
  const all = [...sample.positives, ...sample.negatives];
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const above = binShares(sample.positives, low, high);
  const below = binShares(sample.negatives, low, high);
  const peak = Math.max(...above, ...below, 1e-9);
  const { threshold } = sample;
  const share = threshold === undefined || high <= low ? NaN : (threshold - low) / (high - low);
  const x = Math.round(share * WIDTH * 10) / 10;
  const rule =
    share >= 0 && share <= 1 ? html`<line class="threshold" x1="${x}" x2="${x}" y1="0" y2="${2 * HALF}"/>` : null;
  const decimals = axisDecimals(low, high);
  return html`<svg class="histogram" viewBox="0 0 ${WIDTH} ${2 * HALF}" width="${WIDTH}" height="${2 * HALF}" role="img" aria-label="${sample.label}">
<path class="positive" d="${outline(above, peak, -1)}"/><path class="negative" d="${outline(below, peak, 1)}"/>
<line class="middle" x1="0" x2="${WIDTH}" y1="${HALF}" y2="${HALF}"/>${rule}</svg>
<span class="axis"><span>${fixed(low, decimals)}</span><span>${fixed(high, decimals)}</span></span>`;
}
