/** .npy files: NumPy's own files are read, ours are read by the same code, and what is wrong is said. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../../src/core/errors.ts';
import { decodeNpy, decodeNpyHeader, encodeNpy, encodeNpyHeader } from '../../../src/lib/tensor/npy.ts';

interface NpyCase {
  name: string;
  base64: string;
  shape: number[];
  values: (number | string | null)[];
}

const golden = JSON.parse(readFileSync(new URL('../../golden/tensor/npy.json', import.meta.url), 'utf8'));
const expected = (value: number | string | null) =>
  value === null ? Number.NaN : value === 'inf' ? Infinity : value === '-inf' ? -Infinity : (value as number);

describe('files that NumPy wrote', () => {
  test.each(golden.cases as NpyCase[])('$name', ({ base64, shape, values }) => {
    const decoded = decodeNpy(new Uint8Array(Buffer.from(base64, 'base64')));
    expect(decoded.shape).toEqual(shape);
    expect([...decoded.data]).toEqual(values.map(expected));
  });

  test('our bytes are those of numpy.save', () => {
    const first = (golden.cases as NpyCase[])[0]!;
    const bytes = encodeNpy(Float32Array.from(first.values as number[]), first.shape);
    expect(Buffer.from(bytes).toString('base64')).toBe(first.base64);
  });
});

describe('writing', () => {
  test.each([[[]], [[1]], [[7]], [[0, 3]], [[2, 3, 4]]] as number[][][])('shape %j comes back', (shape) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 3);
    const bytes = encodeNpy(data, shape);
    expect(decodeNpyHeader(bytes).dataOffset % 64).toBe(0);
    expect(decodeNpy(bytes)).toEqual({ shape, data });
  });

  test('an unaligned buffer is copied, not refused', () => {
    const bytes = encodeNpy(new Float32Array([1, 2, 3]), [3]);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect([...decodeNpy(shifted.subarray(1)).data]).toEqual([1, 2, 3]);
  });

  test('a shape that does not fit is a bug', () => {
    expect(() => encodeNpy(new Float32Array(5), [2, 3])).toThrow(RangeError);
  });
});

describe('what is wrong is said', () => {
  const good = encodeNpy(new Float32Array(6), [2, 3]);
  const withDictionary = (from: string, to: string) => {
    const text = Buffer.from(good).toString('latin1').replace(from, to);
    return new Uint8Array(Buffer.from(text, 'latin1'));
  };
  test.each([
    ['no npy', new Uint8Array(100), /magic bytes/],
    ['zero bytes', new Uint8Array(0), /magic bytes/],
    ['truncated header', good.subarray(0, 40), /header.*truncated/],
    ['truncated values', good.subarray(0, good.length - 1), /expected 24 bytes for shape \[2,3\] of float32, got 23/],
    ['trailing bytes', new Uint8Array([...good, 0]), /got 25/],
    ['integers', withDictionary('<f4', '<i8'), /element type.*<i8/],
    ['big endian', withDictionary('<f4', '>f4'), /element type.*>f4/],
    ['Fortran order', withDictionary('False', 'True '), /Fortran order/],
    ['no dictionary', withDictionary('descr', 'other'), /dictionary/],
    ['version 9', new Uint8Array([...good.subarray(0, 6), 9, ...good.subarray(7)]), /version.*got 9/],
  ] as [string, Uint8Array, RegExp][])('%s', (_, bytes, message) => {
    expect(() => decodeNpy(bytes)).toThrow(DataError);
    expect(() => decodeNpy(bytes)).toThrow(message);
  });

  test('a header alone is read from the beginning of a file', () => {
    const header = encodeNpyHeader([1000, 512], 'float32');
    expect(decodeNpyHeader(header)).toMatchObject({ shape: [1000, 512], dtype: 'float32', dataLength: 2048000 });
  });
});
