/** A vision graph of a few thousand weights, written to a folder, for tests of the engine. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rng } from '../../src/core/rng.ts';
import type { GraphFile } from '../../src/engine/session.ts';
import { type ClipDimensions, clipTextGraph, clipVisionGraph } from '../../src/lib/onnx/clip.ts';
import { clipSlots } from '../../src/lib/onnx/clip-keys.ts';
import { encodeModel, writeExternalData } from '../../src/lib/onnx/encode.ts';
import type { Graph } from '../../src/lib/onnx/graph.ts';
import { type WeightSource, weightsInMemory } from '../../src/lib/onnx/weights.ts';

const TOWER = { width: 64, layers: 1, heads: 1, intermediate: 256, activation: 'quick-gelu' } as const;

export const TINY: ClipDimensions = {
  embedding: 16,
  vision: { ...TOWER, patch: 16, grid: 2, channels: 3, epsilon: 1e-5, patchBias: false, normBefore: true },
  text: { ...TOWER, contextLength: 8, vocabulary: 32 },
};

/** Random weights; `poison` sets one weight to NaN. */
function weights(poison: boolean): WeightSource {
  const tensors = [...clipSlots(TINY)].map(([name, shape]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const { normal } = rng(5, 'tiny-vision', name);
    const data = Float32Array.from({ length }, () => normal() * 0.2);
    if (poison && name === 'visual.proj') data[0] = Number.NaN;
    return [name, { shape, data }] as const;
  });
  return weightsInMemory(Object.fromEntries(tensors));
}

function write(folder: string, name: string, graph: Graph): string {
  writeFileSync(join(folder, `${name}.onnx`), encodeModel(graph, { externalData: `${name}.weights` }));
  const descriptor = openSync(join(folder, `${name}.weights`), 'w');
  writeExternalData(graph, (bytes) => writeSync(descriptor, bytes));
  closeSync(descriptor);
  return join(folder, `${name}.onnx`);
}

export function writeTinyVision(folder: string, name = 'vision', poison = false): GraphFile {
  return { path: write(folder, name, clipVisionGraph(TINY, weights(poison))), input: 'pixels', output: 'embedding' };
}

export function writeTinyText(folder: string): GraphFile {
  return { path: write(folder, 'text', clipTextGraph(TINY, weights(false))), input: 'ids', output: 'embedding' };
}
