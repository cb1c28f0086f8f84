/** `medvlm export RUN`: a bundle of a run that may be passed on. */
import { relative } from 'node:path';
import type { Command } from 'commander';
import { type ExportOutcome, exportRun } from '../export.ts';
import { openEnvironment, printJson, printLines, wholeNumber } from './environment.ts';
import { table } from './table.ts';

/** Cells of 1 to 10 are withheld by the rule of the US Centers for Medicare and Medicaid Services. */
const DEFAULT_MINIMUM = 11;

interface Flags {
  readonly out?: string;
  readonly minimumCount: number;
  readonly predictions?: boolean;
  readonly saltFile?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description('a share-safe bundle of a finished run: no text, pixels, ids or paths, small cells suppressed')
    .argument('<run>', 'run folder')
    .option('--out <folder>', 'new folder for the bundle (default: RUN-export)')
    .option(
      '--minimum-count <n>',
      'fewest items, positives, negatives and patients that a number may rest on',
      wholeNumber(1),
      DEFAULT_MINIMUM,
    )
    .option('--predictions', 'also the rows of single items, ids hashed, of datasets whose data-use tier allows it')
    .option('--salt-file <file>', 'what ids are hashed with, at least 16 bytes (default: drawn anew and thrown away)')
    .option('--dry-run', 'tell what would go in and what would be suppressed; write nothing')
    .option('--json', 'one JSON document on stdout')
    .action(async (run: string, flags: Flags) => {
      const { context } = openEnvironment();
      const { saltFile, json, predictions = false, dryRun = false, ...rest } = flags;
      const salt = saltFile === undefined ? undefined : await context.files.read(saltFile);
      const outcome = await exportRun({ run, ...rest, predictions, dryRun, salt }, context);
      if (json) printJson(outcome);
      else printLines(lines(outcome));
    });
}

function lines({ directory, written, files, minimumCount, hidden, ...outcome }: ExportOutcome): string[] {
  const { results, comparisons, leaderboards, alarms } = outcome.suppressedRows;
  const rows = hidden.map(({ dataset, task, finding, subgroup, why }) => [
    dataset,
    task,
    [finding ?? 'whole task', subgroup].filter((part) => part !== null).join(', '),
    why === 'small' ? `a count below ${minimumCount}` : 'would tell a small one',
  ]);
  return [
    `in the bundle: ${files.map(({ name }) => name).join(', ')}`,
    `suppressed below ${minimumCount}: ${results} results, ${comparisons} comparisons, ${leaderboards} leaderboards, ${alarms} alarms`,
    ...(rows.length > 0 ? table(['dataset', 'task', 'cell', 'why'], rows) : []),
    ...predictionLines(outcome),
    written ? `written: ${relative(process.cwd(), directory)}` : 'dry run: nothing was written',
  ];
}

function predictionLines({ predictions, rowsKeptBack }: Pick<ExportOutcome, 'predictions' | 'rowsKeptBack'>): string[] {
  if (predictions === null) return ['no rows of single items: --predictions adds those of open data'];
  const back = rowsKeptBack.map((dataset) => `${dataset}: rows of single items stay here, its data-use tier says`);
  return [`predictions: ${predictions} rows under hashed ids`, ...back];
}
