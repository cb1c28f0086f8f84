/** Tables in CSV text: columns by name, never by position; what is wrong with a row is said with its number. */

import Papa from 'papaparse';
import { quoted } from '../core/data-use.ts';
import type { DataProblem } from '../core/dataset.ts';
import { DataError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';

export interface Table {
  /** What the table is called in errors, usually its path. */
  readonly source: string;
  readonly columns: readonly string[];
  /** Cells as written, in the order of `columns`. Rows with another number of cells are left out. */
  readonly rows: readonly (readonly string[])[];
  /** Number of each row as a spreadsheet shows it: the header is 1. */
  readonly numbers: readonly number[];
  readonly problems: readonly DataProblem[];
}

export interface TableOptions {
  /** Changes the header before rows are checked against it, for releases whose header is broken. */
  readonly header?: (columns: readonly string[]) => readonly string[];
}

const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Parses a table with a header: RFC 4180 quoting, LF or CRLF, a byte-order mark, and the delimiter (comma, semicolon, tab
 * or bar) that the header has most of outside quotes. Blank lines are skipped.
 * @throws DataError for no header, two columns of one name, and quotes that do not close.
 */
export function parseTable(text: string, source: string, options: TableOptions = {}): Table {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const parsed = Papa.parse<string[]>(body, { delimiter: sniffDelimiter(body), skipEmptyLines: false });
  const quoting = parsed.errors.find((error) => error.type === 'Quotes');
  if (quoting)
    throw new DataError(
      `cannot read table, expected closed quotes, got an open one (${source}, row ${(quoting.row ?? 0) + 1})`,
      'write a quote inside a quoted cell twice',
    );
  const first = parsed.data.findIndex((row) => !isBlank(row));
  if (first < 0)
    throw new DataError(`table is empty, expected a header and rows, got no text (${source})`, 'copy the file again');
  const written = parsed.data[first]!.map((name) => name.trim());
  const columns = dropTrailingBlanks(options.header ? options.header(written) : written);
  refuseRepeatedColumns(columns, source);
  return { source, columns, ...checkRows(parsed.data, { first, width: columns.length, source }) };
}

function isBlank(row: readonly string[]): boolean {
  return row.length === 0 || (row.length === 1 && row[0]!.trim() === '');
}

/** The delimiter that the header has most of, outside quotes. */
export function sniffDelimiter(text: string): string {
  const start = text.search(/\S/);
  const header = text
    .slice(Math.max(start, 0))
    .split(/\r?\n/, 1)[0]!
    .replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/** @throws DataError for two columns of one name */
export function refuseRepeatedColumns(columns: readonly string[], source: string): void {
  const repeated = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new DataError(`header is ambiguous, expected distinct columns, got ${quoted(repeated)} twice (${source})`);
}

/** A header that ends in commas names fewer columns than it has; the cells below them are blank too. */
export function dropTrailingBlanks(columns: readonly string[]): readonly string[] {
  return columns.slice(0, columns.findLastIndex((name) => name !== '') + 1);
}

interface RowCheck {
  readonly first: number;
  readonly width: number;
  readonly source: string;
}

function checkRows(data: readonly string[][], { first, width, source }: RowCheck) {
  const rows: string[][] = [];
  const numbers: number[] = [];
  const problems: DataProblem[] = [];
  for (let index = first + 1; index < data.length; index++) {
    const row = data[index]!;
    if (isBlank(row)) continue;
    if (row.length >= width && row.slice(width).every((cell) => cell.trim() === '')) {
      rows.push(row.length === width ? row : row.slice(0, width));
      numbers.push(index + 1);
    } else {
      const problem = `row left out: expected ${width} cells, got ${row.length}`;
      problems.push({ item: `${source}, row ${index + 1}`, problem });
    }
  }
  return { rows, numbers, problems };
}

/** Position of a column. @throws DataError with the nearest name where the table has no such column */
export function columnIndex(table: Table, name: string): number {
  const index = table.columns.indexOf(name);
  if (index >= 0) return index;
  throw new DataError(
    `table lacks a column, expected "${name}", got ${table.columns.length} others (${table.source})`,
    didYouMean(name, table.columns),
  );
}

/** All cells of a column. @throws DataError where the table has no such column */
export function columnOf(table: Table, name: string): readonly string[] {
  const index = columnIndex(table, name);
  return table.rows.map((row) => row[index]!);
}

/** @throws DataError that names the first id that occurs twice, and both rows */
export function refuseRepeatedIds(table: Table, name: string): void {
  const seen = new Map<string, number>();
  columnOf(table, name).forEach((id, index) => {
    const number = table.numbers[index]!;
    const earlier = seen.get(id);
    if (earlier !== undefined)
      throw new DataError(
        `${name} occurs twice, expected distinct ids, got ${quoted(id)} in rows ${earlier} and ${number} (${table.source})`,
        'keep one of the two rows',
      );
    seen.set(id, number);
  });
}
