/** Small cells: what is hidden for itself, and what is hidden because subtraction would tell. */
import { expect, test } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { type HiddenCell, hiddenBy, hiddenCells, type PatientCount } from '../../src/lib/small-cells.ts';

const row = (finding: string | null, n: number, nPositive: number | null, more: Partial<Result> = {}): Result => ({
  model: 'm',
  variant: 'fp32',
  dataset: 'd',
  split: 's:test',
  task: 't',
  corruption: null,
  severity: null,
  seed: 0,
  subgroup: null,
  finding,
  metric: 'auroc',
  value: 0.8,
  ciLow: 0.7,
  ciHigh: 0.9,
  n,
  nPositive,
  nFailed: 0,
  better: 'higher',
  protocol: 'task=t@1',
  ...more,
});
const means = (members: number, of: number, n = 100) => [
  row('macro', n, null, { protocol: `task=t@1;macro=${members}of${of}#0a1b2c3d;split=x` }),
  row('micro', n * members, 60, { protocol: `task=t@1;macro=${members}of${of}#0a1b2c3d;split=x` }),
];
const names = (cells: readonly HiddenCell[]) =>
  cells.map(({ finding, subgroup, why }) => `${subgroup === null ? '' : `${subgroup} `}${finding}: ${why}`).sort();

test('fewer positives, negatives or items than the minimum; exactly the minimum is enough', () => {
  const results = [
    row('a', 100, 11),
    row('b', 100, 10),
    row('c', 100, 89),
    row('d', 100, 90),
    row('e', 100, 0),
    row(null, 10, null),
  ];
  expect(names(hiddenCells(results, [], 11))).toEqual(['b: small', 'd: small', 'e: small', 'null: small']);
  expect(hiddenCells(results, [], 0)).toEqual([]);
});

test('people are counted, not films: thirty positive films of four patients are four', () => {
  const count: PatientCount = {
    dataset: 'd',
    task: 't',
    finding: 'a',
    patients: 80,
    positive: 4,
    negative: 76,
    fewestScored: 80,
  };
  expect(hiddenCells([row('a', 100, 30)], [], 11)).toEqual([]);
  expect(names(hiddenCells([row('a', 100, 30)], [count], 11))).toEqual(['a: small']);
  expect(names(hiddenCells([row('a', 100, 30)], [{ ...count, positive: 20, fewestScored: 9 }], 11))).toEqual([
    'a: small',
  ]);
});

test('rankings have no positives: the queries’ patients count, for both readings', () => {
  const results = [row('image-to-report', 100, null), row('image-to-report (labels)', 100, null)];
  const count = { dataset: 'd', task: 't', finding: 'image-to-report', positive: 0, negative: 0 };
  expect(hiddenCells(results, [{ ...count, patients: 60, fewestScored: 60 }], 11)).toEqual([]);
  expect(hiddenCells(results, [{ ...count, patients: 6, fewestScored: 6 }], 11)).toHaveLength(2);
});

test('one hidden member of a mean takes the next smallest along; two hide each other', () => {
  const shown = [row('a', 100, 40), row('b', 100, 20), row('c', 100, 30)];
  const small = row('s', 100, 6);
  expect(names(hiddenCells([...shown, small, ...means(4, 4)], [], 11))).toEqual(['b: complementary', 's: small']);
  expect(names(hiddenCells([...shown, small, row('s2', 100, 7), ...means(5, 5)], [], 11))).toEqual([
    's2: small',
    's: small',
  ]);
  // The second small one is too rare to be in the mean: it hides nothing.
  const rare = row('r', 100, 2);
  expect(names(hiddenCells([...shown, small, rare, ...means(4, 5)], [], 11))).toEqual([
    'b: complementary',
    'r: small',
    's: small',
  ]);
  // Not in the mean: subtraction tells nothing of it.
  expect(names(hiddenCells([...shown, rare, ...means(3, 4)], [], 11))).toEqual(['r: small']);
});

test('what is hidden can not be worked out: with the means shown, two unknowns are left or none', () => {
  for (let seed = 0; seed < 200; seed++) {
    const count = 1 + (seed % 6);
    const rows = Array.from({ length: count }, (_, i) => row(`f${i}`, 100, 1 + ((seed * 7 + i * 13) % 45)));
    const members = rows.filter(({ nPositive }) => nPositive! >= 5);
    const cells = hiddenCells([...rows, ...means(members.length, count)], [], 11);
    const isHidden = hiddenBy(cells);
    const unknown = members.filter(isHidden).length;
    const meansShown = ['macro', 'micro'].some((finding) => !isHidden({ dataset: 'd', task: 't', finding }));
    if (meansShown) expect(unknown).not.toBe(1);
    for (const { finding, nPositive } of rows)
      if (nPositive! < 11) expect(isHidden({ dataset: 'd', task: 't', finding })).toBe(true);
  }
});

test('a mean of one small finding, or of findings that nobody can name, is hidden with it', () => {
  expect(names(hiddenCells([row('s', 100, 6), ...means(1, 1)], [], 11))).toEqual([
    'macro: complementary',
    'micro: complementary',
    's: small',
  ]);
  const unnamed = row('macro', 100, null, { protocol: 'task=t@1' });
  expect(names(hiddenCells([row('s', 100, 6), row('a', 100, 40), unnamed], [], 11))).toEqual([
    'macro: complementary',
    's: small',
  ]);
});

test('subgroups of a shown whole, and of a hidden one', () => {
  const sex = (subgroup: string, n: number, nPositive: number) => row('a', n, nPositive, { subgroup });
  const whole = row('a', 200, 60);
  const two = [whole, sex('sex=female', 100, 50), sex('sex=male', 100, 10)];
  expect(names(hiddenCells(two, [], 11))).toEqual(['sex=female a: complementary', 'sex=male a: small']);
  const three = [...two, sex('sex=unknown', 50, 20), sex('age=old', 100, 40), sex('age=young', 100, 20)];
  expect(names(hiddenCells(three, [], 11))).toEqual(['sex=male a: small', 'sex=unknown a: complementary']);
  const hiddenWhole = [row('a', 200, 10), sex('sex=female', 190, 20)];
  expect(names(hiddenCells(hiddenWhole, [], 11))).toEqual(['a: small', 'sex=female a: complementary']);
});
