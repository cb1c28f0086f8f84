/** `medvlm run SUITE`: the main job. */
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { anchorText } from '../../report/anchor-text.ts';
import { leaderboardText } from '../../report/leaderboard-text.ts';
import { requireAnchors } from '../anchors.ts';
import { type RunOutcome, type RunRequest, runSuite } from '../run-suite.ts';
import { collect, oneOf, openEnvironment, printJson, printLines, wholeNumber } from './environment.ts';
import { noteLines } from './outcome-notes.ts';

const DEFAULT_BATCH_SIZE = 8;

interface Given extends Omit<RunRequest, 'suite' | 'set'> {
  readonly set?: string[];
  readonly json?: boolean;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description(
      'plan, infer what is missing, evaluate, compare, report; the same line again continues or does nothing',
    )
    .argument('<suite>', 'a YAML file, or the name of a suite that comes along (demo)')
    .option('--out <folder>', 'run folder (default: runs/NAME-DIGEST)')
    .option('--set <key=value>', 'override a value of the suite, for example datasets.0.root=/data/iu-xray', collect)
    .option('--limit <n>', 'at most this many studies of each part of a split', wholeNumber(1))
    .option('--device <device>', 'auto, cpu or cuda', oneOf('auto', 'cpu', 'cuda'), 'auto')
    .option('--workers <n>', 'threads that decode and preprocess (default: by cores)', wholeNumber(1))
    .option('--batch-size <n>', 'items per inference call', wholeNumber(1), DEFAULT_BATCH_SIZE)
    .option('--require-anchors', 'exit 5 where a published number of the suite does not come out')
    .option('--json', 'one JSON document on stdout')
    .action(async (suite: string, options: Given) => {
      const outcome = await runSuite({ set: [], ...options, suite }, openEnvironment());
      if (options.json) printJson(summary(outcome));
      else printLines(lines(outcome));
      if (outcome.excess) throw outcome.excess;
      if (options.requireAnchors) requireAnchors(outcome.anchors);
    });
}

function summary({ directory, leaderboards, alarms, anchors, items, wasUpToDate, inferred }: RunOutcome) {
  const report = join(directory, 'report.html');
  return { directory, report, wasUpToDate, inferred, items, leaderboards, alarms, ...(anchors && { anchors }) };
}

function lines({ directory, leaderboards, alarms, anchors, items, prepared, ...outcome }: RunOutcome): string[] {
  const { skipped, suite } = prepared;
  return [
    leaderboardText(leaderboards),
    ...(anchors ? [anchorText(anchors)] : []),
    ...noteLines({ statistics: suite.statistics, datasets: prepared.datasets, items, alarms, skipped }),
    workLine(outcome),
    `report: ${relative(process.cwd(), join(directory, 'report.html'))}`,
  ];
}

function workLine({ wasUpToDate, inferred }: Pick<RunOutcome, 'wasUpToDate' | 'inferred'>): string {
  if (wasUpToDate) return 'nothing to do: the run is complete';
  return inferred.items === 0 ? 'every embedding was stored already' : `embeddings computed now: ${inferred.items}`;
}
