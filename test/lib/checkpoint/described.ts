// What the reference libraries read from a checkpoint, held against what ours reads.
import { expect } from 'vitest';
import type { NamedTensor } from '../../../src/lib/checkpoint/checkpoint.ts';
import { goldenBytes } from './fixtures.ts';

export interface Described {
  readonly shape: number[];
  readonly dtype: string;
  /** JSON has no NaN (null here) and no infinities (words here). */
  readonly values: (number | string | null)[];
}

export type DescribedState = Readonly<Record<string, Described>>;

export function goldenJson<Value>(name: string): Value {
  return JSON.parse(new TextDecoder().decode(goldenBytes(name))) as Value;
}

function number(value: number | string | null): number {
  if (value === null) return Number.NaN;
  return typeof value === 'string' ? Number(value.replace('inf', 'Infinity')) : value;
}

/** Names, shapes, types and every value, bit by bit; the order of names only where `inOrder`. */
export function expectState(tensors: readonly NamedTensor[], wanted: DescribedState, { inOrder = true } = {}): void {
  const sorted = (names: string[]) => (inOrder ? names : names.sort());
  expect(sorted(tensors.map(({ name }) => name))).toEqual(sorted(Object.keys(wanted)));
  for (const tensor of tensors) {
    const { shape, dtype, values } = wanted[tensor.name]!;
    expect([tensor.name, tensor.shape, tensor.dtype]).toEqual([tensor.name, shape, dtype]);
    expect(tensor.read(), tensor.name).toEqual(Float32Array.from(values, number));
  }
}
