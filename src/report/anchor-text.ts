/** Published numbers beside ours, for a terminal and as a table of a run folder. */
import type { AnchorOutcome } from '../core/anchors.ts';
import { measureTitle, taskTitle } from './naming.ts';
import { decimalsOf, isNumber } from './numbers.ts';

const COLUMNS = [
  'model',
  'dataset',
  'task',
  'finding',
  'metric',
  'verdict',
  'published',
  'publishedLow',
  'publishedHigh',
  'tolerance',
  'ours',
  'ciLow',
  'ciHigh',
  'difference',
  'n',
  'exposure',
  'tag',
  'source',
  'note',
  'reason',
] as const;

function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV (RFC 4180) with a header line, lines ended by CRLF. */
export function anchorsCsv(outcomes: readonly AnchorOutcome[]): string {
  const lines = outcomes.map((outcome) => {
    const [publishedLow, publishedHigh] = outcome.interval ?? [];
    const row = { ...outcome, published: outcome.value, publishedLow, publishedHigh };
    return COLUMNS.map((column) => cell(row[column])).join(',');
  });
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** Control characters would let a name move the cursor of whoever reads it. */
const plain = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

function estimate(value: number | null, low: number | null, high: number | null, decimals: number): string {
  if (!isNumber(value)) return 'n/a';
  const range = isNumber(low) && isNumber(high) ? ` (${low.toFixed(decimals)}–${high.toFixed(decimals)})` : '';
  return `${value.toFixed(decimals)}${range}`;
}

/** How often each verdict was given, for example `2 reproduced, 1 differs`. */
export function verdictCounts(outcomes: readonly AnchorOutcome[]): string {
  const verdicts = ['reproduced', 'compatible', 'differs', 'not computed'] as const;
  const counts = verdicts.map((verdict) => [outcomes.filter((outcome) => outcome.verdict === verdict).length, verdict]);
  return counts
    .filter(([count]) => count !== 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ');
}

/** A verdict per published number, aligned; the questions as headings. Ends with a line break. */
export function anchorText(outcomes: readonly AnchorOutcome[]): string {
  const questions = [...new Set(outcomes.map(questionOf))];
  const blocks = questions.map((question) => {
    const own = outcomes.filter((outcome) => questionOf(outcome) === question);
    const rows = own.map(cellsOf);
    const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => [...row[column]!].length)));
    const lines = rows.map((row) => row.map((text, column) => text.padEnd(widths[column]!)).join('  '));
    return [`${question}${seen(own)}`, ...lines.map((line) => `  ${line}`.trimEnd())].join('\n');
  });
  const rule = 'reproduced: within the tolerance; compatible: intervals overlap; differs: neither';
  return `${[...blocks, `published numbers: ${verdictCounts(outcomes) || 'none'} (${rule})`].join('\n\n')}\n`;
}

function questionOf({ model, dataset, task }: AnchorOutcome): string {
  return plain(`published numbers · ${model} · ${dataset} · ${taskTitle(task)}`);
}

/** Whether the scores are those of unseen data. */
function seen(outcomes: readonly AnchorOutcome[]): string {
  const exposure = outcomes.find((outcome) => outcome.exposure !== null)?.exposure;
  if (exposure === 'unknown') return ' (exposure unknown)';
  return exposure === 'trained' || exposure === 'tuned' ? ` (${exposure} on it)` : '';
}

function cellsOf(outcome: AnchorOutcome): readonly string[] {
  const { finding, metric, verdict, value, interval, ours, ciLow, ciHigh, tag, reason } = outcome;
  const decimals = decimalsOf(metric);
  const [low, high] = interval ?? [null, null];
  return [
    plain(measureTitle(metric, finding)),
    verdict,
    `ours ${estimate(ours, ciLow, ciHigh, decimals)}`,
    `published ${estimate(value, low, high, decimals)}${tag === 'verified' ? '' : ` [${tag}]`}`,
    plain(reason ?? ''),
  ];
}
