// safetensors headers: what the reference library accepts and refuses, and where this reader is deliberately of another mind.
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { openSafetensors } from '../../../src/lib/checkpoint/safetensors.ts';
import { goldenJson } from './described.ts';
import { fileOf } from './fixtures.ts';

interface Verdict {
  readonly file: string;
  /** Null where the reference refuses. */
  readonly keys: string[] | null;
}

const { headers } = goldenJson<{ headers: Record<string, Verdict> }>('containers.json');

/** A repeated name hides a tensor; a member that the format does not know may change the meaning of the others. */
const STRICTER = new Set(['tensor name twice', 'another member']);
/** A type from the future is listed under `others`: only a model that needs that tensor cannot use the file. */
const LENIENT = new Set(['unknown type', 'type in lower case']);

function open(bytes: Uint8Array) {
  return openSafetensors(fileOf(bytes), 'x.safetensors');
}

const bytesOf = (name: string) => new Uint8Array(Buffer.from(headers[name]!.file, 'base64'));

describe('headers', () => {
  test.each(Object.keys(headers))('%s', (name) => {
    const accepted = LENIENT.has(name) || (headers[name]!.keys !== null && !STRICTER.has(name));
    if (!accepted) {
      expect(() => open(bytesOf(name))).toThrow(ModelError);
      return;
    }
    const { tensors, others } = open(bytesOf(name));
    const names = [...tensors.map((tensor) => tensor.name), ...others.keys()].sort();
    expect(names).toEqual(headers[name]!.keys ?? ['a']);
    for (const tensor of tensors) expect([...tensor.read()].every((value) => value === 0)).toBe(true);
  });

  test('the reference disagrees exactly where this file says', () => {
    expect([...STRICTER].map((name) => headers[name]!.keys)).toEqual([['a'], ['a']]);
    expect([...LENIENT].map((name) => headers[name]!.keys)).toEqual([null, null]);
  });
});

test.each<[string, string]>([
  ['hole', 'expected its data from byte 4, got 8 to 12'],
  ['overlap', 'expected its data from byte 4, got 0 to 4'],
  ['data cut', 'expected 8 bytes of data, got 7'],
  ['size of another shape', 'expected the bytes of F32 [3], got 8'],
  ['tensor name twice', 'each key once, got a twice'],
  ['length of 2^63', 'got 9223372036854775808'],
  ['seven bytes', 'got no length'],
  ['no UTF-8', 'expected UTF-8'],
])('the error of "%s" says what is wrong', (name, message) => {
  expect(() => open(bytesOf(name))).toThrow(message);
});

test('a header of many nested lists takes no time', () => {
  const header = new TextEncoder().encode(`{"a":${'['.repeat(4 << 20)}`);
  const file = new Uint8Array(8 + header.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  const start = process.cpuUsage();
  expect(() => open(file)).toThrow('expected {');
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(500);
});

test('more names than any model has', () => {
  const members = Array.from({ length: 100_001 }, (_, i) => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`);
  const header = new TextEncoder().encode(`{${members.join()}}`);
  const file = new Uint8Array(8 + header.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  expect(() => open(file)).toThrow('at most 100000 tensors');
});
