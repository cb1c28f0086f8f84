/** One function per standard operator, named as in the standard; each checks and infers shapes. Source: onnx/onnx:docs/Operators.md. */
import {
  type Attribute,
  addNode,
  type Dimension,
  type GraphBuilder,
  int64Scalar,
  int64Vector,
  type Value,
} from './graph.ts';
import { broadcast, matrixProduct, misfit, permuted, reshaped, withAxis } from './shapes.ts';

interface Unary {
  readonly shape?: readonly Dimension[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

function unary(graph: GraphBuilder, operator: string, x: Value, { shape, attributes }: Unary = {}): Value {
  const results = [{ type: x.type, shape: shape ?? x.shape }];
  return addNode(graph, { operator, inputs: [x], attributes: attributes ?? {}, results })[0]!;
}

function elementwise(graph: GraphBuilder, operator: string, a: Value, b: Value): Value {
  const shape = broadcast(a.shape, b.shape);
  if (!shape || a.type !== b.type) throw misfit(operator, 'operands of one type that broadcast', [a, b]);
  return addNode(graph, { operator, inputs: [a, b], results: [{ type: a.type, shape }] })[0]!;
}

export function Add(graph: GraphBuilder, a: Value, b: Value): Value {
  return elementwise(graph, 'Add', a, b);
}

export function Mul(graph: GraphBuilder, a: Value, b: Value): Value {
  return elementwise(graph, 'Mul', a, b);
}

export function Div(graph: GraphBuilder, a: Value, b: Value): Value {
  return elementwise(graph, 'Div', a, b);
}

export function Sigmoid(graph: GraphBuilder, x: Value): Value {
  return unary(graph, 'Sigmoid', x);
}

export function Erf(graph: GraphBuilder, x: Value): Value {
  return unary(graph, 'Erf', x);
}

export function Softmax(graph: GraphBuilder, x: Value, axis: number): Value {
  return unary(graph, 'Softmax', x, { attributes: { axis: { int: axis } } });
}

export function MatMul(graph: GraphBuilder, a: Value, b: Value): Value {
  const shape = matrixProduct(a.shape, b.shape);
  if (!shape || a.type !== b.type) throw misfit('MatMul', 'inner sizes that agree', [a, b]);
  return addNode(graph, { operator: 'MatMul', inputs: [a, b], results: [{ type: a.type, shape }] })[0]!;
}

/** @param shape 0 copies the size at the same place; every other size is given */
export function Reshape(graph: GraphBuilder, x: Value, shape: readonly number[]): Value {
  const result = reshaped(x.shape, shape);
  if (!result) throw misfit('Reshape', `as many elements as [${shape}] holds`, [x]);
  const inputs = [x, int64Vector(graph, shape)];
  return addNode(graph, { operator: 'Reshape', inputs, results: [{ type: x.type, shape: result }] })[0]!;
}

export function Transpose(graph: GraphBuilder, x: Value, permutation: readonly number[]): Value {
  const shape = permuted(x.shape, permutation);
  if (!shape) throw misfit('Transpose', `axes for the permutation [${permutation}]`, [x]);
  return unary(graph, 'Transpose', x, { shape, attributes: { perm: { ints: permutation } } });
}

export function Concat(graph: GraphBuilder, values: readonly Value[], axis: number): Value {
  const first = values[0]!;
  const sizes = values.map((value) => value.shape[axis]);
  const rest = values.every((value) => withAxis(value.shape, axis, 0).join() === withAxis(first.shape, axis, 0).join());
  if (!rest || sizes.some((size) => typeof size !== 'number'))
    throw misfit('Concat', `shapes that differ at axis ${axis} alone`, values);
  const total = (sizes as number[]).reduce((sum, size) => sum + size, 0);
  const results = [{ type: first.type, shape: withAxis(first.shape, axis, total) }];
  return addNode(graph, { operator: 'Concat', inputs: values, attributes: { axis: { int: axis } }, results })[0]!;
}

/** Equal parts along `axis`. */
export function Split(graph: GraphBuilder, x: Value, axis: number, parts: number): readonly Value[] {
  const size = x.shape.at(axis);
  if (typeof size !== 'number' || size % parts !== 0)
    throw misfit('Split', `a size at axis ${axis} divisible by ${parts}`, [x]);
  const shape = withAxis(x.shape, axis, size / parts);
  const inputs = [x, int64Vector(graph, new Array<number>(parts).fill(size / parts))];
  const results = Array.from({ length: parts }, () => ({ type: x.type, shape }));
  return addNode(graph, { operator: 'Split', inputs, attributes: { axis: { int: axis } }, results });
}

/** The slices of `x` at `index` along `axis`; a scalar index drops the axis. */
export function Gather(graph: GraphBuilder, x: Value, index: Value | number, axis: number): Value {
  const indices = typeof index === 'number' ? int64Scalar(graph, index) : index;
  if (axis >= x.shape.length || indices.type !== 'int64')
    throw misfit('Gather', `int64 indices into axis ${axis}`, [x, indices]);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const attributes = { axis: { int: axis } };
  return addNode(graph, {
    operator: 'Gather',
    inputs: [x, indices],
    attributes,
    results: [{ type: x.type, shape }],
  })[0]!;
}

/** Row `indices[b, 0]` of each batch entry: [B, T, …] and int64 [B, 1] give [B, …]. */
export function GatherND(graph: GraphBuilder, x: Value, indices: Value): Value {
  const fits =
    indices.type === 'int64' && indices.shape.length === 2 && indices.shape[1] === 1 && indices.shape[0] === x.shape[0];
  if (!fits) throw misfit('GatherND', 'int64 indices [batch, 1]', [x, indices]);
  const results = [{ type: x.type, shape: [x.shape[0]!, ...x.shape.slice(2)] }];
  return addNode(graph, {
    operator: 'GatherND',
    inputs: [x, indices],
    attributes: { batch_dims: { int: 1 } },
    results,
  })[0]!;
}

/** Place of the first largest entry along the last axis, which stays with size 1; int64. */
export function ArgMax(graph: GraphBuilder, x: Value): Value {
  const attributes = { axis: { int: -1 }, keepdims: { int: 1 } };
  const results = [{ type: 'int64' as const, shape: withAxis(x.shape, -1, 1) }];
  return addNode(graph, { operator: 'ArgMax', inputs: [x], attributes, results })[0]!;
}

/** Sizes of the axes `start` to `end` (exclusive), int64. Opset 15. */
export function Shape(graph: GraphBuilder, x: Value, start: number, end: number): Value {
  const attributes = { start: { int: start }, end: { int: end } };
  const results = [{ type: 'int64' as const, shape: [end - start] }];
  return addNode(graph, { operator: 'Shape', inputs: [x], attributes, results })[0]!;
}

/** Broadcasts `x` to the sizes in the int64 vector `sizes`, which are `shape` when the graph runs. */
export function Expand(graph: GraphBuilder, x: Value, sizes: Value, shape: readonly Dimension[]): Value {
  if (!broadcast(x.shape, shape) || sizes.shape[0] !== shape.length)
    throw misfit('Expand', `shapes that broadcast to [${shape}]`, [x, sizes]);
  return addNode(graph, { operator: 'Expand', inputs: [x, sizes], results: [{ type: x.type, shape }] })[0]!;
}

export interface Affine {
  readonly weight: Value;
  readonly bias: Value;
}

/** Normalisation over the last axis. Opset 17. */
export function LayerNormalization(graph: GraphBuilder, x: Value, { weight, bias }: Affine, epsilon: number): Value {
  const size = x.shape.at(-1);
  if (weight.shape.join() !== `${size}` || bias.shape.join() !== `${size}`)
    throw misfit('LayerNormalization', 'scale and bias of the last axis', [x, weight, bias]);
  const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
  const results = [{ type: x.type, shape: x.shape }];
  return addNode(graph, { operator: 'LayerNormalization', inputs: [x, weight, bias], attributes, results })[0]!;
}

/** Convolution whose stride is its kernel: [B, C, H, W] and [D, C, P, P] give [B, D, H / P, W / P]. */
export function Conv(graph: GraphBuilder, x: Value, weight: Value, bias?: Value): Value {
  const [batch, channels, height, width] = x.shape;
  const [out, into, ...kernel] = weight.shape as readonly number[];
  const fits =
    channels === into &&
    kernel.length === 2 &&
    [height, width].every((size, i) => typeof size === 'number' && size % kernel[i]! === 0);
  if (!fits) throw misfit('Conv', 'equal channels and an image divisible by the kernel', [x, weight]);
  const shape = [batch!, out!, Number(height) / kernel[0]!, Number(width) / kernel[1]!];
  const attributes = { kernel_shape: { ints: kernel }, strides: { ints: kernel } };
  const inputs = bias ? [x, weight, bias] : [x, weight];
  return addNode(graph, { operator: 'Conv', inputs, attributes, results: [{ type: x.type, shape }] })[0]!;
}

/** Euclidean norm over the last axis, which stays with size 1. The axis is an attribute up to opset 17, an input from 18. */
export function ReduceL2(graph: GraphBuilder, x: Value): Value {
  const results = [{ type: x.type, shape: withAxis(x.shape, -1, 1) }];
  const keepdims = { int: 1 };
  if (graph.opset < 18)
    return addNode(graph, {
      operator: 'ReduceL2',
      inputs: [x],
      attributes: { axes: { ints: [-1] }, keepdims },
      results,
    })[0]!;
  return addNode(graph, {
    operator: 'ReduceL2',
    inputs: [x, int64Vector(graph, [-1])],
    attributes: { keepdims },
    results,
  })[0]!;
}
