/** Ids of a file of predictions against the items of a dataset: strict, and what does not match is listed. */
import { named, quoted } from '../core/data-use.ts';
import { DataError } from '../core/errors.ts';
import type { ScoreMatrix } from '../core/task.ts';
import type { StoredScores } from './stored-scores.ts';

export interface IdMatch {
  /** Item → row of the file; items without one are missing. */
  readonly rowOf: ReadonlyMap<string, number>;
  readonly matched: number;
  /** Ids of the file that match no item, or fit several. */
  readonly unknown: readonly string[];
  /** Of these, the ids that fit several items. */
  readonly ambiguous: readonly string[];
  /** Items that no id of the file matches. */
  readonly missing: readonly string[];
}

const EXTENSION = /\.(png|jpe?g|dcm|dicom|tiff?|npy)(\.gz)?$/i;

/** `\` as `/`, no `./` in front, no extension of an image. */
function normalPath(id: string): string {
  return id
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .replace(EXTENSION, '')
    .replace(EXTENSION, '');
}

/** `a/b/c` → `b/c`, `c`. */
function tails(path: string): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    found.push(path.slice(slash + 1));
  return found.filter((tail) => tail !== '');
}

const AMBIGUOUS = -2;

/** Key → index of the one item that has it, or AMBIGUOUS. */
function indexKeys(items: readonly string[], keysOf: (item: string) => readonly string[]): Map<string, number> {
  const index = new Map<string, number>();
  items.forEach((item, i) => {
    for (const key of new Set(keysOf(item))) index.set(key, index.has(key) ? AMBIGUOUS : i);
  });
  return index;
}

/**
 * An id matches an item that is the same; else the one item that is the same path without its image extension; else the one
 * whose whole path is the end of the id's (`/data/images/a.png` for `a`), or ends in the whole id (`a.png` for `p1/s1/a`).
 * An id that fits several items matches none.
 * @throws DataError where two ids of the file match one item, and where none matches
 */
export function matchIds(ids: readonly string[], items: readonly string[], source = 'predictions'): IdMatch {
  const exact = indexKeys(items, (item) => [item]);
  const whole = indexKeys(items, (item) => [normalPath(item)]);
  const ends = indexKeys(items, (item) => tails(normalPath(item)));
  const find = (id: string): number => {
    const path = normalPath(id);
    const longer = () =>
      tails(path)
        .map((tail) => whole.get(tail))
        .find((item) => item !== undefined);
    return exact.get(id) ?? whole.get(path) ?? longer() ?? ends.get(path) ?? -1;
  };
  const found = ids.map(find);
  const rowOf = new Map<string, number>();
  found.forEach((index, row) => {
    if (index < 0) return;
    const item = items[index]!;
    const earlier = rowOf.get(item);
    if (earlier !== undefined) {
      const got = `${quoted(ids[earlier]!)} and ${quoted(ids[row]!)}`;
      throw new DataError(`ids: expected one row for item "${item}", got ${got} (${source})`, 'keep one of them');
    }
    rowOf.set(item, row);
  });
  if (rowOf.size === 0) refuse(ids, items, source);
  return {
    rowOf,
    matched: rowOf.size,
    unknown: ids.filter((_, row) => found[row]! < 0).map(named),
    ambiguous: ids.filter((_, row) => found[row] === AMBIGUOUS).map(named),
    missing: items.filter((item) => !rowOf.has(item)),
  };
}

function refuse(ids: readonly string[], items: readonly string[], source: string): never {
  const like = (names: readonly string[]) => (names.length > 0 ? `ids like ${quoted(names[0]!)}` : 'no ids');
  throw new DataError(
    `ids: expected ${like(items)}, got ${like(ids)}: none matches (${source})`,
    'use the ids of the dataset',
  );
}

const SHOWN = 5;

function few(names: readonly string[]): string {
  return names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? `, … (${names.length} in all)` : '');
}

/** Scores by item, in the order of the items; an item without a score is a failure with its reason. */
export function scoreMatrix(stored: StoredScores, rowOf: IdMatch['rowOf'], items: readonly string[]): ScoreMatrix {
  const { columns } = stored;
  const width = columns.length;
  const values = new Float64Array(items.length * width).fill(Number.NaN);
  const failures = new Map<string, string>();
  items.forEach((item, index) => {
    const row = rowOf.get(item);
    if (row === undefined) {
      failures.set(item, 'not in the predictions file');
      return;
    }
    const scores = stored.values.subarray(row * width, (row + 1) * width);
    values.set(scores, index * width);
    const missing = columns.filter((_, column) => Number.isNaN(scores[column]!));
    if (missing.length > 0) failures.set(item, `no score for ${few(missing)}`);
  });
  return { kind: 'scores', columns, items, values, failures };
}
