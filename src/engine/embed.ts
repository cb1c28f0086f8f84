/** Files and token ids to embeddings, batch by batch, with preprocessing overlapped. */
import { InterruptedError } from '../core/errors.ts';
import type { Preprocessing } from '../core/preprocessing.ts';
import type { PreprocessPool } from './preprocess-pool.ts';
import type { FileOutcome } from './preprocess-protocol.ts';
import type { Embeddings, Session } from './session.ts';

/** An item that has no embedding. */
export interface ItemFailure {
  /** Index of the item among all that were asked for. */
  readonly index: number;
  /** One line, never of the content. */
  readonly reason: string;
  /** False where the file could not be read just now: nothing is known of its content. */
  readonly isLasting: boolean;
}

/** Embeddings of items `start` to `start + rows − 1`; NaN in the rows of failed items. */
export interface EmbeddedBatch extends Embeddings {
  readonly start: number;
  readonly failures: readonly ItemFailure[];
}

export interface ImageRequest {
  readonly session: Session;
  readonly pool: PreprocessPool;
  readonly preprocessing: Preprocessing;
  readonly paths: readonly string[];
  /** SHA-256 that each file must have, by index of `paths`; a file that changed meanwhile is an unread one. */
  readonly digests?: readonly string[];
  readonly batchSize?: number;
  /** Indices at which a new batch starts whatever the size of the last one: the beginnings of shards, ascending. */
  readonly breaks?: readonly number[];
  /** Looked at between batches. */
  readonly signal?: AbortSignal | undefined;
}

/** Batches that are being filled while another is in the session. */
const BATCHES_IN_FLIGHT = 2;

/** Batch of images that keeps two cores busy without much memory. */
export const DEFAULT_BATCH_SIZE = 8;

/**
 * Embeds files in the order of `paths`. Batches are consecutive runs of `batchSize` paths, cut at `breaks`, whatever fails
 * and however many workers there are, so that the same paths give the same bits; a failed file is a slot of zeros for the graph.
 * @throws ModelError; InterruptedError once `signal` is aborted.
 */
export async function* embedImages(request: ImageRequest): AsyncGenerator<EmbeddedBatch> {
  const { session, pool, preprocessing, paths, digests, batchSize = DEFAULT_BATCH_SIZE, breaks = [], signal } = request;
  const { channels, height, width } = preprocessing;
  const itemLength = channels * height * width;
  const starts = batchStarts(paths.length, batchSize, breaks);
  const batches = starts.length;
  const targets = Array.from({ length: Math.min(BATCHES_IN_FLIGHT, batches) }, () =>
    sharedFloats(batchSize * itemLength),
  );
  // The runtime takes no shared memory, so each batch is copied into an ordinary array first.
  const pixels = new Float32Array(batchSize * itemLength);
  const filling: Promise<readonly FileOutcome[]>[] = [];
  const fill = (batch: number) => {
    const range = [starts[batch]!, starts[batch + 1] ?? paths.length] as const;
    const filled = pool.pixels({
      paths: paths.slice(...range),
      digests: digests?.slice(...range),
      preprocessing,
      target: targets[batch % BATCHES_IN_FLIGHT]!,
    });
    // A generator that is left early must not leave a rejection that nobody handles.
    filled.catch(() => undefined);
    filling[batch] = filled;
  };
  for (let batch = 0; batch < targets.length; batch++) fill(batch);
  for (let batch = 0; batch < batches; batch++) {
    if (signal?.aborted) throw new InterruptedError();
    const outcomes = await filling[batch]!;
    delete filling[batch];
    pixels.set(new Float32Array(targets[batch % BATCHES_IN_FLIGHT]!));
    if (batch + BATCHES_IN_FLIGHT < batches) fill(batch + BATCHES_IN_FLIGHT);
    const data = pixels.subarray(0, outcomes.length * itemLength);
    const embeddings = await session.run({ data, shape: [outcomes.length, channels, height, width] });
    yield judged(embeddings, starts[batch]!, (row) => outcomes[row]!);
  }
}

export interface TextRequest {
  readonly session: Session;
  /** Token ids, row-major [texts, contextLength]. */
  readonly ids: BigInt64Array;
  readonly contextLength: number;
  /** 1 where a token counts, the shape of `ids`; only for graphs with a mask. */
  readonly mask?: BigInt64Array | undefined;
  /** Columns of each row that the graph must see; a batch takes the largest of its rows. All of them unless given. */
  readonly lengths?: Int32Array;
  /** A batch ends where the next row has another length. */
  readonly sameLength?: boolean;
  readonly batchSize?: number;
  /** As for images. */
  readonly breaks?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** Embeds texts in order. @throws ModelError; InterruptedError once `signal` is aborted. */
export async function* embedTexts(request: TextRequest): AsyncGenerator<EmbeddedBatch> {
  const { session, ids, contextLength, mask, batchSize = DEFAULT_BATCH_SIZE, breaks = [], signal } = request;
  const texts = ids.length / contextLength;
  const lengths = request.lengths ?? new Int32Array(texts).fill(contextLength);
  const changes = request.sameLength ? [...lengths.keys()].filter((row) => lengths[row] !== lengths[row - 1]) : [];
  const starts = batchStarts(texts, batchSize, [...breaks, ...changes]);
  for (const [batch, start] of starts.entries()) {
    if (signal?.aborted) throw new InterruptedError();
    const end = starts[batch + 1] ?? texts;
    const columns = Math.max(...lengths.subarray(start, end));
    const part = (from: BigInt64Array) => leftColumns(from, { start, end, columns, contextLength });
    const shape = [end - start, columns];
    const input = { data: part(ids), shape, mask: mask === undefined ? undefined : part(mask) };
    yield judged(await session.run(input), start, () => ({}));
  }
}

interface Window {
  readonly start: number;
  readonly end: number;
  readonly columns: number;
  readonly contextLength: number;
}

/** The first `columns` of the rows `start` to `end − 1`, row-major. */
function leftColumns(from: BigInt64Array, { start, end, columns, contextLength }: Window): BigInt64Array {
  if (columns === contextLength) return from.subarray(start * contextLength, end * contextLength);
  const part = new BigInt64Array((end - start) * columns);
  for (let row = start; row < end; row++)
    part.set(from.subarray(row * contextLength, row * contextLength + columns), (row - start) * columns);
  return part;
}

/** All batches as one matrix; `onProgress` hears how many items are done. */
export async function collect(
  batches: AsyncIterable<EmbeddedBatch>,
  total: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<{ readonly embeddings: Embeddings; readonly failures: readonly ItemFailure[] }> {
  let data = new Float32Array();
  let dimension = 0;
  const failures: ItemFailure[] = [];
  for await (const batch of batches) {
    if (dimension === 0) {
      dimension = batch.dimension;
      data = new Float32Array(total * dimension);
    }
    data.set(batch.data, batch.start * dimension);
    failures.push(...batch.failures);
    onProgress(batch.start + batch.rows);
  }
  return { embeddings: { data, rows: total, dimension }, failures };
}

/** First index of each batch: every `batchSize` items, counted anew from each break. */
function batchStarts(total: number, batchSize: number, breaks: readonly number[]): number[] {
  const starts: number[] = [];
  const sections = [...new Set([0, ...breaks])].sort((a, b) => a - b);
  for (const [index, from] of sections.entries()) {
    for (let start = from; start < (sections[index + 1] ?? total); start += batchSize) starts.push(start);
  }
  return starts;
}

/** Rows that failed, or whose embedding is not finite, become NaN and are listed. */
function judged(
  embeddings: Embeddings,
  start: number,
  outcomeOf: (row: number) => Pick<FileOutcome, 'failure' | 'isUnread'>,
): EmbeddedBatch {
  const failures: ItemFailure[] = [];
  for (let row = 0; row < embeddings.rows; row++) {
    const values = embeddings.data.subarray(row * embeddings.dimension, (row + 1) * embeddings.dimension);
    const { failure, isUnread = false } = outcomeOf(row);
    const reason = failure ?? (values.every(Number.isFinite) ? undefined : 'the model gave NaN or infinity');
    if (reason === undefined) continue;
    values.fill(Number.NaN);
    failures.push({ index: start + row, reason, isLasting: !isUnread });
  }
  return { ...embeddings, start, failures };
}

function sharedFloats(length: number): SharedArrayBuffer {
  return new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT);
}
