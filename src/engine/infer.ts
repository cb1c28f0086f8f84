/** The only stage in which a model runs: missing items → shards. A shard that is written is never computed again. */
import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import { DataError } from '../core/errors.ts';
import { requireDimension } from './bundles.ts';
import { type EmbeddedBatch, embedImages, embedTexts } from './embed.ts';
import type { Member, Prepared, PreparedModel, Tower } from './prepare.ts';
import { openPreprocessPool, type PreprocessPool } from './preprocess-pool.ts';
import { type Device, openSession, resolveDevice, type Session } from './session.ts';
import type { EmbeddedItems } from './store.ts';
import { tokenize } from './tokenize.ts';

export interface InferRequest {
  readonly device: 'auto' | Device;
  /** Threads that decode and preprocess; by cores unless given. */
  readonly workers?: number | undefined;
  readonly batchSize: number;
  readonly context: Context;
  readonly signal: AbortSignal;
}

/** What the stage did. */
export interface Inferred {
  /** Embeddings computed now, images and texts; failed items count. */
  readonly items: number;
  readonly shards: number;
  readonly failed: number;
  /** Texts longer than the model's context, which were cut. */
  readonly truncatedTexts: number;
  readonly device: Device;
}

interface Tally {
  items: number;
  shards: number;
  failed: number;
  truncatedTexts: number;
}

/** Effects shared by the towers of one stage. */
interface Stage extends InferRequest {
  readonly device: Device;
  readonly pool: () => PreprocessPool;
  readonly tally: Tally;
}

/** @throws ModelError, InterruptedError; DataError where a file vanishes meanwhile. Shards that were finished stay */
export async function inferMissing(prepared: Prepared, request: InferRequest): Promise<Inferred> {
  const tally: Tally = { items: 0, shards: 0, failed: 0, truncatedTexts: 0 };
  const device = resolveDevice(request.device);
  let pool: PreprocessPool | undefined;
  const openPool = () => {
    pool ??= openPreprocessPool(request.workers);
    return pool;
  };
  const stage: Stage = { ...request, device, pool: openPool, tally };
  try {
    for (const model of prepared.models) await inferModel(model, prepared, stage);
  } finally {
    await pool?.close();
  }
  return { ...tally, device };
}

async function inferModel(model: PreparedModel, prepared: Prepared, stage: Stage): Promise<void> {
  for (const [index, member] of model.members.entries()) {
    const name = model.members.length > 1 ? `${model.id} ${index + 1}/${model.members.length}` : model.id;
    for (const tower of [member.vision, member.text]) {
      if (tower) await inferTower({ name, member, tower }, prepared, stage);
    }
  }
}

interface TowerJob {
  readonly name: string;
  readonly member: Member;
  readonly tower: Tower;
}

async function inferTower(job: TowerJob, prepared: Prepared, stage: Stage): Promise<void> {
  const { space, work } = job.tower;
  // Two models of a suite may share a checkpoint: what the first has computed is stored by now.
  const missing = work.shards.map((shard) => shard.filter((item) => !space.has(item)));
  const shards = missing.filter((shard) => shard.length > 0);
  if (shards.length === 0) return;
  const session = await openSession(graphOf(job), { device: stage.device });
  try {
    const batches = await embedItems(job, shards, { prepared, stage, session });
    await writeShards(job, shards, batches, stage);
  } finally {
    await session.release();
  }
}

/** Gathers batches, which never cross a shard's border, and writes each shard as soon as it is full. */
async function writeShards(
  { name, member, tower }: TowerJob,
  shards: readonly (readonly string[])[],
  batches: AsyncIterable<EmbeddedBatch>,
  { context, tally }: Stage,
): Promise<void> {
  const label = `${name}: ${tower.kind === 'vision' ? 'images' : 'texts'}`;
  const total = shards.reduce((count, shard) => count + shard.length, 0);
  let shard = 0;
  let pending: EmbeddedBatch[] = [];
  context.progress(label, 0, total);
  for await (const batch of batches) {
    pending.push(batch);
    context.progress(label, batch.start + batch.rows, total);
    const items = shards[shard]!;
    if (batch.start + batch.rows - pending[0]!.start < items.length) continue;
    const embedded = joinBatches(items, pending);
    requireDimension(embedded.dimension, member.bundle);
    await tower.space.write(embedded);
    tally.items += items.length;
    tally.shards += 1;
    tally.failed += embedded.failures.size;
    pending = [];
    shard += 1;
  }
}

const VANISHED_HINT = 'check the disk or the network folder; the same line again continues';

function joinBatches(items: readonly string[], batches: readonly EmbeddedBatch[]): EmbeddedItems {
  const { start, dimension } = batches[0]!;
  const vectors = new Float32Array(items.length * dimension);
  const failures = new Map<number, string>();
  for (const batch of batches) {
    vectors.set(batch.data, (batch.start - start) * dimension);
    for (const { index, reason, isLasting } of batch.failures) {
      // What is stored speaks of the content for ever; a disk that went away says nothing about it.
      if (!isLasting) throw new DataError(`${reason}; it could be read when the run began`, VANISHED_HINT);
      failures.set(index - start, reason);
    }
  }
  return { dimension, items, vectors, failures };
}

function graphOf({ member: { bundle }, tower }: TowerJob) {
  const part = bundle.manifest[tower.kind]!;
  const mask = 'mask' in part && part.mask !== undefined ? { mask: part.mask } : {};
  return { path: join(bundle.directory, part.graph), input: part.input, output: part.output, ...mask };
}

interface Means {
  readonly prepared: Prepared;
  readonly stage: Stage;
  readonly session: Session;
}

/** Index of each shard's first item in the items of all shards. */
function shardStarts(shards: readonly (readonly string[])[]): number[] {
  let next = 0;
  return shards.map((shard) => {
    next += shard.length;
    return next - shard.length;
  });
}

async function embedItems(
  job: TowerJob,
  shards: readonly (readonly string[])[],
  { prepared, stage, session }: Means,
): Promise<AsyncIterable<EmbeddedBatch>> {
  const { batchSize, signal } = stage;
  const { vision, text } = job.member.bundle.manifest;
  const items = shards.flat();
  const breaks = shardStarts(shards);
  if (job.tower.kind === 'vision') {
    const paths = items.map((item) => prepared.imagePaths.get(item)!);
    const { preprocessing } = vision!;
    // An image item is named by the digest of its file.
    return embedImages({
      session,
      pool: stage.pool(),
      preprocessing,
      paths,
      digests: items,
      batchSize,
      breaks,
      signal,
    });
  }
  const texts = items.map((item) => job.tower.texts!.get(item)!);
  const tokens = await tokenize(texts, text!, job.member.bundle.directory, stage.context);
  stage.tally.truncatedTexts += tokens.truncated;
  return embedTexts({ session, ...tokens, batchSize, breaks, signal });
}
