// Blocks in ONNX Runtime against the formulas written out plainly.
import { describe, expect, test } from 'vitest';
import { rng } from '../../../src/core/rng.ts';
import * as block from '../../../src/lib/onnx/blocks.ts';
import type { GraphBuilder } from '../../../src/lib/onnx/graph.ts';
import { transposed, weight, weightsInMemory } from '../../../src/lib/onnx/weights.ts';
import { BATCH, constant, run } from './run.ts';

function normal(name: string, count: number): Float32Array {
  const random = rng(3, 'blocks', name);
  return Float32Array.from({ length: count }, () => random.normal());
}

function close(got: readonly number[], wanted: ArrayLike<number>): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(wanted[i]!, 4);
}

describe('activations', () => {
  const x = { shape: ['batch'], values: [1, -1] };

  // x · Φ(x) with Φ(1) = 0.8413447460685429
  test('exact GELU', async () =>
    close((await run([x], (g, v) => block.gelu(g, v!))).values, [0.8413447461, -0.1586552539]));

  // σ(1.702) = 0.8457957659328212
  test('QuickGELU', async () =>
    close((await run([x], (g, v) => block.quickGelu(g, v!))).values, [0.8457957659, -0.1542042341]));
});

test('rows of unit norm', async () => {
  const x = { shape: ['batch', 2], values: [3, 4, -5, 12] };
  close((await run([x], (g, v) => block.l2Normalize(g, v!))).values, [0.6, 0.8, -5 / 13, 12 / 13]);
});

test('a linear layer multiplies by the transpose of its stored weight', async () => {
  const weights = weightsInMemory({
    'fc.weight': { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    'fc.bias': { shape: [2], data: Float32Array.of(10, 20) },
  });
  const x = { shape: ['batch', 3], values: [1, 0, 0, 0, 1, 1] };
  close((await run([x], (graph, v) => block.linear({ graph, weights, prefix: 'fc.' }, v!))).values, [11, 24, 15, 31]);
});

test('one token before each sequence', async () => {
  const x = { shape: ['batch', 1, 2], values: [1, 2, 3, 4] };
  const build = (graph: GraphBuilder) => constant(graph, 'token', [1, 1, 2], [8, 9]);
  const { values, shape } = await run([x], (g, v) => block.prependToken(g, build(g), v!));
  expect(shape).toEqual([BATCH, 2, 2]);
  expect(values).toEqual([8, 9, 1, 2, 8, 9, 3, 4]);
});

test('patches in reading order, one token each', async () => {
  const kernel = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 1); // two filters: first and last pixel of a patch
  const weights = weightsInMemory({ 'conv1.weight': { shape: [2, 1, 2, 2], data: kernel } });
  const image = { shape: ['batch', 1, 4, 4], values: Array.from({ length: 32 }, (_, i) => i) };
  const { values } = await run([image], (graph, v) => {
    return block.patchEmbedding({ graph, weights, prefix: 'conv1.' }, v!, { bias: false });
  });
  expect(values.slice(0, 8)).toEqual([0, 5, 2, 7, 8, 13, 10, 15]);
});

/** softmax(q kᵀ / √w + mask) v per head, then the output projection; in double precision. */
function naiveAttention(
  x: Float32Array,
  w: Record<string, Float32Array>,
  size: { length: number; width: number; heads: number; causal: boolean },
): Float64Array {
  const { length, width, heads, causal } = size;
  const project = (row: number, out: number) => {
    let sum = w.in_proj_bias![out]!;
    for (let i = 0; i < width; i++) sum += x[row * width + i]! * w.in_proj_weight![out * width + i]!;
    return sum;
  };
  const mixed = new Float64Array(length * width);
  for (let head = 0; head < heads; head++)
    for (let row = 0; row < length; row++) {
      const own = Array.from({ length: width / heads }, (_, i) => (head * width) / heads + i);
      const visible = Array.from({ length: causal ? row + 1 : length }, (_, i) => i);
      const scores = visible.map(
        (other) =>
          own.reduce((sum, i) => sum + project(row, i) * project(other, width + i), 0) / Math.sqrt(width / heads),
      );
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      for (const i of own)
        mixed[row * width + i] = visible.reduce(
          (sum, other, k) => sum + (Math.exp(scores[k]!) / total) * project(other, 2 * width + i),
          0,
        );
    }
  return Float64Array.from({ length: length * width }, (_, at) => {
    const [row, out] = [Math.floor(at / width), at % width];
    let sum = w['out_proj.bias']![out]!;
    for (let i = 0; i < width; i++) sum += mixed[row * width + i]! * w['out_proj.weight']![out * width + i]!;
    return sum;
  });
}

test.each([
  [1, false],
  [2, false],
  [2, true],
  [4, true],
])('attention with %i heads, causal %s', async (heads, causal) => {
  const [length, width] = [5, 8];
  const shapes = {
    in_proj_weight: [3 * width, width],
    in_proj_bias: [3 * width],
    'out_proj.weight': [width, width],
    'out_proj.bias': [width],
  };
  const named = Object.entries(shapes).map(
    ([name, shape]) =>
      [
        name,
        {
          shape,
          data: normal(
            name,
            shape.reduce((a, b) => a * b),
          ),
        },
      ] as const,
  );
  const weights = weightsInMemory(Object.fromEntries(named));
  const x = normal('x', BATCH * length * width);
  const { values } = await run([{ shape: ['batch', length, width], values: [...x] }], (graph, v) => {
    const mask = causal ? block.causalMask(graph, length) : undefined;
    return block.selfAttention({ graph, weights, prefix: '' }, v!, { heads, mask });
  });
  const plain = Object.fromEntries(named.map(([name, { data }]) => [name, data]));
  for (let b = 0; b < BATCH; b++) {
    const part = x.subarray(b * length * width, (b + 1) * length * width);
    close(
      values.slice(b * length * width, (b + 1) * length * width),
      naiveAttention(part, plain, { length, width, heads, causal }),
    );
  }
});

describe('weights', () => {
  test('a transpose larger than its tiles', () => {
    const [rows, columns] = [70, 45];
    const data = Float32Array.from({ length: rows * columns }, (_, i) => i);
    const result = transposed(data, rows, columns);
    expect([result[0], result[1], result[rows], result.at(-1)]).toEqual([0, columns, 1, rows * columns - 1]);
    expect(transposed(result, columns, rows)).toEqual(data);
  });

  test('an unknown name and a shape of another size are refused', async () => {
    const weights = weightsInMemory({ a: { shape: [2], data: new Float32Array(2) } });
    const build = (name: string, shape?: number[]) =>
      run([{ shape: ['batch'], values: [1, 2] }], (g) => weight(g, weights, name, shape));
    await expect(build('b')).rejects.toThrow('weight b, expected it in the source');
    await expect(build('a', [3])).rejects.toThrow('as many elements as [3]');
  });
});
