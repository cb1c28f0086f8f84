/** The bundle of a model with CLIP's two towers: graphs, CLIP's tokenizer, and their description. */
import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import type { ModelManifest } from '../../core/model.ts';
import type { Preprocessing } from '../../core/preprocessing.ts';
import type { MappedWeights } from '../../lib/checkpoint/key-map.ts';
import { type ClipDimensions, type ClipTextDimensions, clipTextGraph, clipVisionGraph } from '../../lib/onnx/clip.ts';
import { clipTokenizer, parseMerges } from '../../lib/text/clip-tokenizer.ts';
import { type BundleWriter, bundleWriter } from './bundle-writer.ts';
import { learnedScale } from './logit-scale.ts';

export interface ClipBundle {
  /** Of the model, for the line that says what is going on. */
  readonly name: string;
  readonly directory: string;
  readonly context: Context;
  readonly preprocessing: Preprocessing;
  /** Content of merges.txt beside the weights, held against CLIP's own list; undefined where there is none. */
  readonly merges?: string | undefined;
}

/** transformers' name of the merge list. */
export const CLIP_MERGES = 'merges.txt';

/** Writes both towers and the tokenizer. @returns the manifest but for the name */
export async function writeClip(
  dimensions: ClipDimensions,
  weights: MappedWeights,
  { name, directory, context, preprocessing, merges }: ClipBundle,
): Promise<Omit<ModelManifest, 'name'>> {
  const { vision, text, embedding } = dimensions;
  const logitScale = learnedScale(weights);
  const writer = bundleWriter(directory, context);
  const described = await writeClipTokenizer({ ...text, merges }, writer, context);
  context.progress(`import ${name}`, 0, 2);
  await writer.graph('vision', clipVisionGraph(dimensions, weights));
  context.progress(`import ${name}`, 1, 2);
  await writer.graph('text', clipTextGraph(dimensions, weights));
  context.progress(`import ${name}`, 2, 2);
  return {
    format: 'medvlm-model@1',
    architecture: `CLIP ViT ${vision.layers} × ${vision.width}, patch ${vision.patch}; text ${text.layers} × ${text.width}`,
    embeddingDimension: embedding,
    parameters: weights.parameters,
    logitScale,
    vision: { graph: 'vision.onnx', input: 'pixels', output: 'embedding', preprocessing },
    text: { graph: 'text.onnx', input: 'ids', output: 'embedding', ...described },
    files: writer.digests,
  };
}

/** The model's own list, in so far as it goes, must be CLIP's. */
function requireOwn(own: string, merges: readonly (readonly [string, string])[]): void {
  const lines = own.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#version'));
  const place = lines.findIndex((line, at) => line.trim() !== merges[at]?.join(' '));
  if (place < 0) return;
  throw new ModelError(
    `${CLIP_MERGES}, expected CLIP's merges, got another one in place ${place + 1} of ${lines.length}`,
    'this model has a tokenizer of its own, which is not supported',
  );
}

type ClipText = Omit<NonNullable<ModelManifest['text']>, 'graph' | 'input' | 'output'>;

export interface ClipTokenizerOptions extends Pick<ClipTextDimensions, 'vocabulary' | 'contextLength'> {
  readonly merges?: string | undefined;
}

/**
 * Writes CLIP's own tokenizer, cut to the rows of the token embedding.
 * @throws ModelError where no vocabulary of CLIP has as many, or where the model's own merge list is another one
 */
export async function writeClipTokenizer(
  { vocabulary, contextLength, merges: own }: ClipTokenizerOptions,
  writer: BundleWriter,
  { files, assetsDirectory }: Context,
): Promise<ClipText> {
  const merges = parseMerges(await files.readText(join(assetsDirectory, 'clip', 'bpe_simple_vocab_16e6.txt.gz')));
  const { tokenizer, config, endId } = clipTokenizer(merges, vocabulary);
  if (own !== undefined) requireOwn(own, merges);
  await writer.text('tokenizer.json', JSON.stringify(tokenizer));
  await writer.text('tokenizer_config.json', `${JSON.stringify(config, null, 2)}\n`);
  return {
    tokenizer: 'tokenizer.json',
    tokenizerConfig: 'tokenizer_config.json',
    contextLength,
    padding: 'context',
    padId: 0,
    endId,
  };
}
