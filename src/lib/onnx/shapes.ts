/** Shape rules of the operators: broadcasting, matrix products, reshaping. A misfit is an error when the graph is built. */
import { ModelError } from '../../core/errors.ts';
import type { Dimension, Value } from './graph.ts';

type Shape = readonly Dimension[];

export function describe(value: Value): string {
  return `${value.name} ${value.type}[${value.shape.join(', ')}]`;
}

/** @throws ModelError naming the operator and the values that do not fit */
export function misfit(operator: string, expected: string, values: readonly Value[]): ModelError {
  return new ModelError(`graph: ${operator}, expected ${expected}, got ${values.map(describe).join(' and ')}`);
}

/** Multidirectional broadcasting; undefined where two sizes differ and neither is 1. Source: onnx/onnx:docs/Broadcasting.md. */
export function broadcast(a: Shape, b: Shape): Dimension[] | undefined {
  const rank = Math.max(a.length, b.length);
  const result: Dimension[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    result.push(left === 1 ? right : left);
  }
  return result;
}

/** Shape of a batched matrix product of operands with at least two dimensions; undefined where they do not fit. */
export function matrixProduct(a: Shape, b: Shape): Dimension[] | undefined {
  if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2)) return undefined;
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  return batch && [...batch, a.at(-2)!, b.at(-1)!];
}

/**
 * Shape that Reshape gives: 0 copies the size at the same place, numbers stand for themselves (no -1: every size is known).
 * Undefined where the number of elements would change.
 */
export function reshaped(from: Shape, to: readonly number[]): Dimension[] | undefined {
  const result = to.map((size, i) => (size === 0 ? (from[i] ?? -1) : size));
  const product = (shape: Shape) =>
    shape.reduce<number>((sum, size) => (typeof size === 'number' ? sum * size : sum), 1);
  const names = (shape: Shape) => shape.filter((size) => typeof size === 'string').join();
  return product(from) === product(result) && names(from) === names(result) ? result : undefined;
}

/** Sizes at the places of `permutation`; undefined where it is none of the axes. */
export function permuted(shape: Shape, permutation: readonly number[]): Dimension[] | undefined {
  const valid = permutation.length === shape.length && new Set(permutation).size === shape.length;
  const result = permutation.map((axis) => shape[axis]);
  return valid && result.every((size) => size !== undefined) ? (result as Dimension[]) : undefined;
}

/** Shape with another size at `axis` (negative counts from the end). */
export function withAxis(shape: Shape, axis: number, size: Dimension): Dimension[] {
  const place = axis < 0 ? shape.length + axis : axis;
  return shape.map((old, i) => (i === place ? size : old));
}
