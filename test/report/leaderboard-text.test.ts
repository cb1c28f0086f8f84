/** Leaderboards for a terminal. */
import { expect, test } from 'vitest';
import type { Leaderboard } from '../../src/core/report-data.ts';
import { leaderboardText, TERMINAL_WIDTH } from '../../src/report/leaderboard-text.ts';

const entry = (model: string, value: number | null, rank: number | null) => ({
  model,
  variant: 'fp32',
  value,
  ciLow: value === null ? null : value - 0.05,
  ciHigh: value === null ? null : value + 0.05,
  rank,
  baseline: rank === null,
});

const board: Leaderboard = {
  dataset: 'iu-xray',
  task: 'zero-shot',
  metric: 'auroc',
  finding: 'macro',
  better: 'higher',
  entries: [
    entry('a', 0.8, 1),
    entry('b', 0.78, 1),
    entry('c', 0.6, 3),
    entry('chance', 0.5, null),
    entry('x', null, 5),
  ],
};

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

test('a title, then one aligned line per entry, with brackets around ties', () => {
  const [title, ...rows] = lines(leaderboardText([board]));
  expect(title).toBe('iu-xray · Zero-shot findings · macro AUROC, higher is better');
  expect(rows[0]).toMatch(/^╭ {2}1 {2}a +0\.800 {2}0\.750–0\.850 {2} *├─*●─*┤$/);
  expect(rows[1]).toMatch(/^╰ {2}1 {2}b +0\.780/);
  expect(rows[2]).toMatch(/^ {3}3 {2}c +0\.600/);
  expect(rows[3]).toMatch(/^ {3}– {2}chance +0\.500/);
  expect(rows[4]).toMatch(/^ {3}5 {2}x +n\/a$/);
  expect(new Set(rows.slice(0, 4).map((row) => row.search(/\d\.\d{3} {2}/))).size).toBe(1);
});

test('no line is wider than the terminal, and names cannot move the cursor', () => {
  const wide = {
    ...board,
    dataset: 'd'.repeat(200),
    entries: [entry('名'.repeat(80), 0.5, 1), entry('\u001b[2Jx', 0.4, 2)],
  };
  const text = leaderboardText([wide, board]);
  for (const line of lines(text)) expect([...line].length).toBeLessThanOrEqual(TERMINAL_WIDTH);
  expect(text).not.toContain('\u001b');
});

test('the variant is told where a model stands there twice', () => {
  const twice = { ...board, entries: [entry('a', 0.8, 1), { ...entry('a', 0.7, 2), variant: 'int8' }] };
  expect(leaderboardText([twice])).toContain('a · int8');
  expect(leaderboardText([board])).not.toContain('fp32');
});

test('a board without any value is said to be undefined', () => {
  expect(leaderboardText([{ ...board, entries: [entry('a', null, null)] }])).toContain('undefined here');
});

test('equal values on a degenerate axis, one entry, no leaderboard', () => {
  const point = { ...entry('a', 0.5, 1), ciLow: 0.5, ciHigh: 0.5 };
  expect(leaderboardText([{ ...board, entries: [point] }])).toContain('●');
  expect(leaderboardText([])).toBe('');
});
