/** CRC-32 as ZIP uses it: the runtime's own where it has one (Node 20.15), else four bytes at a time. Source: PKWARE APPNOTE 4.4.7, ISO 3309 (polynomial 0xEDB88320). */
import * as zlib from 'node:zlib';

const TABLES = makeTables();

function makeTables(): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const first = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let value = n;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    first[n] = value;
  }
  const following = (table: Uint32Array) => table.map((value) => (value >>> 8) ^ first[value & 0xff]!);
  const second = following(first);
  const third = following(second);
  return [first, second, third, following(third)];
}

/**
 * Checksum of all bytes, as an unsigned 32-bit number.
 * @param before checksum of the bytes before these, where they come in parts
 */
export function crc32ByTable(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3] = TABLES;
  let crc = ~before;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = t3[crc & 0xff]! ^ t2[(crc >>> 8) & 0xff]! ^ t1[(crc >>> 16) & 0xff]! ^ t0[crc >>> 24]!;
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}

const native = (zlib as { readonly crc32?: (bytes: Uint8Array, before?: number) => number }).crc32;

/** As `crc32ByTable`, several times faster where the runtime has it. */
export const crc32: (bytes: Uint8Array, before?: number) => number = native ?? crc32ByTable;
