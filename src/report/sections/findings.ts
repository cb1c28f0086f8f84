/** Per finding: heat map of AUROC (finding × model), and a sortable table of every metric. */
import type { Result } from '../../core/result.ts';
import { html, type Markup } from '../markup.ts';
import { findingTitle, metricTitle, type NamedModel, taskTitle } from '../naming.ts';
import { count, decimalsOf, estimate, fixed, isNumber, number, percent } from '../numbers.ts';
import { type ReportIndex, resultOf, type TaskEvaluation } from '../report-index.ts';
import { modelLabel, type Section, scrollable, seenChip, swatch } from '../section.ts';

const HEAT_METRIC = 'auroc';
const METRIC_ORDER = [
  'auroc',
  'auprc',
  'balancedAccuracy',
  'accuracy',
  'f1',
  'precision',
  'recall',
  'specificity',
  'mcc',
];

/** Step of the colour scale: −10 (AUROC 0) through 0 (chance) to 10 (AUROC 1). */
function heatStep(value: number): number {
  return Math.max(-10, Math.min(10, Math.round((value - 0.5) * 20)));
}

function heatCell(result: Result | undefined, name: string): Markup {
  if (!result || !isNumber(result.value))
    return html`<td class="heat none">${number(null, { reason: result?.reason ?? 'not computed in this run' })}</td>`;
  const support = result.nPositive === null ? `${result.n} rows` : `${result.nPositive} of ${result.n} positive`;
  const step = heatStep(result.value);
  const interval =
    isNumber(result.ciLow) && isNumber(result.ciHigh)
      ? `, interval ${fixed(result.ciLow)} to ${fixed(result.ciHigh)}`
      : '';
  return html`<td class="heat ${step < 0 ? 'below' : 'above'} h${Math.abs(step)}" title="${name}: AUROC ${fixed(result.value)}${interval}, ${support}">${fixed(result.value)}</td>`;
}

/** Number of positives and rows of a finding, from any model's result. */
function support(evaluation: TaskEvaluation, finding: string): Markup {
  const result = evaluation.results.find((row) => row.finding === finding && row.nPositive !== null);
  if (!result) return html`<td class="number">–</td>`;
  const few = result.nPositive! < 10;
  const title = few
    ? 'few positives: intervals are wide and may be too narrow still'
    : `${percent(result.nPositive! / result.n)} of ${result.n}`;
  return html`<td class="number support ${few && 'few'}" title="${title}">${count(result.nPositive!)} <small>of ${count(result.n)}</small></td>`;
}

function heatMap(evaluation: TaskEvaluation): Markup | null {
  const models = evaluation.models.filter((model) =>
    evaluation.results.some((row) => row.model === model.id && row.metric === HEAT_METRIC),
  );
  if (models.length === 0) return null;
  const rowsOf = (finding: string, title: string, support_: Markup) =>
    html`<tr class="${finding === 'macro' && 'mean'}">
<th scope="row">${title}</th>${support_}${models.map((model) => heatCell(resultOf(evaluation, model, { finding, metric: HEAT_METRIC }), `${model.name}, ${title}`))}
</tr>`;
  const rows = evaluation.findings.map((finding) => rowsOf(finding, finding, support(evaluation, finding)));
  const macro = evaluation.results.some((row) => row.finding === 'macro' && row.metric === HEAT_METRIC);
  if (macro) rows.push(rowsOf('macro', 'Macro mean', html`<td class="number">–</td>`));
  const scale = [-10, -6, -2, 0, 2, 6, 10].map(
    (step) =>
      html`<span class="heat ${step < 0 ? 'below' : 'above'} h${Math.abs(step)}">${fixed(0.5 + step / 20, 1)}</span>`,
  );
  const table = html`<table class="heatmap"><thead><tr><th scope="col">Finding</th>
<th scope="col" class="number">Positives</th>${models.map((model) => html`<th scope="col">${swatch(model)}<span class="id">${model.name}</span>${seenChip(model, evaluation.dataset.name)}</th>`)}
</tr></thead><tbody>${rows}</tbody></table>`;
  return html`<h4>AUROC by finding</h4>${scrollable(table, 'AUROC by finding and model')}
<p class="scale" aria-hidden="true">${scale}<span class="note">0.5 is chance; below it, scores point the wrong way</span></p>`;
}

function metricsOf(results: readonly Result[]): readonly string[] {
  const present = [...new Set(results.filter((row) => row.finding !== null).map((row) => row.metric))];
  const place = (metric: string) =>
    (METRIC_ORDER.indexOf(metric) + METRIC_ORDER.length + 1) % (METRIC_ORDER.length + 1);
  return present
    .map((metric, i) => ({ metric, i }))
    .sort((a, b) => place(a.metric) - place(b.metric) || a.i - b.i)
    .map(({ metric }) => metric);
}

function metricRow(
  evaluation: TaskEvaluation,
  cell: { model: NamedModel; finding: string; metrics: readonly string[] },
): Markup | null {
  const { model, finding, metrics } = cell;
  const results = metrics.map((metric) => resultOf(evaluation, model, { finding, metric }));
  const first = results.find((result) => result !== undefined);
  if (!first) return null;
  const share = first.nPositive === null ? null : first.nPositive / first.n;
  const cells = results.map(
    (result, i) =>
      html`<td class="number" data-value="${result?.value ?? ''}">${estimate(result, decimalsOf(metrics[i]!))}</td>`,
  );
  return html`<tr data-models="${model.name}" class="${finding === 'macro' || finding === 'micro' ? 'mean' : null}">
<th scope="row">${findingTitle(finding)}</th><td>${modelLabel(model, evaluation.dataset.name)}</td>
<td class="number" data-value="${first.nPositive ?? ''}">${first.nPositive === null ? '–' : count(first.nPositive)}</td>
<td class="number" data-value="${share ?? ''}">${share === null ? '–' : percent(share)}</td>${cells}</tr>`;
}

function metricTable(evaluation: TaskEvaluation): Markup | null {
  const metrics = metricsOf(evaluation.results);
  if (metrics.length === 0) return null;
  const findings = [...evaluation.findings, 'macro', 'micro'];
  const rows = findings.flatMap((finding) =>
    evaluation.models.map((model) => metricRow(evaluation, { model, finding, metrics })),
  );
  const heads = metrics.map((metric) => html`<th scope="col" class="number">${metricTitle(metric)}</th>`);
  const table = html`<table class="sortable metrics"><thead><tr><th scope="col">Finding</th><th scope="col">Model</th>
<th scope="col" class="number">Positives</th><th scope="col" class="number">Prevalence</th>${heads}</tr></thead>
<tbody>${rows}</tbody></table>`;
  const filters = evaluation.models.map((model) => html`<option value="${model.name}">${model.name}</option>`);
  return html`<details class="wide"><summary>All metrics by finding and model</summary>
<p class="controls" hidden><label>Model <select class="filter"><option value="">all models</option>${filters}</select></label> <span class="note">a click on a heading sorts</span></p>${scrollable(table, 'all metrics by finding and model')}</details>`;
}

export function findingSection(index: ReportIndex): Section | undefined {
  const cards = index.evaluations
    .filter((evaluation) => evaluation.kind === 'scores')
    .map((evaluation) => {
      const parts = [heatMap(evaluation), metricTable(evaluation)];
      if (parts.every((part) => part === null)) return null;
      return html`<article class="card">
<h3>${taskTitle(evaluation.task)} <span>on ${evaluation.dataset.title}</span></h3>${parts}</article>`;
    })
    .filter((entry) => entry !== null);
  if (cards.length === 0) return undefined;
  const body = html`<p class="intro">A mean hides what a reader wants to know: which findings a model sees. Metrics that
need a decision use the threshold policy named in the protocol, never a threshold chosen on the part that is judged. “n/a”
tells its reason when pointed at.</p>${cards}`;
  return { id: 'findings', title: 'Findings', short: 'Findings', body };
}
