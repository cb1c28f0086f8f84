// Strided tensors against a walk in plain loops, and the memory that reading them takes.
import { describe, expect, test } from 'vitest';
import { rng } from '../../../src/core/rng.ts';
import {
  contiguousStrides,
  type Layout,
  layoutFault,
  product,
  readTensor,
} from '../../../src/lib/checkpoint/layout.ts';
import type { StorageBytes } from '../../../src/lib/checkpoint/tensor.ts';

/** A storage that remembers how much was asked of it. */
function storageOf(bytes: Uint8Array): StorageBytes & { readonly reads: number[] } {
  const reads: number[] = [];
  const read = (offset: number, length: number) => {
    if (offset < 0 || offset + length > bytes.length) throw new Error('read outside of the storage');
    reads.push(length);
    return bytes.slice(offset, offset + length);
  };
  return { reads, open: () => read };
}

const uint8 = { dtype: 'uint8', bigEndian: false } as const;
/** Bytes whose place can be told from their value. */
const pattern = (length: number) =>
  new Uint8Array(length).map((_, i) => (i * 7 + (i >> 8) * 13 + (i >> 16) * 31) & 0xff);

function naive({ offset, shape, strides }: Layout, bytes: Uint8Array): Float32Array {
  const result = new Float32Array(product(shape));
  for (let i = 0; i < result.length; i++) {
    let [rest, at] = [i, offset];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    result[i] = bytes[at]!;
  }
  return result;
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

test('five hundred random layouts: shuffled axes, steps, expanded and overlapping ones', () => {
  const random = rng(3, 'layouts');
  const bytes = pattern(5000);
  let strided = 0;
  for (let n = 0; n < 500; n++) {
    const shape = Array.from({ length: random.integer(5) }, () => random.integer(6));
    const natural = contiguousStrides(shape);
    const strides = natural.map((stride) => (random.next() < 0.5 ? stride : random.integer(40)));
    const order = shape.map((_, axis) => axis).sort(() => random.next() - 0.5);
    const layout = {
      offset: random.integer(9),
      shape: order.map((i) => shape[i]!),
      strides: order.map((i) => strides[i]!),
    };
    if (layoutFault(layout, bytes.length)) continue;
    expect(same(readTensor(layout, uint8, storageOf(bytes)), naive(layout, bytes)), JSON.stringify(layout)).toBe(true);
    strided++;
  }
  expect(strided).toBeGreaterThan(450);
});

describe('tensors of more than a chunk', () => {
  const bytes = pattern(3 << 20);
  const cases: readonly [string, Layout][] = [
    ['in order', { offset: 5, shape: [1500, 2000], strides: [2000, 1] }],
    ['transposed', { offset: 5, shape: [2000, 1500], strides: [1, 2000] }],
    ['three axes reversed', { offset: 0, shape: [10, 30, 5000], strides: [1, 10, 300] }],
    ['with room between two large rows', { offset: 0, shape: [1_300_000, 2], strides: [1, 1_700_000] }],
    ['one axis of large steps', { offset: 1, shape: [1_500_000], strides: [2] }],
    ['expanded', { offset: 0, shape: [3, 1_100_000], strides: [0, 2] }],
    ['overlapping windows', { offset: 0, shape: [1000, 1200], strides: [1000, 1000] }],
  ];
  test.each(cases)('%s', (name, layout) => {
    const storage = storageOf(bytes);
    expect(same(readTensor(layout, uint8, storage), naive(layout, bytes))).toBe(true);
    const most = name === 'overlapping windows' ? bytes.length : 1 << 20;
    expect(Math.max(...storage.reads)).toBeLessThanOrEqual(most);
    expect(storage.reads.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(bytes.length);
  });

  test.each([
    ['float16', 2, 1 << 21],
    ['float64', 8, 1 << 23],
    ['float32', 4, 6 << 20],
  ] as const)('%s: beyond the values, a chunk at most', (dtype, size, most) => {
    const count = 1_500_000;
    const layout = { offset: 0, shape: [count], strides: [1] };
    const storage = storageOf(new Uint8Array(count * size));
    expect(readTensor(layout, { dtype, bigEndian: false }, storage)).toHaveLength(count);
    expect(Math.max(...storage.reads)).toBeLessThanOrEqual(most);
  });
});

test.each<[string, Layout, string]>([
  ['a negative offset', { offset: -1, shape: [2], strides: [1] }, 'natural sizes'],
  ['a fraction', { offset: 0, shape: [1.5], strides: [1] }, 'natural sizes'],
  ['a missing stride', { offset: 0, shape: [2, 2], strides: [1] }, 'natural sizes'],
  ['too many axes', { offset: 0, shape: Array(17).fill(1), strides: Array(17).fill(1) }, 'natural sizes'],
  ['a span beyond', { offset: 1, shape: [10], strides: [1] }, 'a storage of 11 elements, got 10'],
  ['an expansion without bound', { offset: 0, shape: [2 ** 40], strides: [0] }, 'at most 10 elements'],
  ['sizes whose product overflows', { offset: 0, shape: [2 ** 40, 2 ** 40], strides: [0, 0] }, 'at most 10 elements'],
])('refuses %s', (_, layout, message) => {
  expect(layoutFault(layout, 10)).toContain(message);
});
