/** Labels of a table of reports: reads a CSV, writes CheXpert's columns and, on request, the places of the mentions. */
import { basename, dirname, extname, join } from 'node:path';
import type { Context } from '../core/context.ts';
import { ConfigError } from '../core/errors.ts';
import { columnIndex, parseTable, refuseRepeatedIds, type Table } from '../lib/csv.ts';
import { csvLine, LABEL_COLUMNS, labelCells, MENTION_COLUMNS, mentionCells } from '../lib/labeler/label-table.ts';
import { explain, LABELER, type Labels, labelReport } from '../lib/labeler/labeler.ts';
import { splitSections } from '../lib/text/free-text-sections.ts';

export interface LabelRequest {
  /** CSV with a header, also gzipped. */
  readonly file: string;
  readonly idColumn: string;
  /** Their texts are joined by an empty line. */
  readonly textColumns: readonly string[];
  readonly out: string;
  /** The text is a whole report: only its findings and impression are labeled. */
  readonly wholeReports: boolean;
  readonly hierarchy: boolean;
  /** Also writes `OUT.mentions.csv`. */
  readonly explain: boolean;
}

export interface LabelOutcome {
  readonly labeler: string;
  readonly reports: number;
  readonly withoutText: number;
  /** Rows with another number of cells than the header. */
  readonly leftOut: number;
  readonly files: readonly string[];
  readonly findings: readonly { finding: string; present: number; absent: number; uncertain: number }[];
}

/** Writes each file whole or not at all; no text of a report is in what it writes or returns. @throws DataError, ConfigError */
export async function labelFile(request: LabelRequest, context: Context): Promise<LabelOutcome> {
  const { file, idColumn, out } = request;
  if (out.trim() === '') throw new ConfigError('label: expected a file name after --out, got none');
  const source = parseTable(await context.files.readText(file), file);
  refuseRepeatedIds(source, idColumn);
  const texts = request.textColumns.map((name) => columnIndex(source, name));
  const rows = labelRows(source, { ...request, texts, id: columnIndex(source, idColumn) }, context);
  const mentionsFile = mentionsPath(out);
  await context.files.write(out, csvText([idColumn, ...LABEL_COLUMNS], rows.labels));
  if (request.explain) await context.files.write(mentionsFile, csvText([idColumn, ...MENTION_COLUMNS], rows.mentions));
  return {
    labeler: LABELER,
    reports: source.rows.length,
    withoutText: rows.withoutText,
    leftOut: source.problems.length,
    files: request.explain ? [out, mentionsFile] : [out],
    findings: countsOf(rows.counts),
  };
}

/** `labels.csv` → `labels.mentions.csv`. */
function mentionsPath(out: string): string {
  const extension = extname(out);
  return join(dirname(out), `${basename(out, extension)}.mentions${extension || '.csv'}`);
}

function csvText(header: readonly string[], lines: readonly string[]): string {
  return `${[csvLine(header), ...lines].join('\r\n')}\r\n`;
}

interface RowOptions extends LabelRequest {
  /** Positions of the text columns, and of the id. */
  readonly texts: readonly number[];
  readonly id: number;
}

const REPORTS_PER_STEP = 1000;

function labelRows(source: Table, options: RowOptions, context: Context) {
  const labels: string[] = [];
  const mentions: string[] = [];
  const counts = new Map<string, number>();
  let withoutText = 0;
  source.rows.forEach((row, index) => {
    if (index % REPORTS_PER_STEP === 0) context.progress('reports', index, source.rows.length);
    const id = row[options.id]!;
    const text = textOf(row, options);
    if (text === '') withoutText++;
    const found = labelReport(text, { hierarchy: options.hierarchy });
    labels.push(csvLine(labelCells(id, found)));
    count(found, counts);
    if (options.explain) for (const mention of explain(text)) mentions.push(csvLine(mentionCells(id, mention)));
  });
  context.progress('reports', source.rows.length, source.rows.length);
  return { labels, mentions, counts, withoutText };
}

/** The text that is labeled: the columns with an empty line between them, or findings and impression of a whole report. */
function textOf(row: readonly string[], { texts, wholeReports }: RowOptions): string {
  const written = texts.map((index) => row[index]!.trim()).filter((part) => part !== '');
  if (!wholeReports) return written.join('\n\n');
  const { findings = '', impression = '' } = splitSections(written.join('\n\n')).sections;
  return [findings, impression].filter((part) => part !== '').join('\n\n');
}

function count(labels: Labels, counts: Map<string, number>): void {
  for (const finding of LABEL_COLUMNS) {
    const key = `${finding} ${labels[finding]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}

function countsOf(counts: ReadonlyMap<string, number>): LabelOutcome['findings'] {
  const of = (finding: string, state: string) => counts.get(`${finding} ${state}`) ?? 0;
  return LABEL_COLUMNS.map((finding) => ({
    finding,
    present: of(finding, 'present'),
    absent: of(finding, 'absent'),
    uncertain: of(finding, 'uncertain'),
  }));
}
