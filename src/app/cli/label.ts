/** `medvlm label FILE.csv`: CheXpert's 14 observations from a table of reports. No text of a report is printed or written. */
import type { Command } from 'commander';
import { type LabelOutcome, labelFile } from '../label.ts';
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
      const { textColumn, wholeReports = false, hierarchy = false, explain = false, json, ...rest } = flags;
      const request = { file, textColumns: textColumn, wholeReports, hierarchy, explain, ...rest };
      const outcome = await labelFile(request, openEnvironment().context);
      if (json) printJson(outcome);
      else printLines(linesOf(outcome));
    });
}

function linesOf({ reports, withoutText, leftOut, files, findings, labeler }: LabelOutcome): string[] {
  const rows = findings.map((row) => [row.finding, String(row.present), String(row.absent), String(row.uncertain)]);
  return [
    ...table(['finding', 'present', 'absent', 'uncertain'], rows),
    `${reports} reports labeled by ${labeler}, ${withoutText} of them without text`,
    ...(leftOut > 0 ? [`${leftOut} rows left out: another number of cells than the header`] : []),
    ...files.map((file) => `written: ${file}`),
  ];
}
