/** From MedCLIP's published state dict, and the vocabulary beside it, to a bundle. Source: RyanWangZf/MedCLIP:medclip/modeling_medclip.py. */
import { z } from 'zod';
import type { Context } from '../../../core/context.ts';
import { ModelError } from '../../../core/errors.ts';
import type { ImportRequest, ModelManifest } from '../../../core/model.ts';
import {
  type KeyMap,
  type KeyRule,
  type MappedWeights,
  mapKeys,
  requireShape,
  type Shapes,
  shapesOf,
} from '../../../lib/checkpoint/key-map.ts';
import { BERT_TEXT, type BertDimensions } from '../../../lib/onnx/bert.ts';
import { type BertKeys, bertKeys } from '../../../lib/onnx/bert-keys.ts';
import type { Graph } from '../../../lib/onnx/graph.ts';
import { type MedclipPooling, medclipTextGraph } from '../../../lib/onnx/medclip-text.ts';
import {
  resnetDimensions,
  resnetGraph,
  resnetIgnored,
  resnetRules,
  runningStatistics,
} from '../../../lib/onnx/resnet.ts';
import { swinGraph } from '../../../lib/onnx/swin.ts';
import {
  relativePositionKeys,
  requireRelativePositions,
  swinDimensions,
  swinRules,
} from '../../../lib/onnx/swin-keys.ts';
import { writeBertTokenizer } from './bert-tokenizer.ts';
import { type BundleWriter, bundleWriter } from './bundle-writer.ts';
import { medclipEvaluationPreprocessing, medclipFeatureExtractorPreprocessing } from './preprocessing.ts';
import { type Weights, withWeights } from './weights.ts';

export const medclipOptions = z.strictObject({
  /** `evaluation`: the authors' evaluation (bilinear). `feature-extractor`: the path of their README (bicubic). */
  preprocessing: z.enum(['evaluation', 'feature-extractor']).default('evaluation'),
  /** `published`: over all positions, padding included. `masked-mean`: over the tokens alone, a deviation. */
  pooling: z.enum(['published', 'masked-mean']).default('published'),
});

export type MedclipOptions = z.infer<typeof medclipOptions>;

/** Pixels of the published models; the weights do not tell. */
const SIDE = 224;
/** Most tokens of a text. Source: RyanWangZf/MedCLIP:medclip/prompts.py, model_max_length. */
const CONTEXT = 77;

const VISION = 'vision_model.model.';
const TEXT = 'text_model.model.';
const TEXT_PROJECTION = 'text_model.projection_head.weight';

const PREPROCESSING = {
  evaluation: medclipEvaluationPreprocessing,
  'feature-extractor': medclipFeatureExtractorPreprocessing,
} as const;

/** An image tower found in a checkpoint: its part of the key map, and its graph once the weights are mapped. */
interface VisionTower {
  readonly architecture: string;
  readonly map: Pick<KeyMap, 'rules' | 'ignore'>;
  graph(weights: MappedWeights): Graph;
}

export type VisionReader = (weights: Weights, shapes: Shapes, dimension: number) => VisionTower;

function refuseOther(shapes: Shapes, key: string, name: string): void {
  if (shapes.has(`${VISION}${key}`))
    throw new ModelError(`weights, expected another image tower, got that of ${name}`, `import it as ${name}`);
}

/** MedCLIP's "ViT" is a Swin transformer. */
export const swinTower: VisionReader = ({ tensors }, shapes, dimension) => {
  refuseOther(shapes, 'conv1.weight', 'medclip-resnet');
  const dimensions = swinDimensions(shapes, VISION);
  requireRelativePositions(tensors, dimensions, VISION);
  const { stages, window } = dimensions;
  const projection = 'vision_model.projection_head.weight';
  const rules = [...swinRules(dimensions, VISION), { key: projection, shape: [dimension, stages.at(-1)!.width] }];
  return {
    architecture: `Swin ${stages.map(({ depth }) => depth).join('-')} × ${stages[0]!.width}, window ${window}`,
    map: { rules, ignore: relativePositionKeys(dimensions, VISION) },
    graph: (weights) => swinGraph({ dimensions, weights, prefix: VISION, projection, side: SIDE }),
  };
};

export const resnetTower: VisionReader = (_, shapes) => {
  refuseOther(shapes, 'embeddings.norm.weight', 'medclip-vit');
  const dimensions = resnetDimensions(shapes, VISION);
  return {
    architecture: `ResNet ${dimensions.stages.map(({ blocks }) => blocks).join('-')} × ${dimensions.stem.width}`,
    map: { rules: resnetRules(dimensions, VISION), ignore: resnetIgnored(dimensions, VISION) },
    graph: (weights) => resnetGraph({ dimensions, weights, prefix: VISION, side: SIDE }),
  };
};

/** BERT's own pooling, which MedCLIP does not use but its files hold. */
function poolerRules(shapes: Shapes, { width }: BertKeys['dimensions']): KeyRule[] {
  const pooler = `${TEXT}pooler.dense`;
  if (!shapes.has(`${pooler}.weight`)) return [];
  return [
    { key: `${pooler}.weight`, shape: [width, width] },
    { key: `${pooler}.bias`, shape: [width] },
  ];
}

function mapOf(
  { map }: VisionTower,
  text: BertKeys,
  { shapes, dimension }: { readonly shapes: Shapes; readonly dimension: number },
): KeyMap {
  return {
    rules: [
      ...map.rules,
      ...text.rules,
      ...poolerRules(shapes, text.dimensions),
      { key: TEXT_PROJECTION, shape: [dimension, text.dimensions.width] },
      { key: 'logit_scale', shape: [] },
    ],
    sizes: text.sizes,
    ignore: [...(map.ignore ?? []), ...text.ignore],
  };
}

/** The authors clamp the logarithm whenever they use it. Source: medclip/modeling_medclip.py, compute_logits. */
function clampedScale(weights: MappedWeights): number {
  return Math.exp(Math.min(Math.max(weights.read('logit_scale')[0]!, 0), 4.6052));
}

/**
 * Whether texts are lower-cased, where the vocabulary's repository does not say: so do transformers then, and with them the
 * authors' code (EmilyAlsentzer/clinicalBERT issue 26 shows it).
 */
async function lowercaseOf(weights: Weights, context: Context): Promise<true | undefined> {
  if ((await weights.sibling('tokenizer_config.json')) !== undefined) return undefined;
  context.log('no tokenizer_config.json beside vocab.txt: texts are lower-cased');
  return true;
}

/** @throws ModelError where the vocabulary of Bio_ClinicalBERT is not beside the weights */
async function writeText(
  found: Weights,
  writer: BundleWriter,
  { dimensions, pooling, context }: { dimensions: BertDimensions; pooling: MedclipPooling; context: Context },
): Promise<NonNullable<ModelManifest['text']>> {
  if ((await found.sibling('vocab.txt')) === undefined)
    throw new ModelError(
      `vocab.txt, expected it beside the weights, got none (${found.where})`,
      "the archive does not hold it: put emilyalsentzer/Bio_ClinicalBERT's vocab.txt (and tokenizer_config.json, if there is one) into the same folder",
    );
  const described = await writeBertTokenizer(found, writer, {
    contextLength: Math.min(CONTEXT, dimensions.positions),
    vocabulary: dimensions.vocabulary,
    lowercase: await lowercaseOf(found, context),
  });
  return { graph: 'text.onnx', ...BERT_TEXT, ...described, padding: pooling === 'published' ? 'group' : 'batch' };
}

async function importWeights(
  found: Weights,
  readVision: VisionReader,
  { directory, options, context }: ImportRequest<MedclipOptions>,
): Promise<ModelManifest> {
  const shapes = shapesOf(found);
  const [dimension] = requireShape(shapes, TEXT_PROJECTION, { rank: 2, architecture: 'MedCLIP' }) as [number];
  const vision = readVision(found, shapes, dimension);
  const text = bertKeys(shapes, { prefix: TEXT, slots: 'text.' });
  const weights = mapKeys(found, mapOf(vision, text, { shapes, dimension }), found.where);
  const logitScale = clampedScale(weights);
  const { pooling } = options;
  const writer = bundleWriter(directory, context);
  const described = await writeText(found, writer, { dimensions: text.dimensions, pooling, context });
  context.progress('import medclip', 0, 2);
  await writer.graph('vision', vision.graph(weights));
  context.progress('import medclip', 1, 2);
  const tower = { dimensions: text.dimensions, weights, prefix: 'text.', projection: TEXT_PROJECTION };
  await writer.graph('text', medclipTextGraph({ ...tower, pooling }));
  context.progress('import medclip', 2, 2);
  return {
    format: 'medvlm-model@1',
    name: found.where,
    architecture: `${vision.architecture}; BERT ${text.dimensions.layers} × ${text.dimensions.width}`,
    embeddingDimension: dimension,
    parameters: weights.parameters - runningStatistics(vision.map.rules),
    logitScale,
    vision: {
      graph: 'vision.onnx',
      input: 'pixels',
      output: 'embedding',
      preprocessing: PREPROCESSING[options.preprocessing](SIDE),
    },
    text: described,
    files: writer.digests,
  };
}

/** @throws ModelError */
export async function importMedclip(
  readVision: VisionReader,
  request: ImportRequest<MedclipOptions>,
): Promise<ModelManifest> {
  return withWeights(request, (weights) => importWeights(weights, readVision, request));
}
