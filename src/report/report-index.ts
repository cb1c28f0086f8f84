/** Report data put in order once: one evaluation per dataset × task, with look-ups that every section shares. */
import type { ReportData, ReportedDataset } from '../core/report-data.ts';
import type { PredictionRow, Result } from '../core/result.ts';
import { modelKey, type NamedModel, namedModels } from './naming.ts';

/** Everything about one task on one dataset. */
export interface TaskEvaluation {
  readonly dataset: ReportedDataset;
  readonly task: string;
  /** Scores of findings, or ranked candidates. */
  readonly kind: 'scores' | 'rankings';
  /** Findings in the order of their first row, without means. */
  readonly findings: readonly string[];
  /** Results without subgroup and corruption. */
  readonly results: readonly Result[];
  /** Prediction rows of the part that is judged, by model key. */
  readonly rows: ReadonlyMap<string, readonly PredictionRow[]>;
  /** Rows of one model and finding. */
  rowsOf(model: string, finding: string): readonly PredictionRow[];
  /** Models with a result or a prediction here, in the report's order. */
  readonly models: readonly NamedModel[];
}

export interface ReportIndex {
  readonly data: ReportData;
  readonly models: readonly NamedModel[];
  readonly evaluations: readonly TaskEvaluation[];
  /** A dataset by its id in the suite; made up of its id alone where the data do not list it. */
  dataset(id: string): ReportedDataset;
  /** A model by id, whatever its variant: for rows that name no variant. */
  model(id: string): NamedModel | undefined;
}

const MEANS = new Set(['macro', 'micro']);

function unlistedDataset(id: string): ReportedDataset {
  const unknown = 'not recorded';
  const counts = { patients: NaN, studies: NaN, images: NaN, problemCount: 0, problems: [] };
  const described = { name: id, version: unknown, title: id, licence: unknown, citation: unknown };
  return { id, ...described, ...counts, tier: 'credentialed', synthetic: false, split: unknown, part: unknown };
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

function isRanking(results: readonly Result[], rows: readonly PredictionRow[]): boolean {
  if (rows.length > 0) return rows.some((row) => row.rank !== null || row.candidates !== null);
  return results.some((result) => /^(recall@|mrr|medianRank|ndcg@)/.test(result.metric));
}

function evaluationOf(
  data: ReportData,
  models: readonly NamedModel[],
  pair: { dataset: ReportedDataset; task: string; rows: readonly PredictionRow[] },
): TaskEvaluation {
  const { dataset, task } = pair;
  const results = data.results.filter(
    (result) =>
      result.dataset === dataset.id && result.task === task && result.subgroup === null && result.corruption === null,
  );
  const judged = pair.rows.filter((row) => row.part === dataset.part);
  const rows = groupBy(judged.length > 0 ? judged : pair.rows, (row) => modelKey(row.model, row.variant));
  const byFinding = new Map([...rows].map(([model, own]) => [model, groupBy(own, (row) => row.finding)]));
  const findings = new Set<string>();
  for (const { finding } of results) if (finding !== null && !MEANS.has(finding)) findings.add(finding);
  for (const groups of byFinding.values()) for (const finding of groups.keys()) findings.add(finding);
  const present = new Set([...results.map((result) => modelKey(result.model, result.variant)), ...rows.keys()]);
  return {
    dataset,
    task,
    kind: isRanking(results, pair.rows) ? 'rankings' : 'scores',
    findings: [...findings],
    results,
    rows,
    rowsOf: (model, finding) => byFinding.get(model)?.get(finding) ?? [],
    models: models.filter((model) => present.has(model.key)),
  };
}

/** Dataset × task pairs in the order of leaderboards, then results, then predictions. */
function pairsOf(data: ReportData): readonly (readonly [string, string])[] {
  const pairs = new Map<string, readonly [string, string]>();
  for (const { dataset, task } of [...data.leaderboards, ...data.results, ...data.predictions])
    pairs.set(`${dataset}\u0000${task}`, [dataset, task]);
  return [...pairs.values()];
}

export function indexReport(data: ReportData): ReportIndex {
  const models = namedModels(data);
  const datasets = new Map(data.datasets.map((dataset) => [dataset.id, dataset]));
  const dataset = (id: string) => datasets.get(id) ?? unlistedDataset(id);
  const rows = groupBy(data.predictions, (row) => `${row.dataset}\u0000${row.task}`);
  const evaluations = pairsOf(data).map(([id, task]) =>
    evaluationOf(data, models, { dataset: dataset(id), task, rows: rows.get(`${id}\u0000${task}`) ?? [] }),
  );
  return { data, models, evaluations, dataset, model: (id) => models.find((model) => model.id === id) };
}

/** The result of a model on a finding, or undefined where there is none. */
export function resultOf(
  evaluation: TaskEvaluation,
  model: NamedModel,
  row: { readonly finding: string | null; readonly metric: string },
): Result | undefined {
  return evaluation.results.find(
    (result) =>
      result.model === model.id &&
      result.variant === model.variant &&
      result.finding === row.finding &&
      result.metric === row.metric,
  );
}
