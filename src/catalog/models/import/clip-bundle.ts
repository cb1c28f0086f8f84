/** The bundle of a model with CLIP's two towers: graphs, CLIP's tokenizer, and their description. */
import { join } from 'node:path';
import type { Context } from '../../../core/context.ts';
import type { ModelManifest } from '../../../core/model.ts';
import type { Preprocessing } from '../../../core/preprocessing.ts';
import type { MappedWeights } from '../../../lib/checkpoint/key-map.ts';
import {
  type ClipDimensions,
  type ClipTextDimensions,
  clipTextGraph,
  clipVisionGraph,
} from '../../../lib/onnx/clip.ts';
import { type ClipFiles, clipTokenizerFromFiles } from '../../../lib/text/clip-files.ts';
import { parseMerges } from '../../../lib/text/clip-tokenizer.ts';
import { type BundleWriter, bundleWriter } from './bundle-writer.ts';
import { learnedScale } from './logit-scale.ts';

export interface ClipBundle {
  /** Of the model, for the line that says what is going on. */
  readonly name: string;
  readonly directory: string;
  readonly context: Context;
  readonly preprocessing: Preprocessing;
  /** Files of a tokenizer beside the weights; CLIP's own unless given. */
  readonly tokenizer?: ClipFiles;
}

/** Writes both towers and the tokenizer. @returns the manifest but for the name */
export async function writeClip(
  dimensions: ClipDimensions,
  weights: MappedWeights,
  { name, directory, context, preprocessing, tokenizer }: ClipBundle,
): Promise<Omit<ModelManifest, 'name'>> {
  const { vision, text, embedding } = dimensions;
  const logitScale = learnedScale(weights);
  const writer = bundleWriter(directory, context);
  const described = await writeClipTokenizer({ ...text, files: tokenizer ?? {} }, writer, context);
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

type ClipText = Omit<NonNullable<ModelManifest['text']>, 'graph' | 'input' | 'output'>;

export interface ClipTokenizerOptions extends Pick<ClipTextDimensions, 'vocabulary' | 'contextLength'> {
  /** Of a tokenizer beside the weights. */
  readonly files?: ClipFiles;
}

/**
 * Writes the tokenizer of the files, or else CLIP's own, cut to the rows of the token embedding.
 * @throws ModelError where no such vocabulary has as many rows, or where the files do not describe one
 */
export async function writeClipTokenizer(
  { vocabulary, contextLength, files: found = {} }: ClipTokenizerOptions,
  writer: BundleWriter,
  { files, assetsDirectory }: Context,
): Promise<ClipText> {
  const published = parseMerges(await files.readText(join(assetsDirectory, 'clip', 'bpe_simple_vocab_16e6.txt.gz')));
  const { tokenizer, config, endId } = clipTokenizerFromFiles(found, { rows: vocabulary, published });
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
