/** Scores of items by prompts: mean over the checkpoints of an ensemble, and over the images of a study. */
import type { PromptAggregation, PromptPair } from '../../core/prompts.ts';
import type { EmbeddingLookup, ScoreMatrix } from '../../core/task.ts';
import type { Item } from './items.ts';
import { type PromptVectors, promptProbability, promptVectors, unitVector } from './pair-probability.ts';

export interface PromptColumn {
  readonly name: string;
  readonly pair: PromptPair;
  /** How several texts of a side are joined. */
  readonly aggregation: PromptAggregation;
}

interface Member {
  readonly lookup: EmbeddingLookup;
  readonly prompts: readonly (PromptVectors | undefined)[];
}

/** Mean probability over members, per column; undefined where a member has no usable embedding of the image. */
function imageScores(id: string, members: readonly Member[], columns: number): Float64Array | undefined {
  const sum = new Float64Array(columns);
  for (const { lookup, prompts } of members) {
    const embedding = lookup.image(id);
    const image = embedding && unitVector(embedding);
    if (!image) return undefined;
    for (let c = 0; c < columns; c++) {
      const own = prompts[c];
      sum[c]! += own ? promptProbability(image, own) / members.length : Number.NaN;
    }
  }
  return sum;
}

function failureOf(id: string, members: readonly Member[]): string {
  for (const { lookup } of members) {
    const reason = lookup.failure(id);
    if (reason !== undefined) return reason;
  }
  return 'no usable embedding';
}

/**
 * Score matrix [items, columns] in (0, 1). An item fails where none of its images has an embedding: its row is NaN and
 * the reason is kept. The score of a study is the mean over its images that did not fail.
 */
export function predictPairs(
  items: readonly Item[],
  columns: readonly PromptColumn[],
  lookups: readonly EmbeddingLookup[],
): ScoreMatrix {
  const members = lookups.map((lookup) => ({
    lookup,
    prompts: columns.map(({ pair, aggregation }) => promptVectors(pair, lookup, aggregation)),
  }));
  const values = new Float64Array(items.length * columns.length).fill(Number.NaN);
  const failures = new Map<string, string>();
  items.forEach((item, row) => {
    const scored = item.images.flatMap((image) => imageScores(image.id, members, columns.length) ?? []);
    if (scored.length === 0) failures.set(item.id, failureOf(item.images[0]!.id, members));
    for (let c = 0; c < columns.length && scored.length > 0; c++) {
      let sum = 0;
      for (const scores of scored) sum += scores[c]!;
      values[row * columns.length + c] = sum / scored.length;
    }
  });
  const names = columns.map((column) => column.name);
  return { kind: 'scores', columns: names, items: items.map((item) => item.id), values, failures };
}
