/** Scores by class: a matrix of small mirrored histograms, finding × model, with the threshold that decided. */
import { mirroredHistogram } from '../charts/histogram.ts';
import { html, type Markup } from '../markup.ts';
import { type NamedModel, taskTitle } from '../naming.ts';
import { fixed } from '../numbers.ts';
import type { ReportIndex, TaskEvaluation } from '../report-index.ts';
import { decisionThreshold, scoredRows } from '../score-samples.ts';
import { modelLabel, type Section, scrollable } from '../section.ts';

function cell(evaluation: TaskEvaluation, model: NamedModel, finding: string): Markup {
  const rows = scoredRows(evaluation, model, finding);
  if (rows.length === 0) return html`<td><abbr class="na" title="no scored rows">n/a</abbr></td>`;
  const positives = rows.flatMap((row) => (row.target === 1 ? [row.score!] : []));
  const negatives = rows.flatMap((row) => (row.target === 0 ? [row.score!] : []));
  const threshold = decisionThreshold(rows);
  const flagged = rows.filter((row) => row.decision === 1).length;
  const decided = rows.some((row) => row.decision !== null);
  const cut = threshold === undefined ? 'no threshold between the scores' : `threshold near ${fixed(threshold)}`;
  const label = `${model.name}, ${finding}: ${positives.length} positive and ${negatives.length} negative scores, ${cut}`;
  const flags = decided ? html`<span class="ci" title="${cut}">flags ${flagged} of ${rows.length}</span>` : null;
  return html`<td>${mirroredHistogram({ positives, negatives, threshold, label })}${flags}</td>`;
}

function card(evaluation: TaskEvaluation): Markup | null {
  const models = evaluation.models.filter((model) => !model.baseline && evaluation.rows.has(model.key));
  if (models.length === 0) return null;
  const rows = evaluation.findings.map(
    (finding) =>
      html`<tr><th scope="row">${finding}</th>${models.map((model) => cell(evaluation, model, finding))}</tr>`,
  );
  const table = html`<table class="distributions"><thead><tr>
<th scope="col">Finding</th>${models.map((model) => html`<th scope="col">${modelLabel(model, evaluation.dataset.name)}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`;
  return html`<article class="card">
<h3>${taskTitle(evaluation.task)} <span>on ${evaluation.dataset.title}</span></h3>${scrollable(table, 'score distributions')}</article>`;
}

export function distributionSection(index: ReportIndex): Section | undefined {
  const cards = index.evaluations
    .filter(({ kind }) => kind === 'scores')
    .map(card)
    .filter((entry) => entry !== null);
  if (cards.length === 0) return undefined;
  const body = html`<p class="intro"><span class="key positive"></span> positives above the line, <span class="key
negative"></span> negatives below, each scaled to its own number; the upright line is the threshold that decided. Scores
need not be probabilities: axes differ from model to model and must not be compared across.</p>${cards}`;
  return { id: 'scores', title: 'Scores and thresholds', short: 'Scores', body };
}
