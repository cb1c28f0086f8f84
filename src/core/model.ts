/**
 * A model plug-in turns the authors' published file into a *bundle*: ONNX graphs, tokenizer and a manifest. Every model
 * runs from a bundle, so sessions, variants and users' own ONNX files share one path.
 */
import { z } from 'zod';
import type { Context } from './context.ts';
import { preprocessing } from './preprocessing.ts';

export const modelManifest = z.strictObject({
  format: z.literal('medvlm-model@1'),
  name: z.string().min(1),
  architecture: z.string(),
  embeddingDimension: z.int().positive(),
  /** Number of weights, all towers. */
  parameters: z.int().nonnegative().optional(),
  /** exp(logit_scale), the learned inverse temperature; absent where the model has none. */
  logitScale: z.number().positive().optional(),
  vision: z
    .strictObject({
      /** File of the graph, relative to the manifest. Input [batch, channels, height, width] float32, output [batch, dimension]. */
      graph: z.string(),
      input: z.string(),
      output: z.string(),
      preprocessing,
    })
    .optional(),
  text: z
    .strictObject({
      /** Input token ids [batch, contextLength] int64, output [batch, dimension] float32. */
      graph: z.string(),
      input: z.string(),
      output: z.string(),
      /** Input name of the attention mask [batch, contextLength] int64, where the graph takes one. */
      mask: z.string().optional(),
      /** Files of a Hugging Face tokenizer, relative to the manifest. */
      tokenizer: z.string(),
      tokenizerConfig: z.string(),
      contextLength: z.int().positive(),
      padId: z.int().nonnegative(),
      /** Id kept at the last place when a text is cut; absent where none is. */
      endId: z.int().nonnegative().optional(),
    })
    .optional(),
  /** SHA-256 of every file of the bundle but the manifest, by name. */
  files: z.record(z.string(), z.string()),
});

export type ModelManifest = z.infer<typeof modelManifest>;

export interface ModelCard {
  readonly title: string;
  readonly architecture: string;
  readonly licence: string;
  readonly citation: string;
  /** Where the weights are, and how to get them. */
  readonly weights: string;
  /** Dataset name to what the model saw of it: 'trained' and 'tuned' are flagged beside every score. */
  readonly exposure: Readonly<Record<string, 'trained' | 'tuned' | 'clean' | 'unknown'>>;
  readonly notes: readonly string[];
}

export interface ModelDefinition {
  readonly name: string;
  /** Bumped whenever the same checkpoint would give another bundle. */
  readonly version: string;
  readonly card: ModelCard;
  /**
   * Checkpoints that a folder holds, in the order of the authors' ensemble; absent where a folder is one model.
   * @throws ModelError where it holds none
   */
  members?(folder: string, context: Context): Promise<readonly string[]>;
  /**
   * Reads `source` (absolute path of a checkpoint file or folder) and writes the bundle's files into `directory`.
   * @returns the manifest, which the caller writes last, so that a bundle with a manifest is whole.
   * @throws ModelError
   */
  import(source: string, directory: string, context: Context): Promise<ModelManifest>;
}

export function defineModel(definition: ModelDefinition): ModelDefinition {
  return definition;
}
