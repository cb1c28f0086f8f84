/** ROC and precision–recall curves: mean over findings, then small multiples by finding, with bootstrap bands. */
import { type CurveBand, curveBands } from '../../lib/stats/curve-bands.ts';
import { seriesStyle } from '../charts/colours.ts';
import { type CurveChart, type CurveSeries, drawCurves } from '../charts/curve-charts.ts';
import { precisionRecallLine, rocLine } from '../curve-lines.ts';
import { html, type Markup } from '../markup.ts';
import { type NamedModel, taskTitle } from '../naming.ts';
import { count, percent, plural } from '../numbers.ts';
import type { ReportIndex, TaskEvaluation } from '../report-index.ts';
import {
  curveInput,
  FEWEST_IN_MEAN,
  fewestPatients,
  patientIndex,
  scoredRows,
  scoredTargets,
} from '../score-samples.ts';
import { legend, type Section } from '../section.ts';

const GRID = Float64Array.from({ length: 51 }, (_, i) => i / 50);
const REPLICATES = 200;
/** With more models, bands would hide each other: then only the first ranked model has one. */
const MOST_BANDS = 3;
const FEW_POSITIVES = 10;
/** A curve with more vertices is read on the grid: the eye cannot tell. */
const MOST_VERTICES = 160;

type Kind = CurveChart['kind'];

/** Curves of one model: findings in order, undefined where a class is absent. */
interface ModelCurves {
  readonly model: NamedModel;
  readonly lines: readonly CurveSeries['line'][];
  readonly bands: readonly CurveBand[];
  readonly mean: CurveBand;
}

function modelCurves(
  evaluation: TaskEvaluation,
  model: NamedModel,
  request: { kind: Kind; index: ReportIndex; patients: ReadonlyMap<string, number> },
): ModelCurves {
  const { kind, index, patients } = request;
  const { seed, statistics } = index.data;
  const samples = evaluation.findings.map((finding) => scoredRows(evaluation, model, finding));
  const inputs = samples.map((rows) => curveInput(rows, patients));
  const { each, mean } = curveBands(inputs, {
    kind,
    clusterCount: patients.size,
    replicates: Math.min(REPLICATES, statistics.replicates),
    confidence: statistics.confidence,
    seed,
    grid: GRID,
  });
  const lines = samples.map((rows, i) => {
    const exact = (kind === 'roc' ? rocLine : precisionRecallLine)(scoredTargets(rows));
    return exact.x.length <= MOST_VERTICES ? exact : { x: [...GRID], y: [...each[i]!.value] };
  });
  return { model, lines, bands: each, mean };
}

/** Models whose bands are drawn: all where they are few, else the first of the leaderboard. */
function banded(
  evaluation: TaskEvaluation,
  models: readonly NamedModel[],
  index: ReportIndex,
): ReadonlySet<NamedModel> {
  if (models.length <= MOST_BANDS) return new Set(models);
  const board = index.data.leaderboards.find(
    ({ dataset, task }) => dataset === evaluation.dataset.id && task === evaluation.task,
  );
  const first = board?.entries.find((entry) => !entry.baseline)?.model;
  return new Set([models.find((model) => model.id === first) ?? models[0]!]);
}

function series(
  curves: ModelCurves,
  part: { line: CurveSeries['line']; band: CurveBand; drawn: ReadonlySet<NamedModel> },
): CurveSeries {
  const { model } = curves;
  const { low, high } = part.band;
  const visible = part.drawn.has(model) && low.some((value) => !Number.isNaN(value));
  return {
    name: model.name,
    style: seriesStyle(model),
    line: part.line,
    band: visible ? { grid: GRID, low, high } : undefined,
  };
}

interface Drawing {
  readonly evaluation: TaskEvaluation;
  readonly curves: Readonly<Record<Kind, readonly ModelCurves[]>>;
  readonly drawn: ReadonlySet<NamedModel>;
}

const NAMES: Readonly<Record<Kind, string>> = { roc: 'ROC', 'precision-recall': 'Precision–recall' };

/** Share of positives of each finding, from the model with the most rows. */
interface Support {
  readonly n: number;
  readonly positives: number;
  /** Patients with the finding. */
  readonly patients: number;
  readonly fewest: number;
}

function supportOf({ evaluation }: Drawing, finding: string): Support {
  const samples = evaluation.models.map((model) => scoredRows(evaluation, model, finding));
  const rows = samples.reduce((most, sample) => (sample.length > most.length ? sample : most), []);
  const positive = rows.filter((row) => row.target === 1);
  const patients = new Set(positive.map((row) => row.patient)).size;
  return { n: rows.length, positives: positive.length, patients, fewest: fewestPatients(rows) };
}

async function findingCard(drawing: Drawing, finding: string): Promise<Markup> {
  const { n, positives, patients } = supportOf(drawing, finding);
  const i = drawing.evaluation.findings.indexOf(finding);
  const head = html`<h4>${finding}</h4><p class="support">${plural(positives, 'positive')} of ${count(n)} (${percent(positives / n)})${positives > 0 && positives < FEW_POSITIVES && html` <span class="chip few" title="a curve of so few positives is a staircase of chance; its band is too narrow">few positives: ${plural(patients, 'patient')}</span>`}</p>`;
  if (positives === 0 || positives === n)
    return html`<figure class="curve undefined">${head}
<p class="note">No curve: ${n === 0 ? 'no scored rows' : positives === 0 ? 'no positive' : 'no negative'} in this part.</p></figure>`;
  const charts = await drawKinds((kind) => ({
    kind,
    size: 172,
    averaged: false,
    prevalence: positives / n,
    label: `${NAMES[kind]} curves for ${finding}: ${drawing.curves[kind].map(({ model }) => model.name).join(', ')}`,
    series: drawing.curves[kind].map((entry) =>
      series(entry, { line: entry.lines[i]!, band: entry.bands[i]!, drawn: drawing.drawn }),
    ),
  }));
  return html`<figure class="curve">${head}<div class="pair">${charts}</div></figure>`;
}

async function drawKinds(chartOf: (kind: Kind) => CurveChart): Promise<readonly Markup[]> {
  return [await drawCurves(chartOf('roc')), await drawCurves(chartOf('precision-recall'))];
}

async function meanCard(drawing: Drawing): Promise<Markup | null> {
  const { evaluation, curves, drawn } = drawing;
  const supports = evaluation.findings
    .map((finding) => supportOf(drawing, finding))
    .filter(({ fewest }) => fewest >= FEWEST_IN_MEAN);
  if (supports.length < 3) return null;
  const charts = await drawKinds((kind) => ({
    kind,
    size: 340,
    averaged: true,
    prevalence: supports.reduce((sum, { n, positives }) => sum + positives / n, 0) / supports.length,
    label: `Mean ${NAMES[kind]} curves over ${supports.length} findings: ${curves[kind].map(({ model }) => model.name).join(', ')}`,
    series: curves[kind].map((entry) =>
      series(entry, { line: { x: [...GRID], y: [...entry.mean.value] }, band: entry.mean, drawn }),
    ),
  }));
  return html`<figure class="curve mean"><h4>Mean over the ${supports.length} findings that ${FEWEST_IN_MEAN} patients or more have</h4><p class="support">averaged at each false positive rate or recall; each finding counts alike</p>
<div class="pair">${charts}</div></figure>`;
}

async function card(evaluation: TaskEvaluation, index: ReportIndex): Promise<Markup | null> {
  const models = evaluation.models.filter((model) => !model.baseline && evaluation.rows.has(model.key));
  if (models.length === 0) return null;
  const patients = patientIndex(evaluation);
  const all = (kind: Kind) => models.map((model) => modelCurves(evaluation, model, { kind, index, patients }));
  const drawing: Drawing = {
    evaluation,
    curves: { roc: all('roc'), 'precision-recall': all('precision-recall') },
    drawn: banded(evaluation, models, index),
  };
  const mean = await meanCard(drawing);
  const figures: Markup[] = [];
  for (const finding of evaluation.findings) figures.push(await findingCard(drawing, finding));
  const only =
    drawing.drawn.size < models.length &&
    html`<p class="note">Bands are drawn for ${[...drawing.drawn][0]!.name} alone: those of all models would hide each other.</p>`;
  return html`<article class="card">
<h3>${taskTitle(evaluation.task)} <span>on ${evaluation.dataset.title}</span></h3>${legend(models, evaluation.dataset.name)}${only}${mean}
<div class="curves">${figures}</div></article>`;
}

export async function curveSection(index: ReportIndex): Promise<Section | undefined> {
  const cards: Markup[] = [];
  for (const evaluation of index.evaluations.filter(({ kind }) => kind === 'scores')) {
    const drawn = await card(evaluation, index);
    if (drawn) cards.push(drawn);
  }
  if (cards.length === 0) return undefined;
  const { replicates, confidence } = index.data.statistics;
  const drawn = Math.min(REPLICATES, replicates);
  const bands =
    drawn > 0
      ? `Bands hold ${percent(confidence)} of ${drawn} bootstrap replicates over patients at each place (pointwise, not for the whole curve).`
      : 'The run asked for no bootstrap, so there are no bands.';
  const body = html`<p class="intro">${bands} Dotted: chance, which is the diagonal for ROC and the prevalence for
precision–recall. Baselines are left out: the dotted line stands for them.</p>${cards}`;
  return { id: 'curves', title: 'ROC and precision–recall', short: 'Curves', body };
}
