/** Everything that a run folder is written from. */
import type { AnchorOutcome } from '../core/anchors.ts';
import type { Context } from '../core/context.ts';
import type { ReportData } from '../core/report-data.ts';
import type { Inferred } from '../engine/infer.ts';
import type { Judged } from '../engine/judge.ts';
import type { Prepared } from '../engine/prepare.ts';
import type { LoadedSuite } from './load-suite.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface RunRecord {
  readonly directory: string;
  /** Digest of everything that the results are a function of. */
  readonly inputs: string;
  readonly loaded: LoadedSuite;
  readonly prepared: Prepared;
  readonly judged: Judged;
  readonly inferred: Inferred;
  readonly report: ReportData;
  /** Of the suite's published numbers; undefined where it names none. */
  readonly anchors?: readonly AnchorOutcome[] | undefined;
  readonly timer: Stopwatch;
  readonly context: Context;
}
