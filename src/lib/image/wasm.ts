/** Just enough of an assembler for one WebAssembly function with 128-bit vectors. Source: WebAssembly specification 2.0. */

type Code = readonly number[];

function unsigned(value: number): number[] {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}

const vector = (opcode: number, ...immediates: number[]): Code => [0xfd, ...unsigned(opcode), ...immediates];
/** Alignment hint 1 byte, offset in bytes. */
const memory = (offset: number): number[] => [0, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const int = (value: number): Code => [0x41, ...signed(value)];
export const add: Code = [0x6a];
export const lessThan: Code = [0x49];
export const loadInt: Code = [0x28, ...memory(0)];
/** Repeats `body` while the condition that it leaves on the stack holds. */
export const repeat = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0d, 0, 0x0b];

export const loadVector = (offset: number): Code => vector(0x00, ...memory(offset));
/** Eight bytes widened to eight 16-bit integers. */
export const loadBytes: Code = vector(0x02, ...memory(0));
export const zeroVector: Code = vector(0x0c, ...new Array<number>(16).fill(0));
/** Four 32-bit lanes chosen from two vectors, lanes 0–3 and 4–7. */
export const lanes = (...chosen: readonly number[]): Code =>
  vector(0x0d, ...chosen.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)));
export const splat: Code = vector(0x11);
export const storeFirstLane: Code = vector(0x5a, ...memory(0), 0);
export const narrowToBytes: Code = vector(0x66);
export const narrowToShorts: Code = vector(0x85);
export const shiftLeft: Code = vector(0xab);
export const shiftRight: Code = vector(0xac);
export const addVectors: Code = vector(0xae);
/** Products of 16-bit lanes, summed in pairs to four 32-bit lanes. */
export const dot: Code = vector(0xba);

export interface FunctionBody {
  /** Number of 32-bit integer parameters; their locals come first. */
  readonly parameters: number;
  /** Further 32-bit integer locals, then vector locals. */
  readonly integers: number;
  readonly vectors: number;
  readonly code: readonly Code[];
}

const INT32 = 0x7f;
const VECTOR128 = 0x7b;

/** A module that imports the memory `m.m` and exports the function as `f`. */
export function moduleOf(body: FunctionBody): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: Code) => [id, ...unsigned(content.length), ...content];
  const parameters = new Array<number>(body.parameters).fill(INT32);
  const locals = [2, ...unsigned(body.integers), INT32, ...unsigned(body.vectors), VECTOR128];
  const code = [...locals, ...body.code.flat(), 0x0b];
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...unsigned(parameters.length), ...parameters, 0]),
    ...section(2, [1, ...name('m'), ...name('m'), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('f'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}
