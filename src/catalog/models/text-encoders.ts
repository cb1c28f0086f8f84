/** Text encoders without an image tower: the baselines that say what words alone can do. Each mean or token is our choice of pooling. */
import { z } from 'zod';
import { defineModel, type ImportRequest, type ModelCard, type ModelManifest } from '../../core/model.ts';
import { mapKeys, shapesOf } from '../../lib/checkpoint/key-map.ts';
import { BERT_TEXT, bertTextGraph, clsToken, maskedMean, type Pooling } from '../../lib/onnx/bert.ts';
import { type BertKeys, bertKeys, bertPrefix } from '../../lib/onnx/bert-keys.ts';
import { writeBertTokenizer } from './import/bert-tokenizer.ts';
import { bundleWriter } from './import/bundle-writer.ts';
import { readConfiguration } from './import/configuration.ts';
import { CARDS } from './import/text-encoder-cards.ts';
import { openWeights, type Weights } from './import/weights.ts';

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
});

function defineTextEncoder(name: string, card: ModelCard) {
  return defineModel<Options>({ name, version: '1', card, options, import: (request) => importEncoder(name, request) });
}

async function importEncoder(name: string, request: ImportRequest<Options>): Promise<ModelManifest> {
  const { source, directory, context } = request;
  const weights = await openWeights(source, directory, context);
  try {
    return await importWeights(name, weights, request);
  } finally {
    await weights.close();
  }
}

async function importWeights(name: string, found: Weights, request: ImportRequest<Options>): Promise<ModelManifest> {
  const { directory, context, options } = request;
  const config = await readConfiguration(found, 'config.json', configuration);
  const shapes = shapesOf(found);
  const heads = config?.num_attention_heads ?? config?.n_heads;
  const keys = bertKeys(shapes, { prefix: bertPrefix(shapes), heads });
  const weights = mapKeys(found, { ...keys, ignore: [...keys.ignore, ...IGNORED] }, found.where);
  const { dimensions } = keys;
  const graph = bertTextGraph({ name: 'bert-text', weights, prefix: '' }, dimensions, POOLING[options.pooling]);
  const writer = bundleWriter(directory, context);
  const { positions: contextLength, vocabulary } = dimensions;
  const tokenizer = await writeBertTokenizer(found, writer, {
    contextLength,
    vocabulary,
    lowercase: options.lowercase,
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

function describe({ dimensions: { layers, width, heads } }: BertKeys): string {
  return `BERT ${layers} × ${width}, ${heads} heads`;
}

export default Object.entries(CARDS).map(([name, card]) => defineTextEncoder(name, card));
