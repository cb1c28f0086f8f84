/**
 * Swin transformer (shifted windows) as an ONNX graph. Tokens lie in the window order of the block that works on them, so
 * that rolling, cutting into windows and undoing both is one reordering between two blocks.
 * Source: Liu et al. 2021, arXiv:2103.14030; huggingface/transformers:src/transformers/models/swin/modeling_swin.py.
 */
import { ModelError } from '../../core/errors.ts';
import { ReduceMean } from './axis-operators.ts';
import { gelu, layerNorm, linear, type Module, submodule } from './blocks.ts';
import {
  addInput,
  addOutput,
  createGraph,
  float32Scalar,
  float32Tensor,
  type Graph,
  int64Vector,
  type Value,
} from './graph.ts';
import { Add, Conv, Gather, MatMul, Mul, Reshape, Softmax, Split, Transpose } from './operators.ts';
import type { SwinDimensions, SwinStage } from './swin-keys.ts';
import { attentionBias, mergingOrder, readingOrder, reordering, type Windows, windowOrder } from './swin-windows.ts';
import { transposedWeight, type WeightSource, weight } from './weights.ts';

/** Added to variances. Source: SwinConfig.layer_norm_eps. */
const EPSILON = 1e-5;

/** Tokens [batch, grid², width] and the grid place of each. */
interface Tokens {
  readonly value: Value;
  readonly order: Int32Array;
}

/** The tokens in another order, cut into `groups` equal parts: [batch, groups, grid² / groups, width]. */
function reordered({ graph }: Module, { value, order }: Tokens, to: Int32Array, groups: number): Value {
  const width = value.shape[2] as number;
  const indices = reordering(order, to);
  const isSame = indices.every((index, place) => index === place);
  const moved = isSame ? value : Gather(graph, value, int64Vector(graph, [...indices]), 1);
  return Reshape(graph, moved, [0, groups, to.length / groups, width]);
}

/** Attention within each window: [batch, windows, window², width] to the same. */
function windowAttention(module: Module, x: Value, { heads, windows }: { heads: number; windows: Windows }): Value {
  const { graph, weights, prefix } = module;
  const [, count, area, width] = x.shape as [unknown, number, number, number];
  const [query, key, value] = Split(graph, linear(submodule(module, 'packed'), x), -1, 3).map((part) =>
    Reshape(graph, part, [0, count, area, heads, width / heads]),
  ) as [Value, Value, Value];
  const scaled = Mul(graph, query, float32Scalar(graph, 1 / Math.sqrt(width / heads)));
  const scores = MatMul(graph, Transpose(graph, scaled, [0, 1, 3, 2, 4]), Transpose(graph, key, [0, 1, 3, 4, 2]));
  const shape = [windows.shift > 0 ? count : 1, heads, area, area];
  const bias = float32Tensor(graph, `${prefix}bias`, shape, () =>
    attentionBias(weights.read(`${prefix}table`), heads, windows),
  );
  const attention = Softmax(graph, Add(graph, scores, bias), -1);
  const mixed = Transpose(graph, MatMul(graph, attention, Transpose(graph, value, [0, 1, 3, 2, 4])), [0, 1, 3, 2, 4]);
  return linear(submodule(module, 'output'), Reshape(graph, mixed, [0, count, area, width]));
}

function block(module: Module, x: Value, options: { heads: number; windows: Windows }): Value {
  const { graph } = module;
  const before = layerNorm(submodule(module, 'layernorm_before'), x, EPSILON);
  const middle = Add(graph, x, windowAttention(submodule(module, 'attention'), before, options));
  const after = layerNorm(submodule(module, 'layernorm_after'), middle, EPSILON);
  const wide = gelu(graph, linear(submodule(module, 'widen'), after));
  return Add(graph, middle, linear(submodule(module, 'narrow'), wide));
}

/** Every second block shifts by half a window, except where one window holds the whole grid. */
function windowsOf(grid: number, window: number, block: number): Windows {
  return { grid, window, shift: block % 2 === 1 && grid > window ? Math.floor(window / 2) : 0 };
}

function stage(module: Module, tokens: Tokens, { depth, heads, grid, window }: SwinStage & Windows): Tokens {
  let current = tokens;
  const count = (grid / window) ** 2;
  for (let index = 0; index < depth; index++) {
    const windows = windowsOf(grid, window, index);
    const order = windowOrder(windows);
    const own = submodule(module, `blocks.${index}`);
    const result = block(own, reordered(own, current, order, count), { heads, windows });
    current = { value: Reshape(module.graph, result, [0, grid * grid, result.shape[3] as number]), order };
  }
  return current;
}

/** Each 2 × 2 patch becomes one token of twice the width: normalised, then reduced. */
function merge(module: Module, tokens: Tokens, grid: number): Tokens {
  const { graph, weights, prefix } = module;
  const count = (grid / 2) ** 2;
  const width = tokens.value.shape[2] as number;
  const side = reordered(module, tokens, mergingOrder(grid), count);
  const joined = layerNorm(submodule(module, 'norm'), Reshape(graph, side, [0, count, 4 * width]), EPSILON);
  const value = MatMul(graph, joined, transposedWeight(graph, weights, `${prefix}reduction.weight`));
  return { value, order: readingOrder(grid / 2) };
}

function embedPatches(module: Module, pixels: Value): Tokens {
  const { graph, weights, prefix } = module;
  const own = `${prefix}patch_embeddings.projection`;
  const patches = Conv(graph, pixels, weight(graph, weights, `${own}.weight`), weight(graph, weights, `${own}.bias`));
  const [, width, grid] = patches.shape as [unknown, number, number, number];
  const tokens = Transpose(graph, Reshape(graph, patches, [0, width, grid * grid]), [0, 2, 1]);
  return { value: layerNorm(submodule(module, 'norm'), tokens, EPSILON), order: readingOrder(grid) };
}

/** @throws ModelError where a stage's grid of tokens cannot be cut into windows */
function requireGrids({ patch, window, stages }: SwinDimensions, side: number): void {
  stages.forEach((_, index) => {
    const grid = side / patch / 2 ** index;
    if (grid >= window && grid % window === 0) return;
    throw new ModelError(
      `image side, expected ${patch * 2 ** (stages.length - 1) * window} pixels or a multiple for windows of ${window} tokens, got ${side}`,
    );
  });
}

export interface SwinRequest {
  readonly dimensions: SwinDimensions;
  /** Under the slots of `swinRules`; and the projection [embedding, width of the last stage], without bias. */
  readonly weights: WeightSource;
  readonly prefix: string;
  readonly projection: string;
  /** Height and width of the image in pixels. */
  readonly side: number;
}

/**
 * `pixels` [batch, channels, side, side] float32 to `embedding` [batch, dimension]: the mean over the last tokens, projected,
 * not normalised. @throws ModelError where windows do not fit the image
 */
export function swinGraph({ dimensions, weights, prefix, projection, side }: SwinRequest): Graph {
  requireGrids(dimensions, side);
  const graph = createGraph('swin');
  const module: Module = { graph, weights, prefix };
  const { channels, patch, window, stages } = dimensions;
  const pixels = addInput(graph, { name: 'pixels', type: 'float32', shape: ['batch', channels, side, side] });
  let tokens = embedPatches(submodule(module, 'embeddings'), pixels);
  stages.forEach((own, index) => {
    const grid = side / patch / 2 ** index;
    const layer = submodule(module, `encoder.layers.${index}`);
    tokens = stage(layer, tokens, { ...own, grid, window, shift: 0 });
    if (index < stages.length - 1) tokens = merge(submodule(layer, 'downsample'), tokens, grid);
  });
  const pooled = ReduceMean(graph, layerNorm(submodule(module, 'layernorm'), tokens.value, EPSILON), 1);
  addOutput(graph, 'embedding', MatMul(graph, pooled, transposedWeight(graph, weights, projection)));
  return graph;
}
