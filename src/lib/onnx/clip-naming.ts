/**
 * What published checkpoints of CLIP call their weights: OpenAI's and open_clip's naming, and that of transformers.
 * Source: openai/CLIP:clip/model.py; huggingface/transformers:src/transformers/models/clip/modeling_clip.py.
 */
import type { BlockNaming } from './block-keys.ts';

export interface TextNaming {
  readonly token: string;
  readonly position: string;
  readonly finalNorm: string;
  readonly blocks: BlockNaming;
}

export interface VisionNaming {
  readonly classToken: string;
  readonly position: string;
  readonly patch: string;
  readonly firstNorm: string;
  readonly finalNorm: string;
  readonly blocks: BlockNaming;
}

export interface ClipNaming {
  readonly vision: VisionNaming;
  readonly visionProjection: string;
  readonly text: TextNaming;
  readonly textProjection: string;
  /** The projections are torch.nn.Linear's [out, in] instead of [in, out]. */
  readonly turned: boolean;
  readonly ignore: readonly string[];
}

const openaiBlocks = (block: string): BlockNaming => ({
  block,
  firstNorm: 'ln_1',
  attentionWeights: ['attn.in_proj_weight'],
  attentionBiases: ['attn.in_proj_bias'],
  attentionOutput: 'attn.out_proj',
  secondNorm: 'ln_2',
  widening: 'mlp.c_fc',
  narrowing: 'mlp.c_proj',
});

const transformersBlocks = (block: string): BlockNaming => ({
  block,
  firstNorm: 'layer_norm1',
  attentionWeights: ['q', 'k', 'v'].map((part) => `self_attn.${part}_proj.weight`),
  attentionBiases: ['q', 'k', 'v'].map((part) => `self_attn.${part}_proj.bias`),
  attentionOutput: 'self_attn.out_proj',
  secondNorm: 'layer_norm2',
  widening: 'mlp.fc1',
  narrowing: 'mlp.fc2',
});

/** @param prefix of the text tower: open_clip's CustomTextCLIP puts `text.` before it */
export function openaiNaming(prefix: string): ClipNaming {
  return {
    vision: {
      classToken: 'visual.class_embedding',
      position: 'visual.positional_embedding',
      patch: 'visual.conv1.weight',
      firstNorm: 'visual.ln_pre',
      finalNorm: 'visual.ln_post',
      blocks: openaiBlocks('visual.transformer.resblocks.{visionLayer}.'),
    },
    visionProjection: 'visual.proj',
    text: {
      token: `${prefix}token_embedding.weight`,
      position: `${prefix}positional_embedding`,
      finalNorm: `${prefix}ln_final`,
      blocks: openaiBlocks(`${prefix}transformer.resblocks.{textLayer}.`),
    },
    textProjection: `${prefix}text_projection`,
    turned: false,
    // Sizes that OpenAI's own files store beside the weights; build_model drops them.
    ignore: ['input_resolution', 'context_length', 'vocab_size'],
  };
}

/** The text tower alone, under a prefix such as `text_model.`. */
export function transformersText(prefix: string): TextNaming {
  return {
    token: `${prefix}embeddings.token_embedding.weight`,
    position: `${prefix}embeddings.position_embedding.weight`,
    finalNorm: `${prefix}final_layer_norm`,
    blocks: transformersBlocks(`${prefix}encoder.layers.{textLayer}.`),
  };
}

export const TRANSFORMERS: ClipNaming = {
  vision: {
    classToken: 'vision_model.embeddings.class_embedding',
    position: 'vision_model.embeddings.position_embedding.weight',
    patch: 'vision_model.embeddings.patch_embedding.weight',
    // The library's own spelling.
    firstNorm: 'vision_model.pre_layrnorm',
    finalNorm: 'vision_model.post_layernorm',
    blocks: transformersBlocks('vision_model.encoder.layers.{visionLayer}.'),
  },
  visionProjection: 'visual_projection.weight',
  text: transformersText('text_model.'),
  textProjection: 'text_projection.weight',
  turned: true,
  ignore: ['vision_model.embeddings.position_ids', 'text_model.embeddings.position_ids'],
};
