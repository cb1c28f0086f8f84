/** Reads a finished run for an export; a run folder that is not whole is refused. */
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AnchorOutcome } from '../core/anchors.ts';
import type { Context } from '../core/context.ts';
import type { AccessTier } from '../core/dataset.ts';
import { sha256 } from '../core/digest.ts';
import { DataError } from '../core/errors.ts';
import type { Leaderboard, ReportFacts } from '../core/report-data.ts';
import type { Alarm, Comparison, Result } from '../core/result.ts';
import type { Suite } from '../core/suite.ts';

export interface RunManifest {
  readonly [fact: string]: unknown;
  readonly format: string;
  /** File name → SHA-256. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly dataUse: {
    readonly tiers: Readonly<Record<string, AccessTier>>;
    readonly acknowledged: readonly string[];
  };
}

export interface FinishedRun {
  readonly manifest: RunManifest;
  readonly suite: Suite;
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly leaderboards: readonly Leaderboard[];
  readonly alarms: readonly Alarm[];
  /** Undefined where the suite names no published number. */
  readonly anchors: readonly AnchorOutcome[] | undefined;
  readonly report: ReportFacts;
  /** Parquet. */
  readonly predictions: Uint8Array;
}

const FORMAT = 'medvlm-run@1';
const NEEDED = [
  'suite.yaml',
  'results.json',
  'comparisons.json',
  'leaderboards.json',
  'alarms.json',
  'report.json',
  'predictions.parquet',
];

function refuse(got: string, directory: string): never {
  throw new DataError(
    `export: expected the folder of a finished run, got ${got} (${directory})`,
    'run the suite again with the same --out: it finishes the run, and infers nothing twice',
  );
}

/** @throws DataError for a folder without a manifest, of another version, or with a file that is missing or changed */
export async function readRun(directory: string, { files }: Context): Promise<FinishedRun> {
  const path = join(directory, 'manifest.json');
  if (!(await files.exists(path))) refuse('none with manifest.json', directory);
  const manifest = parsed<RunManifest>(await files.readText(path), directory);
  if (manifest.format !== FORMAT || !manifest.dataUse) refuse('one that another version wrote', directory);
  const contents = new Map<string, Uint8Array>();
  for (const [name, digest] of Object.entries(manifest.outputs)) {
    const file = join(directory, name);
    if (!(await files.exists(file))) refuse(`one without ${name}`, directory);
    const content = await files.read(file);
    if (sha256(content) !== digest) refuse(`one whose ${name} was changed`, directory);
    contents.set(name, content);
  }
  const missing = NEEDED.find((name) => !contents.has(name));
  if (missing !== undefined) refuse(`one without ${missing}`, directory);
  const text = (name: string) => new TextDecoder().decode(contents.get(name)!);
  const json = <Value>(name: string) => parsed<Value>(text(name), directory);
  return {
    manifest,
    suite: parse(text('suite.yaml')) as Suite,
    results: json('results.json'),
    comparisons: json('comparisons.json'),
    leaderboards: json('leaderboards.json'),
    alarms: json('alarms.json'),
    anchors: contents.has('anchors.json') ? json('anchors.json') : undefined,
    report: json('report.json'),
    predictions: contents.get('predictions.parquet')!,
  };
}

function parsed<Value>(text: string, directory: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return refuse('one with half a file', directory);
  }
}
