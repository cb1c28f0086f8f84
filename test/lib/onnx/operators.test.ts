// Every operator in ONNX Runtime: its values, and that the shape inferred by the builder is the one that comes out.
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { createGraph, type GraphBuilder, int64Vector, type Value } from '../../../src/lib/onnx/graph.ts';
import * as op from '../../../src/lib/onnx/operators.ts';
import { BATCH, constant, type Given, run } from './run.ts';

const pair: Given = { shape: ['batch', 3], values: [1, 2, 3, 4, 5, 6] };
const image: Given = { shape: ['batch', 1, 4, 2], values: Array.from({ length: 16 }, (_, i) => i) };
const row = (graph: GraphBuilder) => constant(graph, 'row', [3], [10, 20, 40]);
const normalized = (g: GraphBuilder, x?: Value) => {
  const both = row(g);
  return op.LayerNormalization(g, x!, { weight: both, bias: both }, 0);
};
const ids: Given = { shape: ['batch', 1], values: [2, 0], type: 'int64' };

const cases: readonly [string, readonly Given[], (graph: GraphBuilder, ...x: Value[]) => Value, number[]][] = [
  ['Add', [pair], (g, x) => op.Add(g, x!, row(g)), [11, 22, 43, 14, 25, 46]],
  ['Mul', [pair], (g, x) => op.Mul(g, x!, row(g)), [10, 40, 120, 40, 100, 240]],
  ['Div', [pair], (g, x) => op.Div(g, x!, row(g)), [0.1, 0.1, 0.075, 0.4, 0.25, 0.15]],
  ['Sigmoid', [{ shape: ['batch'], values: [0, 1] }], (g, x) => op.Sigmoid(g, x!), [0.5, 0.7310585786]],
  ['Erf', [{ shape: ['batch'], values: [0.5, -1] }], (g, x) => op.Erf(g, x!), [0.5204998778, -0.8427007929]],
  [
    'Softmax',
    [{ shape: ['batch', 2], values: [0, 0, 0, Math.log(3)] }],
    (g, x) => op.Softmax(g, x!, -1),
    [0.5, 0.5, 0.25, 0.75],
  ],
  ['MatMul', [pair], (g, x) => op.MatMul(g, x!, constant(g, 'w', [3, 2], [1, 0, 0, 1, 1, 1])), [4, 5, 10, 11]],
  ['Reshape', [image], (g, x) => op.Reshape(g, x!, [0, 2, 4]), image.values as number[]],
  [
    'Transpose',
    [{ shape: ['batch', 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] }],
    (g, x) => op.Transpose(g, x!, [0, 2, 1]),
    [1, 3, 2, 4, 5, 7, 6, 8],
  ],
  ['Concat', [pair], (g, x) => op.Concat(g, [x!, x!], 1), [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]],
  ['Split', [pair], (g, x) => op.Split(g, x!, -1, 3)[1]!, [2, 5]],
  ['Gather of a place', [pair], (g, x) => op.Gather(g, x!, 2, 1), [3, 6]],
  [
    'Gather of rows',
    [ids],
    (g, x) => op.Gather(g, constant(g, 'table', [3, 2], [0, 1, 10, 11, 20, 21]), x!, 0),
    [20, 21, 0, 1],
  ],
  ['GatherND', [pair, ids], (g, x, i) => op.GatherND(g, op.Reshape(g, x!, [0, 3, 1]), i!), [3, 4]],
  ['ArgMax', [{ shape: ['batch', 3], values: [1, 9, 9, 7, 2, 3], type: 'int64' }], (g, x) => op.ArgMax(g, x!), [1, 0]],
  ['Shape', [image], (g, x) => op.Shape(g, x!, 0, 1), [BATCH]],
  [
    'Expand',
    [pair],
    (g, x) =>
      op.Expand(g, constant(g, 'c', [1, 2], [7, 8]), op.Concat(g, [op.Shape(g, x!, 0, 1), int64Vector(g, [2])], 0), [
        'batch',
        2,
      ]),
    [7, 8, 7, 8],
  ],
  ['LayerNormalization', [pair], normalized, [-2.2474487139, 20, 88.98979486, -2.2474487139, 20, 88.98979486]],
  ['Conv', [image], (g, x) => op.Conv(g, x!, constant(g, 'k', [1, 1, 2, 2], [1, 1, 1, 1])), [6, 22, 38, 54]],
  [
    'Conv with bias',
    [image],
    (g, x) => op.Conv(g, x!, constant(g, 'k', [1, 1, 2, 2], [0, 0, 0, 1]), constant(g, 'b', [1], [100])),
    [103, 107, 111, 115],
  ],
  ['ReduceL2', [{ shape: ['batch', 2], values: [3, 4, 0, 2] }], (g, x) => op.ReduceL2(g, x!), [5, 2]],
];

describe('values and shapes', () => {
  test.each(cases)('%s', async (_, given, build, wanted) => {
    const { values, shape, inferred } = await run(given, build);
    expect(values).toHaveLength(wanted.length);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(wanted[i]!, 4);
    expect(shape).toEqual(inferred.shape.map((size) => (typeof size === 'number' ? size : BATCH)));
  });

  test.each([17, 18, 19, 20, 21])('operator set %i', async (opset) => {
    const { values } = await run([pair], (g, x) => op.Div(g, x!, op.ReduceL2(g, op.Split(g, x!, -1, 3)[0]!)), opset);
    expect(values).toEqual([1, 2, 3, 1, 1.25, 1.5]);
  });
});

describe('misfits are refused when the graph is built', () => {
  const graph = createGraph('misfit');
  const x = (...shape: (number | string)[]): Value => ({ name: 'x', type: 'float32', shape });
  const integers: Value = { name: 'i', type: 'int64', shape: ['batch', 1] };

  test.each<[string, () => unknown]>([
    ['Add', () => op.Add(graph, x(2, 3), x(2, 4))],
    ['Mul', () => op.Mul(graph, x('batch', 3), x('other', 3))],
    ['Add', () => op.Add(graph, x(1), integers)],
    ['MatMul', () => op.MatMul(graph, x(2, 3), x(2, 3))],
    ['MatMul', () => op.MatMul(graph, x(3), x(3, 2))],
    ['Reshape', () => op.Reshape(graph, x('batch', 4), [0, 3])],
    ['Reshape', () => op.Reshape(graph, x('batch', 4), [4])],
    ['Transpose', () => op.Transpose(graph, x(2, 3), [0, 0])],
    ['Transpose', () => op.Transpose(graph, x(2, 3), [0, 2])],
    ['Concat', () => op.Concat(graph, [x(2, 3), x(3, 3)], 1)],
    ['Split', () => op.Split(graph, x(2, 4), -1, 3)],
    ['Split', () => op.Split(graph, x(2, 'batch'), -1, 2)],
    ['Gather', () => op.Gather(graph, x(2, 4), x(1), 0)],
    ['Gather', () => op.Gather(graph, x(2, 4), 0, 2)],
    ['GatherND', () => op.GatherND(graph, x('other', 4), integers)],
    ['Expand', () => op.Expand(graph, x(1, 3), int64Vector(graph, [2]), ['batch', 3])],
    ['LayerNormalization', () => op.LayerNormalization(graph, x(2, 4), { weight: x(3), bias: x(4) }, 1e-5)],
    ['Conv', () => op.Conv(graph, x('batch', 3, 8, 8), x(4, 1, 2, 2))],
    ['Conv', () => op.Conv(graph, x('batch', 3, 9, 8), x(4, 3, 2, 2))],
  ])('%s', (name, build) => {
    expect(build).toThrow(ModelError);
    expect(build).toThrow(`graph: ${name}, expected`);
  });
});
