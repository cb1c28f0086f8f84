/** Retrieval: every metric by direction, recall@K with intervals, where the first correct answer stands, and examples. */
import type { Result } from '../../core/result.ts';
import { seriesStyle } from '../charts/colours.ts';
import { drawRanks, drawRecall, type RecallBar, rankShares } from '../charts/retrieval-charts.ts';
import { html, type Markup } from '../markup.ts';
import { findingTitle, metricTitle, type NamedModel, taskTitle } from '../naming.ts';
import { count, decimalsOf, estimate, isNumber } from '../numbers.ts';
import type { ReportIndex, TaskEvaluation } from '../report-index.ts';
import { legend, modelLabel, type Section, scrollable } from '../section.ts';
import { exampleCards } from './retrieval-examples.ts';

function find(results: readonly Result[], model: NamedModel, metric: string): Result | undefined {
  return results.find((row) => row.model === model.id && row.variant === model.variant && row.metric === metric);
}

function metricTable(results: readonly Result[], models: readonly NamedModel[]): Markup {
  const metrics = [...new Set(results.map((row) => row.metric))];
  const rows = models.map((model) => {
    const cells = metrics.map((metric) => {
      const result = find(results, model, metric);
      return html`<td class="number" data-value="${result?.value ?? ''}">${estimate(result, decimalsOf(metric))}</td>`;
    });
    return html`<tr class="${model.baseline && 'is-baseline'}"><th scope="row">${modelLabel(model)}</th>${cells}</tr>`;
  });
  const heads = metrics.map((metric) => html`<th scope="col" class="number">${metricTitle(metric)}</th>`);
  const table = html`<table class="sortable metrics"><thead><tr><th scope="col">Model</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
  return scrollable(table, 'retrieval metrics');
}

/** Recall families among the metrics, for example `recall@` and its label-aware reading. */
function recallFamilies(results: readonly Result[]): ReadonlyMap<string, readonly Result[]> {
  const families = new Map<string, Result[]>();
  for (const row of results) {
    const match = /^(.*recall.*)@(\d+)(.*)$/i.exec(row.metric);
    if (!match || !isNumber(row.value)) continue;
    const family = `${match[1]}@K${match[3]}`;
    families.set(family, [...(families.get(family) ?? []), row]);
  }
  return families;
}

async function recallCharts(
  results: readonly Result[],
  models: readonly NamedModel[],
  where: string,
): Promise<readonly Markup[]> {
  const figures: Markup[] = [];
  for (const [family, rows] of recallFamilies(results)) {
    const bars = rows.flatMap((row): RecallBar[] => {
      const model = models.find(({ id, variant }) => id === row.model && variant === row.variant);
      const k = Number(/@(\d+)/.exec(row.metric)![1]);
      return model ? [{ model: model.name, k, value: row.value!, low: row.ciLow, high: row.ciHigh }] : [];
    });
    const named = models.map((model) => ({ name: model.name, style: seriesStyle(model) }));
    const chart = await drawRecall(bars, named, `${family} by model, ${where}`);
    figures.push(
      html`<figure class="plot"><h5>${family === 'recall@K' ? 'Recall@K with intervals' : `${family} with intervals`}</h5>${chart}</figure>`,
    );
  }
  return figures;
}

async function rankCharts(
  evaluation: TaskEvaluation,
  models: readonly NamedModel[],
  direction: string,
): Promise<readonly Markup[]> {
  const samples = models
    .filter((model) => !model.baseline)
    .map((model) => ({
      model,
      rows: (evaluation.rows.get(model.key) ?? []).filter((row) => row.finding === direction),
    }))
    .filter(({ rows }) => rows.length > 0);
  const highest = samples.reduce(
    (most, { rows }) => rows.reduce((high, row) => Math.max(high, row.rank ?? 0), most),
    0,
  );
  const drawn = samples.map(({ model, rows }) => {
    const ranks = rows.map((row) => row.rank).filter(isNumber);
    return { model, rows, ranks, shares: rankShares(ranks, rows.length, highest) };
  });
  const peak = Math.max(0, ...drawn.flatMap(({ shares }) => shares.map(({ share }) => share)));
  const figures: Markup[] = [];
  for (const { model, rows, ranks, shares } of drawn) {
    const label = `Histogram of ranks, ${model.name}, ${findingTitle(direction)}: ${ranks.length} queries`;
    const chart = await drawRanks(shares, { peak, style: seriesStyle(model), label });
    const missing = rows.length - ranks.length;
    figures.push(
      html`<figure class="plot"><h5>${modelLabel(model)}</h5>${chart}<p class="note">${count(rows.length)} queries${missing > 0 && `, ${count(missing)} without a rank (failed, or no correct answer in the pool)`}</p></figure>`,
    );
  }
  return figures;
}

async function directionPart(evaluation: TaskEvaluation, direction: string | null): Promise<Markup> {
  const results = evaluation.results.filter((row) => row.finding === direction);
  const models = evaluation.models.filter(
    (model) => results.some((row) => row.model === model.id) || direction !== null,
  );
  const where = `${findingTitle(direction)}, ${evaluation.dataset.title}`;
  const recall = await recallCharts(results, models, where);
  const ranks = direction === null ? [] : await rankCharts(evaluation, models, direction);
  const plots = recall.length + ranks.length > 0 && html`<div class="plots">${recall}${ranks}</div>`;
  return html`<section class="direction"><h4>${findingTitle(direction)}</h4>${results.length > 0 && metricTable(results, models)}${plots}</section>`;
}

async function card(evaluation: TaskEvaluation, index: ReportIndex): Promise<Markup> {
  const directions: (string | null)[] = [...evaluation.findings];
  if (evaluation.results.some((row) => row.finding === null)) directions.unshift(null);
  for (const mean of ['macro', 'micro'])
    if (evaluation.results.some((row) => row.finding === mean)) directions.push(mean);
  const parts: Markup[] = [];
  for (const direction of directions) parts.push(await directionPart(evaluation, direction));
  const body = parts.length > 0 ? parts : html`<p class="note">No query and no result: nothing could be searched.</p>`;
  return html`<article class="card"><h3>${taskTitle(evaluation.task)} <span>on ${evaluation.dataset.title}</span></h3>${legend(evaluation.models)}${body}${exampleCards(evaluation, index)}</article>`;
}

export async function retrievalSection(index: ReportIndex): Promise<Section | undefined> {
  const evaluations = index.evaluations.filter(({ kind, task }) => kind === 'rankings' || task === 'retrieval');
  if (evaluations.length === 0) return undefined;
  const cards: Markup[] = [];
  for (const evaluation of evaluations) cards.push(await card(evaluation, index));
  const body = html`<p class="intro">A query is an image or a report; the candidates are all reports or images of the pool named in the protocol. Several answers can be correct, because a study has several images and reports repeat each other word for word. Scores depend on the size of the pool: compare within one table only.</p>${cards}`;
  return { id: 'retrieval', title: 'Retrieval', short: 'Retrieval', body };
}
