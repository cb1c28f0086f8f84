/** `medvlm run SUITE`: the main job. */
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { leaderboardText } from '../../report/leaderboard-text.ts';
import { type RunOutcome, type RunRequest, runSuite } from '../run-suite.ts';
import { collect, oneOf, openEnvironment, printJson, printLines, wholeNumber } from './environment.ts';

const DEFAULT_BATCH_SIZE = 8;

export function addRun(program: Command): void {
  program
    .command('run')
    .description(
      'plan, infer what is missing, evaluate, compare, report; the same line again continues or does nothing',
    )
    .argument('<suite>', 'a YAML file, or the name of a suite that comes along (demo)')
    .option('--out <folder>', 'run folder (default: runs/NAME-DIGEST)')
    .option(
      '--set <key=value>',
      'override a value of the suite, for example datasets.0.root=/data/iu-xray',
      collect,
      [],
    )
    .option('--limit <n>', 'at most this many studies of each part of a split', wholeNumber(1))
    .option('--device <device>', 'auto, cpu or cuda', oneOf('auto', 'cpu', 'cuda'), 'auto')
    .option('--workers <n>', 'threads that decode and preprocess (default: by cores)', wholeNumber(1))
    .option('--batch-size <n>', 'items per inference call', wholeNumber(1), DEFAULT_BATCH_SIZE)
    .option('--json', 'one JSON document on stdout')
    .action(async (suite: string, options: Omit<RunRequest, 'suite'> & { json?: boolean }) => {
      const outcome = await runSuite({ ...options, suite }, openEnvironment());
      if (options.json) printJson(summary(outcome));
      else printLines(lines(outcome));
    });
}

function summary({ directory, leaderboards, wasUpToDate, inferred }: RunOutcome) {
  return { directory, report: join(directory, 'report.html'), wasUpToDate, inferred, leaderboards };
}

function lines({ directory, leaderboards, wasUpToDate, inferred }: RunOutcome): string[] {
  const report = relative(process.cwd(), join(directory, 'report.html'));
  const work = wasUpToDate
    ? 'nothing to do: the run is complete'
    : `inferred ${inferred.items} embeddings; everything else was stored`;
  return [leaderboardText(leaderboards), '', work, `report: ${report}`];
}
