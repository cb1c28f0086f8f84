/**
 * Names of a Swin transformer's weights, as transformers up to 4 and from 5 on write them, and the sizes that their shapes give.
 * Source: huggingface/transformers:src/transformers/models/swin/modeling_swin.py.
 */
import { ModelError } from '../../core/errors.ts';
import { countIndices, type KeyRule, requireShape, type Shapes } from '../checkpoint/key-map.ts';
import type { NamedTensor } from '../checkpoint/tensor.ts';
import { relativePositions } from './swin-windows.ts';

const ARCHITECTURE = 'a Swin transformer (Hugging Face naming)';

/** Parts of a block that the two generations of the library name differently. */
const NAMINGS = {
  classic: {
    query: 'attention.self.query',
    key: 'attention.self.key',
    value: 'attention.self.value',
    output: 'attention.output.dense',
    table: 'attention.self.relative_position_bias_table',
    index: 'attention.self.relative_position_index',
    widen: 'intermediate.dense',
    narrow: 'output.dense',
  },
  current: {
    query: 'attention.q_proj',
    key: 'attention.k_proj',
    value: 'attention.v_proj',
    output: 'attention.o_proj',
    table: 'attention.relative_position_bias.relative_position_bias_table',
    index: 'attention.relative_position_bias.relative_position_index',
    widen: 'mlp.fc1',
    narrow: 'mlp.fc2',
  },
} as const;

export interface SwinStage {
  readonly depth: number;
  readonly width: number;
  readonly heads: number;
}

export interface SwinDimensions {
  readonly naming: keyof typeof NAMINGS;
  readonly channels: number;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Side of a window in tokens. */
  readonly window: number;
  /** Width of the feed-forward layer over that of the stage. */
  readonly expansion: number;
  readonly stages: readonly SwinStage[];
}

const blockOf = (prefix: string, stage: number, block: number | string) =>
  `${prefix}encoder.layers.${stage}.blocks.${block}`;

function windowOf(rows: number, key: string): number {
  const window = (Math.sqrt(rows) + 1) / 2;
  if (Number.isInteger(window)) return window;
  throw new ModelError(`weight ${key}, expected (2 · window − 1)² rows, got ${rows}`);
}

function stagesOf(shapes: Shapes, prefix: string, tableOf: (block: string) => readonly number[]): SwinStage[] {
  const stages: SwinStage[] = [];
  while (shapes.has(`${blockOf(prefix, stages.length, 0)}.layernorm_before.weight`)) {
    const depth = countIndices(shapes, `${blockOf(prefix, stages.length, '{block}')}.layernorm_before.weight`);
    const [width] = shapes.get(`${blockOf(prefix, stages.length, 0)}.layernorm_before.weight`) as [number];
    const [, heads] = tableOf(blockOf(prefix, stages.length, 0)) as [number, number];
    if (width % heads !== 0)
      throw new ModelError(`stage ${stages.length}, expected a width divisible by ${heads} heads, got ${width}`);
    stages.push({ depth, width, heads });
  }
  return stages;
}

/**
 * @param prefix of every key, ending with a dot where it is not empty
 * @throws ModelError where a weight that gives a size is missing or has another number of dimensions
 */
export function swinDimensions(shapes: Shapes, prefix: string): SwinDimensions {
  const require = (key: string, rank: number) => requireShape(shapes, key, { rank, architecture: ARCHITECTURE });
  const projection = require(`${prefix}embeddings.patch_embeddings.projection.weight`, 4);
  const [width, channels, patch] = projection as readonly [number, number, number, number];
  const first = blockOf(prefix, 0, 0);
  const naming = shapes.has(`${first}.${NAMINGS.current.table}`) ? 'current' : 'classic';
  const names = NAMINGS[naming];
  const [rows] = require(`${first}.${names.table}`, 2) as [number];
  const [wide] = require(`${first}.${names.widen}.weight`, 2) as [number];
  const stages = stagesOf(shapes, prefix, (block) => require(`${block}.${names.table}`, 2));
  const window = windowOf(rows, `${first}.${names.table}`);
  return { naming, channels, patch, window, expansion: wide / width, stages };
}

function affine(key: string, slot: string, width: number): KeyRule[] {
  return ['weight', 'bias'].map((part) => ({ key: `${key}.${part}`, slot: `${slot}.${part}`, shape: [width] }));
}

/** torch.nn.Linear with bias; several are stacked into one. */
function dense(keys: readonly string[], slot: string, [out, into]: readonly [number, number]): KeyRule[] {
  return [
    { key: keys.map((key) => `${key}.weight`), slot: `${slot}.weight`, shape: [out, into] },
    { key: keys.map((key) => `${key}.bias`), slot: `${slot}.bias`, shape: [out] },
  ];
}

/** Slots are named as here, whatever the naming of the checkpoint: `attention.packed` holds query, key and value. */
function blockRules(block: string, { width, heads }: SwinStage, dimensions: SwinDimensions): KeyRule[] {
  const names = NAMINGS[dimensions.naming];
  const wide = width * dimensions.expansion;
  const rows = (2 * dimensions.window - 1) ** 2;
  const packed = [names.query, names.key, names.value].map((name) => `${block}.${name}`);
  return [
    ...affine(`${block}.layernorm_before`, `${block}.layernorm_before`, width),
    ...dense(packed, `${block}.attention.packed`, [width, width]),
    { key: `${block}.${names.table}`, slot: `${block}.attention.table`, shape: [rows, heads] },
    ...dense([`${block}.${names.output}`], `${block}.attention.output`, [width, width]),
    ...affine(`${block}.layernorm_after`, `${block}.layernorm_after`, width),
    ...dense([`${block}.${names.widen}`], `${block}.widen`, [wide, width]),
    ...dense([`${block}.${names.narrow}`], `${block}.narrow`, [width, wide]),
  ];
}

function stageRules(prefix: string, stage: number, dimensions: SwinDimensions): KeyRule[] {
  const own = dimensions.stages[stage]!;
  const blocks = Array.from({ length: own.depth }, (_, block) =>
    blockRules(blockOf(prefix, stage, block), own, dimensions),
  ).flat();
  if (stage === dimensions.stages.length - 1) return blocks;
  const merging = `${prefix}encoder.layers.${stage}.downsample`;
  const reduction = { key: `${merging}.reduction.weight`, shape: [2 * own.width, 4 * own.width] };
  return [...blocks, ...affine(`${merging}.norm`, `${merging}.norm`, 4 * own.width), reduction];
}

/** Every weight of a Swin transformer of these dimensions, without a head. */
export function swinRules(dimensions: SwinDimensions, prefix: string): KeyRule[] {
  const { channels, patch, stages } = dimensions;
  const [first, last] = [stages[0]!, stages.at(-1)!];
  const embeddings = `${prefix}embeddings`;
  return [
    { key: `${embeddings}.patch_embeddings.projection.weight`, shape: [first.width, channels, patch, patch] },
    { key: `${embeddings}.patch_embeddings.projection.bias`, shape: [first.width] },
    ...affine(`${embeddings}.norm`, `${embeddings}.norm`, first.width),
    ...stages.flatMap((_, stage) => stageRules(prefix, stage, dimensions)),
    ...affine(`${prefix}layernorm`, `${prefix}layernorm`, last.width),
  ];
}

/** Keys of the constants that older files hold: see `requireRelativePositions`. */
export function relativePositionKeys({ naming, stages }: SwinDimensions, prefix: string): string[] {
  return stages.flatMap(({ depth }, stage) =>
    Array.from({ length: depth }, (_, block) => `${blockOf(prefix, stage, block)}.${NAMINGS[naming].index}`),
  );
}

/**
 * Compares the relative positions that older files hold beside the weights with those that the graph is built on.
 * @throws ModelError where they differ: the file's windows are other than these
 */
export function requireRelativePositions(
  tensors: readonly NamedTensor[],
  dimensions: SwinDimensions,
  prefix: string,
): void {
  const { window } = dimensions;
  const expected = relativePositions(window);
  const keys = new Set(relativePositionKeys(dimensions, prefix));
  for (const tensor of tensors) {
    if (!keys.has(tensor.name)) continue;
    const found = tensor.read();
    if (found.length === expected.length && found.every((row, pair) => row === expected[pair])) continue;
    const wanted = `expected the relative positions of windows of ${window} × ${window} tokens`;
    throw new ModelError(`weight ${tensor.name}, ${wanted}, got others`, 'the file is damaged or of another model');
  }
}
