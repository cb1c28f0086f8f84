// ZIP archives: what must be read (ZIP64, deflate, empty members) and hostile or damaged ones that must be refused.
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { crc32, crc32ByTable } from '../../../src/lib/checkpoint/crc32.ts';
import { entryBytes, openZip, readEntry } from '../../../src/lib/checkpoint/zip.ts';
import { fileOf, type ZipMember, zipOf } from './fixtures.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
const open = (archive: Uint8Array) => openZip(fileOf(archive), 'x.pt');

function contents(archive: Uint8Array): string[] {
  const opened = open(archive);
  return [...opened.entries.values()].map((entry) => text(readEntry(opened, entry)));
}

function deflated(name: string, content: Uint8Array, more: Partial<ZipMember> = {}): ZipMember {
  return { name, data: deflateRawSync(content), method: 8, size: content.length, crc: crc32(content), ...more };
}

describe.each([
  ['of the runtime, where it has one', crc32],
  ['by table', crc32ByTable],
])('crc32 %s', (_, crc32) => {
  test('check value of the standard, and every length modulo 4', () => {
    expect(crc32(bytes('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
    expect([1, 2, 3].map((length) => crc32(bytes('abc').subarray(0, length)))).toEqual([
      0xe8b7be43, 0x9e83486d, 0x352441c2,
    ]);
  });

  test('in parts', () => {
    expect(crc32(bytes('6789'), crc32(bytes('12345')))).toBe(0xcbf43926);
  });
});

describe('reads', () => {
  const members = [
    { name: 'a/b', data: bytes('stored') },
    deflated('a/c', bytes('deflated '.repeat(9))),
    { name: 'a/empty', data: new Uint8Array() },
  ];
  const wanted = ['stored', 'deflated '.repeat(9), ''];

  test('stored, deflated and empty entries', () => expect(contents(zipOf(members))).toEqual(wanted));

  test('ZIP64 sizes and places', () => expect(contents(zipOf(members, { zip64: true }))).toEqual(wanted));

  test('an archive without entries, and one with a comment', () => {
    expect(contents(zipOf([]))).toEqual([]);
    const commented = new Uint8Array([...zipOf(members), ...bytes('note')]);
    commented[commented.length - 4 - 2] = 4;
    expect(contents(commented)).toEqual(wanted);
  });

  test('a part of an entry', () => {
    const opened = open(zipOf(members));
    const part = (name: string, offset: number, length: number) =>
      text(entryBytes(opened, opened.entries.get(name)!).open()(offset, length));
    expect(part('a/b', 2, 3)).toBe('ore');
    expect(part('a/c', 9, 8)).toBe('deflated');
    expect(() => part('a/b', 4, 3)).toThrow('expected 7 bytes, got 6');
  });
});

describe('refuses', () => {
  const big = new Uint8Array(3 << 20);
  const cases: readonly [string, () => Uint8Array, string][] = [
    ['a name that climbs', () => zipOf([{ name: 'a/../../etc/passwd', data: bytes('x') }]), 'leaves it'],
    ['an absolute name', () => zipOf([{ name: '/etc/passwd', data: bytes('x') }]), 'leaves it'],
    ['a drive letter', () => zipOf([{ name: 'C:windows', data: bytes('x') }]), 'leaves it'],
    ['a backslash', () => zipOf([{ name: '..\\x', data: bytes('x') }]), 'leaves it'],
    ['a NUL in a name', () => zipOf([{ name: 'a\0b', data: bytes('x') }]), 'leaves it'],
    [
      'two entries of one name',
      () =>
        zipOf([
          { name: 'a', data: bytes('x') },
          { name: 'a', data: bytes('y') },
        ]),
      'got two',
    ],
    ['an encrypted entry', () => zipOf([{ name: 'a', data: bytes('x'), flags: 1 }]), 'encrypted'],
    ['another compression method', () => zipOf([{ name: 'a', data: bytes('x'), method: 14 }]), 'method 14'],
    ['a bomb by ratio', () => zipOf([deflated('a', big)]), 'in proportion'],
    [
      'a bomb in many entries',
      () => zipOf(Array.from({ length: 40 }, (_, i) => deflated(`a${i}`, new Uint8Array(60_000)))),
      'in proportion',
    ],
    [
      'a declared size of 4 GiB',
      () => zipOf([{ name: 'a', data: bytes('x'), size: 2 ** 32 }], { zip64: true }),
      'in proportion',
    ],
    [
      'entries that share their data',
      () =>
        zipOf([
          { name: 'a', data: bytes('xxxx') },
          { name: 'b', data: bytes('yyyy'), offset: 0 },
        ]),
      'overlaps',
    ],
    ['an entry beyond the directory', () => zipOf([{ name: 'a', data: bytes('x'), offset: 5000 }]), 'overlaps'],
    [
      'a place beyond 2^53',
      () => zipOf([{ name: 'a', data: bytes('x'), offset: 2 ** 60 }], { zip64: true }),
      'overlaps',
    ],
    ['stored data of two sizes', () => zipOf([{ name: 'a', data: bytes('xy'), size: 1 }]), 'equal sizes'],
    ['no archive', () => bytes('PK\x03\x04 but then nothing else'), 'central directory'],
    ['an empty file', () => new Uint8Array(), 'central directory'],
  ];

  test.each(cases)('%s', (_, archive, message) => {
    expect(() => open(archive())).toThrow(ModelError);
    expect(() => open(archive())).toThrow(message);
  });

  test.each<[string, ZipMember, string]>([
    ['a wrong checksum', { name: 'a', data: bytes('x'), crc: 1 }, 'checksum of entry a'],
    [
      'deflated data longer than declared',
      deflated('a', bytes('longer than that'), { size: 3 }),
      'deflated data of 3 bytes',
    ],
    ['deflated data shorter than declared', deflated('a', bytes('short'), { size: 30 }), 'deflated data of 30 bytes'],
    ['data that is not deflated', { name: 'a', data: bytes('plain'), method: 8 }, 'deflated data'],
    ['a place that holds no header', { name: 'a', data: bytes('xxxxxxxx'), offset: 2 }, 'overlaps'],
  ])('%s', (_, member, message) => {
    expect(() => contents(zipOf([member]))).toThrow(message);
  });

  test('a local header that hides data behind a longer name', () => {
    const archive = zipOf([{ name: 'a', data: bytes('x') }]);
    archive[26] = 200;
    expect(() => contents(archive)).toThrow('before the next entry');
  });

  test('control characters of a name do not reach the message', () => {
    expect(() => open(zipOf([{ name: '/\u001b[2J', data: bytes('x') }]))).toThrow('entry /?[2J');
  });
});
