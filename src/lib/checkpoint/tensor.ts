/** Tensors of a checkpoint: element types, strides and lazy reading. Source: pytorch/pytorch:torch/_utils.py, _rebuild_tensor_v2. */
import { ModelError } from '../../core/errors.ts';
import { bfloat16ToFloat32, halfToFloat32 } from '../tensor/half.ts';

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
  /** Values in C order, as float32. @throws ModelError where the file is damaged */
  read(): Float32Array;
}

/** How a tensor lies in its storage; all numbers in elements. */
export interface Layout {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Expanded tensors (stride 0) may have more elements than their storage, but not without bound. */
const MAXIMUM_EXPANDED = 1 << 24;

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** Elements from the first to the last that the tensor touches. */
function spanOf({ shape, strides }: Layout): number {
  if (product(shape) === 0) return 0;
  return 1 + shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
}

/** Why a layout does not fit a storage of `capacity` elements; undefined where it does. */
export function layoutFault(layout: Layout, capacity: number): string | undefined {
  const { offset, shape, strides } = layout;
  const natural = [offset, ...shape, ...strides].every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!natural || shape.length !== strides.length || shape.length > 16)
    return 'natural sizes and as many strides, got others';
  if (product(shape) > Math.max(capacity, MAXIMUM_EXPANDED))
    return `at most ${capacity} elements, got ${product(shape)}`;
  const end = offset + spanOf(layout);
  return end > capacity ? `a storage of ${end} elements, got ${capacity}` : undefined;
}

function isContiguous({ shape, strides }: Layout): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

export interface Reading {
  readonly dtype: TensorType;
  readonly bigEndian: boolean;
  /** `length` bytes of the storage from `offset`. */
  part(offset: number, length: number): Uint8Array;
}

/** The tensor's values in C order: only the span that it touches is read. */
export function readTensor(layout: Layout, { dtype, bigEndian, part }: Reading): Float32Array {
  const bytes = TENSOR_TYPES[dtype];
  const span = part(layout.offset * bytes, spanOf(layout) * bytes);
  const values = toFloat32(bigEndian ? swapped(span, bytes) : span, dtype);
  return isContiguous(layout) ? values : gathered(values, layout);
}

function swapped(span: Uint8Array, bytes: number): Uint8Array {
  const result = new Uint8Array(span.length);
  for (let i = 0; i < span.length; i++) result[i] = span[i - (i % bytes) + (bytes - 1 - (i % bytes))]!;
  return result;
}

function toFloat32(span: Uint8Array, dtype: TensorType): Float32Array {
  const size = TENSOR_TYPES[dtype];
  const aligned = span.byteOffset % size === 0 ? span : span.slice();
  const [buffer, offset, count] = [aligned.buffer, aligned.byteOffset, aligned.length / size] as const;
  if (dtype === 'float32') return new Float32Array(buffer, offset, count);
  if (dtype === 'float16') return halfToFloat32(new Uint16Array(buffer, offset, count));
  if (dtype === 'bfloat16') return bfloat16ToFloat32(new Uint16Array(buffer, offset, count));
  if (dtype === 'float64') return Float32Array.from(new Float64Array(buffer, offset, count));
  if (dtype === 'int64') return Float32Array.from(new BigInt64Array(buffer, offset, count), Number);
  if (dtype === 'int32') return Float32Array.from(new Int32Array(buffer, offset, count));
  if (dtype === 'int16') return Float32Array.from(new Int16Array(buffer, offset, count));
  if (dtype === 'int8') return Float32Array.from(new Int8Array(buffer, offset, count));
  return Float32Array.from(aligned);
}

/** Walks the tensor in C order through its strides. */
function gathered(values: Float32Array, { shape, strides }: Layout): Float32Array {
  const result = new Float32Array(product(shape));
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** `tensor.read()` with every value finite. @throws ModelError naming the tensor and how many values are not */
export function readFinite(tensor: NamedTensor): Float32Array {
  const values = tensor.read();
  let bad = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) bad++;
  if (bad === 0) return values;
  throw new ModelError(
    `weight ${tensor.name}, expected finite values, got ${bad} of ${values.length} that are NaN or infinite`,
    'training of this checkpoint diverged or the file is damaged: use another checkpoint',
  );
}
