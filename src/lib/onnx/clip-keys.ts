/** Which keys of a published checkpoint fill the weights of clip.ts; sizes from the shapes. Source: openai/CLIP:clip/model.py, build_model. */
import { ModelError } from '../../core/errors.ts';
import {
  countIndices,
  type KeyMap,
  type KeyRule,
  requireShape,
  type Shapes,
  slotShapes,
} from '../checkpoint/key-map.ts';
import { attentionHeads, type BlockNaming, blockRules, normRules, patchGrid } from './block-keys.ts';
import type { Activation } from './blocks.ts';
import type { ClipDimensions, ClipTextDimensions } from './clip.ts';
import {
  type ClipNaming,
  openaiNaming,
  type TextNaming,
  TRANSFORMERS,
  transformersText,
  type VisionNaming,
} from './clip-naming.ts';
import type { VisionTransformerDimensions } from './vision-transformer.ts';

/** What the shapes of a tower's weights do not tell. */
export interface ClipStyle {
  readonly activation: Activation;
  /** Heads 64 wide unless given. */
  readonly visionHeads?: number | undefined;
  readonly textHeads?: number | undefined;
}

export interface ClipKeys {
  readonly dimensions: ClipDimensions;
  readonly map: KeyMap;
}

/** A text tower found in a checkpoint. */
export interface ClipTextKeys {
  readonly dimensions: ClipTextDimensions;
  /** All but the projection. */
  readonly rules: readonly KeyRule[];
  readonly sizes: { readonly textLayer: number };
}

/** Whether a checkpoint has the names of transformers. */
export function hasTransformersNames(shapes: Shapes): boolean {
  return shapes.has(TRANSFORMERS.vision.patch);
}

/**
 * Sizes and key map of a checkpoint of CLIP with a vision transformer.
 * @throws ModelError where a weight that gives a size is missing or has another number of dimensions
 */
export function clipKeys(shapes: Shapes, style: ClipStyle): ClipKeys {
  const prefix = shapes.has('text.token_embedding.weight') ? 'text.' : '';
  const naming = hasTransformersNames(shapes) ? TRANSFORMERS : openaiNaming(prefix);
  const vision = visionDimensions(shapes, naming.vision, style);
  const text = textDimensions(shapes, naming.text, { activation: style.activation, heads: style.textHeads });
  const projection = sizesOf(shapes, naming.textProjection, 2);
  const dimensions = { embedding: projection[naming.turned ? 0 : 1]!, vision, text };
  return { dimensions, map: mapOf(naming, dimensions) };
}

/** Slots of both towers and the logit scale, with their shapes, for weights that come from elsewhere. */
export function clipSlots(dimensions: ClipDimensions): ReadonlyMap<string, readonly number[]> {
  return slotShapes(mapOf(openaiNaming(''), dimensions));
}

function mapOf(naming: ClipNaming, { embedding, vision, text }: ClipDimensions): KeyMap {
  const projected = (key: string, slot: string, width: number): KeyRule => {
    return naming.turned
      ? { key, slot, shape: [embedding, width], transpose: true }
      : { key, slot, shape: [width, embedding] };
  };
  const rules = [
    ...visionRules(naming.vision, vision),
    projected(naming.visionProjection, 'visual.proj', vision.width),
    ...textRules(naming.text, text),
    projected(naming.textProjection, 'text_projection', text.width),
    { key: 'logit_scale', shape: [] },
  ];
  return { rules, sizes: { visionLayer: vision.layers, textLayer: text.layers }, ignore: naming.ignore };
}

/** The text tower of transformers' CLIP under a prefix such as `text_model.`, for models that have it without CLIP's image tower. */
export function transformersTextKeys(
  shapes: Shapes,
  prefix: string,
  style: { readonly activation: Activation; readonly heads?: number | undefined },
): ClipTextKeys {
  const naming = transformersText(prefix);
  const dimensions = textDimensions(shapes, naming, style);
  return { dimensions, rules: textRules(naming, dimensions), sizes: { textLayer: dimensions.layers } };
}

function sizesOf(shapes: Shapes, key: string, rank: number): readonly number[] {
  return requireShape(shapes, key, { rank, architecture: "CLIP's vision transformer" });
}

/** Number of consecutive blocks, and the hidden width of the first. */
function blockSizes(shapes: Shapes, { block, attentionWeights, widening }: BlockNaming) {
  const layers = countIndices(shapes, `${block}${attentionWeights[0]}`);
  const first = block.replace(/\{\w+\}/, '0');
  if (layers === 0) throw new ModelError(`weights, expected ${first}${attentionWeights[0]}, got none`);
  return { layers, intermediate: sizesOf(shapes, `${first}${widening}.weight`, 2)[0]! };
}

function visionDimensions(shapes: Shapes, naming: VisionNaming, style: ClipStyle): VisionTransformerDimensions {
  const [width, channels, patch] = sizesOf(shapes, naming.patch, 4) as [number, number, number];
  const [positions] = sizesOf(shapes, naming.position, 2) as [number];
  return {
    ...blockSizes(shapes, naming.blocks),
    width,
    heads: attentionHeads(width, style.visionHeads),
    patch,
    grid: patchGrid(positions, naming.position),
    channels,
    activation: style.activation,
    epsilon: 1e-5,
    patchBias: false,
    normBefore: true,
  };
}

function visionRules(naming: VisionNaming, dimensions: VisionTransformerDimensions): readonly KeyRule[] {
  const { width, channels, patch, grid } = dimensions;
  return [
    { key: naming.classToken, slot: 'visual.class_embedding', shape: [width] },
    { key: naming.position, slot: 'visual.positional_embedding', shape: [grid * grid + 1, width] },
    { key: naming.patch, slot: 'visual.conv1.weight', shape: [width, channels, patch, patch] },
    ...normRules(naming.firstNorm, 'visual.ln_pre', width),
    ...blockRules(naming.blocks, 'visual.transformer.resblocks.{visionLayer}.', dimensions),
    ...normRules(naming.finalNorm, 'visual.ln_post', width),
  ];
}

function textDimensions(
  shapes: Shapes,
  naming: TextNaming,
  { activation, heads }: { readonly activation: Activation; readonly heads?: number | undefined },
): ClipTextDimensions {
  const [vocabulary, width] = sizesOf(shapes, naming.token, 2) as [number, number];
  const [contextLength] = sizesOf(shapes, naming.position, 2) as [number];
  const blocks = blockSizes(shapes, naming.blocks);
  return { ...blocks, width, heads: attentionHeads(width, heads), contextLength, vocabulary, activation };
}

function textRules(naming: TextNaming, dimensions: ClipTextDimensions): readonly KeyRule[] {
  const { width, vocabulary, contextLength } = dimensions;
  return [
    { key: naming.token, slot: 'token_embedding.weight', shape: [vocabulary, width] },
    { key: naming.position, slot: 'positional_embedding', shape: [contextLength, width] },
    ...blockRules(naming.blocks, 'transformer.resblocks.{textLayer}.', dimensions),
    ...normRules(naming.finalNorm, 'ln_final', width),
  ];
}
