/** Checkpoints in several files with an index. Source: huggingface/transformers:src/transformers/modeling_utils.py (weight_map). */
import { ModelError } from '../../core/errors.ts';
import { printable } from './printable.ts';
import type { Checkpoint, NamedTensor } from './tensor.ts';

const LISTED = 3;
const MAXIMUM_SHARDS = 1000;

export interface ShardIndex {
  /** Tensor name to file name. */
  readonly places: ReadonlyMap<string, string>;
  /** File names, sorted. */
  readonly shards: readonly string[];
}

/** @throws ModelError for JSON of another form, and for file names that leave the folder */
export function parseIndex(text: string, where: string): ShardIndex {
  const map = weightMap(text);
  const entries = Object.entries(map ?? {});
  if (!map || entries.length === 0 || !entries.every(([, file]) => typeof file === 'string'))
    throw new ModelError(
      `index of shards, expected JSON with a weight_map of tensor to file, got something else (${where})`,
      'download the index file again',
    );
  const places = new Map(entries as [string, string][]);
  const shards = [...new Set(places.values())].sort();
  const odd = shards.find((name) => !isPlainName(name)) ?? shards[MAXIMUM_SHARDS];
  if (odd === undefined) return { places, shards };
  throw new ModelError(
    `shard ${printable(odd)}, expected at most ${MAXIMUM_SHARDS} names of files beside the index, got another (${where})`,
    'the index may be made to mislead: download it again from its source',
  );
}

function weightMap(text: string): object | undefined {
  try {
    const map = (JSON.parse(text) as { readonly weight_map?: unknown } | null)?.weight_map;
    return typeof map === 'object' && map !== null && !Array.isArray(map) ? map : undefined;
  } catch {
    return undefined;
  }
}

/** A name without folders, drives and control characters. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\:\p{C}]/u.test(name);
}

/**
 * All shards as one checkpoint.
 * @param shards by file name, every one of the index
 * @throws ModelError where a tensor is not in the shard that the index says, or in no index
 */
export function mergeShards(
  { places }: ShardIndex,
  shards: ReadonlyMap<string, Checkpoint>,
  where: string,
): Omit<Checkpoint, 'format'> {
  const tensors: NamedTensor[] = [];
  const others = new Map<string, string>();
  const stray: string[] = [];
  const found = new Set<string>();
  const settle = (name: string, shard: string) => {
    if (places.get(name) !== shard) stray.push(`${printable(name)} in ${printable(shard)}`);
    found.add(`${shard}/${name}`);
  };
  for (const [shard, checkpoint] of shards) {
    for (const tensor of checkpoint.tensors) {
      settle(tensor.name, shard);
      tensors.push({ ...tensor, storage: `${shard}/${tensor.storage}` });
    }
    for (const [name, what] of checkpoint.others) {
      settle(name, shard);
      others.set(name, what);
    }
  }
  const missing = [...places].filter(([name, shard]) => !found.has(`${shard}/${name}`));
  const absent = missing.map(([name, shard]) => `${printable(name)} of ${printable(shard)}`);
  requireNone('each tensor in the shard that the index names', absent, where);
  requireNone('only tensors that the index places there', stray, where);
  return { tensors, others, wrapper: '' };
}

function requireNone(expected: string, faults: readonly string[], where: string): void {
  if (faults.length === 0) return;
  const listed = `${faults.slice(0, LISTED).join(', ')}${faults.length > LISTED ? ', …' : ''}`;
  const got = expected.startsWith('each') ? `${faults.length} missing: ${listed}` : `${faults.length} more: ${listed}`;
  throw new ModelError(
    `shards, expected ${expected}, got ${got} (${where})`,
    'index and shards are of different versions, or a file is damaged: download all of them again',
  );
}
