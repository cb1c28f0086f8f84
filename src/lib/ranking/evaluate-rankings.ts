/** Judges rankings: exact answers first, and candidates with the same labels as a second reading. */
import type { MetricDefinition, RankedQueries, RankingMetric } from '../../core/metric.ts';
import type { Alarm, PredictionRow } from '../../core/result.ts';
import type {
  DatasetView,
  DirectionRanking,
  Evaluation,
  Measure,
  Rankings,
  TwoStepStatistic,
} from '../../core/task.ts';
import { gatherRows, stepwise } from '../scoring/row-statistics.ts';
import type { Direction, Query, RetrievalPool } from './retrieval-pool.ts';

export interface RankingQuestion {
  readonly task: string;
  readonly dataset: DatasetView;
  readonly pool: RetrievalPool;
  /** Without the parts that differ between directions and readings. */
  readonly protocol: string;
}

interface JudgedModel {
  readonly id: string;
  readonly variant: string;
}

/** A direction of the pool with its ranking matched by id: queries and candidates as indices of the pool. */
interface Matched {
  readonly direction: Direction;
  readonly exact: Float64Array;
  readonly sameLabels: Float64Array;
  /** [queries, depth]; −1 where there is no candidate. */
  readonly top: Int32Array;
  readonly depth: number;
  /** By query index. */
  readonly failures: ReadonlyMap<number, string>;
}

function matchTop(
  ranking: DirectionRanking,
  direction: Direction,
  positions: readonly (number | undefined)[],
): Int32Array {
  const candidateOf = new Map(direction.candidates.map((id, index) => [id, index]));
  const { depth, top, candidates } = ranking;
  const matched = new Int32Array(positions.length * depth).fill(-1);
  positions.forEach((position, query) => {
    for (let place = 0; position !== undefined && place < depth; place++) {
      const candidate = top[position * depth + place]!;
      matched[query * depth + place] = candidate < 0 ? -1 : (candidateOf.get(candidates[candidate]!) ?? -1);
    }
  });
  return matched;
}

function match(direction: Direction, prediction: Rankings): Matched {
  const ranking = prediction.directions.find((entry) => entry.direction === direction.direction);
  const positionOf = new Map(ranking?.queries.map((id, position) => [id, position]));
  const positions = direction.queries.map(({ id }) => positionOf.get(id));
  const pick = (ranks: Float64Array | undefined) =>
    Float64Array.from(positions, (position) => (position === undefined ? Number.NaN : ranks![position]!));
  const exact = pick(ranking?.firstRelevantRank);
  const failures = new Map<number, string>();
  direction.queries.forEach(({ id }, query) => {
    if (!Number.isNaN(exact[query]!)) return;
    failures.set(query, ranking?.failures.get(id) ?? 'no ranking for this query');
  });
  const depth = ranking?.depth ?? 0;
  const top = ranking ? matchTop(ranking, direction, positions) : new Int32Array(0);
  return { direction, exact, sameLabels: pick(ranking?.firstLabelRelevantRank), top, depth, failures };
}

type AnswersOf = (query: Query) => ReadonlySet<number> | undefined;

function rankedQueries({ direction, top, depth }: Matched, ranks: Float64Array, answersOf: AnswersOf): RankedQueries {
  const { queries } = direction;
  const topRelevance = Uint8Array.from(top, (candidate, at) =>
    answersOf(queries[Math.floor(at / depth)]!)?.has(candidate) ? 1 : 0,
  );
  const relevantCount = Int32Array.from(queries, (query) => answersOf(query)?.size ?? 0);
  return { firstRelevantRank: ranks, relevantCount, topRelevance, depth };
}

interface Reading {
  readonly finding: string;
  readonly relevance: string;
  readonly ranked: RankedQueries;
  readonly candidates: number;
  readonly failed: number;
  /** Multiplicities of the direction's queries. */
  readonly summarize: TwoStepStatistic['summarize'];
}

/** Each direction under both readings; the label-aware one has ` (labels)` after the direction's name. */
function readings(matched: readonly Matched[]): Reading[] {
  let offset = 0;
  return matched.flatMap((entry) => {
    const { direction, exact, sameLabels, failures } = entry;
    const first = offset;
    const summarize = gatherRows(Int32Array.from(direction.queries, (_, query) => first + query));
    const common = { candidates: direction.candidates.length, failed: failures.size, summarize };
    offset += direction.queries.length;
    const finding = direction.direction;
    const byText = rankedQueries(entry, exact, (query) => query.exact);
    const byLabels = rankedQueries(entry, sameLabels, (query) => query.sameLabels);
    return [
      { ...common, finding, relevance: 'same-report', ranked: byText },
      { ...common, finding: `${finding} (labels)`, relevance: 'same-present-findings', ranked: byLabels },
    ];
  });
}

function measure(metric: RankingMetric, reading: Reading, question: RankingQuestion): Measure {
  const { ranked, summarize, candidates, relevance, finding } = reading;
  const statistic = stepwise({ summarize, read: metric.prepare(ranked) });
  const n = ranked.firstRelevantRank.reduce((sum, rank) => sum + (Number.isNaN(rank) ? 0 : 1), 0);
  const reason = n === 0 ? `no ranked query with a right answer in ${question.dataset.evaluate}` : 'undefined';
  return {
    finding,
    metric,
    n,
    nPositive: null,
    nFailed: reading.failed,
    protocol: `${question.protocol};candidates=${candidates};relevance=${relevance};ties=mid-rank`,
    ...statistic,
    ...(Number.isNaN(statistic.value()) ? { reason } : {}),
  };
}

function predictionRows(question: RankingQuestion, model: JudgedModel, matched: Matched): PredictionRow[] {
  const { direction, exact, top, depth, failures } = matched;
  return direction.queries.map((query, index) => {
    const found = [...top.subarray(index * depth, (index + 1) * depth)].filter((candidate) => candidate >= 0);
    return {
      dataset: question.dataset.id,
      task: question.task,
      model: model.id,
      variant: model.variant,
      part: question.dataset.evaluate,
      patient: query.study.patientId,
      study: query.study.id,
      item: query.id,
      finding: direction.direction,
      target: null,
      score: null,
      decision: null,
      rank: Number.isNaN(exact[index]!) ? null : exact[index]!,
      candidates: found.length > 0 ? found.map((candidate) => direction.candidates[candidate]!).join('|') : null,
      failure: failures.get(index) ?? null,
    };
  });
}

/** Fewer queries than this agree by chance. */
const ALARM_QUERIES = 5;

/** Collapse: every query gets the same first answer. */
function collapseAlarms(question: RankingQuestion, model: JudgedModel, matched: readonly Matched[]): Alarm[] {
  return matched.flatMap(({ direction, top, depth }) => {
    const firsts = top.filter((candidate, at) => at % depth === 0 && candidate >= 0);
    if (direction.candidates.length < 2 || firsts.length < ALARM_QUERIES || new Set(firsts).size > 1) return [];
    const message = `all ${firsts.length} queries have the same first candidate of ${direction.candidates.length}`;
    return [
      { dataset: question.dataset.id, task: question.task, model: model.id, finding: direction.direction, message },
    ];
  });
}

/** Rows are the image queries, then the report queries, in the order of the dataset. */
export function evaluateRankings(
  question: RankingQuestion,
  model: JudgedModel,
  prediction: Rankings,
  metrics: readonly MetricDefinition[],
): Evaluation {
  const matched = question.pool.directions.map((direction) => match(direction, prediction));
  const ranking = metrics.filter((metric) => metric.input === 'rankings');
  const queries = question.pool.directions.flatMap((direction) => direction.queries);
  const offsets = [0, question.pool.directions[0].queries.length];
  const failedRows = matched.flatMap(({ failures }, index) => [...failures.keys()].map((at) => offsets[index]! + at));
  return {
    patients: queries.map(({ study }) => study.patientId),
    nFailed: failedRows.length,
    failedRows,
    measures: readings(matched).flatMap((reading) => ranking.map((metric) => measure(metric, reading, question))),
    predictions: matched.flatMap((direction) => predictionRows(question, model, direction)),
    alarms: collapseAlarms(question, model, matched),
  };
}
