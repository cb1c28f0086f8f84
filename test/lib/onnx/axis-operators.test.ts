// Operators along one axis in ONNX Runtime against their definitions; misfits are refused when the graph is built.
import { describe, expect, test } from 'vitest';
import { Cast, ReduceMean, ReduceSum, Slice, Unsqueeze } from '../../../src/lib/onnx/axis-operators.ts';
import { Shape } from '../../../src/lib/onnx/operators.ts';
import { run } from './run.ts';

const x = { shape: ['batch', 3], values: [1, 2, 3, 10, 20, 30] };

describe('Slice', () => {
  test('from a place to a place', async () => {
    const { values, inferred } = await run([x], (g, v) => Slice(g, v!, { axis: 1, start: 1, end: 3 }));
    expect(values).toEqual([2, 3, 20, 30]);
    expect(inferred.shape).toEqual(['batch', 2]);
  });

  test('to an end that the graph computes', async () => {
    const { values, inferred } = await run([x], (g, v) => {
      return Slice(g, v!, { axis: 1, start: 0, end: Shape(g, v!, 0, 1), size: 'length' });
    });
    expect(values).toEqual([1, 2, 10, 20]); // as many columns as rows
    expect(inferred.shape).toEqual(['batch', 'length']);
  });

  test.each([
    { axis: 1, start: 0, end: 4 },
    { axis: 1, start: 2, end: 2 },
    { axis: 2, start: 0, end: 1 },
  ])('$start to $end of axis $axis is refused', async (range) => {
    await expect(run([x], (g, v) => Slice(g, v!, range))).rejects.toThrow('graph: Slice, expected');
  });
});

test('new axes', async () => {
  const { shape, inferred } = await run([x], (g, v) => Unsqueeze(g, v!, [1, 2]));
  expect(shape).toEqual([2, 1, 1, 3]);
  expect(inferred.shape).toEqual(['batch', 1, 1, 3]);
  await expect(run([x], (g, v) => Unsqueeze(g, v!, [4]))).rejects.toThrow('graph: Unsqueeze, expected');
});

test.each([17, 18])('sums and means, operator set %i', async (opset) => {
  expect((await run([x], (g, v) => ReduceSum(g, v!, 1), opset)).values).toEqual([6, 60]);
  expect((await run([x], (g, v) => ReduceMean(g, v!, 1), opset)).values).toEqual([2, 20]);
  await expect(run([x], (g, v) => ReduceMean(g, v!, 2))).rejects.toThrow('graph: ReduceMean, expected');
});

test('casts', async () => {
  const ids = { shape: ['batch'], values: [3, 5], type: 'int64' as const };
  const { values, inferred } = await run([ids], (g, v) => Cast(g, v!, 'float32'));
  expect(values).toEqual([3, 5]);
  expect(inferred.type).toBe('float32');
});
