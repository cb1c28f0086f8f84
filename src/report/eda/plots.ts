/** Small drawings of the picture of a dataset: bars with intervals, histograms, a band over grey levels, a curve. */
import type { Category, Distribution, PixelPicture } from '../../lib/eda/eda-data.ts';
import type { Proportion } from '../../lib/eda/proportions.ts';
import { html, type Markup } from '../markup.ts';
import { count, isNumber, percent } from '../numbers.ts';

const tenth = (value: number) => Math.round(value * 10) / 10;
const width = (share: number) => `${tenth(100 * Math.min(1, Math.max(0, share)))}%`;

/** `32 % (28–36)`, or n/a. */
export function shareText({ share, low, high, count: hits, total }: Proportion): Markup {
  if (!isNumber(share)) return html`<abbr class="na" title="nothing to take a share of">n/a</abbr>`;
  const digits = (value: number) => (100 * value).toFixed(value < 0.1 && share < 0.1 ? 1 : 0);
  return html`<span title="${count(hits)} of ${count(total)}">${percent(share)}<span class="ci">${digits(low!)}–${digits(high!)}</span></span>`;
}

function track({ share, low, high }: Proportion, scale = 1): Markup {
  if (!isNumber(share)) return html`<span class="track"></span>`;
  const whisker = `left:${width(low! / scale)};width:${width((high! - low!) / scale)}`;
  return html`<span class="track"><span class="fill" style="width:${width(share / scale)}"></span><span class="whisker" style="${whisker}"></span></span>`;
}

/** One bar per category with its interval; bars end at 100 %. */
export function bars(categories: readonly Category[]): Markup {
  if (categories.length === 0) return html`<p class="note">Nothing is stated.</p>`;
  const rows = categories.map(
    ({ name, share }) =>
      html`<div class="bar-row"><span class="name">${name}</span>${track(share)}<span class="value">${shareText(share)}</span></div>`,
  );
  return html`<div class="bars">${rows}</div>`;
}

/** A bar in a table cell, as long as its share of the longest. */
export function cellBar(share: Proportion, longest: number): Markup {
  return html`<div class="bars" style="display:block;margin:0">${track(share, Math.max(longest, 1e-9))}</div>`;
}

const PLOT = { width: 380, height: 150, left: 8, right: 8, top: 8, bottom: 22 } as const;
const BASE = PLOT.height - PLOT.bottom;
const INNER = PLOT.width - PLOT.left - PLOT.right;

function frame(label: string, content: Markup): Markup {
  return html`<svg class="plot-svg" viewBox="0 0 ${PLOT.width} ${PLOT.height}" role="img" aria-label="${label}">${content}<line class="base" x1="${PLOT.left}" x2="${PLOT.width - PLOT.right}" y1="${BASE}" y2="${BASE}"/></svg>`;
}

/** Number with as many decimals as the step between ticks needs. */
function tickText(value: number, step: number): string {
  const decimals = step >= 1 ? 0 : Math.min(4, Math.ceil(-Math.log10(step) - 1e-9));
  return count(Number(value.toFixed(decimals)));
}

function ticks(low: number, high: number): Markup[] {
  const span = high - low || 1;
  const raw = span / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999)!;
  const marks: Markup[] = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-6; value += step) {
    const share = (value - low) / span;
    const anchor = share < 0.05 ? 'start' : share > 0.95 ? 'end' : 'middle';
    const x = tenth(PLOT.left + INNER * share);
    marks.push(html`<text x="${x}" y="${PLOT.height - 6}" text-anchor="${anchor}">${tickText(value, step)}</text>`);
  }
  return marks;
}

/** Bars from the lowest to the highest value, a dashed line at the median. */
export function histogram(values: Distribution | null, what: string): Markup {
  if (values === null) return html`<p class="note">n/a: no value is stated.</p>`;
  const { low, width: binWidth, counts, quantiles } = values;
  if (binWidth === 1 && counts.length <= 8 && Number.isInteger(quantiles[6]!))
    return html`${countBars(counts, what, low)}${summary(values)}`;
  const high = low + binWidth * counts.length;
  const step = INNER / counts.length;
  const peak = Math.max(...counts);
  const drawn = counts.map((value, i) => {
    const height = tenth(((BASE - PLOT.top) * value) / peak);
    if (value === 0) return null;
    return html`<rect class="bar" x="${tenth(PLOT.left + i * step + 0.5)}" y="${tenth(BASE - height)}" width="${tenth(Math.max(0.8, step - 1))}" height="${height}"/>`;
  });
  const middle = tenth(PLOT.left + (INNER * (quantiles[3]! - low)) / (high - low));
  const label = `${what}: median ${quantiles[3]}, from ${quantiles[0]} to ${quantiles[6]}`;
  return html`${frame(label, html`${drawn}<line class="middle" x1="${middle}" x2="${middle}" y1="${PLOT.top}" y2="${BASE}"/>${ticks(low, high)}`)}${summary(values)}`;
}

function summary({ n, mean, deviation, quantiles }: Distribution): Markup {
  const [least, , lower, middle, upper, , most] = quantiles as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const text = (value: number) =>
    Math.abs(value) >= 100 ? count(Math.round(value)) : String(Number(value.toFixed(Math.abs(value) < 10 ? 2 : 1)));
  return html`<p class="numbers">median ${text(middle)} (quartiles ${text(lower)}–${text(upper)}), range ${text(least)}–${text(most)}, mean ${text(mean)} ± ${text(deviation)}, n\u00a0=\u00a0${count(n)}</p>`;
}

const points = (xs: readonly number[], ys: readonly number[]) =>
  xs.map((x, i) => `${tenth(x)},${tenth(ys[i]!)}`).join(' ');

/**
 * Median share of the pixels by grey level, with the band that holds 90 % of the images. The first and the last bin (air and
 * markers) may leave the drawing: the tissue between them is what it is for.
 */
export function densityBand(density: PixelPicture['density']): Markup {
  const peak = Math.max(...density.slice(1, -1).map(({ high }) => high), 1e-9);
  const xs = density.map((_, bin) => PLOT.left + (INNER * (bin + 0.5)) / density.length);
  const y = (share: number) => BASE - (BASE - PLOT.top) * Math.min(1, share / peak);
  const upper = points(
    xs,
    density.map(({ high }) => y(high)),
  );
  const lower = points(
    [...xs].reverse(),
    [...density].reverse().map(({ low }) => y(low)),
  );
  const line = points(
    xs,
    density.map(({ middle }) => y(middle)),
  );
  return frame(
    'share of pixels by grey level, median image and the band of 90 % of images',
    html`<polygon class="band" points="${upper} ${lower}"/><polyline class="line" points="${line}"/>${ticks(0, 255)}`,
  );
}

/** Distinct words against the number of reports. */
export function growthCurve(growth: readonly { readonly reports: number; readonly types: number }[]): Markup {
  const [most, highest] = [growth.at(-1)!.reports, Math.max(1, growth.at(-1)!.types)];
  const xs = [0, ...growth.map(({ reports }) => reports)].map((reports) => PLOT.left + (INNER * reports) / most);
  const ys = [0, ...growth.map(({ types }) => types)].map((types) => BASE - ((BASE - PLOT.top - 10) * types) / highest);
  const top = html`<text x="${PLOT.width - PLOT.right}" y="${tenth(ys.at(-1)! - 5)}" text-anchor="end">${count(highest)} words</text>`;
  return frame(
    `distinct words grow to ${highest} in ${most} reports`,
    html`<polyline class="line" points="${points(xs, ys)}"/>${top}${ticks(0, most)}`,
  );
}

/** How many have `low`, low + 1, low + 2 … of something. */
export function countBars(counts: readonly number[], what: string, low = 0): Markup {
  const step = INNER / Math.max(6, counts.length);
  const total = counts.reduce((sum, value) => sum + value, 0);
  const peak = Math.max(...counts, 1);
  const drawn = counts.map((value, i) => {
    const height = tenth(((BASE - PLOT.top - 14) * value) / peak);
    const x = tenth(PLOT.left + i * step);
    const middle = tenth(PLOT.left + (i + 0.5) * step);
    const share = total === 0 ? '' : percent(value / total);
    return html`<rect class="bar" x="${x}" y="${tenth(BASE - height)}" width="${tenth(step * 0.8)}" height="${height}"/>
<text x="${tenth(middle - step * 0.1)}" y="${tenth(BASE - height - 4)}" text-anchor="middle">${share}</text><text x="${tenth(middle - step * 0.1)}" y="${PLOT.height - 6}" text-anchor="middle">${low + i}</text>`;
  });
  return frame(what, html`${drawn}`);
}
