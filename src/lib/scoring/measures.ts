/** Measures of one prediction: per finding, and micro and macro over a named set of findings. */
import type { DecisionMetric, MetricDefinition, ScoreMetric, Statistic } from '../../core/metric.ts';
import type { Measure } from '../../core/task.ts';
import type { Threshold } from '../stats/threshold.ts';
import type { Column, ScoredRows } from './columns.ts';
import type { FindingSet } from './finding-set.ts';
import { rowStatistics, UNDEFINED_STATISTIC } from './row-statistics.ts';

/** One finding of one prediction, ready to be measured. */
export interface JudgedColumn {
  readonly column: Column;
  readonly scored: ScoredRows;
  readonly threshold: Threshold;
  /** 0/1 per scored row; undefined where there is no threshold. */
  readonly decisions: Uint8Array | undefined;
}

export interface MeasureFrame {
  /** Part that is judged, for reasons. */
  readonly part: string;
  readonly protocol: string;
  /** For example `threshold=youden@validation`; joins the protocol of decision metrics. */
  readonly thresholdProtocol: string;
}

export type BinaryMetric = ScoreMetric | DecisionMetric;

export function isBinary(metric: MetricDefinition): metric is BinaryMetric {
  return metric.input === 'scores' || metric.input === 'decisions';
}

/** Why a number over these rows is undefined, or undefined where nothing speaks against it. */
function obstacle(judged: JudgedColumn, metric: BinaryMetric, part: string): string | undefined {
  const { column, scored, threshold } = judged;
  if (!column.predicted) return 'no scores for this finding in the predictions';
  if (scored.rows.length === 0) return `no labelled and scored items in ${part}`;
  if (metric.input === 'decisions' && threshold.reason !== undefined) return threshold.reason;
  return undefined;
}

function classGap(positives: number, n: number, part: string): string {
  if (positives === 0) return `no positives in ${part}`;
  if (positives === n) return `no negatives in ${part}`;
  return 'undefined for these decisions: a denominator is zero';
}

function protocolOf(frame: MeasureFrame, metric: BinaryMetric, set = ''): string {
  const threshold = metric.input === 'decisions' ? `;${frame.thresholdProtocol}` : '';
  return `${frame.protocol}${threshold}${set}`;
}

/** Unweighted mean; NaN where any member is, so that the set that is averaged never changes silently, and for no members. */
function meanOf(members: readonly Measure[]): Statistic {
  return (weights) => {
    let sum = 0;
    for (const { value } of members) sum += value(weights);
    return sum / members.length;
  };
}

/** The measures of one finding, one for each metric. */
export function findingMeasures(
  metrics: readonly BinaryMetric[],
  judged: JudgedColumn,
  frame: MeasureFrame,
): Measure[] {
  const { column, scored, decisions } = judged;
  const statisticOf = rowStatistics({ ...scored, decisions });
  return metrics.map((metric) => {
    const known = obstacle(judged, metric, frame.part);
    const statistic = known === undefined ? statisticOf(metric) : UNDEFINED_STATISTIC;
    const reason = known ?? classGap(scored.positives, scored.rows.length, frame.part);
    return {
      finding: column.finding,
      metric,
      n: scored.rows.length,
      nPositive: scored.positives,
      protocol: protocolOf(frame, metric),
      ...statistic,
      ...(Number.isNaN(statistic.value()) ? { reason } : {}),
      ...(metric.comparison === 'delong' && known === undefined ? { scored } : {}),
    };
  });
}

const emptySet = (part: string) => `no finding has enough positives and negatives in ${part}`;

/**
 * Mean over the set of the findings' own values; undefined as soon as one of them is.
 * @param measures of this metric, one per finding
 */
export function macroMeasure(
  metric: BinaryMetric,
  measures: readonly Measure[],
  set: FindingSet,
  frame: MeasureFrame,
): Measure {
  const members = measures.filter((measure) => measure.finding !== null && set.findings.includes(measure.finding));
  const value = meanOf(members);
  const gaps = members.filter((member) => member.reason !== undefined);
  const reason =
    members.length === 0
      ? emptySet(frame.part)
      : `undefined for ${gaps.length} of ${members.length} findings, first ${gaps[0]?.finding}: ${gaps[0]?.reason}`;
  return {
    finding: 'macro',
    metric,
    n: members.reduce((most, member) => Math.max(most, member.n), 0),
    nPositive: null,
    protocol: protocolOf(frame, metric, `;macro=${set.id}`),
    value,
    members,
    ...(Number.isNaN(value()) ? { reason } : {}),
  };
}

function concatenate<Values extends Uint8Array | Float64Array | Int32Array>(empty: Values, parts: Values[]): Values {
  let offset = 0;
  for (const part of parts) {
    empty.set(part, offset);
    offset += part.length;
  }
  return empty;
}

interface PooledRows extends ScoredRows {
  /** Undefined where a finding has no threshold. */
  readonly decisions: Uint8Array | undefined;
}

/** The rows of several findings one after the other; an item stands there once for each finding. */
function pool(members: readonly JudgedColumn[]): PooledRows {
  const total = members.reduce((sum, { scored }) => sum + scored.rows.length, 0);
  const rows = members.map(({ scored }) => scored.rows);
  const targets = members.map(({ scored }) => scored.targets);
  const scores = members.map(({ scored }) => scored.scores);
  const decided = members.flatMap(({ decisions }) => decisions ?? []);
  return {
    rows: concatenate(new Int32Array(total), rows),
    targets: concatenate(new Uint8Array(total), targets),
    scores: concatenate(new Float64Array(total), scores),
    positives: members.reduce((sum, { scored }) => sum + scored.positives, 0),
    decisions: decided.length === members.length ? concatenate(new Uint8Array(total), decided) : undefined,
  };
}

/** All findings of the set pooled: each (item, finding) is one row, decided by its finding's own threshold. */
export function microMeasures(
  metrics: readonly BinaryMetric[],
  columns: readonly JudgedColumn[],
  set: FindingSet,
  frame: MeasureFrame,
): Measure[] {
  const members = columns.filter(({ column }) => set.findings.includes(column.finding));
  const pooled = pool(members);
  const n = pooled.rows.length;
  const statisticOf = rowStatistics(pooled);
  return metrics.map((metric) => {
    const gaps = members.flatMap((member) => obstacle(member, metric, frame.part) ?? []);
    const known = members.length === 0 ? emptySet(frame.part) : gaps[0];
    const statistic = known === undefined ? statisticOf(metric) : UNDEFINED_STATISTIC;
    return {
      finding: 'micro',
      metric,
      n,
      nPositive: pooled.positives,
      protocol: protocolOf(frame, metric, `;micro=${set.id}`),
      ...statistic,
      ...(Number.isNaN(statistic.value()) ? { reason: known ?? classGap(pooled.positives, n, frame.part) } : {}),
    };
  });
}
