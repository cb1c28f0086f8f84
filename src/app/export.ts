/** The share-safe bundle of a run: no text, no pixels, no ids, no small cells, nothing that names a person, place or machine. */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { Context } from '../core/context.ts';
import { mayShow } from '../core/data-use.ts';
import { sha256 } from '../core/digest.ts';
import { ConfigError } from '../core/errors.ts';
import type { PredictionRow, Result } from '../core/result.ts';
import { countPatients, saltedPredictions } from '../engine/export-predictions.ts';
import { fileError } from '../engine/file-errors.ts';
import { encodePredictions } from '../engine/predictions-file.ts';
import { removeAbandoned, temporaryName } from '../engine/temporary.ts';
import { type HiddenCell, hiddenBy, hiddenCells } from '../lib/small-cells.ts';
import { anchorsCsv } from '../report/anchor-text.ts';
import { resultsCsv } from '../report/csv.ts';
import { renderHtml } from '../report/report.ts';
import { type FinishedRun, readRun } from './export-run.ts';
import { shareableManifest, shareableSuite } from './export-suite.ts';
import { type SharedTables, sharedReport, sharedTables } from './export-tables.ts';

export interface ExportRequest {
  readonly run: string;
  /** Folder that must not be there yet; `RUN-export` unless given. */
  readonly out?: string | undefined;
  /** Smallest number of items, positives, negatives and patients that is told. */
  readonly minimumCount: number;
  /** Adds the rows of single items of datasets whose tier allows it, under salted ids. */
  readonly predictions: boolean;
  /** What ids are hashed with: drawn anew and thrown away unless given. At least 16 bytes. */
  readonly salt?: Uint8Array | undefined;
  readonly dryRun: boolean;
}

export interface ExportOutcome {
  /** Where the bundle is, or would be. */
  readonly directory: string;
  readonly written: boolean;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly minimumCount: number;
  readonly hidden: readonly HiddenCell[];
  /** Rows that were in the run and are not in the bundle, or without their numbers. */
  readonly suppressedRows: Readonly<Record<'results' | 'comparisons' | 'leaderboards' | 'alarms', number>>;
  /** Predictions that went in; null where none were asked for. */
  readonly predictions: number | null;
  /** Datasets whose tier keeps the rows of single items at home. */
  readonly rowsKeptBack: readonly string[];
}

const FORMAT = 'medvlm-export@1';
const SHORTEST_SALT = 16;
const SALT_BYTES = 32;

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** @throws ConfigError where the folder is there already or the salt too short; DataError for a run that is not finished */
export async function exportRun(request: ExportRequest, context: Context): Promise<ExportOutcome> {
  const source = resolve(request.run);
  const directory = resolve(request.out ?? `${source}-export`);
  if (await context.files.exists(directory))
    throw new ConfigError(
      `export: --out, expected a new folder, got one that exists (${directory})`,
      'remove it, or name another',
    );
  const run = await readRun(source, context);
  const { minimumCount } = request;
  const hidden = hiddenCells(run.results, await countPatients(run.predictions), minimumCount);
  const tables = sharedTables(run, hidden, minimumCount);
  const rows = request.predictions ? await sharedRows(run, hidden, request) : null;
  const files = await bundleFiles({ run, hidden, tables, rows, minimumCount });
  if (!request.dryRun) await writeFolder(directory, files, context);
  return {
    directory,
    written: !request.dryRun,
    files: [...files].map(([name, content]) => ({ name, bytes: Buffer.byteLength(content) })),
    minimumCount,
    hidden,
    suppressedRows: suppressedRows(run, tables),
    predictions: rows?.length ?? null,
    rowsKeptBack: keptBack(run),
  };
}

function keptBack({ manifest }: FinishedRun): string[] {
  return Object.entries(manifest.dataUse.tiers).flatMap(([dataset, tier]) => (mayShow(tier, 'rows') ? [] : [dataset]));
}

function sharedRows(run: FinishedRun, hidden: readonly HiddenCell[], { salt }: ExportRequest) {
  if (salt && salt.length < SHORTEST_SALT)
    throw new ConfigError(`export: salt, expected at least ${SHORTEST_SALT} bytes, got ${salt.length}`);
  const back = new Set(keptBack(run));
  const isHidden = hiddenBy(hidden);
  const isKept = (row: PredictionRow) => !back.has(row.dataset) && !isHidden(row);
  return saltedPredictions(run.predictions, salt ?? randomBytes(SALT_BYTES), isKept);
}

interface Bundle {
  readonly run: FinishedRun;
  readonly hidden: readonly HiddenCell[];
  readonly tables: SharedTables;
  readonly rows: readonly PredictionRow[] | null;
  readonly minimumCount: number;
}

async function bundleFiles({
  run,
  hidden,
  tables,
  rows,
  minimumCount,
}: Bundle): Promise<Map<string, string | Uint8Array>> {
  const { results, comparisons, leaderboards, alarms, anchors } = tables;
  const suite = stringify(shareableSuite(run.suite));
  const report = sharedReport(run, tables, { hidden, minimum: minimumCount, suite });
  const files = new Map<string, string | Uint8Array>([
    ['suite.yaml', suite],
    ['results.json', json(results)],
    ['results.csv', resultsCsv(results as readonly Result[])], // a count that is null is an empty cell
    ['comparisons.json', json(comparisons)],
    ['leaderboards.json', json(leaderboards)],
    ['alarms.json', json(alarms)],
    ['report.html', await renderHtml(report)],
  ]);
  if (anchors) files.set('anchors.json', json(anchors)).set('anchors.csv', anchorsCsv(anchors));
  if (rows) files.set('predictions.parquet', encodePredictions(rows));
  const outputs = Object.fromEntries([...files].map(([name, content]) => [name, sha256(content)]));
  const facts = { format: FORMAT, minimumCount, hiddenCells: hidden.length, ...shareableManifest(run.manifest) };
  return files.set('manifest.json', json({ ...facts, outputs }));
}

function suppressedRows(run: FinishedRun, tables: SharedTables): ExportOutcome['suppressedRows'] {
  return {
    results: tables.results.filter(({ n }) => n === null).length,
    comparisons: run.comparisons.length - tables.comparisons.length,
    leaderboards: run.leaderboards.length - tables.leaderboards.length,
    alarms: run.alarms.length - tables.alarms.length,
  };
}

/** The whole folder or nothing: it is filled under a hidden name and renamed at the end. */
async function writeFolder(
  directory: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  context: Context,
): Promise<void> {
  await removeAbandoned(dirname(directory));
  const temporary = join(dirname(directory), temporaryName(basename(directory)));
  try {
    await mkdir(temporary, { recursive: true });
    for (const [name, content] of files) await context.files.write(join(temporary, name), content);
    await rename(temporary, directory);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw fileError('cannot write folder', directory, cause);
  }
}
