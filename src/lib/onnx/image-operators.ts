/** Standard operators of convolutional networks; each checks and infers shapes. Source: onnx/onnx:docs/Operators.md. */
import { addNode, type GraphBuilder, type Value } from './graph.ts';
import { misfit } from './shapes.ts';

/** A window that slides over an image: its side, step, and zeros (or −∞ for a maximum) on every edge. */
export interface Sliding {
  readonly side: number;
  readonly stride: number;
  readonly padding: number;
}

/** Places of the window along an axis of `size` pixels, rounded down as torch does. */
function places(size: unknown, { side, stride, padding }: Sliding): number {
  return typeof size === 'number' ? Math.floor((size + 2 * padding - side) / stride) + 1 : 0;
}

function slidingAttributes({ side, stride, padding }: Sliding) {
  return {
    kernel_shape: { ints: [side, side] },
    strides: { ints: [stride, stride] },
    pads: { ints: [padding, padding, padding, padding] },
  };
}

export interface Kernel {
  /** [out, in, side, side] */
  readonly weight: Value;
  /** [out] */
  readonly bias: Value;
}

/** Convolution of [B, in, H, W] with padding: [B, out, H′, W′]. */
export function PaddedConv(
  graph: GraphBuilder,
  x: Value,
  { weight, bias, stride, padding }: Kernel & Omit<Sliding, 'side'>,
): Value {
  const [batch, channels, ...size] = x.shape;
  const [out, into, side, other] = weight.shape as readonly number[];
  const sliding = { side: side!, stride, padding };
  const sides = size.map((length) => places(length, sliding));
  if (channels !== into || side !== other || sides.length !== 2 || sides.some((length) => length < 1))
    throw misfit('Conv', 'equal channels, a square kernel and an image that holds it', [x, weight]);
  if (bias.shape.join() !== `${out}`) throw misfit('Conv', 'one bias per channel', [weight, bias]);
  const results = [{ type: x.type, shape: [batch!, out!, ...sides] }];
  const attributes = slidingAttributes(sliding);
  return addNode(graph, { operator: 'Conv', inputs: [x, weight, bias], attributes, results })[0]!;
}

/** Largest value of each window of [B, C, H, W]. */
export function MaxPool(graph: GraphBuilder, x: Value, sliding: Sliding): Value {
  const [batch, channels, ...size] = x.shape;
  const sides = size.map((length) => places(length, sliding));
  if (sides.length !== 2 || sides.some((length) => length < 1))
    throw misfit('MaxPool', `an image that holds ${sliding.side} × ${sliding.side} pixels`, [x]);
  const results = [{ type: x.type, shape: [batch!, channels!, ...sides] }];
  return addNode(graph, { operator: 'MaxPool', inputs: [x], attributes: slidingAttributes(sliding), results })[0]!;
}

/** Mean of each channel: [B, C, H, W] gives [B, C, 1, 1]. */
export function GlobalAveragePool(graph: GraphBuilder, x: Value): Value {
  const [batch, channels] = x.shape;
  if (x.shape.length !== 4) throw misfit('GlobalAveragePool', 'four axes', [x]);
  const results = [{ type: x.type, shape: [batch!, channels!, 1, 1] }];
  return addNode(graph, { operator: 'GlobalAveragePool', inputs: [x], results })[0]!;
}

/** The larger of 0 and x. */
export function Relu(graph: GraphBuilder, x: Value): Value {
  return addNode(graph, { operator: 'Relu', inputs: [x], results: [{ type: x.type, shape: x.shape }] })[0]!;
}
