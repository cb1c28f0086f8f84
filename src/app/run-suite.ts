/** The main job: plan, infer what is missing, evaluate, compare, report. The same request again continues or does nothing. */
import { resolve } from 'node:path';
import { catalog } from '../catalog/index.ts';
import type { AnchorOutcome } from '../core/anchors.ts';
import { digestOf } from '../core/digest.ts';
import { ConfigError, FailedItemsError } from '../core/errors.ts';
import type { Leaderboard } from '../core/report-data.ts';
import type { Alarm } from '../core/result.ts';
import { type Inferred, inferMissing } from '../engine/infer.ts';
import { type Judged, judge } from '../engine/judge.ts';
import { type Prepared, prepare } from '../engine/prepare.ts';
import { judgeAnchors } from '../lib/anchor-verdicts.ts';
import type { Environment } from './cli/environment.ts';
import { type LoadedSuite, loadSuite } from './load-suite.ts';
import { codeVersions } from './manifest.ts';
import { buildReportData } from './report-data.ts';
import { findFinished, readShown, writeRunFolder } from './run-folder.ts';
import { shownSuite } from './shown-suite.ts';
import { stopwatch } from './stopwatch.ts';

export interface RunRequest {
  readonly suite: string;
  readonly set: readonly string[];
  readonly out?: string | undefined;
  readonly limit?: number | undefined;
  readonly device: 'auto' | 'cpu' | 'cuda';
  readonly workers?: number | undefined;
  readonly batchSize: number;
  /** The suite must name published numbers; whether they came out is the caller's to judge. */
  readonly requireAnchors?: boolean | undefined;
}

export interface RunOutcome {
  readonly directory: string;
  readonly leaderboards: readonly Leaderboard[];
  readonly alarms: readonly Alarm[];
  /** Of the suite's published numbers; undefined where it names none. */
  readonly anchors: readonly AnchorOutcome[] | undefined;
  readonly items: Judged['items'];
  /** True where nothing had to be done. */
  readonly wasUpToDate: boolean;
  readonly inferred: Inferred;
  readonly prepared: Prepared;
  /** More items failed than the suite allows: to be thrown once the results have been shown. */
  readonly excess: FailedItemsError | undefined;
}

/** @throws ConfigError, DataError, ModelError, InterruptedError */
export async function runSuite(request: RunRequest, environment: Environment): Promise<RunOutcome> {
  const { home, context, signal } = environment;
  const timer = stopwatch(() => performance.now());
  const loaded = loadSuite(request.suite, request.set);
  if (request.requireAnchors && !loaded.suite.anchors)
    throw new ConfigError(
      `--require-anchors: the suite names no published number (${request.suite})`,
      'see docs/anchors.md',
    );
  const prepared = await prepare({ ...loaded, limit: request.limit, home, context }, catalog);
  const directory = runDirectory(request, loaded);
  const inputs = inputsDigest(loaded, prepared);
  timer.lap('prepare');
  const { device, workers, batchSize } = request;
  const inferred = await inferMissing(prepared, { device, workers, batchSize, context, signal });
  timer.lap('infer');
  const outcome = { directory, inferred, prepared };
  const finished = inferred.items === 0 ? await findFinished(directory, inputs, context) : undefined;
  if (finished) {
    const { items } = finished;
    return {
      ...outcome,
      ...(await readShown(directory, context)),
      items,
      wasUpToDate: true,
      excess: excessOf(items, loaded),
    };
  }
  signal.throwIfAborted();
  const judged = await judge(prepared, catalog, context);
  signal.throwIfAborted();
  timer.lap('judge');
  const described = {
    title: loaded.suite.description || loaded.suite.name,
    text: shownSuite(loaded.suite),
    digest: loaded.digest,
  };
  const anchors = loaded.suite.anchors && judgeAnchors(loaded.suite.anchors, judged.results);
  const report = { ...(await buildReportData(prepared, judged, described)), ...(anchors && { anchors }) };
  await writeRunFolder({ directory, inputs, loaded, prepared, judged, inferred, report, anchors, timer, context });
  const { leaderboards, alarms, items } = judged;
  return { ...outcome, leaderboards, alarms, anchors, items, wasUpToDate: false, excess: excessOf(items, loaded) };
}

/** `runs/NAME-DIGEST`, the digest being the resolved suite's, and the limit where one was given. */
function runDirectory(request: RunRequest, { suite, digest }: LoadedSuite): string {
  const limit = request.limit === undefined ? '' : `-limit${request.limit}`;
  return resolve(request.out ?? `runs/${suite.name}-${digest.slice(0, 10)}${limit}`);
}

/** Everything that the results are a function of. */
function inputsDigest({ digest }: LoadedSuite, prepared: Prepared): string {
  const datasets = prepared.datasets.map(({ view, digest: content, digests }) => [
    view.id,
    view.version,
    content,
    view.split,
    view.studies.map((study) => study.id),
    [...digests.digests.values()],
    [...digests.failures.values()],
  ]);
  const spaces = prepared.jobs.map(({ model, member, tower, space }) => [model, member, tower, space]);
  return digestOf({ code: codeVersions(), suite: digest, datasets, spaces });
}

function excessOf({ failed, total }: Judged['items'], { suite }: LoadedSuite): FailedItemsError | undefined {
  if (total === 0 || failed / total <= suite.maximumFailedShare) return undefined;
  const percent = ((100 * failed) / total).toFixed(1);
  return new FailedItemsError(
    `run: ${failed} of ${total} items failed (${percent} %), more than the suite's maximumFailedShare ${suite.maximumFailedShare}`,
    'the results are written; the failures are listed in failures.csv of the run folder',
  );
}
