/** The vectorised inner loops of 8-bit filtering as a WebAssembly module: eight products at a time, exact integers. */
import { FIXED_POINT_BITS } from './filter-bank.ts';
import {
  add,
  addVectors,
  dot,
  get,
  int,
  lanes,
  lessThan,
  loadBytes,
  loadInt,
  loadVector,
  moduleOf,
  narrowToBytes,
  narrowToShorts,
  repeat,
  set,
  shiftLeft,
  shiftRight,
  splat,
  storeFirstLane,
  tee,
  zeroVector,
} from './wasm.ts';

/**
 * Weights of up to 24 bits come as two 16-bit halves, high · 2^11 + low, since the vector product takes 16-bit factors.
 * The sums are those of 32-bit arithmetic, bit for bit.
 */
export const LOW_BITS = 11;
/** Weights that one vector holds. */
export const TAPS = 8;
/** Bytes of eight high and eight low halves. */
export const GROUP_BYTES = 4 * TAPS;

/**
 * Filters rows of a plane, four together, and writes the result transposed, [outputs, rows].
 * Parameters: source, stride, end of rows, starts, end of starts, group bytes per output, weights, target, target stride.
 */
export function assembleFilterRows(): Uint8Array<ArrayBuffer> {
  const [source, stride, endOfRows, starts, endOfStarts, groupBytes, weights, target, targetStride] = range(0, 9);
  const [row, start, weight, endOfWeights, out, ...pixel] = range(9, 9);
  const [high, low, factor, ...sums] = range(18, 11);
  const advance = (local: number, step: readonly number[]) => [...get(local), ...step, ...add, ...set(local)];
  const multiply = (sum: number, factors: number) => [
    ...get(sum),
    ...get(factor!),
    ...get(factors),
    ...dot,
    ...addVectors,
    ...set(sum),
  ];
  const fourRows = [0, 1, 2, 3];
  const taps = repeat(
    ...[get(weight!), loadVector(0), set(high!), get(weight!), loadVector(16), set(low!)],
    ...fourRows.flatMap((i) => [
      get(pixel[i]!),
      loadBytes,
      set(factor!),
      multiply(sums[2 * i]!, high!),
      multiply(sums[2 * i + 1]!, low!),
    ]),
    ...fourRows.map((i) => advance(pixel[i]!, int(TAPS))),
    ...[get(weight!), int(GROUP_BYTES), add, tee(weight!), get(endOfWeights!), lessThan],
  );
  const joined = fourRows.flatMap((i) => [
    ...[get(sums[2 * i]!), int(LOW_BITS), shiftLeft, get(sums[2 * i + 1]!), addVectors, set(sums[2 * i]!)],
  ]);
  const pairs = (a: number, b: number) => [
    ...[get(a), get(b), lanes(0, 2, 4, 6), get(a), get(b), lanes(1, 3, 5, 7), addVectors],
  ];
  const summed = [
    ...pairs(sums[0]!, sums[2]!),
    set(high!),
    ...pairs(sums[4]!, sums[6]!),
    set(low!),
    ...pairs(high!, low!),
  ];
  const outputs = repeat(
    ...[get(row!), get(start!), loadInt, add, set(pixel[0]!)],
    ...[1, 2, 3].map((i) => [...get(pixel[i - 1]!), ...get(stride!), ...add, ...set(pixel[i]!)]),
    ...sums.map((sum) => [...zeroVector, ...set(sum)]),
    ...[get(weight!), get(groupBytes!), add, set(endOfWeights!), taps],
    ...[get(out!), ...joined, ...summed, int(1 << (FIXED_POINT_BITS - 1)), splat, addVectors],
    ...[
      int(FIXED_POINT_BITS),
      shiftRight,
      tee(high!),
      get(high!),
      narrowToShorts,
      tee(high!),
      get(high!),
      narrowToBytes,
      storeFirstLane,
    ],
    ...[advance(out!, get(targetStride!)), get(start!), int(4), add, tee(start!), get(endOfStarts!), lessThan],
  );
  const rows = repeat(
    ...[
      get(starts!),
      set(start!),
      get(weights!),
      set(weight!),
      get(target!),
      set(out!),
      outputs,
      advance(target!, int(4)),
    ],
    ...fourRows.map(() => advance(row!, get(stride!))),
    ...[get(row!), get(endOfRows!), lessThan],
  );
  return moduleOf({ parameters: 9, integers: 9, vectors: 11, code: [get(source!), set(row!), rows] });
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
