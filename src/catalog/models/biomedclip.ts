/** BiomedCLIP: timm's ViT-B/16 and PubMedBERT, trained on figures and captions of PubMed Central. Source: Zhang et al. 2023, arXiv:2303.00915. */
import { z } from 'zod';
import { ModelError } from '../../core/errors.ts';
import { defineModel, type ImportRequest, type ModelManifest } from '../../core/model.ts';
import { type MappedWeights, mapKeys, requireShape, shapesOf } from '../../lib/checkpoint/key-map.ts';
import { BERT_TEXT, type BertDimensions, bertTextGraph, clsToken, type Pooling } from '../../lib/onnx/bert.ts';
import { bertKeys } from '../../lib/onnx/bert-keys.ts';
import { gelu } from '../../lib/onnx/blocks.ts';
import { MatMul } from '../../lib/onnx/operators.ts';
import { type TimmVit, timmVit } from '../../lib/onnx/timm-vit.ts';
import { visionTransformerGraph } from '../../lib/onnx/vision-transformer.ts';
import { weight } from '../../lib/onnx/weights.ts';
import { writeBertTokenizer } from './import/bert-tokenizer.ts';
import { bundleWriter } from './import/bundle-writer.ts';
import { requireConfiguration } from './import/configuration.ts';
import { learnedScale } from './import/logit-scale.ts';
import { biomedclipConfiguration, normalizationOf, sideOf } from './import/open-clip-configuration.ts';
import { CROP_OR_PAD, clipPadSquarePreprocessing, clipPreprocessing } from './import/preprocessing.ts';
import { type Weights, withWeights } from './import/weights.ts';

const REPOSITORY = 'microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224';
const CONFIG = 'open_clip_config.json';
const FILES = ['open_clip_pytorch_model.bin', CONFIG, 'tokenizer_config.json', 'vocab.txt'];

const options = z.strictObject({
  preprocessing: z.enum(['centre-crop', 'pad-square']).default('centre-crop').describe(CROP_OR_PAD),
});

type Options = z.infer<typeof options>;
type Configuration = z.infer<typeof biomedclipConfiguration>;

export const biomedclip = defineModel<Options>({
  name: 'biomedclip',
  version: '1',
  card: {
    title: 'BiomedCLIP',
    architecture: 'timm ViT-B/16 at 224 (12 × 768) and PubMedBERT (12 × 768) under a two-layer head, 512 dimensions',
    parameters: 195_902_721,
    licence: 'MIT; the model card limits its intended use to research',
    citation:
      'Zhang S, Xu Y, Usuyama N, Xu H, Bagga J, Tinn R, et al. BiomedCLIP: a multimodal biomedical foundation model pretrained from fifteen million scientific image-text pairs. 2023. arXiv:2303.00915',
    access: 'download',
    weights: `Hugging Face ${REPOSITORY}: ${FILES.join(', ')} into one folder; name it under "from"`,
    downloads: FILES.map((file) => ({ url: `https://huggingface.co/${REPOSITORY}/resolve/main/${file}`, file })),
    exposure: {
      'mimic-cxr': 'clean',
      chexpert: 'clean',
      'iu-xray': 'unknown',
      'nih-chestxray14': 'clean',
      padchest: 'clean',
      'vindr-cxr': 'clean',
    },
    notes: [
      'As published, the shorter side is scaled to 224 and the middle cut out: on a film that is not square, borders and with them costophrenic angles are never seen. The option preprocessing: pad-square shows the whole film; it is a deviation.',
      'Trained on PMC-15M, figures and captions of PubMed Central: no release of chest films, but teaching images of public collections (Open-i among them) may be in articles.',
      'The authors give no prompts for chest films, and no negative ones; "this is a photo of {finding}" is the template of their example.',
      'An obsolete checkpoint of the same name with the suffix _original exists; its own page says not to use it.',
    ],
  },
  options,
  import: async (request) => {
    return withWeights(request, (weights) => importWeights(weights, request));
  },
});

/** The towers found in a checkpoint, and its weights by slot. */
interface Towers {
  readonly vision: TimmVit;
  readonly text: BertDimensions;
  readonly weights: MappedWeights;
}

const TEXT = 'text.transformer.';

function findTowers(found: Weights): Towers {
  const shapes = shapesOf(found);
  const vision = timmVit(shapes);
  const text = bertKeys(shapes, { prefix: TEXT, slots: 'text.' });
  const architecture = "BiomedCLIP's text head";
  const [middle] = requireShape(shapes, 'text.proj.0.weight', { rank: 2, architecture }) as [number];
  const rules = [
    ...vision.rules,
    ...text.rules,
    { key: 'text.proj.0.weight', shape: [middle, text.dimensions.width], transpose: true as const },
    { key: 'text.proj.2.weight', shape: [vision.embedding, middle], transpose: true as const },
    { key: 'logit_scale', shape: [] },
  ];
  const map = { rules, sizes: { ...vision.sizes, ...text.sizes }, ignore: text.ignore };
  return { vision, text: text.dimensions, weights: mapKeys(found, map, found.where) };
}

/** The state of the first token through open_clip's `mlp` head: Linear, exact GELU, Linear, no biases. */
function headOf(weights: MappedWeights): Pooling {
  return (graph, states) => {
    const wide = MatMul(graph, clsToken(graph, states.at(-1)!), weight(graph, weights, 'text.proj.0.weight'));
    return MatMul(graph, gelu(graph, wide), weight(graph, weights, 'text.proj.2.weight'));
  };
}

async function importWeights(found: Weights, request: ImportRequest<Options>): Promise<ModelManifest> {
  const { directory, context, options } = request;
  const remedy = `download ${CONFIG} from huggingface.co/${REPOSITORY} into the same folder`;
  const config = await requireConfiguration(found, { name: CONFIG, remedy }, biomedclipConfiguration);
  const { vision, text, weights } = findTowers(found);
  const side = checkedSide(config, { vision, text, where: found.where });
  const logitScale = learnedScale(weights);
  const { context_length: contextLength } = config.model_cfg.text_cfg;
  const writer = bundleWriter(directory, context);
  const tokens = { contextLength, vocabulary: text.vocabulary, cleaning: 'open-clip' } as const;
  const tokenizer = await writeBertTokenizer(found, writer, tokens);
  context.progress('import biomedclip', 0, 2);
  await writer.graph('vision', visionTransformerGraph('timm-vit', vision.dimensions, weights));
  context.progress('import biomedclip', 1, 2);
  await writer.graph('text', bertTextGraph({ name: 'bert-text', weights, prefix: 'text.' }, text, headOf(weights)));
  context.progress('import biomedclip', 2, 2);
  const prepare = options.preprocessing === 'pad-square' ? clipPadSquarePreprocessing : clipPreprocessing;
  const preprocessing = prepare(side, normalizationOf(config.preprocess_cfg));
  return {
    format: 'medvlm-model@1',
    name: found.where,
    architecture: `timm ViT ${vision.dimensions.layers} × ${vision.dimensions.width}, patch ${vision.dimensions.patch}; BERT ${text.layers} × ${text.width}`,
    embeddingDimension: vision.embedding,
    parameters: weights.parameters,
    logitScale,
    vision: { graph: 'vision.onnx', input: 'pixels', output: 'embedding', preprocessing },
    text: { graph: 'text.onnx', ...BERT_TEXT, ...tokenizer },
    files: writer.digests,
  };
}

/**
 * Side of the picture, where the configuration and the weights speak of one model.
 * @throws ModelError
 */
function checkedSide(
  { model_cfg: { embed_dim, vision_cfg, text_cfg } }: Configuration,
  { vision, text, where }: Pick<Towers, 'vision' | 'text'> & { readonly where: string },
): number {
  const { patch, grid, channels } = vision.dimensions;
  const agree = (setting: string, configured: unknown, weights: unknown) => {
    if (configured === weights) return;
    throw new ModelError(
      `${CONFIG}: ${setting}, expected ${weights} as the weights have it, got ${configured} (${where})`,
      'configuration and weights are of different models',
    );
  };
  agree('embed_dim', embed_dim, vision.embedding);
  agree('image_size', sideOf(vision_cfg.image_size), patch * grid);
  agree('patch of timm_model_name', Number(/patch(\d+)/.exec(vision_cfg.timm_model_name)?.[1]), patch);
  agree('channels', 3, channels);
  if (text_cfg.context_length > text.positions) agree('context_length', text_cfg.context_length, text.positions);
  return patch * grid;
}

export default biomedclip;
