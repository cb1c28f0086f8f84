/** OpenAI-CLIP's vision and text towers as ONNX graphs; sizes inferred from the weights' shapes as the original does. */
import { ModelError } from '../../core/errors.ts';
import {
  causalMask,
  clipTransformer,
  layerNorm,
  type Module,
  patchEmbedding,
  prependToken,
  submodule,
} from './blocks.ts';
import { addInput, addOutput, createGraph, type Graph } from './graph.ts';
import { Add, ArgMax, Gather, GatherND, MatMul } from './operators.ts';
import { type WeightSource, weight } from './weights.ts';

export interface ClipDimensions {
  /** Length of an embedding. */
  readonly embedding: number;
  readonly vision: {
    readonly width: number;
    readonly layers: number;
    readonly heads: number;
    /** Side of a patch in pixels. */
    readonly patch: number;
    /** Patches along a side. */
    readonly grid: number;
    readonly channels: number;
  };
  readonly text: {
    readonly width: number;
    readonly layers: number;
    readonly heads: number;
    readonly contextLength: number;
    readonly vocabulary: number;
  };
}

type Shapes = ReadonlyMap<string, readonly number[]>;

function shapeOf(shapes: Shapes, name: string, rank: number): readonly number[] {
  const shape = shapes.get(name);
  if (!shape)
    throw new ModelError(
      `not a checkpoint of OpenAI-CLIP's vision transformer, expected the weight ${name}, got none of that name`,
      'the ResNet variants of CLIP and the Hugging Face naming are not supported',
    );
  if (shape.length !== rank || shape.some((size) => size < 1))
    throw new ModelError(`weight ${name}, expected ${rank} dimensions, got [${shape}]`);
  return shape;
}

/** Heads are 64 wide. Source: openai/CLIP:clip/model.py, build_model. */
function headsOf(width: number, tower: string): number {
  const heads = Math.floor(width / 64);
  if (heads < 1 || width % heads !== 0)
    throw new ModelError(`width of the ${tower} tower, expected a multiple of 64, got ${width}`);
  return heads;
}

/** Number of consecutive residual blocks, counted by their attention weights. */
function layersOf(shapes: Shapes, prefix: string): number {
  let layers = 0;
  while (shapes.has(`${prefix}resblocks.${layers}.attn.in_proj_weight`)) layers++;
  if (layers === 0) throw new ModelError(`weights, expected ${prefix}resblocks.0.attn.in_proj_weight, got none`);
  return layers;
}

/** @throws ModelError where a weight that gives a size is missing or has another number of dimensions */
export function clipDimensions(shapes: Shapes): ClipDimensions {
  const [visionWidth, channels, patch] = shapeOf(shapes, 'visual.conv1.weight', 4) as [number, number, number];
  const [positions] = shapeOf(shapes, 'visual.positional_embedding', 2) as [number];
  const grid = Math.round(Math.sqrt(positions - 1));
  if (grid < 1 || grid * grid + 1 !== positions)
    throw new ModelError(
      `weight visual.positional_embedding, expected a square of patches and one more, got ${positions} rows`,
    );
  const [textWidth, embedding] = shapeOf(shapes, 'text_projection', 2) as [number, number];
  const [contextLength] = shapeOf(shapes, 'positional_embedding', 2) as [number];
  const [vocabulary] = shapeOf(shapes, 'token_embedding.weight', 2) as [number];
  const visionLayers = layersOf(shapes, 'visual.transformer.');
  const textLayers = layersOf(shapes, 'transformer.');
  return {
    embedding,
    vision: { width: visionWidth, layers: visionLayers, heads: headsOf(visionWidth, 'vision'), patch, grid, channels },
    text: { width: textWidth, layers: textLayers, heads: headsOf(textWidth, 'text'), contextLength, vocabulary },
  };
}

function affineSlots(prefix: string, width: number): [string, number[]][] {
  return [
    [`${prefix}.weight`, [width]],
    [`${prefix}.bias`, [width]],
  ];
}

function transformerSlots(prefix: string, width: number, layers: number): [string, number[]][] {
  return Array.from({ length: layers }, (_, layer): [string, number[]][] => {
    const block = `${prefix}resblocks.${layer}`;
    return [
      ...affineSlots(`${block}.ln_1`, width),
      [`${block}.attn.in_proj_weight`, [3 * width, width]],
      [`${block}.attn.in_proj_bias`, [3 * width]],
      [`${block}.attn.out_proj.weight`, [width, width]],
      [`${block}.attn.out_proj.bias`, [width]],
      ...affineSlots(`${block}.ln_2`, width),
      [`${block}.mlp.c_fc.weight`, [4 * width, width]],
      [`${block}.mlp.c_fc.bias`, [4 * width]],
      [`${block}.mlp.c_proj.weight`, [width, 4 * width]],
      [`${block}.mlp.c_proj.bias`, [width]],
    ];
  }).flat();
}

/** Every weight that a checkpoint of these dimensions holds, with its shape. */
export function clipSlots({ embedding, vision, text }: ClipDimensions): ReadonlyMap<string, readonly number[]> {
  return new Map<string, number[]>([
    ['visual.class_embedding', [vision.width]],
    ['visual.positional_embedding', [vision.grid * vision.grid + 1, vision.width]],
    ['visual.conv1.weight', [vision.width, vision.channels, vision.patch, vision.patch]],
    ...affineSlots('visual.ln_pre', vision.width),
    ...transformerSlots('visual.transformer.', vision.width, vision.layers),
    ...affineSlots('visual.ln_post', vision.width),
    ['visual.proj', [vision.width, embedding]],
    ['token_embedding.weight', [text.vocabulary, text.width]],
    ['positional_embedding', [text.contextLength, text.width]],
    ...transformerSlots('transformer.', text.width, text.layers),
    ...affineSlots('ln_final', text.width),
    ['text_projection', [text.width, embedding]],
    ['logit_scale', []],
  ]);
}

/**
 * `pixels` [batch, channels, side, side] float32 to `embedding` [batch, dimension], the projected feature, not normalised.
 * Source: Radford et al. 2021, arXiv:2103.00020; openai/CLIP:clip/model.py, VisionTransformer.
 */
export function clipVisionGraph({ vision }: ClipDimensions, weights: WeightSource): Graph {
  const graph = createGraph('clip-vision');
  const module: Module = { graph, weights, prefix: 'visual.' };
  const side = vision.patch * vision.grid;
  const pixels = addInput(graph, { name: 'pixels', type: 'float32', shape: ['batch', vision.channels, side, side] });
  const token = weight(graph, weights, 'visual.class_embedding', [1, 1, vision.width]);
  const tokens = prependToken(graph, token, patchEmbedding(module, pixels));
  const placed = Add(graph, tokens, weight(graph, weights, 'visual.positional_embedding'));
  const hidden = clipTransformer(
    submodule(module, 'transformer'),
    layerNorm(submodule(module, 'ln_pre'), placed),
    vision,
  );
  const pooled = layerNorm(submodule(module, 'ln_post'), Gather(graph, hidden, 0, 1));
  addOutput(graph, 'embedding', MatMul(graph, pooled, weight(graph, weights, 'visual.proj')));
  return graph;
}

/**
 * `ids` [batch, contextLength] int64 to `embedding` [batch, dimension]: the feature at the largest id, which is the end
 * token, projected, not normalised. Source: openai/CLIP:clip/model.py, encode_text.
 */
export function clipTextGraph({ text }: ClipDimensions, weights: WeightSource): Graph {
  const graph = createGraph('clip-text');
  const module: Module = { graph, weights, prefix: '' };
  const ids = addInput(graph, { name: 'ids', type: 'int64', shape: ['batch', text.contextLength] });
  const tokens = Gather(graph, weight(graph, weights, 'token_embedding.weight'), ids, 0);
  const placed = Add(graph, tokens, weight(graph, weights, 'positional_embedding'));
  const options = { heads: text.heads, layers: text.layers, mask: causalMask(graph, text.contextLength) };
  const hidden = clipTransformer(submodule(module, 'transformer'), placed, options);
  // The normalisation works on each token alone, so it may follow the choice of the token.
  const pooled = layerNorm(submodule(module, 'ln_final'), GatherND(graph, hidden, ArgMax(graph, ids)));
  addOutput(graph, 'embedding', MatMul(graph, pooled, weight(graph, weights, 'text_projection')));
  return graph;
}
