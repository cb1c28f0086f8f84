/** A small made-up film as a PNG data URI. */
import { deflateSync } from 'node:zlib';
import { rng } from '../../src/core/rng.ts';

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function chunk(type: string, body: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length, 0);
  ends.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([ends.subarray(0, 4), content, ends.subarray(4)]);
}

/** A grey picture with two dark fields, as a PNG data URI. */
export function film(name: string, side = 96): string {
  const random = rng(1, 'film', name);
  const tilt = random.next() * 0.2;
  const rows = Buffer.alloc(side * (side + 1));
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const lung = (cx: number) => Math.exp(-(((x / side - cx) / 0.14) ** 2) - ((y / side - 0.45 - tilt) / 0.28) ** 2);
      const heart = Math.exp(-(((x / side - 0.55) / 0.13) ** 2) - ((y / side - 0.62) / 0.16) ** 2);
      const value = 150 - 110 * (lung(0.3) + lung(0.72)) + 60 * heart + 14 * random.normal();
      rows[y * (side + 1) + x + 1] = Math.max(0, Math.min(255, value));
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 8;
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  const bytes = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
  return `data:image/png;base64,${bytes.toString('base64')}`;
}
