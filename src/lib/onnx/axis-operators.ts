/** Standard operators along one axis: slices, sums, means, new axes; and casts. Source: onnx/onnx:docs/Operators.md. */
import {
  addNode,
  type Dimension,
  ELEMENT_TYPES,
  type ElementType,
  type GraphBuilder,
  int64Vector,
  type Value,
} from './graph.ts';
import { misfit, withAxis } from './shapes.ts';

export interface Range {
  readonly axis: number;
  readonly start: number;
  /** Exclusive: a number, or an int64 vector of one that the graph computes. */
  readonly end: number | Value;
  /** Size of the axis afterwards, where `end` is known only when the graph runs. */
  readonly size?: Dimension;
}

/** The entries from `start` to `end` of one axis. */
export function Slice(graph: GraphBuilder, x: Value, { axis, start, end, size }: Range): Value {
  const old = x.shape[axis];
  const fixed = typeof end === 'number' ? end - start : undefined;
  const fits = old !== undefined && start >= 0 && (typeof end !== 'number' || typeof old !== 'number' || end <= old);
  if (!fits || (fixed ?? 1) < 1) throw misfit('Slice', `places ${start} to ${fixed ?? 'the end'} of axis ${axis}`, [x]);
  const ends = typeof end === 'number' ? int64Vector(graph, [end]) : end;
  const inputs = [x, int64Vector(graph, [start]), ends, int64Vector(graph, [axis])];
  const shape = withAxis(x.shape, axis, fixed ?? size ?? old);
  return addNode(graph, { operator: 'Slice', inputs, results: [{ type: x.type, shape }] })[0]!;
}

/** New axes of size 1 at the places `axes` of the result. */
export function Unsqueeze(graph: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const rest = [...x.shape];
  const rank = x.shape.length + axes.length;
  if (new Set(axes).size !== axes.length || axes.some((axis) => axis < 0 || axis >= rank))
    throw misfit('Unsqueeze', `distinct places below ${rank}`, [x]);
  const shape = Array.from({ length: rank }, (_, place) => (axes.includes(place) ? 1 : rest.shift()!));
  const inputs = [x, int64Vector(graph, axes)];
  return addNode(graph, { operator: 'Unsqueeze', inputs, results: [{ type: x.type, shape }] })[0]!;
}

/** Sum over one axis, which goes. Opset 13. */
export function ReduceSum(graph: GraphBuilder, x: Value, axis: number): Value {
  const inputs = [x, int64Vector(graph, [axis])];
  const results = [{ type: x.type, shape: without(x, axis, 'ReduceSum') }];
  return addNode(graph, { operator: 'ReduceSum', inputs, attributes: { keepdims: { int: 0 } }, results })[0]!;
}

/** Mean over one axis, which goes. The axis is an attribute up to opset 17, an input from 18. */
export function ReduceMean(graph: GraphBuilder, x: Value, axis: number): Value {
  const results = [{ type: x.type, shape: without(x, axis, 'ReduceMean') }];
  const isInput = graph.opset >= 18;
  const inputs = isInput ? [x, int64Vector(graph, [axis])] : [x];
  const attributes = { keepdims: { int: 0 }, ...(isInput ? {} : { axes: { ints: [axis] } }) };
  return addNode(graph, { operator: 'ReduceMean', inputs, attributes, results })[0]!;
}

function without(x: Value, axis: number, operator: string): readonly Dimension[] {
  if (axis < 0 || axis >= x.shape.length) throw misfit(operator, `an axis ${axis}`, [x]);
  return x.shape.filter((_, place) => place !== axis);
}

export function Cast(graph: GraphBuilder, x: Value, type: ElementType): Value {
  const attributes = { to: { int: ELEMENT_TYPES[type].code } };
  return addNode(graph, { operator: 'Cast', inputs: [x], attributes, results: [{ type, shape: x.shape }] })[0]!;
}
