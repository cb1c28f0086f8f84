/** A metric is pure and resampling-aware: prepared once (sorting and all), then evaluated under row multiplicities. */

/** Multiplicity of each row in a bootstrap replicate; undefined means one each. */
export type Weights = Float64Array | undefined;

/** Value under multiplicities; NaN where undefined (never 0). */
export type Statistic = (weights?: Float64Array) => number;

/** Binary targets (0 or 1) and real scores of the same length; higher score = more likely positive. */
export interface ScoredTargets {
  readonly targets: Uint8Array;
  readonly scores: Float64Array;
}

/** Binary targets and 0/1 decisions of the same length. */
export interface DecidedTargets {
  readonly targets: Uint8Array;
  readonly decisions: Uint8Array;
}

/** One entry per query, its candidates ranked by similarity. */
export interface RankedQueries {
  /** Rank of the best relevant candidate, from 1; a half for ties (mid-rank). NaN where the query has none or failed. */
  readonly firstRelevantRank: Float64Array;
  /** Number of relevant candidates of each query. */
  readonly relevantCount: Int32Array;
  /** Relevance (0 or 1) of the first `depth` candidates, row-major [queries, depth]. */
  readonly topRelevance: Uint8Array;
  readonly depth: number;
}

interface MetricCommon {
  readonly name: string;
  readonly version: string;
  readonly better: 'higher' | 'lower';
  readonly range: readonly [number, number];
  /** Value of an uninformed prediction; 'prevalence' where it equals the share of positives; undefined where none is fixed. */
  readonly chance: number | 'prevalence' | undefined;
  readonly unit: string;
  /** Paper, specification section or OWNER/REPO:path. */
  readonly source: string;
  /** How two models are compared on it. */
  readonly comparison: 'delong' | 'paired-bootstrap';
}

export interface ScoreMetric extends MetricCommon {
  readonly input: 'scores';
  prepare(input: ScoredTargets): Statistic;
}

export interface DecisionMetric extends MetricCommon {
  readonly input: 'decisions';
  prepare(input: DecidedTargets): Statistic;
}

export interface RankingMetric extends MetricCommon {
  readonly input: 'rankings';
  prepare(input: RankedQueries): Statistic;
}

export type MetricDefinition = ScoreMetric | DecisionMetric | RankingMetric;

export function defineMetric<Metric extends MetricDefinition>(definition: Metric): Metric {
  return definition;
}
