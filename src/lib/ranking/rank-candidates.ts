/** Ranks of the right answers by exact similarity search; ties with wrong candidates count one half each. */
import type { DirectionRanking, SimilaritySearch } from '../../core/task.ts';
import { type JointEmbeddings, pickRows } from './joint-embeddings.ts';
import type { Direction } from './retrieval-pool.ts';

/** Places kept of each ranking. */
export const DEPTH = 10;

export interface Sides {
  /** One item per query and one per candidate, in the order of the direction. */
  readonly queries: JointEmbeddings;
  readonly candidates: JointEmbeddings;
}

/** Queries (as rows of the query matrix) that have the same right answers, and these as rows of the candidate matrix. */
interface AnswerGroup {
  readonly queries: number[];
  readonly answers: Int32Array;
}

type AnswersOf = (query: number) => ReadonlySet<number> | undefined;

/** Groups by the set of answers; queries without an answer that has an embedding are left out. */
function answerGroups({ queries, candidates }: Sides, answersOf: AnswersOf): AnswerGroup[] {
  const groups = new Map<ReadonlySet<number>, AnswerGroup>();
  queries.itemOfRow.forEach((query, row) => {
    const set = answersOf(query);
    if (!set) return;
    let group = groups.get(set);
    if (!group) {
      const rows = Int32Array.from(set, (candidate) => candidates.rowOfItem[candidate]!);
      group = { queries: [], answers: rows.filter((at) => at >= 0).sort() };
      groups.set(set, group);
    }
    if (group.answers.length > 0) group.queries.push(row);
  });
  return [...groups.values()].filter((group) => group.queries.length > 0);
}

/** Similarity of the best answer, and how many answers tie with it, by query row; NaN where a query has no answer. */
interface BestAnswers {
  readonly similarity: Float32Array;
  readonly tied: Int32Array;
}

/** Above this many pairs the runtime's matrix product is worth its call. */
const DIRECT_PAIRS = 4096;
/** As the search's own margin. */
const TIE_MARGIN = 1e-6;

function similarity(sides: Sides, query: number, candidate: number): number {
  const { dimension } = sides.queries;
  const [a, b] = [query * dimension, candidate * dimension];
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += sides.queries.data[a + d]! * sides.candidates.data[b + d]!;
  return sum;
}

function bestDirectly(sides: Sides, { queries, answers }: AnswerGroup, best: BestAnswers): void {
  for (const row of queries) {
    const similarities = Float64Array.from(answers, (answer) => similarity(sides, row, answer));
    const highest = similarities.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    best.similarity[row] = highest;
    best.tied[row] = similarities.filter((value) => value >= highest - TIE_MARGIN).length;
  }
}

async function bestAnswers(
  sides: Sides,
  groups: readonly AnswerGroup[],
  search: SimilaritySearch,
): Promise<BestAnswers> {
  const rows = sides.queries.itemOfRow.length;
  const best = { similarity: new Float32Array(rows).fill(Number.NaN), tied: new Int32Array(rows) };
  const { dimension } = sides.queries;
  for (const group of groups) {
    const { queries, answers } = group;
    if (queries.length * answers.length <= DIRECT_PAIRS) {
      bestDirectly(sides, group, best);
      continue;
    }
    const asked = pickRows(sides.queries, queries);
    const right = pickRows(sides.candidates, answers);
    const { similarities } = await search.topK(asked, right, dimension, 1);
    const { tied } = await search.countAbove(asked, right, dimension, similarities);
    queries.forEach((row, i) => {
      best.similarity[row] = similarities[i]!;
      best.tied[row] = tied[i]!;
    });
  }
  return best;
}

/**
 * 1 + candidates above the best right answer + half of the wrong ones that tie with it, for every query.
 * @returns [queries]; NaN where the query or all of its right answers have no embedding
 */
async function firstRanks(
  sides: Sides,
  answersOf: AnswersOf,
  search: SimilaritySearch,
  total: number,
): Promise<Float64Array> {
  const ranks = new Float64Array(total).fill(Number.NaN);
  const best = await bestAnswers(sides, answerGroups(sides, answersOf), search);
  const asked = Int32Array.from(best.similarity.keys()).filter((row) => !Number.isNaN(best.similarity[row]!));
  if (asked.length === 0) return ranks;
  const { queries, candidates } = sides;
  const thresholds = Float32Array.from(asked, (row) => best.similarity[row]!);
  const counts = await search.countAbove(pickRows(queries, asked), candidates.data, queries.dimension, thresholds);
  asked.forEach((row, i) => {
    const wrong = Math.max(0, counts.tied[i]! - best.tied[row]!);
    ranks[queries.itemOfRow[row]!] = 1 + counts.above[i]! + wrong / 2;
  });
  return ranks;
}

/** Candidates of the first places [queries, DEPTH]; −1 where there are fewer, or where the query failed. */
async function firstPlaces(
  { queries, candidates }: Sides,
  search: SimilaritySearch,
  total: number,
): Promise<Int32Array> {
  const top = new Int32Array(total * DEPTH).fill(-1);
  if (queries.itemOfRow.length === 0 || candidates.itemOfRow.length === 0) return top;
  const { indices, k } = await search.topK(queries.data, candidates.data, queries.dimension, DEPTH);
  queries.itemOfRow.forEach((query, row) => {
    for (let place = 0; place < k; place++) {
      top[query * DEPTH + place] = candidates.itemOfRow[indices[row * k + place]!]!;
    }
  });
  return top;
}

/**
 * A candidate without an embedding stands behind all others and is never found.
 * @param failure why the query at an index has no embedding
 */
export async function rankCandidates(
  { direction, queries, candidates }: Direction,
  sides: Sides,
  search: SimilaritySearch,
  failure: (query: number) => string,
): Promise<DirectionRanking> {
  const exact = await firstRanks(sides, (query) => queries[query]!.exact, search, queries.length);
  const failures = new Map<string, string>();
  queries.forEach(({ id }, query) => {
    if (!Number.isNaN(exact[query]!)) return;
    const asked = sides.queries.rowOfItem[query]! >= 0;
    failures.set(id, asked ? 'every right answer failed' : failure(query));
  });
  return {
    direction,
    queries: queries.map(({ id }) => id),
    candidates,
    firstRelevantRank: exact,
    firstLabelRelevantRank: await firstRanks(sides, (query) => queries[query]!.sameLabels, search, queries.length),
    top: await firstPlaces(sides, search, queries.length),
    depth: DEPTH,
    failures,
  };
}
