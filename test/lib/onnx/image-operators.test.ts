// Operators of convolutional networks in ONNX Runtime: values worked out by hand, and the shapes that the builder infers.
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { foldedConvolution } from '../../../src/lib/onnx/batch-normalization.ts';
import { createGraph, type GraphBuilder, type Value } from '../../../src/lib/onnx/graph.ts';
import * as op from '../../../src/lib/onnx/image-operators.ts';
import { weightsInMemory } from '../../../src/lib/onnx/weights.ts';
import { BATCH, constant, type Given, run } from './run.ts';

const image: Given = { shape: ['batch', 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, -1, 0, 0, 0, 0] };

function ones(graph: GraphBuilder, bias: number) {
  const weight = constant(graph, 'kernel', [1, 1, 3, 3], new Array<number>(9).fill(1));
  return { weight, bias: constant(graph, 'bias', [1], [bias]) };
}

test('a convolution with stride and padding cuts the border as torch does', async () => {
  const build = (g: GraphBuilder, x?: Value) => op.PaddedConv(g, x!, { ...ones(g, 10), stride: 2, padding: 1 });
  const { values, shape, inferred } = await run([image], build);
  expect(shape).toEqual([BATCH, 1, 2, 2]);
  expect(inferred.shape).toEqual(['batch', 1, 2, 2]);
  expect(values).toEqual([22, 26, 34, 38, 9, 9, 9, 9]);
});

test('the largest of each window; padding never wins', async () => {
  const below: Given = { ...image, values: image.values.map((value) => value - 20) };
  const { values, shape } = await run([below], (g, x) => op.MaxPool(g, x!, { side: 3, stride: 2, padding: 1 }));
  expect(shape).toEqual([BATCH, 1, 2, 2]);
  expect(values).toEqual([-15, -14, -12, -11, -20, -20, -20, -20]);
});

test('the mean of each channel, and what is below zero', async () => {
  const mean = await run([image], (g, x) => op.GlobalAveragePool(g, x!));
  expect([mean.shape, mean.inferred.shape]).toEqual([
    [BATCH, 1, 1, 1],
    ['batch', 1, 1, 1],
  ]);
  expect(mean.values[0]).toBeCloseTo(5, 6);
  expect(mean.values[1]).toBeCloseTo(-1 / 9, 6);
  const { values } = await run([{ shape: ['batch'], values: [-2, 3] }], (g, x) => op.Relu(g, x!));
  expect(values).toEqual([0, 3]);
});

describe('what does not fit is refused when the graph is built', () => {
  const build = (shape: readonly (number | string)[], make: (g: GraphBuilder, x: Value) => Value) => () => {
    const graph = createGraph('test');
    return make(graph, { name: 'x', type: 'float32', shape });
  };
  test.each<[string, () => Value]>([
    ['other channels', build(['b', 2, 9, 9], (g, x) => op.PaddedConv(g, x, { ...ones(g, 0), stride: 1, padding: 0 }))],
    ['a small image', build(['b', 1, 2, 2], (g, x) => op.PaddedConv(g, x, { ...ones(g, 0), stride: 1, padding: 0 }))],
    ['three axes', build(['b', 1, 9], (g, x) => op.PaddedConv(g, x, { ...ones(g, 0), stride: 1, padding: 0 }))],
    [
      'biases',
      build(['b', 1, 9, 9], (g, x) => {
        const { weight } = ones(g, 0);
        return op.PaddedConv(g, x, { weight, bias: constant(g, 'two', [2], [0, 0]), stride: 1, padding: 0 });
      }),
    ],
    [
      'an image smaller than the window',
      build(['b', 1, 2, 9], (g, x) => op.MaxPool(g, x, { side: 3, stride: 1, padding: 0 })),
    ],
    ['no image', build(['b', 1], (g, x) => op.GlobalAveragePool(g, x))],
  ])('%s', (_, make) => {
    expect(make).toThrow(ModelError);
  });
});

test('a norm after a convolution folds into it', async () => {
  const vector = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) });
  const weights = weightsInMemory({
    'conv1.weight': { shape: [2, 1, 1, 1], data: Float32Array.of(2, -1) },
    'bn1.weight': vector(3, 0.5),
    'bn1.bias': vector(1, -1),
    'bn1.running_mean': vector(4, 0),
    'bn1.running_var': vector(9 - 1e-5, 0.25 - 1e-5),
  });
  const pixel: Given = { shape: ['batch', 1, 1, 1], values: [5, 0] };
  const { values } = await run([pixel], (graph, x) => {
    const folded = foldedConvolution({ graph, weights, prefix: '' }, ['conv1', 'bn1']);
    return op.PaddedConv(graph, x!, { ...folded, stride: 1, padding: 0 });
  });
  // (2 · 5 − 4) / 3 · 3 + 1, (−1 · 5) / 0.5 · 0.5 − 1; then of 0
  for (const [place, wanted] of [7, -6, -3, -1].entries()) expect(values[place]).toBeCloseTo(wanted, 5);
});
