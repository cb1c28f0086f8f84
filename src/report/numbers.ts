/** Numbers as readers see them: three decimals, true minus signs, "n/a" with its reason for what is undefined. */
import { html, type Markup } from './markup.ts';

const MINUS = '\u2212';

/** Decimals shown for a metric: ranks and counts have one, everything else three. */
export function decimalsOf(metric: string): number {
  return /rank/i.test(metric) ? 1 : 3;
}

export function fixed(value: number, decimals = 3): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** Decimals that tell the ends of an axis apart: two for a span of a tenth or more, one more for each tenth of it. */
export function axisDecimals(low: number, high: number): number {
  const span = high - low;
  return span > 0 && span < 0.1 ? Math.min(6, 1 + Math.ceil(-Math.log10(span))) : 2;
}

/** With an explicit sign, for differences. */
export function signed(value: number, decimals = 3): string {
  const text = fixed(value, decimals);
  return text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
}

export function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** A value, or "n/a" whose title says why. */
export function number(value: number | null | undefined, options: { decimals?: number; reason?: string } = {}): Markup {
  if (isNumber(value)) return html`${fixed(value, options.decimals)}`;
  return html`<abbr class="na" title="${options.reason ?? 'undefined: no reason was recorded'}">n/a</abbr>`;
}

/** `0.712 to 0.834`, or "no interval". */
export function intervalText(low: number | null, high: number | null, decimals = 3): string {
  if (!isNumber(low) || !isNumber(high)) return 'no interval';
  return `${fixed(low, decimals)} to ${fixed(high, decimals)}`;
}

/** Value with its interval below in small type. */
export function estimate(
  row: { value: number | null; ciLow: number | null; ciHigh: number | null; reason?: string } | undefined,
  decimals = 3,
): Markup {
  if (row === undefined) return html`<abbr class="na" title="not computed in this run">–</abbr>`;
  const options = { decimals, ...(row.reason === undefined ? {} : { reason: row.reason }) };
  if (!isNumber(row.value)) return number(null, options);
  if (!isNumber(row.ciLow) || !isNumber(row.ciHigh))
    return html`${fixed(row.value, decimals)}<span class="ci" title="${row.reason ?? 'no interval was computed'}">no interval</span>`;
  return html`${fixed(row.value, decimals)}<span class="ci">${fixed(row.ciLow, decimals)}–${fixed(row.ciHigh, decimals)}</span>`;
}

/** p to three decimals, `< 0.001` below. */
export function probability(p: number | null): Markup {
  if (!isNumber(p)) return number(null, { reason: 'the test is undefined on these rows' });
  return html`${p < 0.001 ? '< 0.001' : fixed(p)}`;
}

/** Thousands parted by a narrow space: 12 345. */
export function count(value: number): string {
  return Number.isFinite(value) ? String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f') : 'n/a';
}

/** Parameters as 86.2 M. */
export function magnitude(value: number): string {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const)
    if (value >= size) return `${(value / size).toFixed(value / size < 100 ? 1 : 0)} ${unit}`;
  return String(value);
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %` : 'n/a';
}

export function plural(amount: number, noun: string, many = `${noun}s`): string {
  return `${count(amount)} ${amount === 1 ? noun : many}`;
}
