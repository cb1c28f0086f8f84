/** Paired tests between all models of one question, on the rows that both have. */
import type { Comparison } from '../core/result.ts';
import type { Measure } from '../core/task.ts';
import { clusterByPatient, pairedBootstrap, type Replicates } from '../lib/stats/bootstrap.ts';
import { delong, delongDifference } from '../lib/stats/delong.ts';
import { holm } from '../lib/stats/multiple-testing.ts';
import {
  metricName,
  type ReplicatedMeasure,
  type ReplicatedModel,
  type ReplicatedQuestion,
  replicateMeasures,
} from './evaluate.ts';

interface Test {
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number;
  readonly method: Comparison['method'];
  readonly n: number;
}

/** The replicates without some rows: a row that either model failed on counts for neither. */
function without(failed: ReadonlySet<number>, replicates: Replicates): Replicates {
  const weights: Replicates['weights'] = (b, into) => {
    const drawn = replicates.weights(b, into);
    for (const row of failed) drawn[row] = 0;
    return drawn;
  };
  return { count: replicates.count, weights };
}

/** Both models' measures on the rows that neither failed on. */
function onCommonRows(question: ReplicatedQuestion, a: ReplicatedModel, b: ReplicatedModel): [Replicated, Replicated] {
  const failed = [a, b].map(({ evaluation }) => new Set(evaluation.failedRows));
  const same = failed[0]!.size === failed[1]!.size && [...failed[0]!].every((row) => failed[1]!.has(row));
  if (same) return [a.measures, b.measures];
  const either = new Set([...failed[0]!, ...failed[1]!]);
  const present = Float64Array.from(question.patients, (_, row) => (either.has(row) ? 0 : 1));
  const replicates = without(either, question.replicates);
  const masked = (model: ReplicatedModel) =>
    replicateMeasures(model.evaluation.measures, replicates).map((entry) => ({
      ...entry,
      value: entry.measure.value(present),
    }));
  return [masked(a), masked(b)];
}

type Replicated = readonly ReplicatedMeasure[];
type Scored = NonNullable<Measure['scored']>;

/** Scored rows of both, in the order of rows. */
function commonScores(a: Scored, b: Scored) {
  const placeInB = new Map(Array.from(b.rows, (row, place) => [row, place]));
  const places = Array.from(a.rows.keys()).filter((place) => placeInB.has(a.rows[place]!));
  return {
    rows: places.map((place) => a.rows[place]!),
    targets: Uint8Array.from(places, (place) => a.targets[place]!),
    a: Float64Array.from(places, (place) => a.scores[place]!),
    b: Float64Array.from(places, (place) => b.scores[placeInB.get(a.rows[place]!)!]!),
  };
}

function delongTest(a: Scored, b: Scored, clusters: Int32Array, confidence: number): Test {
  const common = commonScores(a, b);
  const ofRow = Int32Array.from(common.rows, (row) => clusters[row]!);
  const { difference, low, high, pValue } = delongDifference(
    delong(common.targets, [common.a, common.b], ofRow),
    0,
    1,
    confidence,
  );
  return { difference, low, high, pValue, method: 'delong', n: common.rows.length };
}

function bootstrapTest(a: ReplicatedMeasure, b: ReplicatedMeasure, confidence: number): Test {
  const { interval, pValue } = pairedBootstrap(a.distribution, b.distribution, confidence);
  return {
    difference: a.value - b.value,
    low: interval.low,
    high: interval.high,
    pValue,
    method: 'paired-bootstrap',
    n: Math.min(a.measure.n, b.measure.n),
  };
}

interface Setting {
  readonly clusters: Int32Array;
  readonly confidence: number;
  /** One patient cannot be resampled: no test. */
  readonly patients: number;
}

/** DeLong where the metric asks for it and its variance is defined, else the paired bootstrap. */
function test(a: ReplicatedMeasure, b: ReplicatedMeasure, { clusters, confidence, patients }: Setting): Test {
  const { scored } = a.measure;
  if (scored && b.measure.scored) {
    const exact = delongTest(scored, b.measure.scored, clusters, confidence);
    if (!Number.isNaN(exact.pValue)) return exact;
  }
  const resampled = bootstrapTest(a, b, confidence);
  return patients < 2 ? { ...resampled, low: null, high: null, pValue: Number.NaN } : resampled;
}

const orNull = (value: number | null) => (value === null || Number.isNaN(value) ? null : value);

/** Comparisons of two models on every measure that both have, not yet corrected. */
function comparePair(
  question: ReplicatedQuestion,
  setting: Setting,
  pair: readonly [ReplicatedModel, ReplicatedModel],
) {
  const { dataset, task } = question.frame;
  const [a, b] = pair;
  const [measuresA, measuresB] = onCommonRows(question, a, b);
  const keyOf = ({ measure }: ReplicatedMeasure) => `${measure.finding}\u0000${metricName(measure)}`;
  const inB = new Map(measuresB.map((entry) => [keyOf(entry), entry]));
  return measuresA.flatMap((entry): Comparison[] => {
    const other = inB.get(keyOf(entry));
    if (!other) return [];
    const { difference, low, high, pValue, method, n } = test(entry, other, setting);
    return [
      {
        dataset: dataset.id,
        split: `${dataset.split.name}:${dataset.evaluate}`,
        task,
        finding: entry.measure.finding,
        metric: metricName(entry.measure),
        modelA: a.id,
        modelB: b.id,
        difference: orNull(difference),
        ciLow: orNull(low),
        ciHigh: orNull(high),
        pValue: orNull(pValue),
        pAdjusted: null,
        method,
        n,
      },
    ];
  });
}

/** Holm's correction within (finding, metric). */
function correct(comparisons: readonly Comparison[]): Comparison[] {
  const families = new Map<string, number[]>();
  comparisons.forEach(({ finding, metric }, index) => {
    const key = `${finding}\u0000${metric}`;
    families.set(key, [...(families.get(key) ?? []), index]);
  });
  const adjusted = comparisons.map(() => Number.NaN);
  for (const indices of families.values()) {
    const pValues = holm(indices.map((index) => comparisons[index]!.pValue ?? Number.NaN));
    indices.forEach((index, place) => {
      adjusted[index] = pValues[place]!;
    });
  }
  return comparisons.map((comparison, index) => ({ ...comparison, pAdjusted: orNull(adjusted[index]!) }));
}

/**
 * Every pair of models, and every model against every baseline. The two are separate families for Holm's correction, so
 * that the baselines do not weaken the tests between models; baselines are not compared with each other.
 */
export function compareModels(question: ReplicatedQuestion): Comparison[] {
  const { count, ofRow } = clusterByPatient(question.patients);
  const setting = { clusters: ofRow, confidence: question.frame.statistics.confidence, patients: count };
  const models = question.models.filter((model) => !model.isBaseline);
  const baselines = question.models.filter((model) => model.isBaseline);
  const among = models.flatMap((a, index) => models.slice(index + 1).map((b) => [a, b] as const));
  const against = models.flatMap((a) => baselines.map((b) => [a, b] as const));
  return [among, against].flatMap((pairs) => correct(pairs.flatMap((pair) => comparePair(question, setting, pair))));
}
