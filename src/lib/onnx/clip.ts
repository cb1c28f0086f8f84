/** CLIP's two towers as ONNX graphs. Source: Radford et al. 2021, arXiv:2103.00020; openai/CLIP:clip/model.py. */
import { type Activation, causalMask, layerNorm, type Module, residualBlocks, submodule } from './blocks.ts';
import { addInput, addOutput, createGraph, type Graph } from './graph.ts';
import { Add, ArgMax, Gather, GatherND, MatMul } from './operators.ts';
import { type VisionTransformerDimensions, visionTransformerGraph } from './vision-transformer.ts';
import { type WeightSource, weight } from './weights.ts';

export interface ClipTextDimensions {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly contextLength: number;
  readonly vocabulary: number;
  readonly activation: Activation;
}

export interface ClipDimensions {
  /** Length of an embedding. */
  readonly embedding: number;
  readonly vision: VisionTransformerDimensions;
  readonly text: ClipTextDimensions;
}

/** `pixels` [batch, channels, side, side] float32 to `embedding` [batch, dimension], projected, not normalised. */
export function clipVisionGraph({ vision }: Pick<ClipDimensions, 'vision'>, weights: WeightSource): Graph {
  return visionTransformerGraph('clip-vision', vision, weights);
}

/**
 * `ids` [batch, contextLength] int64 to `embedding` [batch, dimension]: the feature at the largest id, which is the end
 * token, projected, not normalised. What follows the end token changes nothing.
 *
 * Slots: `token_embedding.weight` [vocabulary, width], `positional_embedding` [contextLength, width],
 * `transformer.resblocks.N.*` as in the vision tower, `ln_final.*`, `text_projection` [width, dimension].
 */
export function clipTextGraph({ text }: Pick<ClipDimensions, 'text'>, weights: WeightSource): Graph {
  const graph = createGraph('clip-text');
  const module: Module = { graph, weights, prefix: '' };
  const ids = addInput(graph, { name: 'ids', type: 'int64', shape: ['batch', text.contextLength] });
  const tokens = Gather(graph, weight(graph, weights, 'token_embedding.weight'), ids, 0);
  const placed = Add(graph, tokens, weight(graph, weights, 'positional_embedding'));
  const options = { ...text, epsilon: 1e-5, mask: causalMask(graph, text.contextLength) };
  const hidden = residualBlocks(submodule(module, 'transformer'), placed, options);
  // The normalisation works on each token alone, so it may follow the choice of the token.
  const pooled = layerNorm(submodule(module, 'ln_final'), GatherND(graph, hidden, ArgMax(graph, ids)));
  addOutput(graph, 'embedding', MatMul(graph, pooled, weight(graph, weights, 'text_projection')));
  return graph;
}
