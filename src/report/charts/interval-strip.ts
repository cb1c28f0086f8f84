/** A dot with its interval on a shared axis, as wide as its table cell: drawn in percent, so that it needs no script. */
import { html, type Markup } from '../markup.ts';
import { axisDecimals, fixed, intervalText, isNumber } from '../numbers.ts';

export interface Axis {
  readonly low: number;
  readonly high: number;
  /** A level that is marked by a line through every row: chance, or no difference. */
  readonly reference: number | undefined;
}

export interface Interval {
  readonly value: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

/** An axis that holds every interval and the reference, with a little room. */
export function axisOf(intervals: readonly Interval[], reference?: number): Axis {
  const values = intervals.flatMap(({ value, ciLow, ciHigh }) => [value, ciLow, ciHigh]).filter(isNumber);
  if (isNumber(reference)) values.push(reference);
  if (values.length === 0) return { low: 0, high: 1, reference };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  // A share stays a share: the room ends at 0 and at 1.
  const floor = low >= 0 ? 0 : Number.NEGATIVE_INFINITY;
  const ceiling = high <= 1 ? 1 : Number.POSITIVE_INFINITY;
  return { low: Math.max(low - room, floor), high: Math.min(high + room, ceiling), reference };
}

function place(axis: Axis, value: number): string {
  const share = (value - axis.low) / (axis.high - axis.low || 1);
  return `${Math.round(1000 * Math.min(1, Math.max(0, share))) / 10}%`;
}

/** @param swatch index of the model's colour, 0 for a baseline */
export function intervalStrip(interval: Interval, axis: Axis, swatch: number, decimals = 3): Markup {
  const { value, ciLow, ciHigh } = interval;
  const reference = isNumber(axis.reference) ? place(axis, axis.reference) : undefined;
  const mark = reference && html`<line class="ref" x1="${reference}" x2="${reference}" y1="-14" y2="38"/>`;
  if (!isNumber(value)) return html`<svg class="strip" height="24" aria-hidden="true">${mark}</svg>`;
  const range =
    isNumber(ciLow) && isNumber(ciHigh)
      ? html`<line class="range" x1="${place(axis, ciLow)}" x2="${place(axis, ciHigh)}" y1="12" y2="12"/>`
      : null;
  const label = `${fixed(value, decimals)}, ${intervalText(ciLow, ciHigh, decimals)}`;
  return html`<svg class="strip s${swatch}" height="24" role="img" aria-label="${label}">${mark}${range}<circle cx="${place(axis, value)}" cy="12" r="4.5"/></svg>`;
}

/** Numbers under a column of strips: the ends of the axis and, where it has room, the reference. */
export function axisLabels(axis: Axis): Markup {
  const decimals = axisDecimals(axis.low, axis.high);
  const ends = html`<span>${fixed(axis.low, decimals)}</span><span>${fixed(axis.high, decimals)}</span>`;
  if (!isNumber(axis.reference)) return html`<span class="axis">${ends}</span>`;
  const share = (axis.reference - axis.low) / (axis.high - axis.low || 1);
  const middle =
    share > 0.15 && share < 0.85
      ? html`<span class="at" style="left:${place(axis, axis.reference)}">${fixed(axis.reference, decimals)}</span>`
      : null;
  return html`<span class="axis">${ends}${middle}</span>`;
}
