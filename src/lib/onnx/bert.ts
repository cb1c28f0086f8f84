/**
 * BERT's encoder (and DistilBERT's, which has no token types) as part of a graph, with every hidden state.
 * Source: Devlin et al. 2019, arXiv:1810.04805; huggingface/transformers:src/transformers/models/bert/modeling_bert.py.
 *
 * Slots, below the module's prefix (lib/onnx/bert-keys.ts fills them from published checkpoints):
 * `embeddings.{word,position,type}` [rows, width] (`type` absent where typeVocabulary is 0), `embeddings.norm.{weight,bias}`,
 * and per layer N `layers.N.` + `attention.in_proj_weight` [3 width, width] with rows q, k, v, `attention.in_proj_bias`,
 * `attention.out_proj.{weight,bias}`, `attention_norm.{weight,bias}`, `intermediate.{weight,bias}`, `output.{weight,bias}`,
 * `output_norm.{weight,bias}`. Matrices are [out, in], as torch.nn.Linear stores them.
 */

import { Cast, ReduceMean, ReduceSum, Slice, Unsqueeze } from './axis-operators.ts';
import { gelu, layerNorm, linear, type Module, selfAttention, submodule } from './blocks.ts';
import {
  addInput,
  addOutput,
  createGraph,
  float32Scalar,
  float32Tensor,
  type Graph,
  type GraphBuilder,
  type Value,
} from './graph.ts';
import { Add, Div, Gather, Mul, Shape } from './operators.ts';
import { type WeightSource, weight } from './weights.ts';

export interface BertDimensions {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  /** Most tokens of a text. */
  readonly positions: number;
  /** Rows of the token type embedding; 0 where there is none (DistilBERT). */
  readonly typeVocabulary: number;
}

export interface BertInputs {
  /** Token ids, int64 [batch, length]; both sizes may be names. */
  readonly ids: Value;
  /** 1 at tokens, 0 at padding, int64 [batch, length]. */
  readonly mask: Value;
}

interface BertOptions {
  /** Of the layer norms; BERT's is 1e-12. */
  readonly epsilon?: number;
}

/**
 * Hidden states [batch, length, width]: index 0 is the embeddings, index N the output of layer N, as in transformers.
 * Texts are of token type 0.
 */
export function bertHiddenStates(
  module: Module,
  { ids, mask }: BertInputs,
  dimensions: BertDimensions,
  { epsilon = 1e-12 }: BertOptions = {},
): readonly Value[] {
  const states = [embeddings(submodule(module, 'embeddings'), ids, { ...dimensions, epsilon })];
  const options = { heads: dimensions.heads, mask: additiveMask(module.graph, mask), epsilon };
  for (let layer = 0; layer < dimensions.layers; layer++)
    states.push(bertLayer(submodule(module, `layers.${layer}`), states[layer]!, options));
  return states;
}

function embeddings(module: Module, ids: Value, options: BertDimensions & { readonly epsilon: number }): Value {
  const { graph, weights, prefix } = module;
  const length = ids.shape[1]!;
  const words = Gather(graph, weight(graph, weights, `${prefix}word`), ids, 0);
  const table = positionTable(module, options);
  const end = typeof length === 'number' ? length : Shape(graph, ids, 1, 2);
  const places = Slice(graph, table, { axis: 0, start: 0, end, size: length });
  return layerNorm(submodule(module, 'norm'), Add(graph, words, places), options.epsilon);
}

/** Position embeddings, each with the embedding of token type 0 added: every text has that type. */
function positionTable(
  { graph, weights, prefix }: Module,
  { positions, width, typeVocabulary }: BertDimensions,
): Value {
  return float32Tensor(graph, `${prefix}position`, [positions, width], () => {
    const table = weights.read(`${prefix}position`);
    if (typeVocabulary === 0) return table;
    const type = weights.read(`${prefix}type`);
    return table.map((value, at) => value + type[at % width]!);
  });
}

/** Additive mask [batch, 1, 1, length]: 0 at tokens, −1e9 at padding, whose share of a softmax is then exactly 0. */
function additiveMask(graph: GraphBuilder, mask: Value): Value {
  const outside = Add(graph, Cast(graph, mask, 'float32'), float32Scalar(graph, -1));
  return Unsqueeze(graph, Mul(graph, outside, float32Scalar(graph, 1e9)), [1, 2]);
}

interface LayerOptions {
  readonly heads: number;
  readonly mask: Value;
  readonly epsilon: number;
}

/** One post-normalised layer. */
function bertLayer(module: Module, x: Value, { heads, mask, epsilon }: LayerOptions): Value {
  const { graph } = module;
  const attended = Add(graph, selfAttention(submodule(module, 'attention'), x, { heads, mask }), x);
  const middle = layerNorm(submodule(module, 'attention_norm'), attended, epsilon);
  const wide = gelu(graph, linear(submodule(module, 'intermediate'), middle));
  const narrow = linear(submodule(module, 'output'), wide);
  return layerNorm(submodule(module, 'output_norm'), Add(graph, narrow, middle), epsilon);
}

/** Mean of the tokens' states, padding left out: [batch, length, width] and int64 [batch, length] give [batch, width]. */
export function maskedMean(graph: GraphBuilder, hidden: Value, mask: Value): Value {
  const shares = Unsqueeze(graph, Cast(graph, mask, 'float32'), [2]);
  return Div(graph, ReduceSum(graph, Mul(graph, hidden, shares), 1), ReduceSum(graph, shares, 1));
}

/** Mean over all positions, padding included: [batch, length, width] → [batch, width]. */
export function meanOverPositions(graph: GraphBuilder, hidden: Value): Value {
  return ReduceMean(graph, hidden, 1);
}

/** State of the first token: [batch, length, width] → [batch, width]. */
export function clsToken(graph: GraphBuilder, hidden: Value): Value {
  return Gather(graph, hidden, 0, 1);
}

/** A text's feature [batch, dimension] from all hidden states and the mask. */
export type Pooling = (graph: GraphBuilder, states: readonly Value[], mask: Value) => Value;

/** Names of the inputs and the output of `bertTextGraph`. */
export const BERT_TEXT = { input: 'ids', mask: 'mask', output: 'embedding' } as const;

/**
 * `ids` and `mask` [batch, length] int64, for any length up to the positions, to `embedding` [batch, dimension].
 * @param prefix of the encoder's slots, with its final dot
 */
export function bertTextGraph(
  { name, weights, prefix }: { readonly name: string; readonly weights: WeightSource; readonly prefix: string },
  dimensions: BertDimensions,
  pooling: Pooling,
): Graph {
  const graph = createGraph(name);
  const input = (called: string) => addInput(graph, { name: called, type: 'int64', shape: ['batch', 'length'] });
  const inputs = { ids: input(BERT_TEXT.input), mask: input(BERT_TEXT.mask) };
  const states = bertHiddenStates({ graph, weights, prefix }, inputs, dimensions);
  addOutput(graph, BERT_TEXT.output, pooling(graph, states, inputs.mask));
  return graph;
}
