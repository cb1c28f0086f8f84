/** OpenAI's CLIP with a vision transformer, in the layouts of transformers and open_clip: the general-domain baseline. */
import { z } from 'zod';
import { ModelError } from '../../core/errors.ts';
import { defineModel, type ImportRequest, type ModelManifest } from '../../core/model.ts';
import { mapKeys, shapesOf } from '../../lib/checkpoint/key-map.ts';
import { clipKeys, hasTransformersNames } from '../../lib/onnx/clip-keys.ts';
import type { ClipFiles } from '../../lib/text/clip-files.ts';
import { writeClip } from './import/clip-bundle.ts';
import {
  bareDescription,
  type ClipDescription,
  openClipDescription,
  transformersDescription,
} from './import/clip-configuration.ts';
import { readConfiguration } from './import/configuration.ts';
import { CROP_OR_PAD, clipPadSquarePreprocessing, clipPreprocessing } from './import/preprocessing.ts';
import { type Weights, withWeights } from './import/weights.ts';

const REPOSITORY = 'openai/clip-vit-base-patch32';
const FILES = ['config.json', 'preprocessor_config.json', 'merges.txt', 'vocab.json', 'pytorch_model.bin'];

const options = z.strictObject({
  preprocessing: z.enum(['centre-crop', 'pad-square']).default('centre-crop').describe(CROP_OR_PAD),
  activation: z
    .enum(['quick-gelu', 'gelu'])
    .optional()
    .describe("for weights without a configuration beside them: OpenAI's want quick-gelu, most others gelu"),
});

type Options = z.infer<typeof options>;

export const clip = defineModel<Options>({
  name: 'clip',
  version: '1',
  card: {
    title: 'CLIP',
    architecture: 'CLIP ViT-B/32, ViT-B/16 or ViT-L/14 with a causal text transformer: sizes from the weights',
    licence: 'MIT (openai/CLIP)',
    citation:
      'Radford A, Kim JW, Hallacy C, Ramesh A, Goh G, Agarwal S, et al. Learning transferable visual models from natural language supervision. ICML 2021. arXiv:2103.00020',
    access: 'download',
    weights: `Hugging Face ${REPOSITORY} (ViT-B/32, which the download brings), openai/clip-vit-base-patch16 or openai/clip-vit-large-patch14: ${FILES.join(', ')} into one folder; or an open_clip repository with open_clip_config.json; name the folder under "from"`,
    downloads: FILES.map((file) => ({ url: `https://huggingface.co/${REPOSITORY}/resolve/main/${file}`, file })),
    exposure: {
      'mimic-cxr': 'clean',
      chexpert: 'clean',
      'iu-xray': 'unknown',
      'nih-chestxray14': 'unknown',
      padchest: 'clean',
      'vindr-cxr': 'clean',
    },
    notes: [
      'Not a medical model: what a baseline without one chest film on purpose scores. Its 400 million pairs come from the open web; pictures of public collections may be among them.',
      'As published, the middle square of a film is cut out: the option preprocessing: pad-square shows all of it; it is a deviation.',
      "OpenAI's weights want QuickGELU. The same architecture trained by others (LAION) mostly wants the exact GELU; the wrong one goes unnoticed but for lower scores, so weights without a configuration are refused unless the option activation names it.",
      'Some projects report numbers of this model under the name of MedCLIP.',
    ],
  },
  options,
  import: async (request) => {
    return withWeights(request, (weights) => importWeights(weights, request));
  },
});

async function importWeights(found: Weights, request: ImportRequest<Options>): Promise<ModelManifest> {
  const { directory, context, options } = request;
  const shapes = shapesOf(found);
  const { style, normalization, check } = await describe(found, options, hasTransformersNames(shapes));
  const { dimensions, map } = clipKeys(shapes, style);
  const weights = mapKeys(found, map, found.where);
  check(dimensions);
  const { vision } = dimensions;
  if (vision.channels !== 3)
    throw new ModelError(`weight of the patches, expected 3 channels, got ${vision.channels} (${found.where})`);
  const prepare = options.preprocessing === 'pad-square' ? clipPadSquarePreprocessing : clipPreprocessing;
  const preprocessing = prepare(vision.patch * vision.grid, normalization);
  const tokenizer = await tokenizerFiles(found);
  const bundle = await writeClip(dimensions, weights, { name: 'clip', directory, context, preprocessing, tokenizer });
  return { name: found.where, ...bundle };
}

async function tokenizerFiles(found: Weights): Promise<ClipFiles> {
  const [tokenizerJson, vocabulary] = [
    await readConfiguration(found, 'tokenizer.json', z.unknown()),
    await readConfiguration(found, 'vocab.json', z.unknown()),
  ];
  return { tokenizerJson, vocabulary, merges: await found.sibling('merges.txt') };
}

async function describe(found: Weights, { activation }: Options, isTransformers: boolean): Promise<ClipDescription> {
  const described = await (isTransformers ? transformersDescription(found) : openClipDescription(found));
  const configuration = isTransformers ? 'config.json' : 'open_clip_config.json';
  if (!described && activation) return bareDescription(activation);
  if (!described)
    throw new ModelError(
      `${configuration}, expected it beside the weights, got none (${found.where})`,
      "put it there, or name the activation with the option activation: quick-gelu for OpenAI's weights, gelu for most others",
    );
  if (activation && activation !== described.style.activation)
    throw new ModelError(
      `option activation, expected ${described.style.activation} as ${configuration} says, got ${activation} (${found.where})`,
      'leave the option out',
    );
  return described;
}

export default clip;
