/** Leaderboards: one card per dataset × task, intervals drawn, tie groups bracketed, baselines as rows. */
import type { Leaderboard, LeaderboardEntry } from '../../core/report-data.ts';
import { seriesStyle } from '../charts/colours.ts';
import { type Axis, axisLabels, axisOf, intervalStrip } from '../charts/interval-strip.ts';
import { html, type Markup } from '../markup.ts';
import { measureTitle, modelKey, type NamedModel, taskTitle } from '../naming.ts';
import { decimalsOf, estimate, isNumber, plural } from '../numbers.ts';
import type { ReportIndex } from '../report-index.ts';
import { modelLabel, type Section, scrollable } from '../section.ts';

/** Level of an uninformed prediction where it is fixed. */
function chanceOf(metric: string): number | undefined {
  return { auroc: 0.5, balancedAccuracy: 0.5, mcc: 0 }[metric];
}

function entryModel(index: ReportIndex, entry: LeaderboardEntry): NamedModel {
  const known = index.models.find((model) => model.key === modelKey(entry.model, entry.variant));
  const { model: id, variant, baseline } = entry;
  return known ?? { key: modelKey(id, variant), id, variant, baseline, name: id, reported: undefined, series: 0 };
}

/** Runs of equal rank: the rank stands once, with a bracket over its rows. */
function tieGroups(entries: readonly LeaderboardEntry[]): readonly (readonly LeaderboardEntry[])[] {
  const groups: LeaderboardEntry[][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last && entry.rank !== null && last[0]!.rank === entry.rank) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

function rankCell(group: readonly LeaderboardEntry[]): Markup {
  const { rank } = group[0]!;
  if (rank === null) return html`<td class="rank">–</td>`;
  if (group.length === 1) return html`<td class="rank">${rank}</td>`;
  return html`<td class="rank tied" rowspan="${group.length}" title="shared rank: the corrected paired test does not tell these models apart"><span>${rank}</span></td>`;
}

/** Why an entry has no value or no interval, as its result says. */
function reasonOf(index: ReportIndex, board: Leaderboard, entry: LeaderboardEntry): { readonly reason?: string } {
  const result = index.data.results.find(
    (row) =>
      row.dataset === board.dataset &&
      row.task === board.task &&
      row.metric === board.metric &&
      row.finding === board.finding &&
      row.model === entry.model &&
      row.variant === entry.variant &&
      row.subgroup === null &&
      row.corruption === null,
  );
  return result?.reason === undefined ? {} : { reason: result.reason };
}

/** A board on which nothing is defined: one line instead of a table of n/a. */
function undefinedCard(board: Leaderboard, index: ReportIndex): Markup {
  const reasons = new Set(board.entries.flatMap((entry) => reasonOf(index, board, entry).reason ?? []));
  const why = reasons.size > 0 ? [...reasons].join('; ') : 'no entry has a value';
  return html`<article class="card board"><h3>${taskTitle(board.task)} <span>on ${index.dataset(board.dataset).title}</span></h3>
<p class="lead">${measureTitle(board.metric, board.finding)} is undefined here: ${why}.</p></article>`;
}

function entryRow(
  index: ReportIndex,
  board: Leaderboard,
  place: { entry: LeaderboardEntry; axis: Axis; rank: Markup | null; tied: boolean },
) {
  const { entry, axis, rank, tied } = place;
  const model = entryModel(index, entry);
  const decimals = decimalsOf(board.metric);
  const strip = intervalStrip(entry, axis, seriesStyle(model).swatch, decimals);
  const dataset = index.dataset(board.dataset).name;
  return html`<tr class="${entry.baseline && 'is-baseline'}${tied && 'in-tie'}">${rank}
<th scope="row">${modelLabel(model, dataset)}</th>
<td class="number">${estimate({ ...entry, ...reasonOf(index, board, entry) }, decimals)}</td>
<td class="strip-cell">${strip}</td></tr>`;
}

function scope(board: Leaderboard, index: ReportIndex): string {
  const results = index.data.results.filter(
    (result) =>
      result.dataset === board.dataset &&
      result.task === board.task &&
      result.metric === board.metric &&
      result.finding === board.finding,
  );
  const n = Math.max(...results.map((result) => result.n), -1);
  const failed = Math.max(...results.map((result) => result.nFailed), 0);
  const dataset = index.dataset(board.dataset);
  const rows = n >= 0 ? `${plural(n, 'row')}, ` : '';
  return `${rows}${plural(dataset.patients, 'patient')}, split ${dataset.split.split('#')[0]}, part ${dataset.part}${failed > 0 ? `, ${failed} failed` : ''}`;
}

function card(board: Leaderboard, index: ReportIndex): Markup {
  if (!board.entries.some((entry) => isNumber(entry.value))) return undefinedCard(board, index);
  const axis = axisOf(board.entries, chanceOf(board.metric));
  const groups = tieGroups(board.entries);
  const rows = groups.flatMap((group) =>
    group.map((entry, i) => {
      const rank = i === 0 ? rankCell(group) : null;
      return entryRow(index, board, { entry, axis, rank, tied: group.length > 1 });
    }),
  );
  const metric = measureTitle(board.metric, board.finding);
  const synthetic = index.dataset(board.dataset).synthetic && html` <span class="chip synthetic">synthetic</span>`;
  const table = html`<table class="leaderboard"><thead><tr><th scope="col">Rank</th><th scope="col">Model</th>
<th scope="col" class="number">${metric}</th>
<th scope="col" class="strip-cell">Interval${isNumber(axis.reference) && html` <small>dotted: chance</small>`}</th></tr></thead>
<tbody>${rows}</tbody><tfoot><tr><td colspan="3"></td>
<td class="strip-cell">${axisLabels(axis)}</td></tr></tfoot></table>`;
  return html`<article class="card board"><header>
<h3>${taskTitle(board.task)} <span>on ${index.dataset(board.dataset).title}${synthetic}</span></h3><p class="lead">${metric}; ${board.better} is better. ${scope(board, index)}.</p></header>${scrollable(table, `leaderboard of ${board.task} on ${board.dataset}`)}</article>`;
}

export function leaderboardSection(index: ReportIndex): Section | undefined {
  const { leaderboards, statistics } = index.data;
  if (leaderboards.length === 0) return undefined;
  const body = html`<p class="intro">A dot is the score, the bar its ${Math.round(100 * statistics.confidence)} %
interval by bootstrap over patients. A bracket joins models that share a rank because the corrected paired test does not
tell them apart. Overlapping intervals alone say nothing about a difference between two models judged on the same
patients: see the comparisons.</p>
<div class="boards">${leaderboards.map((board) => card(board, index))}</div>`;
  return { id: 'leaderboards', title: 'Leaderboards', short: 'Leaderboards', body };
}
