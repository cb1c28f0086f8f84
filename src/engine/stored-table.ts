/** Tables of predictions made elsewhere, CSV, JSON lines or Parquet, as rows of named cells. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import type { Files } from '../core/context.ts';
import { DataError } from '../core/errors.ts';
import { parseTable } from '../lib/csv.ts';

export interface StoredTable {
  readonly source: string;
  readonly columns: readonly string[];
  /** Cells by column; a cell may be missing. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Number of each row as an editor shows it (a Parquet file counts from 1). */
  readonly numbers: readonly number[];
}

function readCsv(text: string, source: string): StoredTable {
  const table = parseTable(text, source);
  const [problem] = table.problems;
  if (problem) {
    const hint = 'quote cells that hold a delimiter; a trailing partial row means a truncated file';
    throw new DataError(`predictions: ${problem.problem} (${problem.item})`, hint);
  }
  const rows = table.rows.map((cells) => Object.fromEntries(table.columns.map((name, i) => [name, cells[i]])));
  return { source, columns: table.columns, rows, numbers: table.numbers };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `{"id": …, "scores": {"Edema": 0.1}}` and `{"id": …, "Edema": 0.1}` are the same row. */
function flattenScores(row: Record<string, unknown>): Record<string, unknown> {
  const { scores, ...rest } = row;
  return isObject(scores) ? { ...rest, ...scores } : row;
}

function tableOfObjects(objects: readonly Record<string, unknown>[], numbers: readonly number[], source: string) {
  const columns = new Set(objects.flatMap((row) => Object.keys(row)));
  return { source, columns: [...columns], rows: objects, numbers };
}

function readJsonLines(text: string, source: string): StoredTable {
  const objects: Record<string, unknown>[] = [];
  const numbers: number[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      row = undefined;
    }
    if (!isObject(row)) {
      throw new DataError(
        `predictions: expected one JSON object per line, got something else (${source}, line ${index + 1})`,
        'write {"id": …, "Edema": 0.1} on each line',
      );
    }
    objects.push(flattenScores(row));
    numbers.push(index + 1);
  }
  return tableOfObjects(objects, numbers, source);
}

const copied = (bytes: Uint8Array) => new Uint8Array(bytes);
const COMPRESSORS = {
  GZIP: (bytes: Uint8Array) => copied(gunzipSync(bytes)),
  BROTLI: (bytes: Uint8Array) => copied(brotliDecompressSync(bytes)),
};

async function readParquet(bytes: Uint8Array, source: string): Promise<StoredTable> {
  try {
    const file = copied(bytes).buffer;
    const objects = await parquetReadObjects({ file, compressors: COMPRESSORS });
    return tableOfObjects(
      objects.map(flattenScores),
      Array.from(objects, (_, index) => index + 1),
      source,
    );
  } catch (cause) {
    const got = cause instanceof Error ? cause.message.split('\n')[0] : 'an error';
    const hint = 'write it with Snappy or gzip compression, as pandas does unless told otherwise';
    throw new DataError(`predictions: cannot read Parquet, got: ${got} (${source})`, hint);
  }
}

/** What a file name ends in, without `.gz`. */
export function formatOf(path: string): string {
  const parts = path.toLowerCase().replace(/\.gz$/, '').split('.');
  return parts.length > 1 ? parts.at(-1)! : '';
}

/** Reads a table by its extension: csv, tsv, txt, jsonl, ndjson or parquet; text may be gzipped. @throws DataError */
export async function readStoredTable(path: string, files: Files): Promise<StoredTable> {
  const format = formatOf(path);
  let table: StoredTable;
  if (['csv', 'tsv', 'txt'].includes(format)) table = readCsv(await files.readText(path), path);
  else if (['jsonl', 'ndjson'].includes(format)) table = readJsonLines(await files.readText(path), path);
  else if (['parquet', 'pq'].includes(format)) table = await readParquet(await files.read(path), path);
  else {
    const expected = 'expected .csv, .tsv, .jsonl, .parquet or .npy';
    throw new DataError(
      `predictions: kind of file, ${expected}, got "${format}" (${path})`,
      'rename or convert the file',
    );
  }
  if (table.rows.length === 0)
    throw new DataError(`predictions: expected rows, got none (${path})`, 'copy the file again');
  return table;
}
