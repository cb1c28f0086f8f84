/** Where the weights of lib/onnx/bert.ts lie in checkpoints of BERT and DistilBERT, under any prefix; sizes from the shapes. */
import { ModelError } from '../../core/errors.ts';
import { countIndices, type KeyRule, requireShape, type Shapes } from '../checkpoint/key-map.ts';
import type { BertDimensions } from './bert.ts';
import { attentionHeads, linearRules } from './block-keys.ts';

/** What differs between the two namings of transformers. */
interface Naming {
  /** Pattern of a layer's keys below the prefix. */
  readonly layer: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly intermediate: string;
  readonly output: string;
  readonly outputNorm: string;
}

const BERT: Naming = {
  layer: 'encoder.layer.{bertLayer}.',
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attentionOutput: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  intermediate: 'intermediate.dense',
  output: 'output.dense',
  outputNorm: 'output.LayerNorm',
};

/** Source: huggingface/transformers:src/transformers/models/distilbert/modeling_distilbert.py. */
const DISTILBERT: Naming = {
  layer: 'transformer.layer.{bertLayer}.',
  query: 'attention.q_lin',
  key: 'attention.k_lin',
  value: 'attention.v_lin',
  attentionOutput: 'attention.out_lin',
  attentionNorm: 'sa_layer_norm',
  intermediate: 'ffn.lin1',
  output: 'ffn.lin2',
  outputNorm: 'output_layer_norm',
};

export interface BertPlace {
  /** Of the keys in the checkpoint, with its final dot: '', `bert.`, `text_model.model.`, `text.transformer.` … */
  readonly prefix: string;
  /** Of the slots, with its final dot. */
  readonly slots?: string;
  /** Attention heads, as the configuration beside the weights says; heads 64 wide unless given. */
  readonly heads?: number | undefined;
}

/** A text tower found in a checkpoint: its sizes, and the parts of a key map that fill it. */
export interface BertKeys {
  readonly dimensions: BertDimensions;
  readonly rules: readonly KeyRule[];
  /** For `KeyMap.sizes`. */
  readonly sizes: { readonly bertLayer: number };
  /** For `KeyMap.ignore`: the buffer of position numbers, and the pooler, which no tower here uses. */
  readonly ignore: readonly string[];
}

/** Prefixes that checkpoints of a lone text encoder have; the first that fits. @throws ModelError where none does */
export function bertPrefix(shapes: Shapes, candidates: readonly string[] = ['', 'bert.', 'distilbert.']): string {
  const found = candidates.find((prefix) => shapes.has(`${prefix}embeddings.word_embeddings.weight`));
  if (found !== undefined) return found;
  const names = candidates.map((prefix) => `${prefix}embeddings.word_embeddings.weight`).join(' or ');
  throw new ModelError(
    `not a checkpoint of BERT, expected the weight ${names}, got none of that name`,
    'check that the model named fits the file',
  );
}

/** @throws ModelError where a weight that gives a size is missing, or the heads do not divide the width */
export function bertKeys(shapes: Shapes, { prefix, slots = '', heads }: BertPlace): BertKeys {
  const naming = shapes.has(`${prefix}transformer.layer.0.attention.q_lin.weight`) ? DISTILBERT : BERT;
  const dimensions = dimensionsOf(shapes, { prefix, heads }, naming);
  const place = { prefix, slots, norm: normNames(shapes, prefix) };
  const rules = [...embeddingRules(place, dimensions), ...layerRules(place, dimensions, naming)];
  const ignore = [`${prefix}embeddings.position_ids`, ...(naming === BERT ? [`${prefix}pooler.*`] : [])];
  return { dimensions, rules, sizes: { bertLayer: dimensions.layers }, ignore };
}

function dimensionsOf(shapes: Shapes, { prefix, heads }: BertPlace, naming: Naming): BertDimensions {
  const sizes = (key: string) => requireShape(shapes, `${prefix}${key}`, { rank: 2, architecture: 'BERT' });
  const [vocabulary, width] = sizes('embeddings.word_embeddings.weight') as [number, number];
  const [positions] = sizes('embeddings.position_embeddings.weight') as [number];
  const firstLayer = naming.layer.replace('{bertLayer}', '0');
  const [intermediate] = sizes(`${firstLayer}${naming.intermediate}.weight`) as [number];
  const typeVocabulary = naming === DISTILBERT ? 0 : sizes('embeddings.token_type_embeddings.weight')[0]!;
  const layers = countIndices(shapes, `${prefix}${naming.layer}${naming.query}.weight`);
  return { width, layers, heads: attentionHeads(width, heads), intermediate, vocabulary, positions, typeVocabulary };
}

/** Conversions from TensorFlow before 2019 name a norm's weights gamma and beta. */
function normNames(shapes: Shapes, prefix: string): readonly [string, string] {
  return shapes.has(`${prefix}embeddings.LayerNorm.gamma`) ? ['gamma', 'beta'] : ['weight', 'bias'];
}

interface Place {
  readonly prefix: string;
  readonly slots: string;
  readonly norm: readonly [string, string];
}

function normRules({ norm }: Place, key: string, slot: string, width: number): readonly KeyRule[] {
  return (['weight', 'bias'] as const).map((part, i) => {
    return { key: `${key}.${norm[i]}`, slot: `${slot}.${part}`, shape: [width] };
  });
}

function embeddingRules(place: Place, dimensions: BertDimensions): readonly KeyRule[] {
  const { width, vocabulary, positions, typeVocabulary } = dimensions;
  const key = `${place.prefix}embeddings.`;
  const slot = `${place.slots}embeddings.`;
  return [
    { key: `${key}word_embeddings.weight`, slot: `${slot}word`, shape: [vocabulary, width] },
    { key: `${key}position_embeddings.weight`, slot: `${slot}position`, shape: [positions, width] },
    ...(typeVocabulary === 0
      ? []
      : [{ key: `${key}token_type_embeddings.weight`, slot: `${slot}type`, shape: [typeVocabulary, width] }]),
    ...normRules(place, `${key}LayerNorm`, `${slot}norm`, width),
  ];
}

function layerRules(place: Place, { width, intermediate }: BertDimensions, naming: Naming): readonly KeyRule[] {
  const key = `${place.prefix}${naming.layer}`;
  const slot = `${place.slots}layers.{bertLayer}.`;
  const parts = [naming.query, naming.key, naming.value];
  const linear = (from: string, to: string, sizes: readonly [number, number]) =>
    linearRules(`${key}${from}`, `${slot}${to}`, sizes);
  return [
    {
      key: parts.map((part) => `${key}${part}.weight`),
      slot: `${slot}attention.in_proj_weight`,
      shape: [width, width],
    },
    { key: parts.map((part) => `${key}${part}.bias`), slot: `${slot}attention.in_proj_bias`, shape: [width] },
    ...linear(naming.attentionOutput, 'attention.out_proj', [width, width]),
    ...normRules(place, `${key}${naming.attentionNorm}`, `${slot}attention_norm`, width),
    ...linear(naming.intermediate, 'intermediate', [intermediate, width]),
    ...linear(naming.output, 'output', [width, intermediate]),
    ...normRules(place, `${key}${naming.outputNorm}`, `${slot}output_norm`, width),
  ];
}
