/** Weights of a one-dimensional resampling for every output position, computed once per (sizes, kernel). */
import type { Kernel } from './kernels.ts';

/** Output `i` is the sum over j < count[i] of input[start[i] + j] * weights[i * stride + j]. */
export interface FilterBank<Weights extends Int32Array | Float64Array> {
  readonly stride: number;
  readonly start: Int32Array;
  readonly count: Int32Array;
  readonly weights: Weights;
}

/** Bits after the binary point of 8-bit fixed-point weights. Source: python-pillow/Pillow:src/libImaging/Resample.c */
export const FIXED_POINT_BITS = 22;

/**
 * Antialiased weights: the kernel is widened by the scale when shrinking, cut at the borders and normalized to sum 1.
 * Source: python-pillow/Pillow:src/libImaging/Resample.c (precompute_coeffs).
 * @param rounded the precision of positions: identity for Pillow's float64, Math.fround for torch's float32.
 */
export function antialiasedBank(
  { inputSize, outputSize }: { readonly inputSize: number; readonly outputSize: number },
  kernel: Kernel,
  rounded: (value: number) => number,
): FilterBank<Float64Array> {
  const scale = rounded(inputSize / outputSize);
  const widening = Math.max(scale, 1);
  const inverse = rounded(1 / widening);
  const support = rounded(kernel.support * widening);
  const stride = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Float64Array(outputSize * stride);
  for (let i = 0; i < outputSize; i++) {
    const centre = rounded((i + 0.5) * scale);
    const first = Math.max(0, Math.trunc(rounded(rounded(centre - support) + 0.5)));
    const end = Math.min(inputSize, Math.trunc(rounded(rounded(centre + support) + 0.5)));
    start[i] = first;
    count[i] = end - first;
    fillNormalized(weights.subarray(i * stride, i * stride + end - first), (j) =>
      kernel.weight(rounded(rounded(rounded(j + first - centre) + 0.5) * inverse)),
    );
  }
  return { stride, start, count, weights };
}

function fillNormalized(target: Float64Array, weight: (index: number) => number): void {
  let sum = 0;
  for (let j = 0; j < target.length; j++) sum += target[j] = weight(j);
  if (sum !== 0) for (let j = 0; j < target.length; j++) target[j]! /= sum;
}

/** Every output is its input. */
export function identityBank(size: number): FilterBank<Float64Array> {
  return {
    stride: 1,
    start: Int32Array.from({ length: size }, (_, i) => i),
    count: new Int32Array(size).fill(1),
    weights: new Float64Array(size).fill(1),
  };
}

/** Weights rounded half away from zero to `FIXED_POINT_BITS` bits. */
export function toFixedPoint(bank: FilterBank<Float64Array>): FilterBank<Int32Array> {
  const one = 2 ** FIXED_POINT_BITS;
  const weights = Int32Array.from(bank.weights, (weight) => Math.trunc(weight * one + (weight < 0 ? -0.5 : 0.5)));
  return { ...bank, weights };
}

/** Keeps the `capacity` most recently used values, so that a release of many image sizes cannot fill the memory. */
export function memoize<Value>(capacity: number, make: (input: number, output: number, kernel: string) => Value) {
  const kept = new Map<string, Value>();
  return (input: number, output: number, kernel: string): Value => {
    const key = `${input}:${output}:${kernel}`;
    const value = kept.get(key) ?? make(input, output, kernel);
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > capacity) kept.delete(kept.keys().next().value!);
    return value;
  };
}
