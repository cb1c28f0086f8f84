/** Tensors of a checkpoint as a reader gives them. */
import { ModelError } from '../../core/errors.ts';
import { printable } from './printable.ts';

/** Element types and their bytes. */
export const TENSOR_TYPES = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;

export type TensorType = keyof typeof TENSOR_TYPES;

/** A tensor of a checkpoint. Nothing is read until `read` is called, and nothing is kept. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: TensorType;
  /** Tensors with the same key share memory (tied weights). */
  readonly storage: string;
  /**
   * Values in C order, as float32: beyond these, a few MiB of memory at most, unless the container has the tensor
   * compressed or its elements overlap. @throws ModelError where the file is damaged
   */
  read(): Float32Array;
}

/** What every reader gives, whichever format the file has. */
export interface Checkpoint {
  /** In the order of the file. */
  readonly tensors: readonly NamedTensor[];
  /** Members of the state dict that are no tensors this reader rebuilds: name to what they are. */
  readonly others: ReadonlyMap<string, string>;
  /** Keys of the dictionaries around the state dict, joined with dots; empty where there is none. */
  readonly wrapper: string;
  readonly format: 'torch' | 'torch-legacy' | 'safetensors';
  /** Free text that a safetensors file carries. */
  readonly metadata?: ReadonlyMap<string, string>;
}

/** The bytes that tensors lie in. */
export interface StorageBytes {
  /** Makes them ready, verified where the container has checksums. @returns `length` bytes from `offset` */
  open(): (offset: number, length: number) => Uint8Array;
}

/** `tensor.read()` with every value finite. @throws ModelError naming the tensor and how many values are not */
export function readFinite(tensor: NamedTensor): Float32Array {
  const values = tensor.read();
  let bad = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) bad++;
  if (bad === 0) return values;
  throw new ModelError(
    `weight ${printable(tensor.name)}, expected finite values, got ${bad} of ${values.length} that are NaN or infinite`,
    'training of this checkpoint diverged or the file is damaged: use another checkpoint',
  );
}
