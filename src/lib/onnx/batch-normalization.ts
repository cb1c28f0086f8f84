/** Batch normalisation in evaluation, folded into the convolution before it. Source: Ioffe and Szegedy 2015, arXiv:1502.03167. */
import { ModelError } from '../../core/errors.ts';
import type { Module } from './blocks.ts';
import { float32Tensor } from './graph.ts';
import type { Kernel } from './image-operators.ts';
import type { WeightSource } from './weights.ts';

/** Added to the variance: the default of torch.nn.BatchNorm2d, which torchvision's ResNet keeps. */
const EPSILON = 1e-5;

interface ChannelAffine {
  readonly scale: Float64Array;
  readonly offset: Float64Array;
}

/** The normalisation as scale · x + offset per channel, in double precision. */
function channelAffine(weights: WeightSource, name: string): ChannelAffine {
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    weights.read(`${name}.${part}`),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const negative = variance.findIndex((value) => value < 0);
  if (negative >= 0)
    throw new ModelError(`weight ${name}.running_var, expected variances, got ${variance[negative]} (${negative})`);
  const scale = Float64Array.from(gamma, (value, channel) => value / Math.sqrt(variance[channel]! + EPSILON));
  const offset = Float64Array.from(beta, (value, channel) => value - mean[channel]! * scale[channel]!);
  return { scale, offset };
}

/**
 * A convolution without bias and the batch normalisation after it, as one convolution with bias:
 * w′ = w · γ / √(σ² + 1e-5), b′ = β − μ · γ / √(σ² + 1e-5).
 * @param names of the two modules below the prefix, for example `conv1` and `bn1`
 * @throws ModelError for a negative variance, when the weights are written
 */
export function foldedConvolution({ graph, weights, prefix }: Module, names: readonly [string, string]): Kernel {
  const [convolution, normalization] = names.map((name) => `${prefix}${name}`) as [string, string];
  const shape = weights.shape(`${convolution}.weight`);
  const folded = () => {
    const kernel = weights.read(`${convolution}.weight`);
    const { scale } = channelAffine(weights, normalization);
    const size = kernel.length / scale.length;
    return Float32Array.from(kernel, (value, place) => value * scale[Math.floor(place / size)]!);
  };
  const bias = () => Float32Array.from(channelAffine(weights, normalization).offset);
  return {
    weight: float32Tensor(graph, `${convolution}.folded_weight`, shape, folded),
    bias: float32Tensor(graph, `${convolution}.folded_bias`, [shape[0]!], bias),
  };
}
