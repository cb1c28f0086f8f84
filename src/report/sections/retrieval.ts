/** Retrieval: every metric by direction, recall@K with intervals, where the first correct answer stands, and examples. */
import type { Result } from '../../core/result.ts';
import { seriesStyle } from '../charts/colours.ts';
import { drawRanks, drawRecall, type RecallBar, rankShares } from '../charts/retrieval-charts.ts';
import { html, type Markup } from '../markup.ts';
import { findingTitle, isByLabels, metricTitle, type NamedModel, taskTitle, withoutReading } from '../naming.ts';
import { count, decimalsOf, estimate, isNumber } from '../numbers.ts';
import { protocolValue } from '../protocol.ts';
import type { ReportIndex, TaskEvaluation } from '../report-index.ts';
import { legend, modelLabel, type Section, scrollable } from '../section.ts';
import { exampleCards } from './retrieval-examples.ts';

function find(results: readonly Result[], model: NamedModel, metric: string): Result | undefined {
  return results.find((row) => row.model === model.id && row.variant === model.variant && row.metric === metric);
}

const METRIC_ORDER = ['recall', 'mrr', 'medianRank', 'ndcg'];

/** Families in the order in which readers look for them, then by K. */
function inOrder(a: string, b: string): number {
  const place = (metric: string) => {
    const [family, k] = metric.split('@') as [string, string?];
    const at = METRIC_ORDER.indexOf(family);
    return (at < 0 ? METRIC_ORDER.length : at) * 1e6 + Number.parseInt(k ?? '0', 10);
  };
  return place(a) - place(b) || (a < b ? -1 : 1);
}

function metricTable(results: readonly Result[], models: readonly NamedModel[], dataset: string): Markup {
  const metrics = [...new Set(results.map((row) => row.metric))].sort(inOrder);
  const rows = models.map((model) => {
    const cells = metrics.map((metric) => {
      const result = find(results, model, metric);
      return html`<td class="number" data-value="${result?.value ?? ''}">${estimate(result, decimalsOf(metric))}</td>`;
    });
    return html`<tr class="${model.baseline && 'is-baseline'}"><th scope="row">${modelLabel(model, dataset)}</th>${cells}</tr>`;
  });
  const heads = metrics.map((metric) => html`<th scope="col" class="number">${metricTitle(metric)}</th>`);
  const table = html`<table class="sortable metrics"><thead><tr><th scope="col">Model</th>${heads}</tr></thead>
<tbody>${rows}</tbody></table>`;
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
  reading: string,
): Promise<readonly Markup[]> {
  const figures: Markup[] = [];
  for (const [family, rows] of recallFamilies(results)) {
    const bars = rows.flatMap((row): RecallBar[] => {
      const model = models.find(({ id, variant }) => id === row.model && variant === row.variant);
      const k = Number(/@(\d+)/.exec(row.metric)![1]);
      return model ? [{ model: model.name, k, value: row.value!, low: row.ciLow, high: row.ciHigh }] : [];
    });
    const named = models.map((model) => ({ name: model.name, style: seriesStyle(model) }));
    const chart = await drawRecall(bars, named, `${family} by model, ${reading}`);
    figures.push(
      html`<figure class="plot"><h5>${family === 'recall@K' ? 'Recall@K' : family}, ${reading[0]!.toLowerCase()}${reading.slice(1)}</h5>${chart}</figure>`,
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
      rows: evaluation.rowsOf(model.key, direction),
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
      html`<figure class="plot"><h5>${modelLabel(model, evaluation.dataset.name)}</h5>${chart}
<p class="note">${count(rows.length)} queries${missing > 0 && `, ${count(missing)} without a rank (failed, or no correct answer in the pool)`}</p></figure>`,
    );
  }
  return figures;
}

/** Results of one direction under one reading of "correct", by the finding that names both. */
async function readingPart(evaluation: TaskEvaluation, finding: string | null) {
  const results = evaluation.results.filter((row) => row.finding === finding);
  const relevance = results[0] && protocolValue(results[0].protocol, 'relevance');
  const models = evaluation.models.filter((model) =>
    results.some((row) => row.model === model.id && row.variant === model.variant),
  );
  const title = isByLabels(finding) ? 'Correct: the same findings' : 'Correct: the same report';
  const heading = relevance !== undefined && html`<h5>${title} <span>${relevance}</span></h5>`;
  return {
    table: results.length > 0 && html`${heading}${metricTable(results, models, evaluation.dataset.name)}`,
    charts: await recallCharts(results, models, title),
  };
}

/** A direction under all its readings, then where its first correct answers stand. */
async function directionPart(evaluation: TaskEvaluation, findings: readonly (string | null)[]): Promise<Markup> {
  const readings: Awaited<ReturnType<typeof readingPart>>[] = [];
  for (const finding of findings) readings.push(await readingPart(evaluation, finding));
  const direction = findings[0]!;
  const ranks = direction === null ? [] : await rankCharts(evaluation, evaluation.models, direction);
  const recall = readings.flatMap(({ charts }) => charts);
  const plots = [recall, ranks].filter(({ length }) => length > 0).map((row) => html`<div class="plots">${row}</div>`);
  const tables = readings.map(({ table }) => table);
  return html`<section class="direction"><h4>${findingTitle(direction)}</h4>${tables}${plots}</section>`;
}

/** Findings of an evaluation, each direction with its label-aware reading. */
function directionsOf({ findings, results }: TaskEvaluation): readonly (readonly (string | null)[])[] {
  const extra = [null, 'macro', 'micro'].filter((finding) => results.some((row) => row.finding === finding));
  const first = findings.filter((finding) => !isByLabels(finding) || !findings.includes(withoutReading(finding)));
  const groups = first.map((finding) => findings.filter((other) => withoutReading(other) === withoutReading(finding)));
  return [...groups, ...extra.map((finding) => [finding])];
}

async function card(evaluation: TaskEvaluation, index: ReportIndex): Promise<Markup> {
  const parts: Markup[] = [];
  for (const findings of directionsOf(evaluation)) parts.push(await directionPart(evaluation, findings));
  const body = parts.length > 0 ? parts : html`<p class="note">No query and no result: nothing could be searched.</p>`;
  return html`<article class="card">
<h3>${taskTitle(evaluation.task)} <span>on ${evaluation.dataset.title}</span></h3>${legend(evaluation.models, evaluation.dataset.name)}${body}${exampleCards(evaluation, index)}</article>`;
}

export async function retrievalSection(index: ReportIndex): Promise<Section | undefined> {
  const evaluations = index.evaluations.filter(({ kind, task }) => kind === 'rankings' || task === 'retrieval');
  if (evaluations.length === 0) return undefined;
  const cards: Markup[] = [];
  for (const evaluation of evaluations) cards.push(await card(evaluation, index));
  const body = html`<p class="intro">A query is an image or a report; the candidates are all reports or images of the
pool named in the protocol. Several answers can be correct, because a study has several images and reports repeat each
other word for word. Scores depend on the size of the pool: compare within one table only.</p>${cards}`;
  return { id: 'retrieval', title: 'Retrieval', short: 'Retrieval', body };
}
