/** Rankings without a model: a random order for each query, and one order of popularity for all of them. */
import { rng } from '../../core/rng.ts';
import type { DatasetView, DirectionRanking, Rankings } from '../../core/task.ts';
import { DEPTH } from './rank-candidates.ts';
import { reportText, type TextField } from './report-text.ts';
import { type Direction, labelKey, type RetrievalPool, textKey } from './retrieval-pool.ts';

/** Place from 1 of the first of `answers` in an order of all candidates; NaN for none. */
function placeOfFirst(order: Int32Array, answers: ReadonlySet<number> | undefined): number {
  if (!answers || answers.size === 0) return Number.NaN;
  let place = 0;
  while (!answers.has(order[place]!)) place++;
  return place + 1;
}

function rankingOf(
  { direction, queries, candidates }: Direction,
  orderOf: (id: string) => Int32Array,
): DirectionRanking {
  const exact = new Float64Array(queries.length);
  const sameLabels = new Float64Array(queries.length);
  const top = new Int32Array(queries.length * DEPTH).fill(-1);
  queries.forEach((query, index) => {
    const order = orderOf(query.id);
    exact[index] = placeOfFirst(order, query.exact);
    sameLabels[index] = placeOfFirst(order, query.sameLabels);
    top.set(order.subarray(0, DEPTH), index * DEPTH);
  });
  return {
    direction,
    queries: queries.map(({ id }) => id),
    candidates,
    firstRelevantRank: exact,
    firstLabelRelevantRank: sameLabels,
    top,
    depth: DEPTH,
    failures: new Map(),
  };
}

/** Fisher–Yates. */
function shuffled(size: number, seed: number, item: string): Int32Array {
  const order = Int32Array.from({ length: size }, (_, index) => index);
  const random = rng(seed, 'chance', item);
  for (let last = size - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** How often the text of each report, and the label set of each image, occurs in the given studies. */
function popularity(
  pool: RetrievalPool,
  dataset: DatasetView,
  field: TextField,
  judged: boolean,
): [number[], number[]] {
  const texts = new Map<string, number>();
  const labels = new Map<string | undefined, number>();
  dataset.studies.forEach((study, index) => {
    const part = dataset.parts[index];
    if (part === 'excluded' || (part === dataset.evaluate) !== judged) return;
    const text = textKey(reportText(study.report, field) ?? '');
    texts.set(text, (texts.get(text) ?? 0) + 1);
    labels.set(labelKey(study), (labels.get(labelKey(study)) ?? 0) + 1);
  });
  const studyOfImage = pool.directions[0].queries.map(({ study }) => study);
  return [
    pool.texts.map((text) => texts.get(textKey(text)) ?? 0),
    studyOfImage.map((study) => labels.get(labelKey(study)) ?? 0),
  ];
}

/** Candidates by descending count; ties in a seeded order. */
function popularFirst({ direction, candidates }: Direction, counts: readonly number[], seed: number): Int32Array {
  const luck = shuffled(candidates.length, seed, `prevalence\u0000${direction}`);
  return luck.sort((a, b) => counts[b]! - counts[a]!);
}

function rankings(directions: readonly DirectionRanking[]): Rankings {
  return { kind: 'rankings', directions };
}

/**
 * `prevalence` orders reports by how often their text, and images by how often their label set, occurs outside the judged
 * part; where nothing is outside it, inside it, and the name says so.
 */
export function rankingBaselines(
  pool: RetrievalPool,
  dataset: DatasetView,
  { text, seed }: { readonly text: TextField; readonly seed: number },
): { readonly name: string; readonly prediction: Rankings }[] {
  const outside = dataset.parts.some((part) => part !== 'excluded' && part !== dataset.evaluate);
  const counts = popularity(pool, dataset, text, !outside);
  const chance = pool.directions.map((direction) =>
    rankingOf(direction, (id) => shuffled(direction.candidates.length, seed, `${direction.direction}\u0000${id}`)),
  );
  const popular = pool.directions.map((direction, index) => {
    const order = popularFirst(direction, counts[index]!, seed);
    return rankingOf(direction, () => order);
  });
  return [
    { name: 'chance', prediction: rankings(chance) },
    { name: outside ? 'prevalence' : `prevalence-of-${dataset.evaluate}`, prediction: rankings(popular) },
  ];
}
