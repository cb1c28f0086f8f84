/** Decoding against cv2.imread (scripts/reference/decode_golden.py), and files that cannot be decoded. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/digest.ts';
import { DataError } from '../../src/core/errors.ts';
import { rng } from '../../src/core/rng.ts';
import { decode, readPicture, thumbnail } from '../../src/engine/decode.ts';

const golden = fileURLToPath(new URL('../golden/image/decode/', import.meta.url));
const expected: Record<string, { width: number; height: number; equalChannels: boolean; sha256: string }> = JSON.parse(
  readFileSync(join(golden, 'expected.json'), 'utf8'),
).files;

test.each(Object.entries(expected))('%s reads as cv2.imread reads it', async (name, reference) => {
  const pixels = await decode(readFileSync(join(golden, name)), name);
  expect([pixels.width, pixels.height]).toEqual([reference.width, reference.height]);
  const colour = pixels.channels === 3 ? pixels.data : Buffer.concat([pixels.data, pixels.data, pixels.data]);
  expect(sha256(colour)).toBe(reference.sha256);
});

test('a grey file is one channel, a colour file three', async () => {
  const channels = async (name: string) => (await decode(readFileSync(join(golden, name)), name)).channels;
  expect(await channels('grey16.png')).toBe(1);
  expect(await channels('grey.jpg')).toBe(1);
  expect(await channels('palette.png')).toBe(3);
});

describe('files that cannot be decoded', () => {
  let folder: string;
  const noisy = {
    create: {
      width: 300,
      height: 300,
      channels: 3,
      background: '#777',
      noise: { type: 'gaussian', mean: 120, sigma: 40 },
    },
  } as const;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'decode-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function attempt(name: string, bytes: Uint8Array): Promise<Error> {
    writeFileSync(join(folder, name), bytes);
    const work = readPicture(join(folder, name)).then((read) => decode(read, name));
    return await work.then(
      () => new Error('was decoded'),
      (error: Error) => error,
    );
  }

  function oneLine(error: Error, name: string, pattern: RegExp): void {
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(pattern);
    expect(error.message).toContain(`(${name})`);
    expect(error.message).not.toContain('\n');
    expect(error.message).not.toContain(folder);
  }

  test.each([0.1, 0.5, 0.9, 0.99])('JPEG cut after %s of its bytes', async (share) => {
    const bytes = await sharp(noisy).jpeg().toBuffer();
    oneLine(await attempt('cut.jpg', bytes.subarray(0, bytes.length * share)), 'cut.jpg', /cannot be decoded/);
  });
  test.each([0.1, 0.5, 0.9, 0.99])('PNG cut after %s of its bytes', async (share) => {
    const bytes = await sharp(noisy).png().toBuffer();
    oneLine(await attempt('cut.png', bytes.subarray(0, bytes.length * share)), 'cut.png', /cannot be decoded/);
  });
  test('PNG with flipped bytes inside', async () => {
    const bytes = await sharp(noisy).png().toBuffer();
    bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 64);
    oneLine(await attempt('flipped.png', bytes), 'flipped.png', /cannot be decoded/);
  });
  test('random damage is refused or decoded, never anything else', async () => {
    const { integer } = rng(11, 'decode-damage');
    const sources = [await sharp(noisy).jpeg().toBuffer(), await sharp(noisy).png().toBuffer()];
    for (let trial = 0; trial < 60; trial++) {
      const bytes = Uint8Array.from(sources[trial % 2]!);
      for (let flip = 0; flip < 5; flip++) bytes[integer(trial < 30 ? 200 : bytes.length)] = integer(256);
      const outcome = await decode(bytes, 'damaged').catch((error: Error) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(DataError);
      else expect(outcome.data.length).toBe(outcome.width * outcome.height * outcome.channels);
    }
  });
  test('empty file', async () => oneLine(await attempt('zero.png', new Uint8Array()), 'zero.png', /is empty/));
  test('text under a picture name', async () => {
    oneLine(await attempt('note.png', Buffer.from('not a picture at all')), 'note.png', /cannot be decoded/);
  });
  test('a drawing is not a picture', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    );
    oneLine(await attempt('drawing.svg', svg), 'drawing.svg', /unsupported picture/);
  });
  test('CMYK', async () => {
    const bytes = await sharp(noisy).toColourspace('cmyk').jpeg().toBuffer();
    oneLine(await attempt('ink.jpg', bytes), 'ink.jpg', /unsupported samples.*cmyk/);
  });
  test('a header that promises 10 thousand million pixels', async () => {
    oneLine(await attempt('bomb.png', hugePng(100_000, 100_000)), 'bomb.png', /too large/);
  });
  test('missing', async () => {
    const error = await readPicture(join(folder, 'absent.png')).catch((reason: Error) => reason);
    oneLine(error as Error, 'absent.png', /is missing/);
  });
  test('a folder', async () => {
    const error = await readPicture(folder).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(/EISDIR/);
  });
});

test('a thumbnail fits its side and stays upright', async () => {
  const small = await sharp(await thumbnail(join(golden, 'turned-6.jpg'), 32)).metadata();
  expect([small.format, small.width, small.height]).toEqual(['webp', 24, 32]);
});

/** A PNG whose header claims a size that its data does not hold. */
function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** Source: PNG specification, annex D. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
