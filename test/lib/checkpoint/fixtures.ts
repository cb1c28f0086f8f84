// Checkpoint files for tests: bytes as a random-access file, a small ZIP writer, and hand-made pickles.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomAccess } from '../../../src/core/context.ts';
import { DataError } from '../../../src/core/errors.ts';
import { crc32 } from '../../../src/lib/checkpoint/crc32.ts';

// Tests and benchmarks run in the repository's root, the latter from compiled files elsewhere.
const folder = join(process.cwd(), 'test', 'golden', 'checkpoint');

export function goldenBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
}

/** Bytes as a file; reading beyond them is the error that the real file gives. */
export function fileOf(bytes: Uint8Array): RandomAccess {
  const read = (offset: number, length: number) => {
    if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) throw new DataError('file is too short');
    return bytes.slice(offset, offset + length);
  };
  return { size: bytes.length, read, close: () => {} };
}

export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  /** Sizes as declared, where they should lie. */
  readonly size?: number;
  readonly compressedSize?: number;
  readonly crc?: number;
  /** Place of the local header as declared. */
  readonly offset?: number;
}

function little(...fields: readonly (readonly [bytes: number, value: number | bigint])[]): Uint8Array {
  const bytes = fields.flatMap(([length, value]) => {
    return Array.from({ length }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
  });
  return Uint8Array.from(bytes);
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** An archive of members whose data is already packed. With `zip64`, sizes and places stand in the 64-bit fields. */
export function zipOf(members: readonly ZipMember[], { zip64 = false } = {}): Uint8Array {
  const local: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let position = 0;
  for (const member of members) {
    const name = new TextEncoder().encode(member.name);
    const [size, packed] = [member.size ?? member.data.length, member.compressedSize ?? member.data.length];
    const [method, flags, crc] = [member.method ?? 0, member.flags ?? 0, member.crc ?? crc32(member.data)];
    const at = member.offset ?? position;
    const wide = zip64 ? little([2, 1], [2, 24], [8, size], [8, packed], [8, at]) : new Uint8Array();
    const narrow = (value: number) => (zip64 ? 0xffffffff : value);
    const header = joined(
      little(
        [4, 0x04034b50],
        [2, 20],
        [2, flags],
        [2, method],
        [4, 0],
        [4, crc],
        [4, packed],
        [4, size],
        [2, name.length],
        [2, 0],
      ),
      name,
    );
    local.push(header, member.data);
    central.push(
      little(
        [4, 0x02014b50],
        [2, 20],
        [2, 20],
        [2, flags],
        [2, method],
        [4, 0],
        [4, crc],
        [4, narrow(packed)],
        [4, narrow(size)],
      ),
      little([2, name.length], [2, wide.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, narrow(at)]),
      name,
      wide,
    );
    position += header.length + member.data.length;
  }
  return joined(...local, endOf(joined(...central), { position, count: members.length, zip64 }));
}

function endOf(
  directory: Uint8Array,
  { position, count, zip64 }: { position: number; count: number; zip64: boolean },
): Uint8Array {
  const end = (field: number, size: number, offset: number) => {
    return little([4, 0x06054b50], [4, 0], [2, field], [2, field], [4, size], [4, offset], [2, 0]);
  };
  if (!zip64) return joined(directory, end(count, directory.length, position));
  const record = little(
    [4, 0x06064b50],
    [8, 44],
    [4, 0x2d002d],
    [8, 0],
    [8, count],
    [8, count],
    [8, directory.length],
    [8, position],
  );
  const locator = little([4, 0x07064b50], [4, 0], [8, position + directory.length], [4, 1]);
  return joined(directory, record, locator, end(0xffff, 0xffffffff, 0xffffffff));
}

/** A checkpoint around a pickle, with storages by key. */
export function checkpointOf(pickle: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const data = Object.entries(storages).map(([key, bytes]) => ({ name: `archive/data/${key}`, data: bytes }));
  return zipOf([{ name: 'archive/data.pkl', data: pickle }, ...data]);
}

/** Pickle protocol 2 from opcodes: strings are ASCII, numbers bytes. */
export function pickleOf(...parts: readonly (string | readonly number[])[]): Uint8Array {
  const body = parts.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : Uint8Array.from(part)));
  return joined(Uint8Array.of(0x80, 2), ...body, Uint8Array.of(0x2e));
}
