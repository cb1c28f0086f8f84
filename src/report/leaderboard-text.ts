/** Leaderboards for a terminal: aligned columns, intervals as numbers and as a strip, tie groups; at most 100 columns wide. */
import type { Leaderboard, LeaderboardEntry } from '../core/report-data.ts';
import { measureTitle, taskTitle } from './naming.ts';
import { decimalsOf, isNumber } from './numbers.ts';

export const TERMINAL_WIDTH = 100;
const STRIP = 34;
const NAME = 32;

/** Control characters would let a model id move the cursor of whoever reads it. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

function cut(text: string, width: number): string {
  const characters = [...plain(text)];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : characters.join('');
}

/** The interval as `├──●──┤` on the axis of its leaderboard. */
function strip(entry: LeaderboardEntry, low: number, high: number): string {
  if (!isNumber(entry.value)) return '';
  const at = (value: number) => Math.round(((value - low) / (high - low || 1)) * (STRIP - 1));
  const cells = new Array<string>(STRIP).fill(' ');
  if (isNumber(entry.ciLow) && isNumber(entry.ciHigh)) {
    cells.fill('─', at(entry.ciLow), at(entry.ciHigh) + 1);
    cells[at(entry.ciLow)] = '├';
    cells[at(entry.ciHigh)] = '┤';
  }
  cells[at(entry.value)] = '●';
  return cells.join('').trimEnd();
}

/** Bracket that joins the models of one tie group. */
function bracket(board: Leaderboard, index: number): string {
  const rank = board.entries[index]!.rank;
  const same = (other: number) => rank !== null && board.entries[other]?.rank === rank;
  const [before, after] = [same(index - 1), same(index + 1)];
  if (before && after) return '│';
  if (before) return '╰';
  return after ? '╭' : ' ';
}

/** The variant is told only where a model stands there twice. */
function nameOf({ entries }: Leaderboard, { model, variant }: LeaderboardEntry): string {
  const twice = entries.filter((entry) => entry.model === model).length > 1;
  return twice && variant !== '' ? `${model} · ${variant}` : model;
}

/** What a model saw of the dataset, where its score is not, or may not be, that of unseen data. */
function seen({ exposure }: LeaderboardEntry): string {
  if (exposure === 'unknown') return ' (?)';
  return exposure === 'trained' || exposure === 'tuned' ? ` (${exposure})` : '';
}

function boardLines(board: Leaderboard): readonly string[] {
  const decimals = decimalsOf(board.metric);
  const values = board.entries.flatMap(({ value, ciLow, ciHigh }) => [value, ciLow, ciHigh]).filter(isNumber);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const title = `${board.dataset} · ${taskTitle(board.task)} · ${measureTitle(board.metric, board.finding)}, ${board.better} is better`;
  if (values.length === 0)
    return [cut(title, TERMINAL_WIDTH), '      undefined here: no entry has a value (results.csv says why)'];
  const lines = board.entries.map((entry, i) => {
    const rank = entry.rank === null ? '–' : String(entry.rank);
    const name = `${cut(nameOf(board, entry), NAME - seen(entry).length)}${seen(entry)}`.padEnd(NAME);
    const value = isNumber(entry.value) ? entry.value.toFixed(decimals) : 'n/a';
    const interval =
      isNumber(entry.ciLow) && isNumber(entry.ciHigh)
        ? `${entry.ciLow.toFixed(decimals)}–${entry.ciHigh.toFixed(decimals)}`
        : '';
    return `${bracket(board, i)}${rank.padStart(3)}  ${name} ${value.padStart(6)}  ${interval.padEnd(13)}  ${strip(entry, low, high)}`.trimEnd();
  });
  return [cut(title, TERMINAL_WIDTH), ...lines];
}

/** All leaderboards, parted by empty lines; ends with a line break where there is any. */
export function leaderboardText(leaderboards: readonly Leaderboard[]): string {
  if (leaderboards.length === 0) return '';
  const ties = leaderboards.some(({ entries }) =>
    entries.some((entry, i) => entry.rank !== null && entries[i + 1]?.rank === entry.rank),
  );
  const exposures = new Set(leaderboards.flatMap(({ entries }) => entries.map(({ exposure }) => exposure)));
  const note = [
    ...(ties ? ['╭ ╰ joins models that the corrected paired test does not tell apart.'] : []),
    ...(exposures.has('trained') || exposures.has('tuned')
      ? ['(trained), (tuned): on this dataset; the score is not that of unseen data.']
      : []),
    ...(exposures.has('unknown') ? ['(?): whether the model saw this dataset in training is not known.'] : []),
  ];
  return `${[...leaderboards.map((board) => boardLines(board).join('\n')), ...note].join('\n\n')}\n`;
}
