// Swin and ResNet in ONNX Runtime against transformers and torchvision, from checkpoints in the naming of the libraries.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/lib/checkpoint/checkpoint.ts';
import { mapKeys, shapesOf } from '../../../src/lib/checkpoint/key-map.ts';
import type { NamedTensor } from '../../../src/lib/checkpoint/tensor.ts';
import { encodeModel } from '../../../src/lib/onnx/encode.ts';
import type { Graph } from '../../../src/lib/onnx/graph.ts';
import { resnetDimensions, resnetGraph, resnetIgnored, resnetRules } from '../../../src/lib/onnx/resnet.ts';
import { swinGraph } from '../../../src/lib/onnx/swin.ts';
import {
  relativePositionKeys,
  requireRelativePositions,
  swinDimensions,
  swinRules,
} from '../../../src/lib/onnx/swin-keys.ts';
import { verify } from '../../../src/lib/onnx/verify.ts';
import { fileOf } from '../checkpoint/fixtures.ts';
import { agreement, type Packed, valuesOf } from './packed.ts';

interface Golden {
  readonly parameters: number;
  readonly pixels: Packed;
  readonly embeddings: Packed;
}

const folder = fileURLToPath(new URL('../../golden/onnx/', import.meta.url));
const goldenOf = <T = Golden>(name: string) => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as T;

type State = Pick<ReturnType<typeof openCheckpoint>, 'tensors' | 'others'>;
const stateOf = (name: string): State => openCheckpoint(fileOf(readFileSync(`${folder}${name}.pt`)), name);
const sideOf = ({ pixels }: Golden) => pixels.shape[3]!;

async function run(graph: Graph, { pixels }: Golden): Promise<Float32Array> {
  verify(graph);
  const session = await InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const { embedding } = await session.run({ pixels: new Tensor('float32', valuesOf(pixels), pixels.shape) });
  return embedding!.data as Float32Array;
}

function expectParity(got: Float32Array, { embeddings }: Golden): void {
  const { cosine, difference } = agreement(got, valuesOf(embeddings), embeddings.shape[1]!);
  expect(got).toHaveLength(embeddings.shape[0]! * embeddings.shape[1]!);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  // Values of a random network can be far from 1: float32 rounding grows with them.
  const largest = valuesOf(embeddings).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  expect(difference / largest).toBeLessThanOrEqual(5e-6);
}

describe('Swin', () => {
  const golden = goldenOf('swin');
  const prefix = 'vision_model.model.';
  const projection = 'vision_model.projection_head.weight';

  function swin(state: State, side = sideOf(golden)) {
    const dimensions = swinDimensions(shapesOf(state), prefix);
    requireRelativePositions(state.tensors, dimensions, prefix);
    const rules = [...swinRules(dimensions, prefix), { key: projection, shape: [12, 32] }];
    const weights = mapKeys(state, { rules, sizes: {}, ignore: relativePositionKeys(dimensions, prefix) }, 'file');
    return { graph: swinGraph({ dimensions, weights, prefix, projection, side }), weights, dimensions };
  }

  test.each(['swin-classic', 'swin-current'])('%s: embeddings and parameters', async (name) => {
    const { graph, weights, dimensions } = swin(stateOf(name));
    expect(dimensions.naming).toBe(name.slice(5));
    expect(dimensions).toMatchObject({ window: 4, patch: 4, expansion: 4 });
    expect(weights.parameters).toBe(golden.parameters);
    expectParity(await run(graph, golden), golden);
  });

  const changed = (change: (tensor: NamedTensor) => NamedTensor): State => {
    const { tensors, others } = stateOf('swin-classic');
    return { tensors: tensors.map(change), others };
  };

  test('an index buffer that says otherwise is refused', () => {
    const swapped = (values: Float32Array) => values.with(0, values[1]!).with(1, values[0]!);
    const key = `${prefix}encoder.layers.1.blocks.1.attention.self.relative_position_index`;
    const odd = changed((tensor) => (tensor.name === key ? { ...tensor, read: () => swapped(tensor.read()) } : tensor));
    expect(() => swin(odd)).toThrow(`weight ${key}, expected the relative positions of windows of 4 × 4 tokens`);
    const short = changed((tensor) =>
      tensor.name === key ? { ...tensor, read: () => tensor.read().slice(1) } : tensor,
    );
    expect(() => swin(short)).toThrow('expected the relative positions');
  });

  test('an image that windows do not divide, a table of another size, and another model are refused', () => {
    expect(() => swin(stateOf('swin-classic'), 72)).toThrow('image side, expected 64 pixels or a multiple');
    expect(() => swin(stateOf('swin-classic'), 32)).toThrow('image side');
    const table = (tensor: NamedTensor) => tensor.name.endsWith('bias_table');
    const odd = changed((tensor) => (table(tensor) ? { ...tensor, shape: [48, tensor.shape[1]!] } : tensor));
    expect(() => swin(odd)).toThrow('expected (2 · window − 1)² rows, got 48');
    expect(() => swinDimensions(new Map(), prefix)).toThrow('not a checkpoint of a Swin transformer');
  });
});

describe('ResNet', () => {
  const prefix = 'image_model.';

  function resnet(state: State, side: number) {
    const dimensions = resnetDimensions(shapesOf(state), prefix);
    const map = { rules: resnetRules(dimensions, prefix), sizes: {}, ignore: resnetIgnored(dimensions, prefix) };
    const weights = mapKeys(state, map, 'file');
    return { graph: resnetGraph({ dimensions, weights, prefix, side }), weights, dimensions };
  }

  test.each(['biased', 'plain'] as const)('%s last layer: embeddings', async (name) => {
    const golden = goldenOf<Record<'biased' | 'plain', Golden>>('resnet')[name];
    const { graph, dimensions } = resnet(stateOf(`resnet-${name}`), sideOf(golden));
    expect(dimensions.biased).toBe(name === 'biased');
    expect(dimensions.stages.map(({ blocks, outer }) => [blocks, outer])).toEqual([
      [2, 16],
      [1, 32],
      [2, 64],
      [1, 128],
    ]);
    expectParity(await run(graph, golden), golden);
  });

  test('a file without the batch counters gives the same', async () => {
    const golden = goldenOf<Record<'biased' | 'plain', Golden>>('resnet').plain;
    const { tensors, others } = stateOf('resnet-plain');
    const counters = tensors.filter(({ name }) => name.endsWith('num_batches_tracked'));
    expect(counters.length).toBeGreaterThan(10);
    const rest = tensors.filter((tensor) => !counters.includes(tensor));
    expectParity(await run(resnet({ tensors: rest, others }, sideOf(golden)).graph, golden), golden);
  });

  test('a negative variance and a network of other blocks are refused', () => {
    const { tensors, others } = stateOf('resnet-plain');
    const negative = (tensor: NamedTensor) =>
      tensor.name.endsWith('bn2.running_var')
        ? { ...tensor, read: () => tensor.read().map((value) => -value) }
        : tensor;
    expect(() => encodeModel(resnet({ tensors: tensors.map(negative), others }, 45).graph)).toThrow(
      /running_var, expected variances, got -/,
    );
    const basic = tensors.filter(({ name }) => !name.includes('conv3'));
    expect(() => resnet({ tensors: basic, others }, 45)).toThrow("torchvision's ResNet of bottleneck blocks");
  });
});
