/** CheXzero: OpenAI-CLIP fine-tuned on chest radiographs and impressions. Source: Tiu et al. 2022, doi:10.1038/s41551-022-00936-9. */
import { basename, join } from 'node:path';
import type { Context } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { defineModel, type ImportRequest, type ModelManifest } from '../../core/model.ts';
import type { Preprocessing } from '../../core/preprocessing.ts';
import { accountKeys } from '../../lib/checkpoint/accounting.ts';
import { type Checkpoint, openCheckpoint } from '../../lib/checkpoint/checkpoint.ts';
import { type NamedTensor, readFinite } from '../../lib/checkpoint/tensor.ts';
import { weightSource } from '../../lib/checkpoint/weight-source.ts';
import { type ClipDimensions, clipDimensions, clipSlots, clipTextGraph, clipVisionGraph } from '../../lib/onnx/clip.ts';
import { elementCount } from '../../lib/onnx/graph.ts';
import { type ClipTokenizer, clipTokenizer, parseMerges } from '../../lib/text/clip-tokenizer.ts';
import { bundleWriter } from './bundle-writer.ts';

/** Sizes that OpenAI's own files store beside the weights; build_model drops them. */
const IGNORED = new Set(['input_resolution', 'context_length', 'vocab_size']);

/** Side of the canvas on which CheXzero stores its images. */
const CANVAS = 320;

/**
 * Longer side to 320 with Pillow's Lanczos, grey, centred on black, normalised on the 0-255 scale, then torch bicubic
 * without antialias (torchvision 0.11, which the authors pinned). Source: rajpurkarlab/CheXzero:data_process.py, zero_shot.py.
 */
export function chexzeroPreprocessing(side: number, channels: 1 | 3): Preprocessing {
  return {
    name: 'chexzero@1',
    channels,
    width: side,
    height: side,
    steps: [
      { op: 'resize-pillow', kernel: 'lanczos', size: { longSide: CANVAS, rounding: 'truncate' } },
      { op: 'grey' },
      { op: 'pad', width: CANVAS, height: CANVAS, fill: 0 },
      { op: 'normalize', divisor: 1, mean: [101.48761], standardDeviation: [83.43944] },
      { op: 'resize-torch', kernel: 'bicubic', antialias: false, size: { width: side, height: side } },
    ],
  };
}

export const chexzero = defineModel({
  name: 'chexzero',
  version: '1',
  card: {
    title: 'CheXzero',
    architecture: "OpenAI CLIP ViT-B/32 (12 × 768) with CLIP's causal text transformer (12 × 512)",
    parameters: 151_277_313,
    licence:
      'code MIT (rajpurkarlab/CheXzero); the licence of the weights is not stated, and they derive from MIMIC-CXR',
    citation:
      'Tiu E, Talius E, Patel P, Langlotz CP, Ng AY, Rajpurkar P. Expert-level detection of pathologies from unannotated chest X-ray images via self-supervised learning. Nat Biomed Eng 2022. doi:10.1038/s41551-022-00936-9',
    access: 'by-hand',
    weights:
      'open the folder linked in the README of github.com/rajpurkarlab/CheXzero (Google Drive id 1makFLiEMbSleYltaRxw81aBhEDMpVwno), download best_64_5e-05_original_22000_0.864.pt (or all .pt files for the ensemble), and name the file or its folder under "from"',
    exposure: {
      'mimic-cxr': 'trained',
      chexpert: 'tuned',
      'iu-xray': 'clean',
      'nih-chestxray14': 'clean',
      padchest: 'clean',
      'vindr-cxr': 'clean',
    },
    notes: [
      'The authors take a softmax over the raw cosines of "{finding}" and "no {finding}" without the logit scale: probabilities lie near 0.5, and thresholds and calibration mean little without recalibration.',
      'CheXpert validation was used for tuning; the CheXpert test set is clean.',
      'Texts above 77 tokens are cut, as in training; the reference tokenizer refuses them.',
      'The exposure speaks of the published checkpoints; a checkpoint of the same architecture trained elsewhere has its own.',
    ],
  },
  members: async (folder, { files }) => {
    const found = (await files.list(folder)).filter(({ path }) => /^[^/]+\.pth?$/i.test(path));
    if (found.length > 0) return found.map(({ path }) => join(folder, path));
    throw new ModelError(`chexzero: weights, expected .pt files, got none (${folder})`, chexzero.card.weights);
  },
  import: importChexzero,
});

async function importChexzero({ source, directory, context }: ImportRequest): Promise<ModelManifest> {
  if (await context.files.isDirectory(source))
    throw new ModelError(`chexzero: weights, expected a .pt file, got a folder (${source})`, chexzero.card.weights);
  const file = context.files.open(source);
  try {
    return await importCheckpoint(openCheckpoint(file, basename(source)), basename(source), {
      directory,
      context,
    });
  } finally {
    file.close();
  }
}

interface Target {
  readonly directory: string;
  readonly context: Context;
}

async function importCheckpoint(
  checkpoint: Checkpoint,
  where: string,
  { directory, context }: Target,
): Promise<ModelManifest> {
  const dimensions = clipDimensions(new Map(checkpoint.tensors.map(({ name, shape }) => [name, shape])));
  const slots = clipSlots(dimensions);
  const tensors = accountKeys(checkpoint.tensors, slots, { ignore: IGNORED, others: checkpoint.others, where });
  const logitScale = readLogitScale(tensors.get('logit_scale')!);
  const merges = parseMerges(
    await context.files.readText(join(context.assetsDirectory, 'clip', 'bpe_simple_vocab_16e6.txt.gz')),
  );
  const tokenizer = clipTokenizer(merges, dimensions.text.vocabulary);
  const description = describe(dimensions, tokenizer);
  const weights = weightSource(tensors);
  const writer = bundleWriter(directory, context);
  context.progress('import chexzero', 0, 2);
  await writer.graph('vision', clipVisionGraph(dimensions, weights));
  context.progress('import chexzero', 1, 2);
  await writer.graph('text', clipTextGraph(dimensions, weights));
  await writer.text('tokenizer.json', JSON.stringify(tokenizer.tokenizer));
  await writer.text('tokenizer_config.json', `${JSON.stringify(tokenizer.config, null, 2)}\n`);
  context.progress('import chexzero', 2, 2);
  const parameters = [...slots.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  return { ...description, name: where, parameters, logitScale, files: writer.digests };
}

/** exp(logit_scale); CLIP keeps it below 100 in training, and a float32 cannot hold it from 89 on. */
function readLogitScale(tensor: NamedTensor): number {
  const logarithm = readFinite(tensor)[0]!;
  const scale = Math.exp(logarithm);
  if (scale > 0 && logarithm < 88) return scale;
  throw new ModelError(
    `weight logit_scale, expected the logarithm of a temperature, got ${logarithm}`,
    'the file is damaged or of another model',
  );
}

function describe(
  { vision, text, embedding }: ClipDimensions,
  { endId }: ClipTokenizer,
): Omit<ModelManifest, 'files' | 'name'> {
  if (vision.channels !== 1 && vision.channels !== 3)
    throw new ModelError(`weight visual.conv1.weight, expected 1 or 3 channels, got ${vision.channels}`);
  return {
    format: 'medvlm-model@1',
    architecture: `CLIP ViT ${vision.layers} × ${vision.width}, patch ${vision.patch}; text ${text.layers} × ${text.width}`,
    embeddingDimension: embedding,
    vision: {
      graph: 'vision.onnx',
      input: 'pixels',
      output: 'embedding',
      preprocessing: chexzeroPreprocessing(vision.patch * vision.grid, vision.channels),
    },
    text: {
      graph: 'text.onnx',
      input: 'ids',
      output: 'embedding',
      tokenizer: 'tokenizer.json',
      tokenizerConfig: 'tokenizer_config.json',
      contextLength: text.contextLength,
      padding: 'context',
      padId: 0,
      endId,
    },
  };
}

export default chexzero;
