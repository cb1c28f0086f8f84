/** NumPy's .npy format: float32, float64 and float16 in, float32 out; C order. Source: numpy/lib/format (NEP 1), versions 1-3. */
import { DataError } from '../../core/errors.ts';
import { halfToFloat32 } from './half.ts';

export type NpyDtype = 'float16' | 'float32' | 'float64';

export interface NpyHeader {
  readonly shape: readonly number[];
  readonly dtype: NpyDtype;
  /** Offset of the first value in bytes. */
  readonly dataOffset: number;
  /** Bytes of the values. */
  readonly dataLength: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const DESCRIPTIONS: Readonly<Record<NpyDtype, string>> = { float16: '<f2', float32: '<f4', float64: '<f8' };
const BYTES: Readonly<Record<NpyDtype, number>> = { float16: 2, float32: 4, float64: 8 };
/** Values start at a multiple of this, so that a mapped file is aligned for any instruction set. */
const ALIGNMENT = 64;

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Header of version 1.0 (2.0 where it is longer than 64 KiB), padded so that the values start at a multiple of 64. */
export function encodeNpyHeader(shape: readonly number[], dtype: NpyDtype = 'float32'): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = text.length < 65000 ? 10 : 12;
  const total = Math.ceil((prefix + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(total).fill(0x20);
  bytes.set(MAGIC);
  bytes.set([prefix === 10 ? 1 : 2, 0], 6);
  const view = new DataView(bytes.buffer);
  if (prefix === 10) view.setUint16(8, total - prefix, true);
  else view.setUint32(8, total - prefix, true);
  for (let i = 0; i < text.length; i++) bytes[prefix + i] = text.charCodeAt(i);
  bytes[total - 1] = 0x0a;
  return bytes;
}

/**
 * A whole .npy file of float32 values in C order.
 * @throws RangeError where the shape does not hold `data.length` values
 */
export function encodeNpy(data: Float32Array, shape: readonly number[]): Uint8Array {
  if (elements(shape) !== data.length) {
    throw new RangeError(`npy: shape [${shape}] holds ${elements(shape)} values, got ${data.length}`);
  }
  const header = encodeNpyHeader(shape, 'float32');
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return bytes;
}

function parseDictionary(text: string): { description: string; fortranOrder: boolean; shape: number[] } {
  const description = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[))/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d\sL,]*)\)/.exec(text);
  if (!description || !order || !shape) {
    throw new DataError('npy: header, expected a dictionary of descr, fortran_order and shape, got something else');
  }
  const sizes = shape[1]!.split(',').map((size) => size.replace(/[\sL]/g, ''));
  return {
    description: description[1] ?? 'a structured type',
    fortranOrder: order[1] === 'True',
    shape: sizes.filter((size) => size !== '').map(Number),
  };
}

function headerExtent(bytes: Uint8Array): { start: number; end: number } {
  const isNpy = bytes.length >= 12 && MAGIC.every((byte, i) => bytes[i] === byte);
  if (!isNpy) {
    throw new DataError(
      'npy: magic bytes, expected \\x93NUMPY, got another or a truncated file',
      'write it with numpy.save',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw new DataError(`npy: format version, expected 1, 2 or 3, got ${version}`);
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) throw new DataError(`npy: header, expected ${end} bytes, got ${bytes.length}: truncated`);
  return { start, end };
}

/** Reads the header alone; `bytes` may hold the beginning of the file only. @throws DataError */
export function decodeNpyHeader(bytes: Uint8Array): NpyHeader {
  const { start, end } = headerExtent(bytes);
  const { description, fortranOrder, shape } = parseDictionary(
    new TextDecoder('latin1').decode(bytes.subarray(start, end)),
  );
  const dtype = (Object.keys(DESCRIPTIONS) as NpyDtype[]).find((name) => DESCRIPTIONS[name] === description);
  if (!dtype) {
    const hint = 'convert it with array.astype("float32")';
    throw new DataError(`npy: element type, expected <f2, <f4 or <f8, got ${description}`, hint);
  }
  if (fortranOrder && shape.filter((size) => size > 1).length > 1) {
    throw new DataError('npy: order, expected C order, got Fortran order', 'convert it with numpy.ascontiguousarray');
  }
  return { shape, dtype, dataOffset: end, dataLength: elements(shape) * BYTES[dtype] };
}

/**
 * A whole .npy file. float32 values that lie aligned in `bytes` are a view of it, others a copy.
 * @throws DataError for another format, element type or order, and where the file is shorter or longer than its shape
 */
export function decodeNpy(bytes: Uint8Array): { readonly shape: number[]; readonly data: Float32Array } {
  const { shape, dtype, dataOffset, dataLength } = decodeNpyHeader(bytes);
  const got = bytes.length - dataOffset;
  if (got !== dataLength) {
    throw new DataError(`npy: values, expected ${dataLength} bytes for shape [${shape}] of ${dtype}, got ${got}`);
  }
  const from = bytes.byteOffset + dataOffset;
  const count = elements(shape);
  if (dtype === 'float32' && from % 4 === 0) {
    return { shape: [...shape], data: new Float32Array(bytes.buffer, from, count) };
  }
  const values = bytes.slice(dataOffset).buffer;
  if (dtype === 'float32') return { shape: [...shape], data: new Float32Array(values) };
  if (dtype === 'float64') return { shape: [...shape], data: Float32Array.from(new Float64Array(values)) };
  return { shape: [...shape], data: halfToFloat32(new Uint16Array(values)) };
}
