/** The run folder: what a run leaves for people and programs. Every file is written whole; the manifest comes last. */
import { join } from 'node:path';
import Papa from 'papaparse';
import { stringify } from 'yaml';
import type { AnchorOutcome } from '../core/anchors.ts';
import type { Context } from '../core/context.ts';
import { sha256 } from '../core/digest.ts';
import type { Leaderboard, ReportData, ReportFacts } from '../core/report-data.ts';
import type { Alarm } from '../core/result.ts';
import type { Judged } from '../engine/judge.ts';
import { encodePredictions } from '../engine/predictions-file.ts';
import { anchorsCsv } from '../report/anchor-text.ts';
import { resultsCsv } from '../report/csv.ts';
import { renderHtml } from '../report/report.ts';
import { buildManifest } from './manifest.ts';
import type { RunRecord } from './run-record.ts';

export interface FinishedRun {
  readonly inputs: string;
  readonly items: Judged['items'];
  /** File name → SHA-256. */
  readonly outputs: Readonly<Record<string, string>>;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The files of a run but the manifest, by name. */
async function renderFiles(record: RunRecord): Promise<Record<string, string | Uint8Array>> {
  const { loaded, prepared, judged, report, anchors } = record;
  return {
    'suite.yaml': stringify(loaded.suite),
    'plan.json': json({ jobs: prepared.jobs, skipped: prepared.skipped }),
    'results.json': json(judged.results),
    'results.csv': resultsCsv(judged.results),
    'comparisons.json': json(judged.comparisons),
    'leaderboards.json': json(judged.leaderboards),
    'alarms.json': json(judged.alarms),
    ...(anchors && { 'anchors.json': json(anchors), 'anchors.csv': anchorsCsv(anchors) }),
    'failures.csv': failuresCsv(judged),
    'predictions.parquet': encodePredictions(judged.predictions),
    'report.json': json(reportFacts(report)),
    'report.html': await renderHtml(report),
  };
}

/** For a report that is made again: the rest of it stands in the other files. */
function reportFacts({
  title,
  suite,
  provenance,
  seed,
  statistics,
  models,
  datasets,
  skipped,
}: ReportData): ReportFacts {
  const nameless = datasets.map((dataset) => ({ ...dataset, problems: [] }));
  return { title, suite, provenance, seed, statistics, models, datasets: nameless, skipped };
}

function failuresCsv({ failures }: Judged): string {
  const rows = failures.map(({ dataset, item, reason }) => [dataset, item, reason]);
  return `${Papa.unparse({ fields: ['dataset', 'item', 'reason'], data: rows })}\r\n`;
}

export async function writeRunFolder(record: RunRecord): Promise<void> {
  const { directory, context } = record;
  const files = await renderFiles(record);
  record.timer.lap('report');
  for (const [name, content] of Object.entries(files)) await context.files.write(join(directory, name), content);
  const outputs = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, sha256(content)]));
  await context.files.write(join(directory, 'manifest.json'), json({ ...buildManifest(record), outputs }));
}

async function readJson<T>(directory: string, name: string, context: Context): Promise<T | undefined> {
  const path = join(directory, name);
  if (!(await context.files.exists(path))) return undefined;
  try {
    return JSON.parse(await context.files.readText(path)) as T;
  } catch {
    return undefined; // half a manifest is no manifest
  }
}

/** The finished run of the same inputs, where it is there and none of its files was changed. */
export async function findFinished(
  directory: string,
  inputs: string,
  context: Context,
): Promise<FinishedRun | undefined> {
  const finished = await readJson<FinishedRun>(directory, 'manifest.json', context);
  if (finished?.inputs !== inputs) return undefined;
  for (const [name, digest] of Object.entries(finished.outputs)) {
    const path = join(directory, name);
    if (!(await context.files.exists(path)) || sha256(await context.files.read(path)) !== digest) return undefined;
  }
  return finished;
}

export interface Shown {
  readonly leaderboards: readonly Leaderboard[];
  readonly alarms: readonly Alarm[];
  /** Undefined where the suite names no published number. */
  readonly anchors: readonly AnchorOutcome[] | undefined;
}

/** What a finished run showed. */
export async function readShown(directory: string, context: Context): Promise<Shown> {
  return {
    anchors: await readJson<AnchorOutcome[]>(directory, 'anchors.json', context),
    leaderboards: (await readJson<Leaderboard[]>(directory, 'leaderboards.json', context)) ?? [],
    alarms: (await readJson<Alarm[]>(directory, 'alarms.json', context)) ?? [],
  };
}
