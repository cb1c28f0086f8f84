/** Blocks of transformer models, built from standard operators; parameter names follow PyTorch's modules. */
import { float32Scalar, float32Tensor, type GraphBuilder, int64Vector, type Value } from './graph.ts';
import {
  Add,
  Concat,
  Conv,
  Div,
  Erf,
  Expand,
  LayerNormalization,
  MatMul,
  Mul,
  ReduceL2,
  Reshape,
  Shape,
  Sigmoid,
  Softmax,
  Split,
  Transpose,
} from './operators.ts';
import { transposedWeight, type WeightSource, weight } from './weights.ts';

/** What a block needs besides its input: the graph, the weights and the prefix of their names. */
export interface Module {
  readonly graph: GraphBuilder;
  readonly weights: WeightSource;
  /** Ends with a dot where it is not empty. */
  readonly prefix: string;
}

export function submodule(module: Module, name: string): Module {
  return { ...module, prefix: `${module.prefix}${name}.` };
}

/** torch.nn.Linear with bias: `weight` [out, in], `bias` [out]. */
export function linear({ graph, weights, prefix }: Module, x: Value): Value {
  const product = MatMul(graph, x, transposedWeight(graph, weights, `${prefix}weight`));
  return Add(graph, product, weight(graph, weights, `${prefix}bias`));
}

/** torch.nn.LayerNorm over the last axis; CLIP's epsilon is 1e-5. */
export function layerNorm({ graph, weights, prefix }: Module, x: Value, epsilon = 1e-5): Value {
  const affine = { weight: weight(graph, weights, `${prefix}weight`), bias: weight(graph, weights, `${prefix}bias`) };
  return LayerNormalization(graph, x, affine, epsilon);
}

/** x · sigmoid(1.702 x). Source: openai/CLIP:clip/model.py. */
export function quickGelu(graph: GraphBuilder, x: Value): Value {
  return Mul(graph, x, Sigmoid(graph, Mul(graph, x, float32Scalar(graph, 1.702))));
}

/** x · Φ(x) through the error function. Source: Hendrycks and Gimpel 2016, arXiv:1606.08415. */
export function gelu(graph: GraphBuilder, x: Value): Value {
  const erf = Erf(graph, Div(graph, x, float32Scalar(graph, Math.SQRT2)));
  const twice = Mul(graph, x, Add(graph, erf, float32Scalar(graph, 1)));
  return Mul(graph, twice, float32Scalar(graph, 0.5));
}

/**
 * Additive attention mask [length, length]: 0 on and below the diagonal, −1e9 above, which the exponential of float32
 * turns into exactly 0, as the −∞ of the original does.
 */
export function causalMask(graph: GraphBuilder, length: number): Value {
  return float32Tensor(graph, 'causal_mask', [length, length], () => {
    const mask = new Float32Array(length * length);
    for (let row = 0; row < length; row++) mask.fill(-1e9, row * length + row + 1, (row + 1) * length);
    return mask;
  });
}

export interface AttentionOptions {
  readonly heads: number;
  /** Additive mask that broadcasts to [batch, heads, length, length]. */
  readonly mask?: Value | undefined;
}

/**
 * torch.nn.MultiheadAttention as self-attention, batch first: `in_proj_weight` [3d, d] with rows q, k, v,
 * `in_proj_bias`, `out_proj`. Input and output [batch, length, d].
 */
export function selfAttention(module: Module, x: Value, { heads, mask }: AttentionOptions): Value {
  const { graph, weights, prefix } = module;
  const width = x.shape[2] as number;
  const packed = MatMul(graph, x, transposedWeight(graph, weights, `${prefix}in_proj_weight`));
  const biased = Add(graph, packed, weight(graph, weights, `${prefix}in_proj_bias`));
  const [query, key, value] = Split(graph, biased, -1, 3).map((part) => {
    return Reshape(graph, part, [0, 0, heads, width / heads]);
  }) as [Value, Value, Value];
  const scores = MatMul(graph, Transpose(graph, query, [0, 2, 1, 3]), Transpose(graph, key, [0, 2, 3, 1]));
  const scaled = Mul(graph, scores, float32Scalar(graph, 1 / Math.sqrt(width / heads)));
  const attention = Softmax(graph, mask ? Add(graph, scaled, mask) : scaled, -1);
  const mixed = Transpose(graph, MatMul(graph, attention, Transpose(graph, value, [0, 2, 1, 3])), [0, 2, 1, 3]);
  return linear(submodule(module, 'out_proj'), Reshape(graph, mixed, [0, 0, width]));
}

export type Activation = 'quick-gelu' | 'gelu';

const ACTIVATIONS = { 'quick-gelu': quickGelu, gelu } as const;

export interface BlockOptions extends AttentionOptions {
  readonly activation: Activation;
  /** Of the layer norms. */
  readonly epsilon: number;
}

/** One pre-normalised residual block, under CLIP's names. Source: openai/CLIP:clip/model.py, ResidualAttentionBlock. */
export function residualBlock(module: Module, x: Value, options: BlockOptions): Value {
  const { graph } = module;
  const normed = (name: string, value: Value) => layerNorm(submodule(module, name), value, options.epsilon);
  const middle = Add(graph, x, selfAttention(submodule(module, 'attn'), normed('ln_1', x), options));
  const wide = linear(submodule(module, 'mlp.c_fc'), normed('ln_2', middle));
  const bent = ACTIVATIONS[options.activation](graph, wide);
  return Add(graph, middle, linear(submodule(module, 'mlp.c_proj'), bent));
}

/** `resblocks.0` to `resblocks.(layers − 1)` in turn. */
export function residualBlocks(module: Module, x: Value, options: BlockOptions & { readonly layers: number }): Value {
  let hidden = x;
  for (let layer = 0; layer < options.layers; layer++)
    hidden = residualBlock(submodule(module, `resblocks.${layer}`), hidden, options);
  return hidden;
}

/** A convolution as wide as its stride on [batch, channels, side, side]: one token per patch, [batch, grid², width]. */
export function patchEmbedding({ graph, weights, prefix }: Module, image: Value, options: { bias: boolean }): Value {
  const bias = options.bias ? weight(graph, weights, `${prefix}bias`) : undefined;
  const patches = Conv(graph, image, weight(graph, weights, `${prefix}weight`), bias);
  const [, width, rows, columns] = patches.shape as [unknown, number, number, number];
  return Transpose(graph, Reshape(graph, patches, [0, width, rows * columns]), [0, 2, 1]);
}

/** Puts one learned token before the sequence: [batch, n, d] → [batch, n + 1, d]. */
export function prependToken(graph: GraphBuilder, token: Value, sequence: Value): Value {
  const [batch, , width] = sequence.shape as [string, number, number];
  const sizes = Concat(graph, [Shape(graph, sequence, 0, 1), int64Vector(graph, [1, width])], 0);
  return Concat(graph, [Expand(graph, token, sizes, [batch, 1, width]), sequence], 1);
}

/** Each row divided by its Euclidean norm. */
export function l2Normalize(graph: GraphBuilder, x: Value): Value {
  return Div(graph, x, ReduceL2(graph, x));
}
