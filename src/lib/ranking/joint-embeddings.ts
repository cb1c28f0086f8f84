/** Embeddings of all checkpoints as one matrix whose dot products are the mean cosine over the checkpoints. */
import type { EmbeddingLookup } from '../../core/task.ts';
import { unitVector } from '../scoring/pair-probability.ts';

export interface JointEmbeddings {
  /** Row-major [usable items, dimension]; every row has unit norm. */
  readonly data: Float32Array;
  /** Sum of the checkpoints' dimensions. */
  readonly dimension: number;
  /** Item of each row. */
  readonly itemOfRow: Int32Array;
  /** Row of each item; −1 where it has no usable embedding. */
  readonly rowOfItem: Int32Array;
}

/** Unit vectors of every checkpoint side by side, divided by the root of their number; undefined where one is unusable. */
function joined(embeddings: readonly (Float32Array | null)[]): Float64Array | undefined {
  const units: Float64Array[] = [];
  for (const embedding of embeddings) {
    const unit = embedding && unitVector(embedding);
    if (!unit) return undefined;
    units.push(unit);
  }
  const scale = 1 / Math.sqrt(units.length);
  const vector = new Float64Array(units.reduce((total, unit) => total + unit.length, 0));
  let offset = 0;
  for (const unit of units) {
    for (let i = 0; i < unit.length; i++) vector[offset + i] = unit[i]! * scale;
    offset += unit.length;
  }
  return vector;
}

/** @param embed the embedding of an item by one checkpoint, null where it failed */
export function jointEmbeddings<Item>(
  items: readonly Item[],
  members: readonly EmbeddingLookup[],
  embed: (member: EmbeddingLookup, item: Item) => Float32Array | null,
): JointEmbeddings {
  const vectors = items.map((item) => joined(members.map((member) => embed(member, item))));
  const itemOfRow = Int32Array.from(vectors.keys()).filter((item) => vectors[item] !== undefined);
  const rowOfItem = new Int32Array(items.length).fill(-1);
  const dimension = itemOfRow.length > 0 ? vectors[itemOfRow[0]!]!.length : 1;
  const data = new Float32Array(itemOfRow.length * dimension);
  itemOfRow.forEach((item, row) => {
    data.set(vectors[item]!, row * dimension);
    rowOfItem[item] = row;
  });
  return { data, dimension, itemOfRow, rowOfItem };
}

/** Some rows as a matrix of their own. */
export function pickRows({ data, dimension }: JointEmbeddings, rows: ArrayLike<number>): Float32Array {
  const picked = new Float32Array(rows.length * dimension);
  for (let i = 0; i < rows.length; i++) {
    picked.set(data.subarray(rows[i]! * dimension, (rows[i]! + 1) * dimension), i * dimension);
  }
  return picked;
}
