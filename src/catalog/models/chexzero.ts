/** CheXzero: OpenAI-CLIP fine-tuned on chest radiographs and impressions. Source: Tiu et al. 2022, doi:10.1038/s41551-022-00936-9. */
import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { defineModel, type ImportRequest, type ModelManifest } from '../../core/model.ts';
import type { Preprocessing } from '../../core/preprocessing.ts';
import { mapKeys, shapesOf } from '../../lib/checkpoint/key-map.ts';
import { clipKeys } from '../../lib/onnx/clip-keys.ts';
import { type ClipBundle, writeClip } from './import/clip-bundle.ts';
import { type Weights, withWeights } from './import/weights.ts';

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
  version: '2',
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
  return withWeights({ source, directory, context }, (weights) => importWeights(weights, directory, context));
}

async function importWeights(found: Weights, directory: string, context: Context): Promise<ModelManifest> {
  const { dimensions, map } = clipKeys(shapesOf(found), { activation: 'quick-gelu' });
  const weights = mapKeys(found, map, found.where);
  const { vision } = dimensions;
  if (vision.channels !== 1 && vision.channels !== 3)
    throw new ModelError(`weight visual.conv1.weight, expected 1 or 3 channels, got ${vision.channels}`);
  const preprocessing = chexzeroPreprocessing(vision.patch * vision.grid, vision.channels);
  const bundle: ClipBundle = { name: 'chexzero', directory, context, preprocessing };
  return { name: found.where, ...(await writeClip(dimensions, weights, bundle)) };
}

export default chexzero;
