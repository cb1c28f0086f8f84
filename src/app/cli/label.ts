/** `medvlm label FILE.csv`: CheXpert's 14 observations from a table of reports. No text of a report is printed or written. */
import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../../core/context.ts';
import { ConfigError } from '../../core/errors.ts';
import { columnIndex, parseTable, refuseRepeatedIds, type Table } from '../../lib/csv.ts';
import { csvLine, LABEL_COLUMNS, labelCells, MENTION_COLUMNS, mentionCells } from '../../lib/labeler/label-table.ts';
import { explain, LABELER, type Labels, labelReport } from '../../lib/labeler/labeler.ts';
import { splitSections } from '../../lib/text/free-text-sections.ts';
import { collect, openEnvironment, printJson, printLines } from './environment.ts';
import { table } from './table.ts';

interface Flags {
  readonly textColumn: string[];
  readonly idColumn: string;
  readonly out: string;
  readonly wholeReports?: boolean;
  readonly hierarchy?: boolean;
  readonly explain?: boolean;
  readonly json?: boolean;
}

export function addLabel(program: Command): void {
  program
    .command('label')
    .description(
      "label reports with CheXpert's 14 observations by rules: 1 present, 0 absent, -1 uncertain, blank unmentioned",
    )
    .argument('<file>', 'CSV with a header, or .csv.gz; comma, semicolon, tab or bar')
    .requiredOption('--text-column <name>', 'column of the text; repeatable: findings, then impression', collect)
    .requiredOption('--id-column <name>', 'column of the id, which is copied to the output')
    .option('--out <file>', 'where the labels go', 'labels.csv')
    .option('--whole-reports', 'the text is a whole report: only its findings and impression are labeled')
    .option(
      '--hierarchy',
      "fill in the parents of CheXpert's hierarchy, for example Lung Opacity where Edema is present",
    )
    .option('--explain', 'also write each mention with its place in the text and the place of the words that decided')
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, flags: Flags) => {
      const outcome = await label(file, flags, openEnvironment().context);
      if (flags.json) printJson(outcome);
      else printLines(linesOf(outcome));
    });
}

interface Outcome {
  readonly labeler: string;
  readonly reports: number;
  readonly withoutText: number;
  readonly leftOut: number;
  readonly files: readonly string[];
  readonly findings: readonly { finding: string; present: number; absent: number; uncertain: number }[];
}

async function label(file: string, flags: Flags, context: Context): Promise<Outcome> {
  if (flags.out.trim() === '') throw new ConfigError('label: expected a file name after --out, got none');
  const source = parseTable(await context.files.readText(file), file);
  refuseRepeatedIds(source, flags.idColumn);
  const texts = flags.textColumn.map((name) => columnIndex(source, name));
  const rows = labelRows(source, { ...flags, texts, id: columnIndex(source, flags.idColumn) }, context);
  const mentionsFile = mentionsPath(flags.out);
  await context.files.write(flags.out, csvText([flags.idColumn, ...LABEL_COLUMNS], rows.labels));
  if (flags.explain)
    await context.files.write(mentionsFile, csvText([flags.idColumn, ...MENTION_COLUMNS], rows.mentions));
  return {
    labeler: LABELER,
    reports: source.rows.length,
    withoutText: rows.withoutText,
    leftOut: source.problems.length,
    files: flags.explain ? [flags.out, mentionsFile] : [flags.out],
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

interface RowOptions extends Flags {
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
    const found = labelReport(text, { hierarchy: options.hierarchy ?? false });
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

function countsOf(counts: ReadonlyMap<string, number>): Outcome['findings'] {
  const of = (finding: string, state: string) => counts.get(`${finding} ${state}`) ?? 0;
  return LABEL_COLUMNS.map((finding) => ({
    finding,
    present: of(finding, 'present'),
    absent: of(finding, 'absent'),
    uncertain: of(finding, 'uncertain'),
  }));
}

function linesOf({ reports, withoutText, leftOut, files, findings, labeler }: Outcome): string[] {
  const rows = findings.map((row) => [row.finding, String(row.present), String(row.absent), String(row.uncertain)]);
  return [
    ...table(['finding', 'present', 'absent', 'uncertain'], rows),
    `${reports} reports labeled by ${labeler}, ${withoutText} of them without text`,
    ...(leftOut > 0 ? [`${leftOut} rows left out: another number of cells than the header`] : []),
    ...files.map((file) => `written: ${file}`),
  ];
}
