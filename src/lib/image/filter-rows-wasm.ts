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

type Code = readonly number[];

// Locals: parameters, then integers, then vectors.
const [SOURCE, STRIDE, ROWS_END, STARTS, STARTS_END, GROUPS_BYTES, WEIGHTS, TARGET, TARGET_STRIDE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;
const [ROW, START, WEIGHT, WEIGHT_END, OUT] = [9, 10, 11, 12, 13] as const;
/** One pointer per row. */
const PIXEL = [14, 15, 16, 17] as const;
const [HIGH, LOW, SAMPLES] = [18, 19, 20] as const;
/** Sums of products with the high and with the low halves, per row. */
const HIGH_SUM = [21, 22, 23, 24] as const;
const LOW_SUM = [25, 26, 27, 28] as const;
const ROWS = [0, 1, 2, 3] as const;

/**
 * A module whose function filters rows of a plane, four together, and writes the result transposed, [outputs, rows].
 * Parameters: source, stride, end of rows, starts, end of starts, bytes of halves per output, halves, target, its stride.
 */
export function assembleFilterRows(): Uint8Array<ArrayBuffer> {
  const rows = repeat(
    [...get(STARTS), ...set(START), ...get(WEIGHTS), ...set(WEIGHT), ...get(TARGET), ...set(OUT)],
    outputLoop(),
    advance(TARGET, int(ROWS.length)),
    ...ROWS.map(() => advance(ROW, get(STRIDE))),
    [...get(ROW), ...get(ROWS_END), ...lessThan],
  );
  return moduleOf({ parameters: 9, integers: 9, vectors: 11, code: [get(SOURCE), set(ROW), rows] });
}

/** One output position of four rows after another. */
function outputLoop(): Code {
  return repeat(
    [...get(ROW), ...get(START), ...loadInt, ...add, ...set(PIXEL[0])],
    ...[1, 2, 3].map((i) => [...get(PIXEL[i - 1]!), ...get(STRIDE), ...add, ...set(PIXEL[i]!)]),
    ...[...HIGH_SUM, ...LOW_SUM].map((sum) => [...zeroVector, ...set(sum)]),
    [...get(WEIGHT), ...get(GROUPS_BYTES), ...add, ...set(WEIGHT_END)],
    tapLoop(),
    [...get(OUT), ...fourSums(), ...roundedBytes(), ...storeFirstLane],
    advance(OUT, get(TARGET_STRIDE)),
    [...advance(START, int(Int32Array.BYTES_PER_ELEMENT)), ...get(START), ...get(STARTS_END), ...lessThan],
  );
}

/** Eight taps of four rows after another. */
function tapLoop(): Code {
  const multiply = (sum: number, factors: number): Code => [
    ...[...get(sum), ...get(SAMPLES), ...get(factors)],
    ...[...dot, ...addVectors, ...set(sum)],
  ];
  const row = (i: (typeof ROWS)[number]): Code => [
    ...[...get(PIXEL[i]), ...loadBytes, ...set(SAMPLES)],
    ...[...multiply(HIGH_SUM[i], HIGH), ...multiply(LOW_SUM[i], LOW)],
  ];
  return repeat(
    [...get(WEIGHT), ...loadVector(0), ...set(HIGH), ...get(WEIGHT), ...loadVector(16), ...set(LOW)],
    ...ROWS.map(row),
    ...ROWS.map((i) => advance(PIXEL[i], int(TAPS))),
    [...advance(WEIGHT, int(GROUP_BYTES)), ...get(WEIGHT), ...get(WEIGHT_END), ...lessThan],
  );
}

/** Leaves a vector: lane i is the whole sum of row i. */
function fourSums(): Code {
  const joined = ROWS.flatMap((i) => [
    ...[...get(HIGH_SUM[i]), ...int(LOW_BITS), ...shiftLeft],
    ...[...get(LOW_SUM[i]), ...addVectors, ...set(HIGH_SUM[i])],
  ]);
  const addNeighbours = (a: number, b: number): Code => [
    ...[...get(a), ...get(b), ...lanes(0, 2, 4, 6)],
    ...[...get(a), ...get(b), ...lanes(1, 3, 5, 7), ...addVectors],
  ];
  return [
    ...joined,
    ...[...addNeighbours(HIGH_SUM[0], HIGH_SUM[1]), ...set(HIGH)],
    ...[...addNeighbours(HIGH_SUM[2], HIGH_SUM[3]), ...set(LOW)],
    ...addNeighbours(HIGH, LOW),
  ];
}

/** Turns the vector of sums into four bytes in its first lane: half added, fraction dropped, clipped to 0–255. */
function roundedBytes(): Code {
  return [
    ...[...int(1 << (FIXED_POINT_BITS - 1)), ...splat, ...addVectors, ...int(FIXED_POINT_BITS), ...shiftRight],
    ...[...set(HIGH), ...get(HIGH), ...get(HIGH), ...narrowToShorts],
    ...[...set(HIGH), ...get(HIGH), ...get(HIGH), ...narrowToBytes],
  ];
}

function advance(local: number, step: Code): Code {
  return [...get(local), ...step, ...add, ...set(local)];
}
