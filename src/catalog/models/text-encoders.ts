/** Text encoders without an image tower: the baselines that say what words alone can do. Each mean or token is our choice of pooling. */
import { z } from 'zod';
import { ModelError } from '../../core/errors.ts';
import { defineModel, type ImportRequest, type ModelCard, type ModelManifest } from '../../core/model.ts';
import { mapKeys, type Shapes, shapesOf } from '../../lib/checkpoint/key-map.ts';
import {
  BERT_TEXT,
  type BertDimensions,
  bertTextGraph,
  clsToken,
  maskedMean,
  type Pooling,
} from '../../lib/onnx/bert.ts';
import { type BertKeys, bertKeys, bertPrefix } from '../../lib/onnx/bert-keys.ts';
import { writeBertTokenizer } from './import/bert-tokenizer.ts';
import { bundleWriter } from './import/bundle-writer.ts';
import { readConfiguration } from './import/configuration.ts';
import { CARDS } from './import/text-encoder-cards.ts';
import { type Weights, withWeights } from './import/weights.ts';

const options = z.strictObject({
  pooling: z
    .enum(['masked-mean', 'cls'])
    .default('masked-mean')
    .describe('mean of the last layer over all tokens, padding left out, or the last layer at the first token'),
  lowercase: z
    .boolean()
    .optional()
    .describe('whether texts are lower-cased, where no tokenizer_config.json beside the weights says so'),
});

type Options = z.infer<typeof options>;

const POOLING: Readonly<Record<Options['pooling'], Pooling>> = {
  'masked-mean': (graph, states, mask) => maskedMean(graph, states.at(-1)!, mask),
  cls: (graph, states) => clsToken(graph, states.at(-1)!),
};

/** Heads of pre-training, and TinyBERT's maps to its teacher: no part of the encoder. */
const IGNORED = ['cls.*', 'vocab_transform.*', 'vocab_layer_norm.*', 'vocab_projector.*', 'fit_dense*'];

/** Settings of config.json that the shapes of the weights tell too, under the names of BERT and of DistilBERT. */
const SIZES = [
  [['hidden_size', 'dim'], 'width'],
  [['num_hidden_layers', 'n_layers'], 'layers'],
  [['intermediate_size', 'hidden_dim'], 'intermediate'],
  [['vocab_size'], 'vocabulary'],
  [['max_position_embeddings'], 'positions'],
] as const;

type Kind = 'bert' | 'distilbert' | 'tinybert';

/** What tells one published encoder from another of the same architecture. */
const MARKS: Readonly<Record<string, { readonly kind: Kind; readonly hasCapitals: boolean }>> = {
  bioclinicalbert: { kind: 'bert', hasCapitals: true },
  pubmedbert: { kind: 'bert', hasCapitals: false },
  distilbert: { kind: 'distilbert', hasCapitals: false },
  tinybert: { kind: 'tinybert', hasCapitals: false },
};

/** What config.json may say, with the names of BERT and of DistilBERT. Other settings do not touch the encoder. */
const configuration = z.object({
  model_type: z.enum(['bert', 'distilbert']).optional(),
  hidden_act: z.literal('gelu').optional(),
  activation: z.literal('gelu').optional(),
  layer_norm_eps: z.literal(1e-12).optional(),
  position_embedding_type: z.literal('absolute').optional(),
  is_decoder: z.literal(false).optional(),
  num_attention_heads: z.int().positive().optional(),
  n_heads: z.int().positive().optional(),
  ...Object.fromEntries(SIZES.flatMap(([names]) => names).map((name) => [name, z.int().optional()])),
  emb_size: z.unknown().optional(),
});

type Configuration = z.infer<typeof configuration>;

function defineTextEncoder(name: string, card: ModelCard) {
  return defineModel<Options>({ name, version: '1', card, options, import: (request) => importEncoder(name, request) });
}

async function importEncoder(name: string, request: ImportRequest<Options>): Promise<ModelManifest> {
  return withWeights(request, (weights) => importWeights(name, weights, request));
}

async function importWeights(name: string, found: Weights, request: ImportRequest<Options>): Promise<ModelManifest> {
  const { directory, context, options } = request;
  const config = await readConfiguration(found, 'config.json', configuration);
  const shapes = shapesOf(found);
  const heads = config?.num_attention_heads ?? config?.n_heads;
  requireKind(name, kindOf(shapes, config), found.where);
  const keys = bertKeys(shapes, { prefix: bertPrefix(shapes), heads });
  const weights = mapKeys(found, { ...keys, ignore: [...keys.ignore, ...IGNORED] }, found.where);
  const { dimensions } = keys;
  if (config) requireSizes(config, dimensions, found.where);
  const graph = bertTextGraph({ name: 'bert-text', weights, prefix: '' }, dimensions, POOLING[options.pooling]);
  const writer = bundleWriter(directory, context);
  const { positions: contextLength, vocabulary } = dimensions;
  const tokenizer = await writeBertTokenizer(found, writer, {
    contextLength,
    vocabulary,
    lowercase: options.lowercase,
    hasCapitals: MARKS[name]?.hasCapitals,
  });
  context.progress(`import ${name}`, 0, 1);
  await writer.graph('text', graph);
  context.progress(`import ${name}`, 1, 1);
  return {
    format: 'medvlm-model@1',
    name: found.where,
    architecture: describe(keys),
    embeddingDimension: dimensions.width,
    parameters: weights.parameters,
    text: { graph: 'text.onnx', ...BERT_TEXT, ...tokenizer },
    files: writer.digests,
  };
}

/** TinyBERT's training adds a map to its teacher's width, and `emb_size` to its configuration. */
function kindOf(shapes: Shapes, config: Configuration | undefined): Kind {
  const names = [...shapes.keys()];
  if (names.some((key) => key.includes('transformer.layer.0.attention.q_lin'))) return 'distilbert';
  const isTiny = config?.emb_size !== undefined || names.some((key) => key.startsWith('fit_dense'));
  return isTiny ? 'tinybert' : 'bert';
}

function requireKind(name: string, got: Kind, where: string): void {
  const expected = MARKS[name]?.kind;
  if (expected === got) return;
  const others = Object.keys(MARKS).filter((other) => MARKS[other]!.kind === got);
  throw new ModelError(
    `weights, expected those of ${name}, got those of ${others.join(' or ')} (${where})`,
    `import them as ${others.join(' or ')}`,
  );
}

function requireSizes(config: Configuration, dimensions: BertDimensions, where: string): void {
  const settings: Readonly<Record<string, unknown>> = config;
  for (const [names, size] of SIZES) {
    const name = names.find((candidate) => settings[candidate] !== undefined);
    if (name === undefined || settings[name] === dimensions[size]) continue;
    throw new ModelError(
      `config.json: ${name}, expected ${dimensions[size]} as the weights have it, got ${settings[name]} (${where})`,
      'configuration and weights are of different models',
    );
  }
}

function describe({ dimensions: { layers, width, heads } }: BertKeys): string {
  return `BERT ${layers} × ${width}, ${heads} heads`;
}

export default Object.entries(CARDS).map(([name, card]) => defineTextEncoder(name, card));
