/** Strided tensors: how one lies in its storage, and its values in C order. Source: pytorch/pytorch:torch/_utils.py, _rebuild_tensor_v2. */
import { bytesToFloat32 } from './elements.ts';
import { type StorageBytes, TENSOR_TYPES, type TensorType } from './tensor.ts';

/** All numbers in elements. */
export interface Layout {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Expanded tensors (stride 0) may have more elements than their storage, but not without bound. */
const MAXIMUM_EXPANDED = 1 << 24;
/** Elements read at a time, where what is read is not yet the result. */
const CHUNK = 1 << 20;

/** 0 where any size is, however large the others. */
export function product(sizes: readonly number[]): number {
  if (sizes.includes(0)) return 0;
  return sizes.reduce((total, size) => total * size, 1);
}

/** Strides of a tensor in C order. */
export function contiguousStrides(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => product(shape.slice(axis + 1)));
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

export interface Encoding {
  readonly dtype: TensorType;
  readonly bigEndian: boolean;
}

/** `count` elements of a storage from element `from`, as float32. */
type ReadElements = (from: number, count: number) => Float32Array;

/** The tensor's values in C order; of its storage, only what it touches is read. */
export function readTensor(layout: Layout, { dtype, bigEndian }: Encoding, storage: StorageBytes): Float32Array {
  const bytes = TENSOR_TYPES[dtype];
  const read = storage.open();
  const elements: ReadElements = (from, count) =>
    bytesToFloat32(read(from * bytes, count * bytes), { dtype, bigEndian });
  if (!isContiguous(layout)) return gathered(layout, elements);
  const count = product(layout.shape);
  if ((dtype === 'float32' && !bigEndian) || count <= CHUNK) return elements(layout.offset, count);
  const result = new Float32Array(count);
  for (let at = 0; at < count; at += CHUNK) result.set(elements(layout.offset + at, Math.min(CHUNK, count - at)), at);
  return result;
}

interface Axis {
  readonly size: number;
  /** From one index to the next, in the storage. */
  readonly stride: number;
  /** The same in C order. */
  readonly step: number;
}

function axesSpan(axes: readonly Axis[]): number {
  return 1 + axes.reduce((sum, { size, stride }) => sum + (size - 1) * stride, 0);
}

/** Walks the storage once, from its beginning to its end, and puts each element at its place in C order. */
function gathered({ offset, shape, strides }: Layout, elements: ReadElements): Float32Array {
  const result = new Float32Array(product(shape));
  if (result.length === 0) return result;
  const steps = contiguousStrides(shape);
  const axes = shape
    .map((size, axis) => ({ size, stride: strides[axis]!, step: steps[axis]! }))
    .filter(({ size }) => size > 1)
    .sort((a, b) => b.stride - a.stride);
  // Elements that lie in several slices would be read again and again: then the whole span is read at once.
  const overlaps = axes.some(({ stride }, i) => stride > 0 && stride < axesSpan(axes.slice(i + 1)));
  const limit = overlaps ? Number.POSITIVE_INFINITY : CHUNK;
  for (const slab of slabsOf({ axes, from: offset, to: 0 }, limit))
    scatter(slab, elements(slab.from, axesSpan(slab.axes)), result);
  return result;
}

/** A part of the tensor: its first element in the storage and in C order, and the axes from there. */
interface Slab {
  readonly axes: readonly Axis[];
  readonly from: number;
  readonly to: number;
}

/** Parts that each span at most `limit` elements of the storage. */
function* slabsOf(slab: Slab, limit: number): Generator<Slab> {
  const { axes, from, to } = slab;
  const [outer, ...inner] = axes;
  if (!outer || axesSpan(axes) <= limit) return yield slab;
  const group = Math.max(1, Math.floor((limit - axesSpan(inner)) / outer.stride) + 1);
  for (let i = 0; i < outer.size; i += group) {
    const size = Math.min(group, outer.size - i);
    const rest = size === 1 ? inner : [{ ...outer, size }, ...inner];
    yield* slabsOf({ axes: rest, from: from + i * outer.stride, to: to + i * outer.step }, limit);
  }
}

/** `values` begin at the slab's first element. */
function scatter({ axes, to }: Slab, values: Float32Array, result: Float32Array): void {
  const visit = (level: number, from: number, target: number) => {
    const axis = axes[level];
    if (!axis) {
      result[target] = values[from]!;
      return;
    }
    const { size, stride, step } = axis;
    if (level === axes.length - 1)
      for (let i = 0; i < size; i++) result[target + i * step] = values[from + i * stride]!;
    else for (let i = 0; i < size; i++) visit(level + 1, from + i * stride, target + i * step);
  };
  visit(0, 0, to);
}
