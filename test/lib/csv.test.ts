/** Tables in CSV text, and what can be wrong with them. */
import { expect, test } from 'vitest';
import { DataError, type MedvlmError } from '../../src/core/errors.ts';
import { columnOf, parseTable, refuseRepeatedIds } from '../../src/lib/csv.ts';

const errorOf = (action: () => unknown): MedvlmError => {
  try {
    action();
  } catch (cause) {
    expect(cause).toBeInstanceOf(DataError);
    return cause as MedvlmError;
  }
  throw new Error('nothing was thrown');
};

test('byte-order mark, CRLF, blank lines, quoted delimiters, quotes and line breaks', () => {
  const table = parseTable('\uFEFFid, text \r\n\r\n1,"a, ""b""\r\nc"\r\n2,\r\n', 'x.csv');
  expect(table.columns).toEqual(['id', 'text']);
  expect(table.rows).toEqual([
    ['1', 'a, "b"\r\nc'],
    ['2', ''],
  ]);
  expect(table.numbers).toEqual([3, 4]);
  expect(table.problems).toEqual([]);
});

test.each([';', '\t', '|', ','])('delimiter %j is recognised by the header', (delimiter) => {
  const table = parseTable(`id${delimiter}"a,b;c"${delimiter}z\n1${delimiter}2${delimiter}3`, 'x.csv');
  expect(table.columns).toEqual(['id', 'a,b;c', 'z']);
  expect(table.rows).toEqual([['1', '2', '3']]);
});

test('one column is a table too', () => {
  expect(columnOf(parseTable('id\na\nb\n', 'x.csv'), 'id')).toEqual(['a', 'b']);
});

test('a row of another length is left out and counted; blank cells at the end are no fault', () => {
  const table = parseTable('a,b,\n1,2,\n1\n1,2,3\n3,4\n', 'x.csv');
  expect(table.rows).toEqual([
    ['1', '2'],
    ['3', '4'],
  ]);
  expect(table.problems.map(({ item }) => item)).toEqual(['x.csv, row 3', 'x.csv, row 4']);
});

test('a missing column names the nearest', () => {
  const error = errorOf(() => columnOf(parseTable('Image Index,Labels\n', 'x.csv'), 'Image_Index'));
  expect(error.message).toBe('table lacks a column, expected "Image_Index", got 2 others (x.csv)');
  expect(error.hint).toBe('did you mean "Image Index"?');
});

test('a repeated id is named with both rows', () => {
  const table = parseTable('id\na\nb\na\n', 'x.csv');
  expect(errorOf(() => refuseRepeatedIds(table, 'id')).message).toContain('"a" in rows 2 and 4 (x.csv)');
});

test('no text, repeated columns and open quotes are refused', () => {
  expect(errorOf(() => parseTable('\r\n \n', 'x.csv')).message).toContain('table is empty');
  expect(errorOf(() => parseTable('a,b,a\n', 'x.csv')).message).toContain('"a" twice');
  expect(errorOf(() => parseTable('a,b\n1,"open\n2,3\n', 'x.csv')).message).toContain('closed quotes');
});
