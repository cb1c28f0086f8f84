/** `medvlm score FILE…`: predictions made elsewhere. */
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import type { Matching } from '../../engine/stored-predictions.ts';
import { parseAssignment } from '../../engine/suite-file.ts';
import { leaderboardText } from '../../report/leaderboard-text.ts';
import { type ScoreOutcome, type ScoreRequest, score, scoreNeeds } from '../score.ts';
import { collect, oneOf, openEnvironment, printJson, printLines, wholeNumber } from './environment.ts';
import { noteLines } from './outcome-notes.ts';

interface Flags {
  readonly dataset: string;
  readonly task: string;
  readonly root?: string;
  readonly split?: string;
  readonly evaluate: ScoreRequest['evaluate'];
  readonly option?: string[];
  readonly datasetOption?: string[];
  readonly name?: string[];
  readonly texts?: string;
  readonly seed: number;
  readonly out?: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

export function addScore(program: Command): void {
  program
    .command('score')
    .description(
      'judge predictions (CSV, JSON lines, Parquet) or embeddings (.npy with ids) made elsewhere: no model needed',
    )
    .argument('[files...]', 'one file per model; several are compared with paired tests')
    .requiredOption('--dataset <name>', 'dataset plug-in: medvlm datasets list')
    .requiredOption('--task <name>', 'zero-shot, view or retrieval')
    .option('--root <folder>', 'the release; images need not be there')
    .option('--split <name>', "a split of the dataset (default: the dataset's first)")
    .option('--evaluate <part>', 'part that is judged', oneOf('train', 'validation', 'test'), 'test')
    .option('--option <key=value>', 'an option of the task, for example threshold={policy: fixed, value: 0.5}', collect)
    .option('--dataset-option <key=value>', 'an option of the dataset', collect)
    .option('--name <name>', 'name of a file in the results, in the order of the files', collect)
    .option('--texts <file>', 'embeddings of texts (.npy), where the files are embeddings of images')
    .option('--seed <n>', 'of the bootstrap and the chance baseline', wholeNumber(0), 0)
    .option('--out <folder>', 'run folder (default: runs/score-DIGEST)')
    .option('--list', 'print the image ids and texts that embeddings must have, as JSON, and judge nothing')
    .option('--json', 'one JSON document on stdout')
    .action(async (files: string[], flags: Flags) => {
      const { option = [], datasetOption = [], name = [], json, list, ...rest } = flags;
      const request = {
        ...rest,
        files,
        names: name,
        options: pairs(option, '--option'),
        datasetOptions: pairs(datasetOption, '--dataset-option'),
      };
      if (list) return printJson(await scoreNeeds(request, openEnvironment()));
      if (files.length === 0)
        throw new ConfigError('score: expected at least one file', 'or --list, to see what is needed');
      const outcome = await score(request, openEnvironment());
      if (json) printJson(summary(outcome));
      else printLines(lines(outcome));
    });
}

/** `key=value` with YAML values. */
function pairs(texts: readonly string[], option: string): Record<string, unknown> {
  return Object.fromEntries(texts.map((text) => parseAssignment(text, option)));
}

function summary({ directory, judged, matching }: ScoreOutcome) {
  return {
    directory,
    report: join(directory, 'report.html'),
    leaderboards: judged.leaderboards,
    alarms: judged.alarms,
    matching: Object.fromEntries(matching),
  };
}

const LISTED = 5;

function lines({ directory, judged, prepared, matching }: ScoreOutcome): string[] {
  const report = relative(process.cwd(), join(directory, 'report.html'));
  const { alarms, items, leaderboards } = judged;
  const { skipped } = prepared;
  const notes = noteLines({
    statistics: prepared.suite.statistics,
    datasets: prepared.datasets,
    items,
    alarms,
    skipped,
  });
  return [leaderboardText(leaderboards), ...notes, ...[...matching].flatMap(matchingLines), `report: ${report}`];
}

function matchingLines([name, { matched, unknown, missing, unknownFindings }]: [string, Matching]): string[] {
  const columns = unknownFindings.map((column) =>
    column.nearest ? `${column.name} (${column.nearest}?)` : column.name,
  );
  return [
    `${name}: ${matched} items matched`,
    ...listed(`${name}: ids that no item has`, unknown),
    ...listed(`${name}: items without a prediction, counted as failed`, missing),
    ...listed(`${name}: columns that are no finding of the dataset`, columns),
  ];
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > LISTED ? `, … (${names.length} in all)` : '';
  return [`${what}: ${names.slice(0, LISTED).join(', ')}${more}`];
}
