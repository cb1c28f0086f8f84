/**
 * Declarative key maps: which keys of the authors' checkpoint fill which weights of an architecture, with their shapes.
 * Everything is accounted for: a key that no rule names, or a rule that no key fills, is an error.
 */
import { ModelError } from '../../core/errors.ts';
import { transposed, type WeightSource } from '../onnx/weights.ts';
import { accountKeys } from './accounting.ts';
import { type NamedTensor, readFinite } from './tensor.ts';

/** Sizes by name, and how often an index runs: `{ width: 768, layer: 12 }`. */
export type Sizes = Readonly<Record<string, number>>;

export interface KeyRule {
  /** Key in the checkpoint; `{layer}` stands for 0 to `sizes.layer − 1`. Several keys are stacked along the first axis. */
  readonly key: string | readonly string[];
  /** Name under which the graph asks for the weight; the key unless given. */
  readonly slot?: string;
  /** Sizes of each key's tensor: numbers, names of sizes, or products such as `4*width`. */
  readonly shape: readonly (number | string)[];
  /** The slot holds the matrix turned: torch.nn.Linear's [out, in] as CLIP's [in, out]. */
  readonly transpose?: true;
}

export interface KeyMap {
  readonly rules: readonly KeyRule[];
  readonly sizes: Sizes;
  /** Keys that the checkpoint may hold though the model does not need them: patterns with `{layer}` or a final `*`. */
  readonly ignore?: readonly string[];
}

/** One weight of the graph, its indices filled in. */
interface Slot {
  readonly name: string;
  readonly keys: readonly string[];
  readonly shape: readonly number[];
  readonly transpose: boolean;
}

function sizeOf(expression: number | string, sizes: Sizes): number {
  if (typeof expression === 'number') return expression;
  return expression.split('*').reduce((product, part) => {
    const size = /^\d+$/.test(part) ? Number(part) : sizes[part];
    if (size === undefined) throw new Error(`key map: no size "${part}" in "${expression}"`);
    return product * size;
  }, 1);
}

/** Every choice of the indices that the patterns name. */
function expansions(patterns: readonly string[], sizes: Sizes): readonly (readonly string[])[] {
  const name = patterns.map((pattern) => /\{(\w+)\}/.exec(pattern)?.[1]).find((found) => found !== undefined);
  if (name === undefined) return [patterns];
  const filled = (index: number) => patterns.map((pattern) => pattern.replaceAll(`{${name}}`, String(index)));
  return Array.from({ length: sizeOf(name, sizes) }, (_, index) => expansions(filled(index), sizes)).flat();
}

function slotsOf({ rules, sizes }: KeyMap): readonly Slot[] {
  return rules.flatMap(({ key, slot, shape, transpose = false }) => {
    const keys = [key].flat();
    const fixed = shape.map((size) => sizeOf(size, sizes));
    return expansions([slot ?? keys[0]!, ...keys], sizes).map(([name, ...filled]) => {
      return { name: name!, keys: filled, shape: fixed, transpose };
    });
  });
}

function ignored(names: Iterable<string>, { ignore = [], sizes }: KeyMap): ReadonlySet<string> {
  const patterns = ignore.flatMap((pattern) => expansions([pattern], sizes).map(([filled]) => filled!));
  const exact = new Set(patterns);
  const prefixes = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  return new Set([...names].filter((name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix))));
}

/** What a key map found: the weights by slot, and how many there are. */
export interface MappedWeights extends WeightSource {
  /** Elements of all mapped weights, each counted once. */
  readonly parameters: number;
}

/**
 * The checkpoint's tensors as the weights of a graph, under the map's names.
 * @param checkpoint as a reader gives it; @param where name of the file, for errors
 * @throws ModelError that lists missing, unexpected and misshaped keys with the nearest expected names
 */
export function mapKeys(
  checkpoint: { readonly tensors: readonly NamedTensor[]; readonly others: ReadonlyMap<string, string> },
  map: KeyMap,
  where: string,
): MappedWeights {
  const slots = slotsOf(map);
  const shapes = new Map(slots.flatMap(({ keys, shape }) => keys.map((key) => [key, shape] as const)));
  const { tensors, others } = checkpoint;
  const ignore = ignored([...tensors.map(({ name }) => name), ...others.keys()], map);
  const found = accountKeys(tensors, shapes, { ignore, others, where });
  const parameters = [...shapes.values()].reduce((sum, shape) => sum + product(shape), 0);
  return { ...sourceOf(slots, found), parameters };
}

const product = (shape: readonly number[]) => shape.reduce((total, size) => total * size, 1);

function sourceOf(slots: readonly Slot[], tensors: ReadonlyMap<string, NamedTensor>): WeightSource {
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  const find = (name: string) => {
    const slot = byName.get(name);
    if (!slot) throw new ModelError(`weight ${name}, expected it in the key map, got none`);
    return slot;
  };
  return {
    shape: (name) => stackedShape(find(name)),
    read: (name) => readSlot(find(name), tensors),
  };
}

/** The slots that a key map fills, with their shapes. */
export function slotShapes(map: KeyMap): ReadonlyMap<string, readonly number[]> {
  return new Map(slotsOf(map).map((slot) => [slot.name, stackedShape(slot)]));
}

function stackedShape({ keys, shape, transpose }: Slot): readonly number[] {
  if (transpose) return [shape[1]!, shape[0]!];
  return keys.length === 1 ? shape : [keys.length * shape[0]!, ...shape.slice(1)];
}

function readSlot({ keys, shape, transpose }: Slot, tensors: ReadonlyMap<string, NamedTensor>): Float32Array {
  const values = stacked(keys.map((key) => readFinite(tensors.get(key)!)));
  return transpose ? transposed(values, shape[0]!, shape[1]!) : values;
}

function stacked(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const result = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

/** Shapes by key, from which an architecture's sizes are inferred. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

export function shapesOf({ tensors }: { readonly tensors: readonly NamedTensor[] }): Shapes {
  return new Map(tensors.map(({ name, shape }) => [name, shape]));
}

/**
 * The shape of a key that gives sizes.
 * @throws ModelError where it is missing or has another number of dimensions
 */
export function requireShape(shapes: Shapes, key: string, { rank, architecture }: ShapeDemand): readonly number[] {
  const shape = shapes.get(key);
  if (!shape)
    throw new ModelError(
      `not a checkpoint of ${architecture}, expected the weight ${key}, got none of that name`,
      'check that the model named fits the file',
    );
  if (shape.length === rank && shape.every((size) => size >= 1)) return shape;
  throw new ModelError(`weight ${key}, expected ${rank} dimensions, got [${shape}]`);
}

export interface ShapeDemand {
  readonly rank: number;
  /** Said where the key is not there: `timm's vision transformer`. */
  readonly architecture: string;
}

/** How many consecutive indices a pattern such as `blocks.{layer}.norm1.weight` has keys for, from 0. */
export function countIndices(shapes: Shapes, pattern: string): number {
  let count = 0;
  while (shapes.has(pattern.replace(/\{\w+\}/, String(count)))) count++;
  return count;
}
