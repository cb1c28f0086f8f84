/** Rows of large tables one at a time: nothing is kept but what the visitor keeps. Same format as `parseTable` of csv.ts. */
import { named } from '../core/data-use.ts';
import type { DataProblem } from '../core/dataset.ts';
import { DataError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { dropTrailingBlanks, refuseRepeatedColumns, sniffDelimiter } from './csv.ts';

/** @param cells trimmed, one for each column asked for; the array is used again for the next row; @param number as a spreadsheet counts */
export type RowVisitor = (cells: readonly string[], number: number) => void;

export interface WantedColumns {
  /** What the table is called in errors, usually its path. */
  readonly source: string;
  readonly required: readonly string[];
  /** An empty cell where the table has no such column. */
  readonly optional?: readonly string[];
}

export interface VisitedTable {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly problems: readonly DataProblem[];
}

/**
 * Reads a table with a header: comma, semicolon, tab or bar, RFC 4180 quoting, LF, CRLF or CR, a byte-order mark, blank lines.
 * Calls `visit` with the cells of `required` and `optional`, in that order. Rows with another number of cells are left out and
 * named. Cells are slices of `text`, which stays in memory as long as one of them does.
 * @throws DataError for no header, a missing or repeated column, a quote that does not close
 */
export function visitRows(text: string, wanted: WantedColumns, visit: RowVisitor): VisitedTable {
  const { source, required, optional = [] } = wanted;
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const records = recordReader(body, sniffDelimiter(body), source);
  const header = nextFilled(records);
  if (header === undefined)
    throw new DataError(`table is empty, expected a header and rows, got no text (${source})`, 'copy the file again');
  const columns = dropTrailingBlanks(header.map((name) => name.trim()));
  refuseRepeatedColumns(columns, source);
  const at = [
    ...required.map((name) => requiredColumn(columns, name, source)),
    ...optional.map((n) => columns.indexOf(n)),
  ];
  const cells = new Array<string>(at.length).fill('');
  const problems: DataProblem[] = [];
  let rows = 0;
  for (let record = nextFilled(records); record !== undefined; record = nextFilled(records)) {
    const problem = widthProblem(record, columns.length);
    if (problem !== undefined) {
      problems.push({ item: `${source}, row ${records.number}`, problem });
      continue;
    }
    for (let i = 0; i < at.length; i++) cells[i] = at[i]! < 0 ? '' : record[at[i]!]!.trim();
    visit(cells, records.number);
    rows++;
  }
  return { columns, rows, problems };
}

function requiredColumn(columns: readonly string[], name: string, source: string): number {
  const index = columns.indexOf(name);
  if (index >= 0) return index;
  throw new DataError(
    `table lacks a column, expected "${name}", got ${columns.length} others (${source})`,
    didYouMean(name, columns.map(named)),
  );
}

/** A header that ends in commas names fewer columns than the rows have cells; the cells beyond must be blank. */
function widthProblem(record: readonly string[], width: number): string | undefined {
  let isBlankBeyond = true;
  for (let i = width; i < record.length; i++) if (record[i]!.trim() !== '') isBlankBeyond = false;
  return record.length >= width && isBlankBeyond
    ? undefined
    : `row left out: expected ${width} cells, got ${record.length}`;
}

interface RecordReader {
  /** Of the record read last, as a spreadsheet counts; the first line is 1. */
  readonly number: number;
  /** The next record, blank ones too; undefined at the end. The array is used again. */
  next(): readonly string[] | undefined;
}

function nextFilled(records: RecordReader): readonly string[] | undefined {
  let record = records.next();
  while (record !== undefined && record.length === 1 && record[0]!.trim() === '') record = records.next();
  return record;
}

function recordReader(text: string, delimiter: string, source: string): RecordReader {
  const cells: string[] = [];
  const newline = newlineOf(text);
  let position = 0;
  let number = 0;
  let quote = text.indexOf('"');
  const plain = () => {
    const found = text.indexOf(newline, position);
    const end = found < 0 ? text.length : found;
    if (quote >= 0 && quote < position) quote = text.indexOf('"', position);
    if (quote >= 0 && quote < end) return false;
    splitPlain(text.slice(position, end), delimiter, cells);
    position = end + 1;
    return true;
  };
  return {
    get number() {
      return number;
    },
    next() {
      if (position >= text.length) return undefined;
      cells.length = 0;
      number++;
      if (!plain())
        position = splitQuoted(text, { start: position, delimiter, newline, place: `${source}, row ${number}` }, cells);
      return cells;
    },
  };
}

/** A carriage return before a line feed is trimmed with its cell, so that files of mixed line ends are read too. */
function newlineOf(text: string): string {
  return text.includes('\n') ? '\n' : '\r';
}

function splitPlain(line: string, delimiter: string, cells: string[]): void {
  let from = 0;
  for (let at = line.indexOf(delimiter); at >= 0; at = line.indexOf(delimiter, from)) {
    cells.push(line.slice(from, at));
    from = at + 1;
  }
  cells.push(line.slice(from));
}

interface QuotedStart {
  readonly start: number;
  readonly delimiter: string;
  readonly newline: string;
  readonly place: string;
}

/** @returns where the next record starts */
function splitQuoted(text: string, { start, delimiter, newline, place }: QuotedStart, cells: string[]): number {
  let position = start;
  for (;;) {
    let cell: string;
    if (text[position] === '"') [cell, position] = quotedCell(text, position, place);
    else {
      const end = cellEnd(text, position, delimiter, newline);
      [cell, position] = [text.slice(position, end), end];
    }
    const end = cellEnd(text, position, delimiter, newline); // what follows a closed quote, usually nothing
    cells.push(cell + text.slice(position, end));
    if (end >= text.length) return text.length;
    if (text[end] !== delimiter) return end + 1;
    position = end + 1;
  }
}

/** The text between quotes, pairs of quotes as one, and the position after the closing quote. */
function quotedCell(text: string, start: number, place: string): [string, number] {
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0)
      throw new DataError(
        `cannot read table, expected closed quotes, got an open one (${place})`,
        'write a quote inside a quoted cell twice, or download the file again',
      );
    if (text[end + 1] !== '"') return [text.slice(start + 1, end).replaceAll('""', '"'), end + 1];
    end += 2;
  }
}

function cellEnd(text: string, start: number, delimiter: string, newline: string): number {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== newline) end++;
  return end;
}
