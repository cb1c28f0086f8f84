/** What the files beside CLIP's weights say that shapes do not: activation, heads, image constants. Two layouts. */
import { z } from 'zod';
import { ModelError } from '../../../core/errors.ts';
import type { Activation } from '../../../lib/onnx/blocks.ts';
import type { ClipDimensions } from '../../../lib/onnx/clip.ts';
import type { ClipStyle } from '../../../lib/onnx/clip-keys.ts';
import { readConfiguration } from './configuration.ts';
import { clipConfiguration, normalizationOf, sideOf } from './open-clip-configuration.ts';
import { CLIP_NORMALIZATION, type Normalization } from './preprocessing.ts';
import type { Weights } from './weights.ts';

/** A CLIP that was described beside its weights. */
export interface ClipDescription {
  readonly style: ClipStyle;
  readonly normalization: Normalization;
  /** @throws ModelError where the weights are of another model than the description */
  check(dimensions: ClipDimensions): void;
}

const activations = { quick_gelu: 'quick-gelu', gelu: 'gelu' } as const;

/** Settings that are left out have the defaults of transformers' CLIPTextConfig and CLIPVisionConfig. */
const tower = z.object({
  hidden_act: z.enum(['quick_gelu', 'gelu']).default('quick_gelu'),
  layer_norm_eps: z.literal(1e-5).optional(),
  num_attention_heads: z.int().positive().optional(),
  hidden_size: z.int().optional(),
  num_hidden_layers: z.int().optional(),
});

const textTower = tower.extend({
  num_attention_heads: z.int().positive().default(8),
  /** 2 stands for the largest id, as in OpenAI's own code; another one must be the largest. */
  eos_token_id: z.int().nullable().optional(),
  vocab_size: z.int().optional(),
  max_position_embeddings: z.int().optional(),
});

const visionTower = tower.extend({
  num_attention_heads: z.int().positive().default(12),
  image_size: z.int().optional(),
  patch_size: z.int().optional(),
});

const transformers = z.object({
  model_type: z.literal('clip').optional(),
  projection_dim: z.int().optional(),
  text_config: textTower,
  vision_config: visionTower,
  // Older files say the same twice, and transformers believes these.
  text_config_dict: textTower.nullable().optional(),
  vision_config_dict: visionTower.nullable().optional(),
});

const size = z.union([z.int(), z.object({ shortest_edge: z.int() }), z.object({ height: z.int(), width: z.int() })]);

const preprocessor = z.object({
  do_resize: z.literal(true).optional(),
  do_center_crop: z.literal(true).optional(),
  do_normalize: z.literal(true).optional(),
  /** Pillow's number of the bicubic filter. */
  resample: z.literal(3).optional(),
  rescale_factor: z.literal(1 / 255).optional(),
  image_mean: z.array(z.number()).length(3).optional(),
  image_std: z.array(z.number().positive()).length(3).optional(),
  size: size.optional(),
  crop_size: size.optional(),
});

/** From config.json and preprocessor_config.json; undefined where there is no config.json. @throws ModelError */
export async function transformersDescription(weights: Weights): Promise<ClipDescription | undefined> {
  const config = await readConfiguration(weights, 'config.json', transformers);
  if (!config) return undefined;
  const { text_config: text, vision_config: vision } = config;
  if (text.hidden_act !== vision.hidden_act)
    throw disagreement('config.json: hidden_act of both towers', vision.hidden_act, text.hidden_act, weights.where);
  requireSame('text_config', text, config.text_config_dict, weights.where);
  requireSame('vision_config', vision, config.vision_config_dict, weights.where);
  const image = await readConfiguration(weights, 'preprocessor_config.json', preprocessor);
  return {
    style: {
      activation: activations[text.hidden_act],
      visionHeads: vision.num_attention_heads,
      textHeads: text.num_attention_heads,
    },
    normalization: {
      mean: image?.image_mean ?? CLIP_NORMALIZATION.mean,
      standardDeviation: image?.image_std ?? CLIP_NORMALIZATION.standardDeviation,
    },
    check: (dimensions) => {
      const end = dimensions.text.vocabulary - 1;
      const given = text.eos_token_id ?? end;
      if (given !== 2 && given !== end)
        throw disagreement('config.json: eos_token_id', `2 or the largest id, ${end}`, given, weights.where);
      checkSizes(config, dimensions, weights.where);
      checkSides(image, dimensions, weights.where);
    },
  };
}

type Tower = z.infer<typeof textTower> | z.infer<typeof visionTower>;

function requireSame(name: string, first: Tower, second: Tower | null | undefined, where: string): void {
  if (!second) return;
  for (const setting of ['hidden_act', 'num_attention_heads'] as const)
    if (first[setting] !== second[setting])
      throw disagreement(`config.json: ${name}_dict.${setting}`, `${first[setting]}`, second[setting], where);
}

/** Settings that are left out contradict nothing. */
function checkSizes(config: z.infer<typeof transformers>, found: ClipDimensions, where: string): void {
  const { text_config: text, vision_config: vision, projection_dim } = config;
  const triples: readonly (readonly [string, number, number | undefined])[] = [
    ['projection_dim', found.embedding, projection_dim],
    ['vision_config.hidden_size', found.vision.width, vision.hidden_size],
    ['vision_config.num_hidden_layers', found.vision.layers, vision.num_hidden_layers],
    ['vision_config.patch_size', found.vision.patch, vision.patch_size],
    ['vision_config.image_size', found.vision.patch * found.vision.grid, vision.image_size],
    ['text_config.hidden_size', found.text.width, text.hidden_size],
    ['text_config.num_hidden_layers', found.text.layers, text.num_hidden_layers],
    ['text_config.vocab_size', found.text.vocabulary, text.vocab_size],
    ['text_config.max_position_embeddings', found.text.contextLength, text.max_position_embeddings],
  ];
  for (const [setting, inWeights, configured] of triples)
    if (configured !== undefined && configured !== inWeights)
      throw disagreement(`config.json: ${setting}`, `${inWeights} as the weights have it`, configured, where);
}

function checkSides(image: z.infer<typeof preprocessor> | undefined, { vision }: ClipDimensions, where: string): void {
  const side = vision.patch * vision.grid;
  for (const name of ['size', 'crop_size'] as const) {
    const given = image?.[name];
    const sides = given === undefined ? [] : typeof given === 'number' ? [given] : Object.values(given);
    if (sides.every((one) => one === side)) continue;
    throw disagreement(`preprocessor_config.json: ${name}`, `${side} as the weights have it`, sides.join('x'), where);
  }
}

/** From open_clip_config.json; undefined where there is none. @throws ModelError */
export async function openClipDescription(weights: Weights): Promise<ClipDescription | undefined> {
  const config = await readConfiguration(weights, 'open_clip_config.json', clipConfiguration);
  if (!config) return undefined;
  const { embed_dim, quick_gelu, vision_cfg: vision, text_cfg: text } = config.model_cfg;
  return {
    style: {
      activation: quick_gelu ? 'quick-gelu' : 'gelu',
      visionHeads: vision.width / vision.head_width,
      textHeads: text.heads,
    },
    normalization: normalizationOf(config.preprocess_cfg),
    check: (dimensions) => {
      const found = dimensions;
      const pairs: readonly (readonly [string, unknown, unknown])[] = [
        ['embed_dim', found.embedding, embed_dim],
        ['vision_cfg.layers', found.vision.layers, vision.layers],
        ['vision_cfg.width', found.vision.width, vision.width],
        ['vision_cfg.patch_size', found.vision.patch, vision.patch_size],
        ['vision_cfg.image_size', found.vision.patch * found.vision.grid, sideOf(vision.image_size)],
        ['text_cfg.layers', found.text.layers, text.layers],
        ['text_cfg.width', found.text.width, text.width],
        ['text_cfg.context_length', found.text.contextLength, text.context_length],
        ['text_cfg.vocab_size', found.text.vocabulary, text.vocab_size],
      ];
      for (const [setting, inWeights, configured] of pairs)
        if (inWeights !== configured)
          throw disagreement(`open_clip_config.json: ${setting}`, `${inWeights}`, configured, weights.where);
    },
  };
}

/** Nothing lies beside the weights, and the user names the activation. */
export function bareDescription(activation: Activation): ClipDescription {
  return { style: { activation }, normalization: CLIP_NORMALIZATION, check: () => undefined };
}

function disagreement(what: string, expected: string, got: unknown, where: string): ModelError {
  return new ModelError(
    `${what}, expected ${expected}, got ${got} (${where})`,
    'configuration and weights are of different models, or of one that this importer does not know',
  );
}
