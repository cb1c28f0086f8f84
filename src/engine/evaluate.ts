/** Evaluations of all models of one question → results with intervals by one shared patient-cluster bootstrap. */
import type { Part } from '../core/dataset.ts';
import type { Result } from '../core/result.ts';
import type { Evaluation, Measure, TwoStepStatistic } from '../core/task.ts';
import {
  bootstrapDistributions,
  percentileInterval,
  type Replicates,
  replicateWeights,
} from '../lib/stats/bootstrap.ts';

/** A question: one task asked of one dataset. */
export interface QuestionFrame {
  readonly dataset: {
    readonly id: string;
    readonly split: { readonly name: string; readonly digest: string };
    readonly evaluate: Part;
  };
  readonly task: string;
  readonly seed: number;
  readonly statistics: { readonly replicates: number; readonly confidence: number };
}

export interface EvaluatedModel {
  readonly id: string;
  readonly variant: string;
  readonly isBaseline: boolean;
  readonly evaluation: Evaluation;
}

/** A measure with its value and its bootstrap distribution. */
export interface ReplicatedMeasure {
  readonly measure: Measure;
  /** NaN where undefined. */
  readonly value: number;
  /** [replicates], NaN where undefined; the same replicate is the same draw of patients for every model. */
  readonly distribution: Float64Array;
}

export interface ReplicatedModel extends EvaluatedModel {
  readonly measures: readonly ReplicatedMeasure[];
}

export interface ReplicatedQuestion {
  readonly frame: QuestionFrame;
  /** Patient of each row, for all models. */
  readonly patients: readonly string[];
  readonly replicates: Replicates;
  readonly models: readonly ReplicatedModel[];
}

/** Full name of a measure's metric. */
export const metricName = (measure: Measure) => measure.name ?? measure.metric.name;

function sharedPatients(models: readonly EvaluatedModel[]): readonly string[] {
  const patients = models[0]?.evaluation.patients ?? [];
  for (const { id, evaluation } of models) {
    const same =
      evaluation.patients.length === patients.length && evaluation.patients.every((p, i) => p === patients[i]);
    if (!same) throw new Error(`evaluate: the rows of ${id} are not those of ${models[0]!.id}`);
  }
  return patients;
}

/** Distribution of a mean from those of its members, replicate by replicate. */
function fillMean(distribution: Float64Array, members: readonly ReplicatedMeasure[]): void {
  for (let b = 0; b < distribution.length; b++) {
    let sum = 0;
    for (const member of members) sum += member.distribution[b]!;
    distribution[b] = sum / members.length;
  }
}

/** Measures that read one summary. */
interface SummaryGroup {
  readonly summarize: TwoStepStatistic['summarize'];
  readonly readers: { readonly read: TwoStepStatistic['read']; readonly distribution: Float64Array }[];
}

function summaryGroups(replicated: readonly ReplicatedMeasure[]): SummaryGroup[] {
  const groups = new Map<TwoStepStatistic['summarize'], SummaryGroup>();
  for (const { measure, distribution } of replicated) {
    if (!measure.steps) continue;
    const { summarize, read } = measure.steps;
    const group = groups.get(summarize) ?? { summarize, readers: [] };
    group.readers.push({ read, distribution });
    groups.set(summarize, group);
  }
  return [...groups.values()];
}

/** Asks the readers of each group, whose summary is made once a replicate. */
function fillGroups(groups: readonly SummaryGroup[], replicates: Replicates): void {
  let weights: Float64Array | undefined;
  for (let b = 0; groups.length > 0 && b < replicates.count; b++) {
    weights = replicates.weights(b, weights);
    for (const { summarize, readers } of groups) {
      const summary = summarize(weights);
      for (const { read, distribution } of readers) distribution[b] = read(summary);
    }
  }
}

/** Draws the same replicates for all, and asks every defined measure of every model under them. */
export function replicateMeasures(measures: readonly Measure[], replicates: Replicates): ReplicatedMeasure[] {
  const replicated = measures.map((measure) => {
    const distribution = new Float64Array(replicates.count).fill(Number.NaN);
    return { measure, value: measure.value(), distribution };
  });
  const defined = replicated.filter(({ value }) => !Number.isNaN(value));
  const means = defined.filter(({ measure }) => measure.members !== undefined);
  const single = defined.filter(({ measure }) => !measure.members && !measure.steps);
  const direct = bootstrapDistributions(
    single.map(({ measure }) => measure.value),
    replicates,
  );
  for (const [index, { distribution }] of single.entries()) distribution.set(direct[index]!);
  fillGroups(summaryGroups(defined), replicates);
  const entryOf = new Map(replicated.map((entry) => [entry.measure, entry]));
  for (const { measure, distribution } of means) {
    const members = measure.members!.map((member) => entryOf.get(member)!);
    fillMean(distribution, members);
  }
  return replicated;
}

/**
 * Values and bootstrap distributions of all models under the same draws of patients.
 * @throws Error where the models' evaluations do not share their rows (a bug of the task)
 */
export function replicateQuestion(frame: QuestionFrame, models: readonly EvaluatedModel[]): ReplicatedQuestion {
  const patients = sharedPatients(models);
  const replicates = replicateWeights(patients, frame.statistics.replicates, frame.seed);
  const all = replicateMeasures(
    models.flatMap((model) => model.evaluation.measures),
    replicates,
  );
  let start = 0;
  const replicated = models.map((model) => {
    const end = start + model.evaluation.measures.length;
    const measures = all.slice(start, end);
    start = end;
    return { ...model, measures };
  });
  return { frame, patients, replicates, models: replicated };
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value);

interface ReportedInterval {
  readonly low: number | null;
  readonly high: number | null;
  /** Why there is no interval. */
  readonly reason?: string;
}

function intervalOf(replicated: ReplicatedMeasure, confidence: number, patients: number): ReportedInterval {
  const none = (reason: string): ReportedInterval => ({ low: null, high: null, reason });
  if (Number.isNaN(replicated.value)) return none(replicated.measure.reason ?? 'undefined');
  if (patients < 2) return none('no interval: one patient cannot be resampled');
  const { low, high, reason } = percentileInterval(replicated.distribution, confidence);
  return reason === undefined ? { low, high } : none(`no interval: ${reason}`);
}

function protocolOf({ dataset, seed, statistics }: QuestionFrame, protocol: string): string {
  const { split, evaluate } = dataset;
  const named = `split=${split.name}:${evaluate}#${split.digest.slice(0, 12)}`;
  const bootstrap = `bootstrap=patient,${statistics.replicates},${statistics.confidence},seed${seed}`;
  return `${protocol};${named};${bootstrap}`;
}

/** Tidy rows, one per model and measure. */
export function resultsOf({ frame, patients, models }: ReplicatedQuestion): Result[] {
  const distinct = new Set(patients).size;
  return models.flatMap((model) =>
    model.measures.map((replicated): Result => {
      const { measure, value } = replicated;
      const interval = intervalOf(replicated, frame.statistics.confidence, distinct);
      return {
        model: model.id,
        variant: model.variant,
        dataset: frame.dataset.id,
        split: `${frame.dataset.split.name}:${frame.dataset.evaluate}`,
        task: frame.task,
        corruption: null,
        severity: null,
        seed: frame.seed,
        subgroup: null,
        finding: measure.finding,
        metric: metricName(measure),
        value: orNull(value),
        ciLow: interval.low,
        ciHigh: interval.high,
        n: measure.n,
        nPositive: measure.nPositive,
        nFailed: measure.nFailed ?? model.evaluation.nFailed,
        better: measure.metric.better,
        protocol: protocolOf(frame, measure.protocol),
        ...(interval.reason === undefined ? {} : { reason: interval.reason }),
      };
    }),
  );
}
