/** Labels of many reports as a table in CheXpert's form: 1 present, 0 absent, -1 uncertain, blank unmentioned. */
import { CHEXPERT_FINDINGS, type LabelState } from '../../core/study.ts';
import type { Labels, Mention } from './labeler.ts';

/** Columns of the labels, after the id. */
export const LABEL_COLUMNS = CHEXPERT_FINDINGS;

/** Columns of the mentions, after the id. Offsets in UTF-16 code units of the text that was labeled; never the text itself. */
export const MENTION_COLUMNS = ['observation', 'state', 'start', 'end', 'trigger_start', 'trigger_end'] as const;

const VALUES: Readonly<Record<LabelState, string>> = { present: '1', absent: '0', uncertain: '-1', unmentioned: '' };

export function labelCells(id: string, labels: Labels): string[] {
  return [id, ...LABEL_COLUMNS.map((finding) => VALUES[labels[finding]])];
}

export function mentionCells(id: string, { observation, assertion, start, end, trigger }: Mention): string[] {
  const spans = [start, end, trigger?.start, trigger?.end];
  return [id, observation, assertion, ...spans.map((offset) => (offset === undefined ? '' : String(offset)))];
}

/** One line of CSV without its end: a cell with a comma, a quote or a line break is quoted (RFC 4180). */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
