/** Full-size CLIP vision towers with random weights, written to a folder for the benchmarks. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rng } from '../../src/core/rng.ts';
import type { GraphFile } from '../../src/engine/session.ts';
import { type ClipDimensions, clipVisionGraph } from '../../src/lib/onnx/clip.ts';
import { clipSlots } from '../../src/lib/onnx/clip-keys.ts';
import { encodeModel, writeExternalData } from '../../src/lib/onnx/encode.ts';
import type { WeightSource } from '../../src/lib/onnx/weights.ts';

/** @param patch side of a patch in pixels: 16 or 32, for ViT-B/16 and ViT-B/32 at 224 pixels. */
export function vitBase(patch: 16 | 32): ClipDimensions {
  const style = { activation: 'quick-gelu', epsilon: 1e-5, patchBias: false, normBefore: true } as const;
  return {
    embedding: 512,
    vision: { ...style, width: 768, layers: 12, heads: 12, intermediate: 3072, patch, grid: 224 / patch, channels: 3 },
    text: {
      activation: style.activation,
      width: 512,
      layers: 1,
      heads: 8,
      intermediate: 2048,
      contextLength: 77,
      vocabulary: 100,
    },
  };
}

/** Writes `NAME.onnx` and `NAME.weights`. @returns the graph and the bytes of its weights. */
export function writeVisionTower(folder: string, name: string, dimensions: ClipDimensions) {
  const graph = clipVisionGraph(dimensions, randomWeights(clipSlots(dimensions)));
  const weightsFile = `${name}.weights`;
  writeFileSync(join(folder, `${name}.onnx`), encodeModel(graph, { externalData: weightsFile }));
  const descriptor = openSync(join(folder, weightsFile), 'w');
  let weightBytes = 0;
  writeExternalData(graph, (bytes) => {
    weightBytes += writeSync(descriptor, bytes);
  });
  closeSync(descriptor);
  const file: GraphFile = { path: join(folder, `${name}.onnx`), input: 'pixels', output: 'embedding' };
  return { file, weightBytes };
}

/** Uniform weights of variance 1 / fan-in; gains of 1. */
function randomWeights(slots: ReadonlyMap<string, readonly number[]>): WeightSource {
  return {
    shape: (name) => slots.get(name)!,
    read: (name) => {
      const shape = slots.get(name)!;
      const length = shape.reduce((product, size) => product * size, 1);
      if (/ln_\w+\.weight$/.test(name)) return new Float32Array(length).fill(1);
      const { next } = rng(1, 'benchmark-weights', name);
      const scale = Math.sqrt(12 / Math.max(1, length / (shape[0] ?? 1)));
      return Float32Array.from({ length }, () => (next() - 0.5) * scale);
    },
  };
}
