/**
 * Where the weights of vision-transformer.ts lie in a checkpoint of timm's ViT under open_clip (`visual.trunk.*`).
 * Source: huggingface/pytorch-image-models:timm/models/vision_transformer.py; mlfoundations/open_clip:src/open_clip/timm_model.py.
 */
import { ModelError } from '../../core/errors.ts';
import { countIndices, type KeyRule, requireShape, type Shapes } from '../checkpoint/key-map.ts';
import { attentionHeads, type BlockNaming, blockRules, normRules, patchGrid } from './block-keys.ts';
import type { VisionTransformerDimensions } from './vision-transformer.ts';

export interface TimmVit {
  /** Length of an embedding. */
  readonly embedding: number;
  readonly dimensions: VisionTransformerDimensions;
  readonly rules: readonly KeyRule[];
  readonly sizes: { readonly visionLayer: number };
}

const TRUNK = 'visual.trunk.';
const HEAD = 'visual.head.proj.weight';

const BLOCKS: BlockNaming = {
  block: `${TRUNK}blocks.{visionLayer}.`,
  firstNorm: 'norm1',
  attentionWeights: ['attn.qkv.weight'],
  attentionBiases: ['attn.qkv.bias'],
  attentionOutput: 'attn.proj',
  secondNorm: 'norm2',
  widening: 'mlp.fc1',
  narrowing: 'mlp.fc2',
};

/**
 * A ViT with a class token, exact GELU and norms of 1e-6 whose linear head projects it, without bias.
 * @param heads as the configuration says; heads 64 wide unless given
 * @throws ModelError where a weight that gives a size is missing or has another number of dimensions
 */
export function timmVit(shapes: Shapes, heads?: number): TimmVit {
  const sizes = (key: string, rank: number) => requireShape(shapes, key, { rank, architecture: "timm's ViT" });
  const patchKey = `${TRUNK}patch_embed.proj.weight`;
  const [width, channels, patch] = sizes(patchKey, 4) as [number, number, number];
  const [, positions] = sizes(`${TRUNK}pos_embed`, 3) as [number, number];
  const [intermediate] = sizes(`${TRUNK}blocks.0.mlp.fc1.weight`, 2) as [number];
  const [embedding] = sizes(HEAD, 2) as [number];
  const layers = countIndices(shapes, `${BLOCKS.block}attn.qkv.weight`);
  if (layers === 0) throw new ModelError(`weights, expected ${TRUNK}blocks.0.attn.qkv.weight, got none`);
  const dimensions: VisionTransformerDimensions = {
    width,
    layers,
    heads: attentionHeads(width, heads),
    intermediate,
    patch,
    grid: patchGrid(positions, `${TRUNK}pos_embed`),
    channels,
    activation: 'gelu',
    epsilon: 1e-6,
    patchBias: true,
    normBefore: false,
  };
  return { embedding, dimensions, rules: rulesOf(dimensions, embedding), sizes: { visionLayer: layers } };
}

function rulesOf(dimensions: VisionTransformerDimensions, embedding: number): readonly KeyRule[] {
  const { width, channels, patch, grid } = dimensions;
  const patchKey = `${TRUNK}patch_embed.proj`;
  return [
    { key: `${TRUNK}cls_token`, slot: 'visual.class_embedding', shape: [1, 1, width] },
    { key: `${TRUNK}pos_embed`, slot: 'visual.positional_embedding', shape: [1, grid * grid + 1, width] },
    { key: `${patchKey}.weight`, slot: 'visual.conv1.weight', shape: [width, channels, patch, patch] },
    { key: `${patchKey}.bias`, slot: 'visual.conv1.bias', shape: [width] },
    ...blockRules(BLOCKS, 'visual.transformer.resblocks.{visionLayer}.', dimensions),
    ...normRules(`${TRUNK}norm`, 'visual.ln_post', width),
    { key: HEAD, slot: 'visual.proj', shape: [embedding, width], transpose: true },
  ];
}
