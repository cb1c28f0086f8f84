/** Scores from a table: wide (one column per finding) or long (id, finding, score), columns found by name. */
import { named, quoted } from '../core/data-use.ts';
import { DataError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { StoredTable } from './stored-table.ts';

export interface UnknownName {
  readonly name: string;
  readonly nearest: string | undefined;
}

/** Scores as the file has them, before its ids are matched. */
export interface StoredScores {
  readonly kind: 'scores';
  readonly source: string;
  readonly layout: 'wide' | 'long';
  readonly idColumn: string;
  readonly ids: readonly string[];
  /** Findings of the dataset that the file has, in the dataset's order. */
  readonly columns: readonly string[];
  /** [ids, columns]; NaN where the file has no number. */
  readonly values: Float64Array;
  /** Columns (wide) or findings (long) that are none of the dataset's: not judged. */
  readonly unknown: readonly UnknownName[];
}

export interface ScoreColumns {
  /** Names that the dataset judges. */
  readonly findings: readonly string[];
  /** Column that holds the ids; found by its name where it is missing. */
  readonly idColumn?: string | undefined;
}

/** Names differ in case, spaces, hyphens and underscores only. */
const normal = (name: string) =>
  name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();

const ID_NAMES = ['id', 'item', 'item id', 'image', 'image id', 'image index', 'dicom id', 'study', 'study id', 'uid'];
const PATH_NAMES = ['path', 'image path', 'file', 'file name', 'filename'];
/** pandas writes its index under these names. */
const INDEX_NAMES = ['', 'unnamed: 0', 'index level 0'];
const FINDING_NAMES = ['finding', 'label', 'class', 'disease', 'pathology', 'observation', 'condition'];
const SCORE_NAMES = ['score', 'probability', 'prob', 'prediction', 'pred', 'logit', 'value'];
const MISSING = new Set(['', 'nan', 'na', 'n/a', 'none', 'null', '<na>']);

function firstNamed(columns: readonly string[], names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = columns.find((column) => normal(column) === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findIdColumn({ columns, source }: StoredTable, wanted: string | undefined): string {
  if (wanted !== undefined && columns.includes(wanted)) return wanted;
  const found = wanted === undefined ? firstNamed(columns, [...ID_NAMES, ...PATH_NAMES, ...INDEX_NAMES]) : undefined;
  if (found !== undefined) return found;
  const expected = wanted === undefined ? 'one named id, image, study or path' : `"${wanted}"`;
  const listed = columns.slice(0, 8).map(quoted);
  throw new DataError(
    `predictions: id column, expected ${expected}, got ${listed.join(', ')}${columns.length > 8 ? ' …' : ''} (${source})`,
    'name the column that holds the ids',
  );
}

/** Id of each row. @throws DataError for a row without one */
function idsOf(table: StoredTable, column: string): string[] {
  return table.rows.map((row, index) => {
    const value = row[column];
    const id = typeof value === 'string' ? value.trim() : value === null || value === undefined ? '' : String(value);
    if (id === '')
      throw new DataError(`predictions: expected an id, got none (${table.source}, row ${table.numbers[index]})`);
    return id;
  });
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** A score, NaN for an empty cell, undefined for anything else. */
function parseScore(cell: unknown): number | undefined {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint' || typeof cell === 'boolean') return Number(cell);
  if (typeof cell !== 'string') return undefined;
  const text = cell.trim();
  if (MISSING.has(text.toLowerCase())) return Number.NaN;
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return NUMBER.test(text) ? Number(text) : undefined;
}

function scoreAt(table: StoredTable, row: number, column: string): number {
  const cell = table.rows[row]![column];
  const score = parseScore(cell);
  if (score !== undefined) return score;
  const comma = typeof cell === 'string' && /^\s*-?\d+,\d+\s*$/.test(cell);
  throw new DataError(
    `predictions: score, expected a number, got something else (${table.source}, row ${table.numbers[row]}, column "${column}")`,
    comma ? 'write decimals with a point' : 'leave the cell empty where the model gave no score',
  );
}

/** Dataset name of each of the file's names. @throws DataError where two of the file's names mean one finding, or none does */
function matchNames(names: readonly string[], findings: readonly string[], source: string) {
  const known = new Map(findings.map((finding) => [normal(finding), finding]));
  const nameOf = new Map<string, string>();
  const unknown: UnknownName[] = [];
  for (const name of names) {
    const finding = known.get(normal(name));
    if (finding === undefined) unknown.push({ name: named(name), nearest: nearest(name, findings) });
    else if (nameOf.has(finding)) {
      throw new DataError(
        `predictions: expected one "${finding}", got ${quoted(nameOf.get(finding)!)} and ${quoted(name)} (${source})`,
      );
    } else nameOf.set(finding, name);
  }
  const columns = findings.filter((finding) => nameOf.has(finding));
  if (columns.length > 0) return { nameOf, columns, unknown };
  const got = names.slice(0, 5).map(quoted);
  throw new DataError(
    `predictions: expected a score for a finding of the dataset, got ${got.join(', ') || 'no columns'} (${source})`,
    `the dataset judges: ${findings.join(', ')}`,
  );
}

function readWide(table: StoredTable, idColumn: string, findings: readonly string[]): StoredScores {
  const named = table.columns.filter((name) => name !== idColumn);
  const { nameOf, columns, unknown } = matchNames(named, findings, table.source);
  const ids = idsOf(table, idColumn);
  const rowOf = new Map<string, number>();
  ids.forEach((id, row) => {
    const earlier = rowOf.get(id);
    if (earlier !== undefined) refuseDuplicate(table, quoted(id), [earlier, row]);
    rowOf.set(id, row);
  });
  const values = new Float64Array(ids.length * columns.length);
  ids.forEach((_, row) => {
    for (const [c, column] of columns.entries()) {
      values[row * columns.length + c] = scoreAt(table, row, nameOf.get(column)!);
    }
  });
  return { kind: 'scores', source: table.source, layout: 'wide', idColumn, ids, columns, values, unknown };
}

function refuseDuplicate(table: StoredTable, what: string, [first, second]: readonly [number, number]): never {
  const rows = `rows ${table.numbers[first]} and ${table.numbers[second]}`;
  throw new DataError(
    `predictions: expected each id once, got ${what} twice (${table.source}, ${rows})`,
    'keep one of them',
  );
}

interface LongColumns {
  readonly id: string;
  readonly finding: string;
  readonly score: string;
}

function readLong(table: StoredTable, names: LongColumns, findings: readonly string[]): StoredScores {
  const labels = table.rows.map((row) => String(row[names.finding] ?? '').trim());
  const { nameOf, columns, unknown } = matchNames([...new Set(labels)], findings, table.source);
  const columnOf = new Map(columns.map((finding, c) => [nameOf.get(finding)!, c]));
  const rowIds = idsOf(table, names.id);
  const ids = [...new Set(rowIds)];
  const position = new Map(ids.map((id, i) => [id, i]));
  const values = new Float64Array(ids.length * columns.length).fill(Number.NaN);
  const seen = new Int32Array(values.length).fill(-1);
  labels.forEach((label, row) => {
    const column = columnOf.get(label);
    if (column === undefined) return;
    const at = position.get(rowIds[row]!)! * columns.length + column;
    if (seen[at]! >= 0) refuseDuplicate(table, `${quoted(rowIds[row]!)} with ${quoted(label)}`, [seen[at]!, row]);
    seen[at] = row;
    values[at] = scoreAt(table, row, names.score);
  });
  return { kind: 'scores', source: table.source, layout: 'long', idColumn: names.id, ids, columns, values, unknown };
}

/**
 * Long where the table has a column of findings and one of scores, else wide. Names match without regard to case, spaces,
 * hyphens and underscores.
 * @throws DataError for an id that is missing or occurs twice, a score that is no number, and where no finding is known
 */
export function scoresOfTable(table: StoredTable, { findings, idColumn }: ScoreColumns): StoredScores {
  const id = findIdColumn(table, idColumn);
  const finding = firstNamed(table.columns, FINDING_NAMES);
  const score = firstNamed(table.columns, SCORE_NAMES);
  if (finding !== undefined && score !== undefined) return readLong(table, { id, finding, score }, findings);
  return readWide(table, id, findings);
}
