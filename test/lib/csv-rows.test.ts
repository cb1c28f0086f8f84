/** Rows visited one at a time agree with the table parser, and with what is wrong with tables. */
import { expect, test } from 'vitest';
import { rng } from '../../src/core/rng.ts';
import { parseTable } from '../../src/lib/csv.ts';
import { visitRows } from '../../src/lib/csv-rows.ts';

function rowsOf(text: string, required: readonly string[], optional: readonly string[] = []) {
  const rows: (readonly [number, ...string[]])[] = [];
  const visited = visitRows(text, { source: 't.csv', required, optional }, (cells, number) =>
    rows.push([number, ...cells]),
  );
  return { ...visited, rows };
}

test('columns by name, in the order asked for, optional ones blank where they are not there', () => {
  const { rows, columns } = rowsOf('a,b,c\n1, 2 ,3\n\n4,5,6', ['c', 'a'], ['d']);
  expect(columns).toEqual(['a', 'b', 'c']);
  expect(rows).toEqual([
    [2, '3', '1', ''],
    [4, '6', '4', ''],
  ]);
});

test('quotes, quoted delimiters and line ends, pairs of quotes, text after a quote', () => {
  const { rows } = rowsOf('a;b\r\n"x;""y""\r\nz";2\r\n"p"q;3\r\n', ['a', 'b']);
  expect(rows).toEqual([
    [2, 'x;"y"\r\nz', '2'],
    [3, 'pq', '3'],
  ]);
});

test('rows of another width are named and left out; blank cells beyond the header are none', () => {
  const { rows, problems } = rowsOf('\uFEFFa,b,,\n1,2,,\n1\n1,2,3,4\n', ['b']);
  expect(rows).toEqual([[2, '2']]);
  expect(problems.map(({ item, problem }) => `${item}: ${problem}`)).toEqual([
    't.csv, row 3: row left out: expected 2 cells, got 1',
    't.csv, row 4: row left out: expected 2 cells, got 4',
  ]);
});

test('no header, a missing column with the nearest name, two of one name, an open quote', () => {
  expect(() => rowsOf(' \n', ['a'])).toThrow('table is empty');
  expect(() => rowsOf('study_ids,b\n', ['study_id'])).toThrow('expected "study_id"');
  expect(() => rowsOf('a,a\n', ['a'])).toThrow('twice');
  expect(() => rowsOf('a,b\n1,"2\n', ['a'])).toThrow('open one (t.csv, row 2)');
});

test('one column, carriage returns alone, mixed line ends', () => {
  expect(rowsOf('a\n1\n2\n', ['a']).rows).toEqual([
    [2, '1'],
    [3, '2'],
  ]);
  expect(rowsOf('a,b\r1,2\r3,4', ['b']).rows).toEqual([
    [2, '2'],
    [3, '4'],
  ]);
  expect(rowsOf('a,b\r\n1,2\n"3",4\r\n', ['a']).rows).toEqual([
    [2, '1'],
    [3, '3'],
  ]);
});

test('random tables: the same rows, numbers and problems as the parser that holds them all', () => {
  const cells = ['', '7', 'two words', '"quo,ted"', '"a ""pair"""', '"line\nend"', '" "'];
  for (let seed = 0; seed < 300; seed++) {
    const random = rng(seed, 'tables');
    const line = () => {
      const width = random.next() < 0.1 ? 2 : 3;
      return Array.from({ length: width }, () => cells[random.integer(cells.length)]!).join(',');
    };
    const text = ['a,b,c', ...Array.from({ length: 6 }, () => (random.next() < 0.1 ? '' : line()))].join('\n');
    const whole = parseTable(text, 't.csv');
    const { rows, problems } = rowsOf(text, ['a', 'b', 'c']);
    const trimmed = whole.rows.map((row, index) => [whole.numbers[index]!, ...row.map((cell) => cell.trim())]);
    expect(rows).toEqual(trimmed);
    expect(problems).toEqual(whole.problems);
  }
});
