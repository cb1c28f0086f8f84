/** Results as tidy CSV (RFC 4180): one row per result, the columns of the published contract in their order. */
import type { Result } from '../core/result.ts';

/** Column order that other programs rely on. */
export const RESULT_COLUMNS = [
  'model',
  'variant',
  'dataset',
  'split',
  'task',
  'corruption',
  'severity',
  'seed',
  'subgroup',
  'finding',
  'metric',
  'value',
  'ciLow',
  'ciHigh',
  'n',
  'nPositive',
  'nFailed',
  'better',
  'protocol',
  'reason',
  'exposure',
] as const satisfies readonly (keyof Result)[];

/** Numbers keep all their digits; null and missing are empty; a cell with `"`, comma or line break is quoted. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV with a header line, lines ended by CRLF. */
export function resultsCsv(results: readonly Result[]): string {
  const lines = [RESULT_COLUMNS.join(',')];
  for (const result of results) lines.push(RESULT_COLUMNS.map((column) => cell(result[column])).join(','));
  return `${lines.join('\r\n')}\r\n`;
}
