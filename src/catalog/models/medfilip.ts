/** MedFILIP: ResNet-50 with CLIP's text tower and a projection of its own. Source: Liang et al. 2025, arXiv:2501.10775; PerceptionComputingLab/MedFILIP. */
import { z } from 'zod';
import { ModelError } from '../../core/errors.ts';
import { defineModel, type ImportRequest, type ModelManifest } from '../../core/model.ts';
import { mapKeys, requireShape, type Shapes, shapesOf } from '../../lib/checkpoint/key-map.ts';
import { clipTextGraph } from '../../lib/onnx/clip.ts';
import { type ClipTextKeys, transformersTextKeys } from '../../lib/onnx/clip-keys.ts';
import {
  type ResnetDimensions,
  resnetDimensions,
  resnetGraph,
  resnetIgnored,
  resnetRules,
  runningStatistics,
} from '../../lib/onnx/resnet.ts';
import { bundleWriter } from './import/bundle-writer.ts';
import { writeClipTokenizer } from './import/clip-bundle.ts';
import { learnedScale } from './import/logit-scale.ts';
import { medfilipPreprocessing } from './import/preprocessing.ts';
import { type Weights, withWeights } from './import/weights.ts';

const UNRECORDED =
  'expected a number, got none: the authors computed it over their first 1000 training films and never recorded it';

/** Of a value that is there but none that fits, zod's own words speak. */
const required = { error: ({ input }: { readonly input?: unknown }) => (input === undefined ? UNRECORDED : undefined) };

const options = z.strictObject({
  /** Mean of the grey films, scaled to 0–1, that the checkpoint was trained on. */
  mean: z.number(required).min(0).max(1),
  /** Their standard deviation. */
  standardDeviation: z.number(required).positive().max(1),
});

type Options = z.infer<typeof options>;

/** Pixels; for the ResNet too. Source: train/train.py, load_png. */
const SIDE = 448;
const IMAGE = 'image_model.';
const TEXT = 'text_model.';

export const medfilip = defineModel<Options>({
  name: 'medfilip',
  version: '1',
  card: {
    title: 'MedFILIP',
    architecture: "torchvision ResNet-50 (448 pixels) with CLIP ViT-B/32's text transformer and a projection to 768",
    parameters: 88_640_833,
    licence: 'code Apache-2.0 (PerceptionComputingLab/MedFILIP); no weights were published',
    citation:
      'Liang X, Li X, Li F, Jiang J, Dong Q, Wang W, Wang K, Dong S, Luo G, Li S. MedFILIP: Medical Fine-Grained Language-Image Pre-Training. IEEE J Biomed Health Inform 2025. arXiv:2501.10775, doi:10.1109/JBHI.2025.3528196',
    access: 'unpublished',
    weights:
      'the authors published no weights: train with github.com/PerceptionComputingLab/MedFILIP, or ask them, and name the checkpoint (a dictionary with the entry "network") and the options mean and standardDeviation of its training films',
    exposure: {
      'mimic-cxr': 'trained',
      chexpert: 'clean',
      'iu-xray': 'clean',
      'nih-chestxray14': 'clean',
      padchest: 'clean',
      'vindr-cxr': 'clean',
    },
    notes: [
      'The constants that films are normalised with were computed when the training data were prepared and never recorded; the options mean and standardDeviation are therefore required. Wrong ones give other embeddings.',
      'Films are squashed to 448 × 448 pixels: proportions are lost.',
      'Texts above 77 tokens are cut; the authors’ code fails on them.',
      'The authors’ texts have the form "{severity} {location} {disease}. {description}"; their descriptions are in train/constants.py. NIH ChestX-ray14 and VinDr-CXR were evaluated on, not pre-trained on; RSNA is part of NIH.',
      'The variant with an EVA02 image tower is not supported.',
      'The exposure is what the paper says; that of a checkpoint trained elsewhere is its own.',
    ],
  },
  options,
  import: importMedfilip,
});

async function importMedfilip(request: ImportRequest<Options>): Promise<ModelManifest> {
  return withWeights(request, (weights) => importWeights(weights, request));
}

function refuseEva(shapes: Shapes): void {
  if (![...shapes.keys()].some((key) => key.startsWith(`${IMAGE}blocks.`))) return;
  throw new ModelError(
    "weights, expected MedFILIP's ResNet-50, got its EVA02 image tower",
    'no checkpoint of that variant was ever published: embed elsewhere and import the predictions with medvlm score',
  );
}

interface Found {
  readonly vision: ResnetDimensions;
  readonly text: ClipTextKeys;
}

function mapWeights(found: Weights, { vision, text }: Found) {
  const projected = [vision.embedding, text.dimensions.width];
  const rules = [
    ...resnetRules(vision, IMAGE),
    ...text.rules,
    { key: 'text_projection.weight', slot: 'text_projection', shape: projected, transpose: true as const },
    { key: 'logit_scale', shape: [] },
  ];
  const ignore = [...resnetIgnored(vision, IMAGE), `${TEXT}embeddings.position_ids`];
  const weights = mapKeys(found, { rules, sizes: text.sizes, ignore }, found.where);
  return { weights, parameters: weights.parameters - runningStatistics(rules) };
}

async function importWeights(
  found: Weights,
  { directory, context, options: { mean, standardDeviation } }: ImportRequest<Options>,
): Promise<ModelManifest> {
  const shapes = shapesOf(found);
  requireShape(shapes, 'text_projection.weight', { rank: 2, architecture: 'MedFILIP' });
  refuseEva(shapes);
  const vision = resnetDimensions(shapes, IMAGE);
  const text = transformersTextKeys(shapes, TEXT, { activation: 'quick-gelu' });
  const { weights, parameters } = mapWeights(found, { vision, text });
  const logitScale = learnedScale(weights);
  const writer = bundleWriter(directory, context);
  const tokenizer = await writeClipTokenizer(text.dimensions, writer, context);
  context.progress('import medfilip', 0, 2);
  await writer.graph('vision', resnetGraph({ dimensions: vision, weights, prefix: IMAGE, side: SIDE }));
  context.progress('import medfilip', 1, 2);
  await writer.graph('text', clipTextGraph({ text: text.dimensions }, weights));
  context.progress('import medfilip', 2, 2);
  const blocks = vision.stages.map((stage) => stage.blocks).join('-');
  return {
    format: 'medvlm-model@1',
    name: found.where,
    architecture: `ResNet ${blocks} × ${vision.stem.width}; CLIP text ${text.dimensions.layers} × ${text.dimensions.width}`,
    embeddingDimension: vision.embedding,
    parameters,
    logitScale,
    vision: {
      graph: 'vision.onnx',
      input: 'pixels',
      output: 'embedding',
      preprocessing: medfilipPreprocessing(SIDE, [mean], [standardDeviation]),
    },
    text: { graph: 'text.onnx', input: 'ids', output: 'embedding', ...tokenizer },
    files: writer.digests,
  };
}

export default medfilip;
