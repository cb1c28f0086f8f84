/**
 * The plain vision transformer of CLIP and of timm as a graph: a class token, pre-normalised blocks, a projection.
 * Source: Dosovitskiy et al. 2021, arXiv:2010.11929; Radford et al. 2021, arXiv:2103.00020;
 * openai/CLIP:clip/model.py, VisionTransformer; huggingface/pytorch-image-models:timm/models/vision_transformer.py.
 *
 * Slots, below the prefix: `class_embedding` [width], `positional_embedding` [1 + grid², width],
 * `conv1.weight` [width, channels, patch, patch] and `conv1.bias` where patchBias, `ln_pre.*` where normBefore,
 * `transformer.resblocks.N.{ln_1,attn,ln_2,mlp.c_fc,mlp.c_proj}.*`, `ln_post.*`, `proj` [width, embedding].
 */
import {
  type Activation,
  layerNorm,
  type Module,
  patchEmbedding,
  prependToken,
  residualBlocks,
  submodule,
} from './blocks.ts';
import { addInput, addOutput, createGraph, type Graph } from './graph.ts';
import { Add, Gather, MatMul } from './operators.ts';
import { type WeightSource, weight } from './weights.ts';

export interface VisionTransformerDimensions {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the hidden layer of each block's perceptron. */
  readonly intermediate: number;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Patches along a side. */
  readonly grid: number;
  readonly channels: number;
  readonly activation: Activation;
  /** Of the layer norms: 1e-5 in CLIP, 1e-6 in timm. */
  readonly epsilon: number;
  /** timm's patches have a bias, CLIP's none. */
  readonly patchBias: boolean;
  /** CLIP normalises before the first block. */
  readonly normBefore: boolean;
}

/**
 * `pixels` [batch, channels, side, side] float32 to `embedding` [batch, dimension]: the class token's feature, projected,
 * not normalised.
 */
export function visionTransformerGraph(
  name: string,
  dimensions: VisionTransformerDimensions,
  weights: WeightSource,
  prefix = 'visual.',
): Graph {
  const { width, patch, grid, channels, epsilon, patchBias, normBefore } = dimensions;
  const graph = createGraph(name);
  const module: Module = { graph, weights, prefix };
  const side = patch * grid;
  const pixels = addInput(graph, { name: 'pixels', type: 'float32', shape: ['batch', channels, side, side] });
  const token = weight(graph, weights, `${prefix}class_embedding`, [1, 1, width]);
  const patches = patchEmbedding(submodule(module, 'conv1'), pixels, { bias: patchBias });
  const places = weight(graph, weights, `${prefix}positional_embedding`);
  const placed = Add(graph, prependToken(graph, token, patches), places);
  const start = normBefore ? layerNorm(submodule(module, 'ln_pre'), placed, epsilon) : placed;
  const hidden = residualBlocks(submodule(module, 'transformer'), start, dimensions);
  const pooled = layerNorm(submodule(module, 'ln_post'), Gather(graph, hidden, 0, 1), epsilon);
  addOutput(graph, 'embedding', MatMul(graph, pooled, weight(graph, weights, `${prefix}proj`)));
  return graph;
}
