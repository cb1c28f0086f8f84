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
      /** Input token ids [batch, length] int64, output [batch, dimension] float32. */
      graph: z.string(),
      input: z.string(),
      output: z.string(),
      /** Input name of the attention mask [batch, length] int64, where the graph takes one. */
      mask: z.string().optional(),
      /** Files of a Hugging Face tokenizer, relative to the manifest. */
      tokenizer: z.string(),
      tokenizerConfig: z.string(),
      /** Most tokens of a text; longer ones are cut. */
      contextLength: z.int().positive(),
      /**
       * How far a text is padded. `context`: to contextLength. `batch`: to the longest text beside it, which the mask makes
       * no difference to. `group`: to the longest of the texts that the task encodes together (the prompts of one class),
       * for models whose embedding depends on it.
       */
      padding: z.enum(['context', 'batch', 'group']).default('context'),
      padId: z.int().nonnegative(),
      /** Id kept at the last place when a text is cut; absent where none is. */
      endId: z.int().nonnegative().optional(),
    })
    .optional(),
  /** What the importer was asked for, every default explicit. */
  options: z.record(z.string(), z.unknown()).optional(),
  /** SHA-256 of every file of the bundle but the manifest, by name. */
  files: z.record(z.string(), z.string()),
});

export type ModelManifest = z.infer<typeof modelManifest>;

/** A file of published weights that a plain HTTP GET brings. */
export interface Download {
  readonly url: string;
  /** Name under which the file is kept; a folder of several is a Hugging Face layout. */
  readonly file: string;
  /** SHA-256, where the authors publish it; otherwise that of the first download is pinned. */
  readonly sha256?: string;
}

/** What a model saw of a dataset in training. */
export type Exposure = 'trained' | 'tuned' | 'clean' | 'unknown';

/**
 * How the weights can be had. `download`: `medvlm models import NAME --download`. `by-hand`: public, but a person must fetch
 * them. `unpublished`: the architecture is supported, the authors gave no weights. `declared`: not run here at all;
 * predictions made elsewhere are judged.
 */
export type Access = 'download' | 'by-hand' | 'unpublished' | 'declared';

export interface ModelCard {
  readonly title: string;
  readonly architecture: string;
  /** Weights of the published model, all towers; absent where there is no one published size. */
  readonly parameters?: number;
  readonly licence: string;
  readonly citation: string;
  readonly access: Access;
  /** Where the weights are, and how to get them. */
  readonly weights: string;
  /** Files of the weights, where `access` is `download`. */
  readonly downloads?: readonly Download[];
  /** Dataset name to what the model saw of it: 'trained' and 'tuned' are flagged beside every score. */
  readonly exposure: Readonly<Record<string, Exposure>>;
  readonly notes: readonly string[];
}

export interface ImportRequest<Options = unknown> {
  /** Absolute path of a checkpoint file or folder. */
  readonly source: string;
  /** Where the bundle's files go. */
  readonly directory: string;
  readonly options: Options;
  readonly context: Context;
}

export interface ModelDefinition<Options = unknown> {
  readonly name: string;
  /** Bumped whenever the same checkpoint would give another bundle. */
  readonly version: string;
  readonly card: ModelCard;
  /** Named deviations from the published model (preprocessing, pooling) and what the user must supply; none unless given. */
  readonly options?: z.ZodType<Options>;
  /**
   * Checkpoints that a folder holds, in the order of the authors' ensemble; absent where a folder is one model.
   * @throws ModelError where it holds none
   */
  members?(folder: string, context: Context): Promise<readonly string[]>;
  /**
   * Reads the checkpoint and writes the bundle's files; absent where the model is declared only.
   * @returns the manifest, which the caller writes last, so that a bundle with a manifest is whole.
   * @throws ModelError
   */
  import?(request: ImportRequest<Options>): Promise<ModelManifest>;
}

export function defineModel<Options>(definition: ModelDefinition<Options>): ModelDefinition<Options> {
  return definition;
}
