/** Separable filtering of one 8-bit plane with fixed-point weights. */
import type { FilterBank } from './filter-bank.ts';
import { assembleFilterRows, GROUP_BYTES, LOW_BITS, TAPS } from './filter-rows-wasm.ts';

/** The part of the standard WebAssembly interface that is used here; the compiler's libraries know it for browsers only. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly f: FilterRows } };
};
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
type FilterRows = (...pointersAndSizes: readonly number[]) => void;

/** Weights as the vector code reads them. */
export interface PackedBank {
  readonly outputs: number;
  /** Groups of eight weights per output, the last filled up with zeros. */
  readonly groups: number;
  readonly start: Int32Array;
  /** Per output and group: eight high halves, eight low halves. */
  readonly halves: Int16Array;
}

export function packBank(bank: FilterBank<Int32Array>): PackedBank {
  const outputs = bank.start.length;
  const groups = Math.ceil(bank.count.reduce((most, count) => Math.max(most, count), 1) / TAPS);
  const halves = new Int16Array(outputs * groups * 2 * TAPS);
  for (let i = 0; i < outputs; i++) {
    for (let j = 0; j < bank.count[i]!; j++) {
      const weight = bank.weights[i * bank.stride + j]!;
      const at = (i * groups + Math.floor(j / TAPS)) * 2 * TAPS + (j % TAPS);
      halves[at] = weight >> LOW_BITS;
      halves[at + TAPS] = weight & ((1 << LOW_BITS) - 1);
    }
  }
  return { outputs, groups, start: bank.start, halves };
}

/** Rows are filtered four together. */
const TOGETHER = 4;
/** Rows copied in at a time, so that they stay in the cache. */
const STRIP = 64;
const PAGE = 65536;
/** Vectors may be read, times zero, beyond the last sample. */
const SLACK = 256;

interface Machine {
  readonly memory: WasmMemory;
  readonly filterRows: FilterRows;
}
let machine: Machine | undefined;

/** The compiled module and its scratch memory, made at first use and kept. */
function theMachine(): Machine {
  if (machine === undefined) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleFilterRows()), { m: { m: memory } });
    machine = { memory, filterRows: exports.f };
  }
  return machine;
}

export interface Banks {
  readonly across: PackedBank;
  readonly down: PackedBank;
}

/** Places in the scratch memory, in bytes. */
function layout(width: number, height: number, { across, down }: Banks) {
  let end = 0;
  const place = (bytes: number) => {
    const at = end;
    end += Math.ceil((bytes + SLACK) / 16) * 16;
    return at;
  };
  const columnStride = roundUp(height);
  const rowStride = roundUp(across.outputs);
  return {
    columnStride,
    rowStride,
    strip: place(STRIP * width),
    columns: place(rowStride * columnStride),
    result: place(down.outputs * rowStride),
    acrossStart: place(across.start.byteLength),
    acrossHalves: place(across.halves.byteLength),
    downStart: place(down.start.byteLength),
    downHalves: place(down.halves.byteLength),
    bytes: end,
  };
}

function roundUp(rows: number): number {
  return Math.ceil(rows / TOGETHER) * TOGETHER;
}

/**
 * Filters the rows of a plane [height, width] with `across`, rounds to 8 bits, and filters the columns with `down`.
 * @returns [down.outputs, across.outputs], each sample clipped to 0–255.
 */
export function filterPlane(data: Uint8Array, width: number, banks: Banks): Uint8Array {
  const { across, down } = banks;
  const height = data.length / width;
  const { memory, filterRows } = theMachine();
  const at = layout(width, height, banks);
  const missing = Math.ceil(at.bytes / PAGE) - memory.buffer.byteLength / PAGE;
  if (missing > 0) memory.grow(missing);
  const bytes = new Uint8Array(memory.buffer);
  const upload = (samples: Int32Array | Int16Array, to: number) =>
    bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), to);
  upload(across.start, at.acrossStart);
  upload(across.halves, at.acrossHalves);
  upload(down.start, at.downStart);
  upload(down.halves, at.downHalves);
  const rest = (bank: PackedBank, start: number, halves: number) =>
    [start, start + 4 * bank.outputs, bank.groups * GROUP_BYTES, halves] as const;
  for (let row = 0; row < height; row += STRIP) {
    const rows = Math.min(STRIP, height - row);
    bytes.set(data.subarray(row * width, (row + rows) * width), at.strip);
    const end = at.strip + roundUp(rows) * width;
    const columns = at.columns + row;
    filterRows(at.strip, width, end, ...rest(across, at.acrossStart, at.acrossHalves), columns, at.columnStride);
  }
  const end = at.columns + at.rowStride * at.columnStride;
  filterRows(at.columns, at.columnStride, end, ...rest(down, at.downStart, at.downHalves), at.result, at.rowStride);
  return unpadded(bytes.subarray(at.result, at.result + down.outputs * at.rowStride), at.rowStride, across.outputs);
}

/** Drops the samples that fill up each row from `width` to `stride`. */
function unpadded(padded: Uint8Array, stride: number, width: number): Uint8Array {
  const height = padded.length / stride;
  const result = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) result.set(padded.subarray(y * stride, y * stride + width), y * width);
  return result;
}
