/** Paired comparisons: difference with interval, corrected p and method; the headline metric first, findings on demand. */
import type { Leaderboard } from '../../core/report-data.ts';
import type { Comparison } from '../../core/result.ts';
import { type Axis, axisLabels, axisOf, intervalStrip } from '../charts/interval-strip.ts';
import { html, type Markup } from '../markup.ts';
import { findingTitle, measureTitle, metricTitle, taskTitle } from '../naming.ts';
import { decimalsOf, isNumber, number, probability, signed } from '../numbers.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Section, scrollable, seenChip } from '../section.ts';

const METHODS = {
  delong: { name: 'DeLong', title: 'DeLong’s test with variance clustered by patient' },
  'paired-bootstrap': { name: 'bootstrap', title: 'paired bootstrap over patients' },
} as const;
const SIGNIFICANT = 0.05;
/** More pairs than this are not all looked at: those that are not told apart fold away. */
const FEW_PAIRS = 10;

const areToldApart = ({ pAdjusted }: Comparison) => isNumber(pAdjusted) && pAdjusted < SIGNIFICANT;

function difference(comparison: Comparison): Markup {
  const decimals = decimalsOf(comparison.metric);
  if (!isNumber(comparison.difference)) return number(null, { reason: 'undefined for one of the two models' });
  const interval =
    isNumber(comparison.ciLow) && isNumber(comparison.ciHigh)
      ? html`<span class="ci">${signed(comparison.ciLow, decimals)} to ${signed(comparison.ciHigh, decimals)}</span>`
      : null;
  return html`${signed(comparison.difference, decimals)}${interval}`;
}

/** Strip of the difference; undefined where only numbers are shown. */
function row(comparison: Comparison, axis: Axis | undefined, index: ReportIndex): Markup {
  const { pAdjusted, difference: value, ciLow, ciHigh } = comparison;
  const dataset = index.dataset(comparison.dataset).name;
  const named = (id: string) => html`${id}${seenChip(index.model(id), dataset)}`;
  const clear = areToldApart(comparison);
  const verdict = !isNumber(pAdjusted) ? 'no test' : clear ? 'differ' : 'not told apart';
  const strip =
    axis && html`<td class="strip-cell">${intervalStrip({ value, ciLow, ciHigh }, axis, clear ? 1 : 0)}</td>`;
  return html`<tr data-models="${comparison.modelA}|${comparison.modelB}">
<th scope="row">${named(comparison.modelA)} <span class="minus">−</span> ${named(comparison.modelB)}</th>${!axis && html`<td>${findingTitle(comparison.finding)}</td>`}
<td class="number" data-value="${value ?? ''}">${difference(comparison)}</td>${strip}
<td class="number" data-value="${comparison.pValue ?? ''}">${probability(comparison.pValue)}</td>
<td class="number" data-value="${pAdjusted ?? ''}">${probability(pAdjusted)}</td>
<td><span class="chip ${clear ? 'differ' : 'same'}">${verdict}</span></td>
<td class="method" title="${METHODS[comparison.method].title}">${METHODS[comparison.method].name}</td></tr>`;
}

interface Shown {
  readonly metric: string;
  readonly axis?: Axis | undefined;
  readonly index: ReportIndex;
}

function table(comparisons: readonly Comparison[], { metric, axis, index }: Shown): Markup {
  const middle = axis ? html`<th scope="col" class="strip-cell" data-fixed>Interval of the difference</th>` : null;
  const foot =
    axis &&
    html`<tfoot><tr><td colspan="2"></td><td class="strip-cell">${axisLabels(axis)}</td><td colspan="4"></td></tr></tfoot>`;
  return html`<table class="sortable comparisons"><thead><tr>
<th scope="col">Models</th>${!axis && html`<th scope="col">Finding</th>`}<th scope="col" class="number">Δ ${metricTitle(metric)}</th>${middle}<th scope="col" class="number">p</th>
<th scope="col" class="number" title="corrected by Holm’s method over the pairs of models">p corrected</th>
<th scope="col">Verdict</th><th scope="col" class="method-head">Method</th></tr></thead>
<tbody>${comparisons.map((comparison) => row(comparison, axis, index))}</tbody>${foot}</table>`;
}

function folded(title: string, label: string, part: Shown & { rows: readonly Comparison[] }) {
  if (part.rows.length === 0) return null;
  const content = scrollable(table(part.rows, part), `${label}: ${title}`);
  return html`<details><summary>${title} (${part.rows.length})</summary>${content}</details>`;
}

/** Pairs of models first; pairs with a baseline and single findings fold away, pairs of baselines say nothing. */
function card(board: Leaderboard, index: ReportIndex): Markup | null {
  const baselines = (row: Comparison) =>
    [row.modelA, row.modelB].filter((id) => index.model(id)?.baseline ?? false).length;
  const all = index.data.comparisons.filter(
    (row) =>
      row.dataset === board.dataset && row.task === board.task && row.metric === board.metric && baselines(row) < 2,
  );
  if (all.length === 0) return null;
  const headline = all.filter(({ finding }) => finding === board.finding);
  const between = headline.filter((row) => baselines(row) === 0);
  const against = headline.filter((row) => baselines(row) === 1);
  const first = between.length > 0 ? between : against;
  const axis = axisOf(
    headline.map(({ difference: value, ciLow, ciHigh }) => ({ value, ciLow, ciHigh })),
    0,
  );
  const { metric } = board;
  const label = `comparisons of ${board.task} on ${board.dataset}`;
  const byFinding = all.filter((row) => row.finding !== board.finding && baselines(row) === 0);
  const apart = first.length > FEW_PAIRS ? first.filter(areToldApart) : first;
  const others = first.filter((row) => !apart.includes(row));
  const more = [
    folded('Not told apart', label, { rows: others, metric, axis, index }),
    between.length > 0 && folded('Against baselines', label, { rows: against, metric, axis, index }),
    folded('By finding', label, { rows: byFinding, metric, index }),
  ];
  const where = html`${taskTitle(board.task)} <span>on ${index.dataset(board.dataset).title}</span>`;
  return html`<article class="card">
<h3>${where}</h3>
<p class="lead">${measureTitle(board.metric, board.finding)}. Positive: the first model has the higher value.</p>
${apart.length > 0 && scrollable(table(apart, { metric, axis, index }), label)}${more}</article>`;
}

export function comparisonSection(index: ReportIndex): Section | undefined {
  const cards = index.data.leaderboards.map((board) => card(board, index)).filter((entry) => entry !== null);
  if (cards.length === 0) return undefined;
  const body = html`<p class="intro">Every pair of models on the same patients. p is corrected by Holm’s method over the
pairs within one dataset, task, finding and metric; two models “differ” where it is below ${SIGNIFICANT}. “Not told apart”
means that this sample cannot tell, not that they are equal.</p>${cards}`;
  return { id: 'comparisons', title: 'Paired comparisons', short: 'Comparisons', body };
}
