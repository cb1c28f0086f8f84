/** The plan: which items each tower must embed, which of them are stored already, in which shards the rest is computed. Pure. */

/** Items per shard. Fixed: shard boundaries must not depend on batch size or worker count. Small, so that a kill loses little. */
export const SHARD_SIZE = 64;

/** Work of one tower of one checkpoint. */
export interface TowerWork {
  /** Content digests of the wanted items, distinct, in canonical order. */
  readonly wanted: readonly string[];
  /** The missing ones by shard; each list is one shard to be written. */
  readonly shards: readonly (readonly string[])[];
}

/**
 * Cuts the *wanted* items into shards first and drops the stored ones afterwards, so that a run that was killed computes
 * its remaining shards with the very composition (and so the very bytes) of an undisturbed run.
 */
export function planTower(wanted: readonly string[], isStored: (item: string) => boolean): TowerWork {
  const distinct = [...new Set(wanted)];
  const shards: string[][] = [];
  for (let start = 0; start < distinct.length; start += SHARD_SIZE) {
    const missing = distinct.slice(start, start + SHARD_SIZE).filter((item) => !isStored(item));
    if (missing.length > 0) shards.push(missing);
  }
  return { wanted: distinct, shards };
}

/** One row of `plan.json`: one tower of one checkpoint. */
export interface PlannedJob {
  readonly model: string;
  /** Checkpoint within an ensemble, from 0. */
  readonly member: number;
  readonly tower: 'vision' | 'text';
  readonly variant: string;
  /** Key of the embedding space. */
  readonly space: string;
  readonly items: number;
  readonly stored: number;
  readonly missing: number;
  readonly shards: number;
  readonly estimate: Estimate;
}

export interface Estimate {
  /** Of the missing items on this machine; rough. */
  readonly seconds: number;
  /** Peak resident memory of the session and its buffers. */
  readonly memoryBytes: number;
  /** What the missing shards will take. */
  readonly diskBytes: number;
}

/** Sustained single-precision rate assumed of one core, FLOP/s; measured on AVX-512 and AVX2 servers to within a factor of 2. */
const CORE_FLOPS = 40e9;
/** Positions a transformer tower of a small model passes its weights over: 197 patches, or up to 77 tokens. */
const POSITIONS = { vision: 197, text: 77 } as const;
/** Decoding and resampling of a full-size film, core-seconds. */
const DECODE_SECONDS = 0.03;
/** Node.js and ONNX Runtime with no model. */
const BASE_BYTES = 90e6;

/** 2 FLOP per weight and position for the matrix products; the rest is small. */
export function estimateTower(
  tower: 'vision' | 'text',
  missing: number,
  size: { readonly weightBytes: number; readonly dimension: number; readonly cores: number },
): Estimate {
  const flops = (2 * size.weightBytes * POSITIONS[tower]) / 4;
  const secondsEach = flops / CORE_FLOPS / size.cores + (tower === 'vision' ? DECODE_SECONDS / size.cores : 0);
  return {
    seconds: missing * secondsEach,
    memoryBytes: missing > 0 ? BASE_BYTES + 1.5 * size.weightBytes + 100e6 : 0,
    diskBytes: missing * size.dimension * 4,
  };
}
