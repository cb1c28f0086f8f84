/** Names of models, tasks and metrics as a reader sees them, and the colour each model keeps throughout. */
import type { ReportData, ReportedModel } from '../core/report-data.ts';

const TASKS: Readonly<Record<string, string>> = {
  'zero-shot': 'Zero-shot findings',
  view: 'View',
  retrieval: 'Image–report retrieval',
  summarization: 'Summarization',
  'report-generation': 'Report generation',
  representation: 'Representation',
  efficiency: 'Efficiency',
};

const METRICS: Readonly<Record<string, string>> = {
  auroc: 'AUROC',
  auprc: 'AUPRC',
  accuracy: 'Accuracy',
  balancedAccuracy: 'Balanced accuracy',
  f1: 'F1',
  precision: 'Precision',
  recall: 'Recall',
  specificity: 'Specificity',
  mcc: 'MCC',
  mrr: 'MRR',
  medianRank: 'Median rank',
  prevalence: 'Prevalence',
};

const DIRECTIONS: Readonly<Record<string, string>> = {
  'image-to-report': 'Image → report',
  'report-to-image': 'Report → image',
  macro: 'macro mean',
  micro: 'micro mean',
};

export function taskTitle(task: string): string {
  return TASKS[task] ?? task;
}

export function metricTitle(metric: string): string {
  const family = /^(recall|ndcg|precision|map)@(\d+)(.*)$/i.exec(metric);
  if (family) {
    const name = family[1]!.toLowerCase() === 'ndcg' ? 'nDCG' : family[1]![0]!.toUpperCase() + family[1]!.slice(1);
    return `${name}@${family[2]}${family[3]}`;
  }
  return METRICS[metric] ?? metric;
}

/** Rankings are read twice; the second reading has this after the direction's name. */
const BY_LABELS = ' (labels)';

/** Whether a finding of a ranking task names the label-aware reading. */
export function isByLabels(finding: string | null): boolean {
  return finding?.endsWith(BY_LABELS) ?? false;
}

/** The direction alone. */
export function withoutReading(finding: string): string {
  return isByLabels(finding) ? finding.slice(0, -BY_LABELS.length) : finding;
}

export function findingTitle(finding: string | null): string {
  if (finding === null) return 'whole task';
  const direction = isByLabels(finding) ? DIRECTIONS[withoutReading(finding)] : undefined;
  return direction === undefined
    ? (DIRECTIONS[finding] ?? finding)
    : `${direction}, reports with the same findings count`;
}

/** A metric with what it is taken over: `macro AUROC`, `Recall@5, image → report`, `AUROC for Edema`. */
export function measureTitle(metric: string, finding: string | null): string {
  const title = metricTitle(metric);
  if (finding === null) return title;
  if (finding === 'macro' || finding === 'micro') return `${finding} ${title}`;
  const name = findingTitle(finding);
  return name === finding ? `${title} for ${finding}` : `${title}, ${name[0]!.toLowerCase()}${name.slice(1)}`;
}

/** A model with one variant, its name in tables and its place in the palette. */
export interface NamedModel {
  readonly key: string;
  readonly id: string;
  readonly variant: string;
  readonly name: string;
  readonly baseline: boolean;
  readonly reported: ReportedModel | undefined;
  /** Index into the palette; baselines count apart. */
  readonly series: number;
}

export function modelKey(id: string, variant: string): string {
  return `${id}\u0000${variant}`;
}

/** Every model that has a row anywhere, in the order of data.models; unlisted ones (stored predictions) come after. */
export function namedModels(data: ReportData): readonly NamedModel[] {
  const pairs = new Map<string, { id: string; variant: string; reported: ReportedModel | undefined }>();
  for (const model of data.models)
    pairs.set(modelKey(model.id, model.variant), { id: model.id, variant: model.variant, reported: model });
  for (const { model, variant } of [...data.results, ...data.leaderboards.flatMap((board) => board.entries)])
    if (!pairs.has(modelKey(model, variant)))
      pairs.set(modelKey(model, variant), { id: model, variant, reported: undefined });
  const variants = new Map<string, number>();
  for (const { id } of pairs.values()) variants.set(id, (variants.get(id) ?? 0) + 1);
  const counters = { model: 0, baseline: 0 };
  return [...pairs].map(([key, { id, variant, reported }]) => {
    const baseline = reported?.baseline ?? isListedBaseline(data, id);
    const name = variants.get(id)! > 1 && variant !== '' ? `${id} · ${variant}` : id;
    return { key, id, variant, reported, name, baseline, series: baseline ? counters.baseline++ : counters.model++ };
  });
}

function isListedBaseline(data: ReportData, id: string): boolean {
  return data.leaderboards.some((board) => board.entries.some((entry) => entry.model === id && entry.baseline));
}
