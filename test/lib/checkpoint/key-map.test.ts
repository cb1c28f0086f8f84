/** Key maps: indices, stacking, products of sizes, strict accounting. */
import { describe, expect, test } from 'vitest';
import { countIndices, type KeyMap, mapKeys, requireShape, shapesOf } from '../../../src/lib/checkpoint/key-map.ts';
import type { NamedTensor } from '../../../src/lib/checkpoint/tensor.ts';

function tensor(name: string, shape: readonly number[], first: number): NamedTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, (_, i) => first + i);
  return { name, shape, dtype: 'float32', storage: name, read: () => values };
}

const map: KeyMap = {
  rules: [
    { key: ['b.{layer}.q', 'b.{layer}.k'], slot: 'blocks.{layer}.qk', shape: ['width', '2*width'] },
    { key: 'norm', shape: ['width'] },
    { key: 'proj.weight', slot: 'proj', shape: [3, 'width'], transpose: true },
  ],
  sizes: { width: 2, layer: 2 },
  ignore: ['position_ids', 'b.{layer}.index', 'cls.*'],
};

const tensors = [
  tensor('b.0.q', [2, 4], 0),
  tensor('b.0.k', [2, 4], 100),
  tensor('b.1.q', [2, 4], 200),
  tensor('b.1.k', [2, 4], 300),
  tensor('norm', [2], 7),
  tensor('proj.weight', [3, 2], 1),
  tensor('b.1.index', [3], 0),
  tensor('cls.predictions.bias', [3], 0),
];

const others = new Map<string, string>();

describe('a key map', () => {
  test('stacks keys along the first axis and fills indices', () => {
    const weights = mapKeys({ tensors, others }, map, 'file');
    expect(weights.shape('blocks.1.qk')).toEqual([4, 4]);
    expect([...weights.read('blocks.1.qk')]).toEqual([
      ...Array.from({ length: 8 }, (_, i) => 200 + i),
      ...Array.from({ length: 8 }, (_, i) => 300 + i),
    ]);
    expect([...weights.read('norm')]).toEqual([7, 8]);
    expect(weights.shape('proj')).toEqual([2, 3]);
    expect([...weights.read('proj')]).toEqual([1, 3, 5, 2, 4, 6]);
    expect(weights.parameters).toBe(4 * 8 + 2 + 6);
  });

  test('refuses a missing, an unexpected and a misshaped key', () => {
    const without = tensors.filter(({ name }) => name !== 'b.1.k');
    expect(() => mapKeys({ tensors: without, others }, map, 'file')).toThrow('1 missing: b.1.k');
    const renamed = [...without, tensor('b.1.kk', [2, 4], 0)];
    expect(() => mapKeys({ tensors: renamed, others }, map, 'file')).toThrow('nearest expected: b.1.k');
    const misshaped = [...without, tensor('b.1.k', [4, 2], 0)];
    expect(() => mapKeys({ tensors: misshaped, others }, map, 'file')).toThrow('misshaped: b.1.k [4,2] for [2,4]');
    const others2 = new Map([['b.2.index', 'a value that is no tensor']]);
    expect(() => mapKeys({ tensors, others: others2 }, map, 'file')).toThrow('1 unexpected: b.2.index');
  });

  test('NaN in a weight is told when it is read', () => {
    const damaged = tensors.map((entry) =>
      entry.name === 'norm' ? { ...entry, read: () => Float32Array.of(1, Number.NaN) } : entry,
    );
    expect(() => mapKeys({ tensors: damaged, others }, map, 'file').read('norm')).toThrow('weight norm');
  });

  test('sizes are inferred from shapes', () => {
    const shapes = shapesOf({ tensors });
    expect(countIndices(shapes, 'b.{layer}.q')).toBe(2);
    expect(countIndices(shapes, 'c.{layer}.q')).toBe(0);
    expect(requireShape(shapes, 'norm', { rank: 1, architecture: 'a toy' })).toEqual([2]);
    expect(() => requireShape(shapes, 'norm', { rank: 2, architecture: 'a toy' })).toThrow('2 dimensions');
    expect(() => requireShape(shapes, 'absent', { rank: 2, architecture: 'a toy' })).toThrow('checkpoint of a toy');
  });
});
