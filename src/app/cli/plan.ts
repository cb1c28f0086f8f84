/** `medvlm plan SUITE`: what a run would do, without doing it. */
import type { Command } from 'commander';
import { catalog } from '../../catalog/index.ts';
import type { PlannedJob } from '../../engine/plan.ts';
import { prepare } from '../../engine/prepare.ts';
import { duration } from '../../engine/progress.ts';
import { loadSuite } from '../load-suite.ts';
import { collect, openEnvironment, printJson, printLines, wholeNumber } from './environment.ts';
import { table } from './table.ts';

export function addPlan(program: Command): void {
  program
    .command('plan')
    .description(
      'the jobs of a suite, what is stored, what is skipped and why, estimated time, memory and disk; imports weights, infers nothing',
    )
    .argument('<suite>', 'a YAML file, or the name of a suite that comes along (demo)')
    .option('--set <key=value>', 'override a value of the suite', collect)
    .option('--limit <n>', 'at most this many studies of each part of a split', wholeNumber(1))
    .option('--json', 'one JSON document on stdout')
    .action(async (name: string, options: { set?: string[]; limit?: number; json?: boolean }) => {
      const { home, context } = openEnvironment();
      const loaded = loadSuite(name, options.set ?? []);
      const { jobs, skipped } = await prepare({ ...loaded, limit: options.limit, home, context }, catalog);
      if (options.json) printJson({ jobs, skipped });
      else
        printLines([
          ...jobTable(jobs),
          ...skipped.map(({ what, reason }) => `skipped: ${what}: ${reason}`),
          totals(jobs),
        ]);
    });
}

function jobTable(jobs: readonly PlannedJob[]): string[] {
  const rows = jobs.map((job) => [
    job.model,
    String(job.member + 1),
    job.tower,
    job.variant,
    String(job.items),
    String(job.stored),
    String(job.missing),
    duration(job.estimate.seconds * 1000),
  ]);
  return table(['model', 'checkpoint', 'tower', 'variant', 'items', 'stored', 'missing', 'estimate'], rows);
}

function totals(jobs: readonly PlannedJob[]): string {
  // Checkpoints that several models share are planned once each, but inferred once.
  const distinct = [...new Map(jobs.map((job) => [job.space, job])).values()];
  const sum = (value: (job: PlannedJob) => number) => distinct.reduce((total, job) => total + value(job), 0);
  const seconds = sum((job) => job.estimate.seconds);
  const memory = Math.max(0, ...distinct.map((job) => job.estimate.memoryBytes));
  const disk = sum((job) => job.estimate.diskBytes);
  const missing = sum((job) => job.missing);
  const shared = distinct.length < jobs.length ? '; what models share is inferred once' : '';
  if (missing === 0) return 'nothing to infer';
  return `to infer: ${missing} items, roughly ${duration(seconds * 1000)}, ${megabytes(memory)} of memory, ${megabytes(disk)} of disk${shared}`;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
