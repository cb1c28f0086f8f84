/** Exact similarity search: tiles of a matrix product and its top k in the runtime, merged here. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { SimilaritySearch, TopK } from '../core/task.ts';
import { encodeModel } from '../lib/onnx/encode.ts';
import { addInput, addNode, addOutput, createGraph } from '../lib/onnx/graph.ts';

/** Rows per tile: the similarities of a tile take 32 MiB, and both of its sides stay in cache for the product. */
const QUERY_TILE = 512;
const CORPUS_TILE = 16_384;
/** Similarities this close to a threshold are ties: rounding of a float32 product of unit vectors stays below it. */
const TIE_MARGIN = 1e-6;

export interface SimilarityOptions {
  /** Threads of the product; all cores unless given. */
  readonly threads?: number;
  readonly queryTile?: number;
  readonly corpusTile?: number;
}

export interface DisposableSearch extends SimilaritySearch {
  dispose(): Promise<void>;
}

/** similarities = x · yᵀ, and with `topK` the k largest of each row; the operator gives ties by lower index. */
function similarityGraph(topK: boolean): Uint8Array {
  const graph = createGraph('similarity', 17);
  const x = addInput(graph, { name: 'x', type: 'float32', shape: ['queries', 'dimension'] });
  const y = addInput(graph, { name: 'y', type: 'float32', shape: ['corpus', 'dimension'] });
  const attributes = { transB: { int: 1 } };
  const results = [{ type: 'float32', shape: ['queries', 'corpus'] }] as const;
  const [similarities] = addNode(graph, { operator: 'Gemm', inputs: [x, y], attributes, results });
  if (!topK) {
    addOutput(graph, 'similarities', similarities!);
    return encodeModel(graph);
  }
  const k = addInput(graph, { name: 'k', type: 'int64', shape: [1] });
  const [values, indices] = addNode(graph, {
    operator: 'TopK',
    inputs: [similarities, k],
    attributes: { axis: { int: 1 }, largest: { int: 1 }, sorted: { int: 1 } },
    results: [
      { type: 'float32', shape: ['queries', 'k'] },
      { type: 'int64', shape: ['queries', 'k'] },
    ],
  });
  addOutput(graph, 'values', values!);
  addOutput(graph, 'indices', indices!);
  return encodeModel(graph);
}

/** Rows [start, start + rows) of a matrix, and the tensor over them (a view, no copy). */
interface Tile {
  readonly start: number;
  readonly rows: number;
  readonly tensor: Tensor;
}

function tiles(data: Float32Array, dimension: number, size: number): Tile[] {
  const total = rowsOf(data, dimension);
  return Array.from({ length: Math.ceil(total / size) }, (_, tile) => {
    const start = tile * size;
    const rows = Math.min(size, total - start);
    const view = data.subarray(start * dimension, (start + rows) * dimension);
    return { start, rows, tensor: new Tensor('float32', view, [rows, dimension]) };
  });
}

function rowsOf(data: Float32Array, dimension: number): number {
  if (Number.isInteger(dimension) && dimension > 0 && data.length % dimension === 0) return data.length / dimension;
  throw new RangeError(`similarity: ${data.length} values are no whole rows of dimension ${dimension}`);
}

/** Inserts a candidate into a query's sorted places unless it is below all of them; equals keep their order of arrival. */
function insert(best: TopK, query: number, similarity: number, index: number): void {
  const { similarities, indices, k } = best;
  const first = query * k;
  let place = first + k - 1;
  if (!(similarity > similarities[place]!)) return;
  for (; place > first && similarities[place - 1]! < similarity; place--) {
    similarities[place] = similarities[place - 1]!;
    indices[place] = indices[place - 1]!;
  }
  similarities[place] = similarity;
  indices[place] = index;
}

function mergeTile(best: TopK, query: Tile, corpus: Tile, found: InferenceSession.OnnxValueMapType): void {
  const values = found.values!.data as Float32Array;
  const indices = found.indices!.data as BigInt64Array;
  const width = values.length / query.rows;
  for (let q = 0; q < query.rows; q++) {
    for (let place = 0; place < width; place++) {
      const at = q * width + place;
      insert(best, query.start + q, values[at]!, corpus.start + Number(indices[at]!));
    }
  }
}

interface Counts {
  readonly above: Int32Array;
  readonly tied: Int32Array;
}

function countTile(counts: Counts, thresholds: Float32Array, query: Tile, similarities: Float32Array): void {
  const width = similarities.length / query.rows;
  for (let q = 0; q < query.rows; q++) {
    const high = thresholds[query.start + q]! + TIE_MARGIN;
    const low = thresholds[query.start + q]! - TIE_MARGIN;
    let above = 0;
    let reached = 0;
    for (let i = q * width, end = i + width; i < end; i++) {
      const similarity = similarities[i]!;
      if (similarity > high) above++;
      if (similarity >= low) reached++;
    }
    counts.above[query.start + q]! += above;
    counts.tied[query.start + q]! += reached - above;
  }
}

/** Runs `visit` on every pair of tiles; the corpus is the outer loop, so that one part of it is touched at a time. */
async function eachTile(
  queries: readonly Tile[],
  corpus: readonly Tile[],
  visit: (query: Tile, corpus: Tile) => Promise<void>,
): Promise<void> {
  for (const part of corpus) for (const query of queries) await visit(query, part);
}

interface Sessions {
  get(topK: boolean): Promise<InferenceSession>;
  dispose(): Promise<void>;
}

/** Sessions of the two graphs, made when first wanted. */
function createSessions(threads: number | undefined): Sessions {
  const made = new Map<boolean, Promise<InferenceSession>>();
  const settings: InferenceSession.SessionOptions = { interOpNumThreads: 1, logSeverityLevel: 3 };
  if (threads !== undefined) settings.intraOpNumThreads = threads;
  return {
    get: (topK) => {
      const session = made.get(topK) ?? InferenceSession.create(similarityGraph(topK), settings);
      made.set(topK, session);
      return session;
    },
    dispose: async () => {
      const open = [...made.values()];
      made.clear();
      for (const session of open) await (await session).release();
    },
  };
}

interface TiledPair {
  readonly queries: readonly Tile[];
  readonly corpus: readonly Tile[];
}

async function searchTopK(session: InferenceSession, { queries, corpus }: TiledPair, best: TopK): Promise<TopK> {
  await eachTile(queries, corpus, async (query, part) => {
    const k = new Tensor('int64', BigInt64Array.of(BigInt(Math.min(best.k, part.rows))), [1]);
    mergeTile(best, query, part, await session.run({ x: query.tensor, y: part.tensor, k }));
  });
  return best;
}

async function count(
  session: InferenceSession,
  { queries, corpus }: TiledPair,
  thresholds: Float32Array,
): Promise<Counts> {
  const counts = { above: new Int32Array(thresholds.length), tied: new Int32Array(thresholds.length) };
  const largest = (queries[0]?.rows ?? 0) * (corpus[0]?.rows ?? 0);
  const output = new Float32Array(largest);
  await eachTile(queries, corpus, async (query, part) => {
    const similarities = output.subarray(0, query.rows * part.rows);
    const tensor = new Tensor('float32', similarities, [query.rows, part.rows]);
    await session.run({ x: query.tensor, y: part.tensor }, { similarities: tensor });
    countTile(counts, thresholds, query, similarities);
  });
  return counts;
}

/**
 * Similarity search over the runtime's matrix product. Inputs are finite; nothing is copied but the tiles' results.
 * Where the corpus has fewer than k rows, the answer's `k` is its number of rows.
 * @throws RangeError for lengths that are no whole rows
 */
export function createSimilaritySearch(options: SimilarityOptions = {}): DisposableSearch {
  const { threads, queryTile = QUERY_TILE, corpusTile = CORPUS_TILE } = options;
  const sessions = createSessions(threads);
  const tiled = (queries: Float32Array, corpus: Float32Array, dimension: number): TiledPair => ({
    queries: tiles(queries, dimension, queryTile),
    corpus: tiles(corpus, dimension, corpusTile),
  });
  return {
    topK: async (queries, corpus, dimension, wanted) => {
      const k = Math.min(wanted, rowsOf(corpus, dimension));
      const size = rowsOf(queries, dimension) * k;
      const similarities = new Float32Array(size).fill(Number.NEGATIVE_INFINITY);
      const best = { indices: new Int32Array(size), similarities, k };
      return searchTopK(await sessions.get(true), tiled(queries, corpus, dimension), best);
    },
    countAbove: async (queries, corpus, dimension, thresholds) => {
      const rows = rowsOf(queries, dimension);
      if (thresholds.length !== rows) {
        throw new RangeError(`similarity: ${thresholds.length} thresholds for ${rows} queries`);
      }
      return count(await sessions.get(false), tiled(queries, corpus, dimension), thresholds);
    },
    dispose: sessions.dispose,
  };
}
