/**
 * open_clip_config.json: what open_clip builds a model from, as far as importers support it. An unknown setting is refused,
 * since it might change the model. Source: mlfoundations/open_clip:src/open_clip/model.py, transform.py, factory.py.
 */
import { z } from 'zod';
import { CLIP_NORMALIZATION, type Normalization } from './preprocessing.ts';

const constants = z.array(z.number()).length(3);

/** Defaults of open_clip's image transform are spelled out as literals: shorter side, bicubic, RGB. */
const preprocess = z.strictObject({
  size: z.union([z.int(), z.array(z.int()).length(2)]).optional(),
  mode: z.literal('RGB').optional(),
  mean: constants.optional(),
  std: constants.optional(),
  interpolation: z.literal('bicubic').optional(),
  resize_mode: z.literal('shortest').optional(),
  fill_color: z.number().optional(),
});

const imageSize = z.union([z.int().positive(), z.tuple([z.int().positive(), z.int().positive()])]);

/** CLIP's own towers. Settings that are left out have open_clip's defaults. */
export const clipConfiguration = z.object({
  model_cfg: z.strictObject({
    embed_dim: z.int().positive(),
    /** The exact GELU is open_clip's default; OpenAI's weights want the quick one. */
    quick_gelu: z.boolean().default(false),
    custom_text: z.boolean().optional(),
    vision_cfg: z.strictObject({
      image_size: imageSize.default(224),
      layers: z.int().positive().default(12),
      width: z.int().positive().default(768),
      patch_size: z.int().positive().default(16),
      head_width: z.int().positive().default(64),
      mlp_ratio: z.number().optional(),
      patch_dropout: z.number().optional(),
      no_ln_pre: z.literal(false).optional(),
      attentional_pool: z.literal(false).optional(),
      pool_type: z.literal('tok').optional(),
      output_tokens: z.literal(false).optional(),
    }),
    text_cfg: z.strictObject({
      context_length: z.int().positive().default(77),
      vocab_size: z.int().positive().default(49408),
      width: z.int().positive().default(512),
      heads: z.int().positive().default(8),
      layers: z.int().positive().default(12),
      mlp_ratio: z.number().optional(),
      pool_type: z.literal('argmax').optional(),
      output_tokens: z.literal(false).optional(),
    }),
  }),
  preprocess_cfg: preprocess.optional(),
});

const pooler = z.literal('cls_last_hidden_state_pooler');

/** timm's ViT over BERT, as BiomedCLIP has them. */
export const biomedclipConfiguration = z.object({
  model_cfg: z.strictObject({
    embed_dim: z.int().positive(),
    vision_cfg: z.strictObject({
      timm_model_name: z.string().regex(/^vit_\w+_patch\d+_\d+$/, "a plain ViT of timm's such as vit_base_patch16_224"),
      timm_model_pretrained: z.boolean().optional(),
      // Without a pool of its own, timm's ViT takes the class token; left out, open_clip would average.
      timm_pool: z.literal(['', 'token']),
      timm_proj: z.literal('linear').optional(),
      timm_proj_bias: z.literal(false).optional(),
      timm_drop: z.number().optional(),
      timm_drop_path: z.number().nullable().optional(),
      image_size: imageSize,
    }),
    text_cfg: z
      .strictObject({
        hf_model_name: z.string().regex(/BERT/i, 'a BERT'),
        hf_tokenizer_name: z.string().optional(),
        hf_model_pretrained: z.boolean().optional(),
        hf_proj_type: z.literal('mlp').optional(),
        hf_pooler_type: pooler.optional(),
        // The names that open_clip had before version 2.20.
        proj: z.literal('mlp').optional(),
        pooler_type: pooler.optional(),
        context_length: z.int().positive(),
        vocab_size: z.int().optional(),
      })
      .refine((text) => text.hf_pooler_type ?? text.pooler_type, 'hf_pooler_type, which is not there'),
  }),
  preprocess_cfg: preprocess.optional(),
});

/** Constants of the image normalization; open_clip's own are CLIP's. */
export function normalizationOf(settings: z.infer<typeof preprocess> | undefined): Normalization {
  const { mean, standardDeviation } = CLIP_NORMALIZATION;
  return { mean: settings?.mean ?? mean, standardDeviation: settings?.std ?? standardDeviation };
}

/** Side of the square picture that a configuration asks for; undefined where the sides differ. */
export function sideOf(size: z.infer<typeof imageSize>): number | undefined {
  if (typeof size === 'number') return size;
  return size[0] === size[1] ? size[0] : undefined;
}
