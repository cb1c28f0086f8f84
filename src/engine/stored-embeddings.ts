/** Embeddings made elsewhere: a .npy matrix with the ids of its rows in a file beside it. */
import { basename, dirname, join } from 'node:path';
import type { Files } from '../core/context.ts';
import { DataError } from '../core/errors.ts';
import { parseTable } from '../lib/csv.ts';
import { decodeNpy } from '../lib/tensor/npy.ts';

export interface EmbeddingRows {
  readonly source: string;
  readonly dimension: number;
  readonly ids: readonly string[];
  /** [ids, dimension], not normalised. */
  readonly data: Float32Array;
  /** Ids whose row is zero or not finite, with the reason. */
  readonly failures: ReadonlyMap<string, string>;
}

function jsonStrings(text: string, path: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const list = Array.isArray(value)
    ? value
    : typeof value === 'object' && value !== null && 'ids' in value
      ? value.ids
      : value;
  if (Array.isArray(list) && list.every((id) => typeof id === 'string' || typeof id === 'number'))
    return list.map(String);
  throw new DataError(`ids: expected a JSON list of strings, got something else (${path})`);
}

function textLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Cells below the header, of the column `id` or `text`, else of the first. */
function tableIds(text: string, path: string): string[] {
  const table = parseTable(text, path);
  const column = table.columns.findIndex((name) => ['id', 'text'].includes(name.toLowerCase()));
  return table.rows.map((row) => row[Math.max(0, column)]!);
}

async function readIds(path: string, files: Files): Promise<string[]> {
  const text = await files.readText(path);
  if (path.endsWith('.json')) return jsonStrings(text, path);
  return path.endsWith('.csv') ? tableIds(text, path) : textLines(text);
}

async function findSidecar(path: string, stems: readonly string[], files: Files): Promise<string> {
  const names = stems.flatMap((stem) => ['json', 'txt', 'csv'].map((extension) => `${stem}.${extension}`));
  for (const name of names) if (await files.exists(join(dirname(path), name))) return join(dirname(path), name);
  throw new DataError(
    `embeddings: expected ids beside the file, got none of ${names.join(', ')} (${path})`,
    'write one id per row of the matrix, in its order',
  );
}

function rowFailures(ids: readonly string[], data: Float32Array, dimension: number): ReadonlyMap<string, string> {
  const failures = new Map<string, string>();
  ids.forEach((id, row) => {
    const values = data.subarray(row * dimension, (row + 1) * dimension);
    if (!values.every((value) => Number.isFinite(value))) failures.set(id, 'embedding is not finite');
    else if (values.every((value) => value === 0)) failures.set(id, 'embedding is zero');
  });
  return failures;
}

/** @param reveal false where ids are texts, which no error may quote */
function checkIds(
  ids: readonly string[],
  rows: number,
  { sidecar, reveal }: { sidecar: string; reveal: boolean },
): void {
  if (ids.length !== rows) {
    throw new DataError(`embeddings: expected ${rows} ids, one per row, got ${ids.length} (${sidecar})`);
  }
  const seen = new Map<string, number>();
  ids.forEach((id, row) => {
    const earlier = seen.get(id);
    if (earlier !== undefined) {
      const what = reveal ? `"${id}"` : 'one';
      throw new DataError(
        `embeddings: expected each id once, got ${what} in rows ${earlier + 1} and ${row + 1} (${sidecar})`,
      );
    }
    seen.set(id, row);
  });
}

function decode(bytes: Uint8Array, path: string) {
  try {
    return decodeNpy(bytes);
  } catch (cause) {
    if (cause instanceof DataError) throw new DataError(`${cause.message} (${path})`, cause.hint);
    throw cause;
  }
}

/** What the rows are: ids of images, or texts, which no error may quote. */
export type RowKind = 'images' | 'texts';

/**
 * `NAME.npy` [rows, dimension] with `NAME.ids` or `NAME` as .json (a list), .txt (a line each) or .csv (a header, then a
 * row each); for images also plain `ids`.
 * @throws DataError
 */
export async function readEmbeddingRows(path: string, kind: RowKind, files: Files): Promise<EmbeddingRows> {
  const { shape, data } = decode(await files.read(path), path);
  if (shape.length !== 2 || shape[0] === 0 || shape[1] === 0) {
    throw new DataError(`embeddings: expected a matrix [rows, dimension], got shape [${shape}] (${path})`);
  }
  const stem = basename(path).replace(/\.npy$/i, '');
  const stems = kind === 'images' ? [`${stem}.ids`, stem, 'ids'] : [`${stem}.ids`, stem];
  const sidecar = await findSidecar(path, stems, files);
  const ids = await readIds(sidecar, files);
  const [rows, dimension] = shape as [number, number];
  checkIds(ids, rows, { sidecar, reveal: kind === 'images' });
  return { source: path, dimension, ids, data, failures: rowFailures(ids, data, dimension) };
}
