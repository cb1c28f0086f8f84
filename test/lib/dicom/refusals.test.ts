/** Files that cannot be pictures: one line each, the transfer syntax named, nothing allocated for impossible sizes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { RandomAccess } from '../../../src/core/context.ts';
import { DataError } from '../../../src/core/errors.ts';
import { decode } from '../../../src/engine/decode.ts';
import { isDicom } from '../../../src/lib/dicom/dataset.ts';
import { readDicomHeader } from '../../../src/lib/dicom/header.ts';

const folder = fileURLToPath(new URL('../../golden/dicom/', import.meta.url));
const golden = (name: string) => new Uint8Array(readFileSync(`${folder}${name}.dcm`));

/** Offset of the value of an explicit little-endian element with a 16-bit length. */
function valueOffset(bytes: Uint8Array, group: number, element: number): number {
  const tag = Uint8Array.of(group & 255, group >> 8, element & 255, element >> 8);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(tag, 132) + 8;
}

function withWord(name: string, [group, element]: readonly [number, number], word: number): Uint8Array {
  const bytes = golden(name);
  bytes.set([word & 255, word >> 8], valueOffset(bytes, group, element));
  return bytes;
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await decode(bytes).then(
    () => new Error('was decoded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).not.toMatch(/\n|SECRET|Secret/);
  return message;
}

const ROWS = [0x28, 0x10] as const;
const COLUMNS = [0x28, 0x11] as const;

test('a bomb of rows and columns', async () => {
  const bytes = withWord('unsigned12', ROWS, 65535);
  bytes.set([255, 255], valueOffset(bytes, ...COLUMNS));
  expect(await refusal(bytes)).toMatch(/too large, expected at most 120 million pixels, got 65535 x 65535/);
});

test.each([
  'jpeg2000-unsigned8',
  'jpeg-ls-unsigned12',
  'jpeg-baseline-unsigned8',
  'jpeg-extended-12',
  'jpeg-lossless-unsigned16',
])('%s: a code stream of another size than the header', async (name) =>
  expect(await refusal(withWord(name, ROWS, 4000))).toMatch(/contradicts its header, expected 26 x 4000/),
);

test('fewer pixels than the header says', async () => {
  expect(await refusal(withWord('unsigned12', ROWS, 30))).toMatch(
    /truncated, expected 1560 bytes for 30 x 26 pixels, got 1092/,
  );
  expect(await refusal(golden('unsigned12').subarray(0, -300))).toMatch(/truncated/);
});

test('no rows, and depths that are no film', async () => {
  expect(await refusal(withWord('unsigned12', ROWS, 0))).toMatch(/rows and columns/);
  expect(await refusal(withWord('unsigned12', [0x28, 0x100], 32))).toMatch(/bits allocated expected 8 or 16, got 32/);
  expect(await refusal(withWord('unsigned12', [0x28, 0x101], 17))).toMatch(/bits stored/);
});

test.each([
  'rle-unsigned12',
  'jpeg-ls-unsigned12',
  'jpeg-lossless-sv1-unsigned12',
  'jpeg-extended-12',
  'jpeg-baseline-unsigned8',
])('%s with its last fragment cut', async (name) =>
  expect(await refusal(golden(name).subarray(0, -200))).toMatch(/truncated/),
);

test.each([
  'rle-unsigned12',
  'jpeg-ls-unsigned12',
  'jpeg-lossless-sv1-unsigned12',
  'jpeg-extended-12',
  'jpeg2000-lossless-unsigned12',
])('%s with zeros in its second half: a picture or one line', async (name) => {
  const bytes = golden(name);
  bytes.fill(0, bytes.length - 150, bytes.length - 8);
  const outcome = await decode(bytes).catch((error: unknown) => error);
  if (outcome instanceof Error) expect(outcome).toBeInstanceOf(DataError);
  else expect(outcome).toMatchObject({ width: 26, height: 21 });
});

test.each([
  ['1.2.840.10008.1.2.4.201', /1\.2\.840\.10008\.1\.2\.4\.201 \(High-Throughput JPEG 2000 Lossless\)/],
  ['1.2.840.10008.1.2.4.100', /4\.100 \(MPEG2 Main Profile\)/],
  ['1.2.840.99999.1.2.4.90', /1\.2\.840\.99999\.1\.2\.4\.90 \(unknown\)/],
])('transfer syntax %s', async (uid, pattern) => {
  const bytes = golden('jpeg2000-lossless-unsigned12');
  const at = valueOffset(bytes, 0x02, 0x10);
  const padded = Buffer.from(uid.padEnd(24, '\0'), 'latin1');
  const whole = Buffer.concat([bytes.subarray(0, at), padded, bytes.subarray(at + bytes[at - 2]!)]);
  whole[at - 2] = padded.length;
  expect(await refusal(whole)).toMatch(pattern);
});

test('a header without pixels', async () => {
  const bytes = golden('unsigned12');
  const end = Buffer.from(bytes).indexOf(Uint8Array.of(0xe0, 0x7f, 0x10, 0), 132);
  expect(await refusal(bytes.subarray(0, end))).toMatch(/no pixel data/);
  expect(readDicomHeader(bytes.subarray(0, end))).toMatchObject({ rows: 21, hasPixelData: false });
});

test('impossible transforms', async () => {
  const zeroSlope = golden('rescale-window');
  zeroSlope.set(Buffer.from('0.0 '), valueOffset(zeroSlope, 0x28, 0x1053));
  expect(await refusal(zeroSlope)).toMatch(/rescale/);
  const zeroWidth = golden('window');
  zeroWidth.set(Buffer.from('000 '), valueOffset(zeroWidth, 0x28, 0x1051));
  expect(await refusal(zeroWidth)).toMatch(/window/);
});

test('pictures of other formats and noise are no DICOM', () => {
  for (const head of ['89504e470d0a1a0a0000000d49484452', 'ffd8ffe000104a46494600010100', '49492a0008000000', '']) {
    expect(isDicom(Buffer.from(head.padEnd(64, '0'), 'hex'))).toBe(false);
  }
});

test('a file without preamble and meta group is told by its content', async () => {
  const bytes = golden('unsigned12');
  const start = Buffer.from(bytes).indexOf(Uint8Array.of(8, 0, 0x16, 0), 132);
  expect(await decode(bytes.subarray(start))).toEqual(await decode(bytes));
});

test('a header is read in small ranges, without the pixels', () => {
  const padding = new Uint8Array(5_000_000);
  const bytes = Buffer.concat([golden('private-sequences'), padding]);
  const reads: number[] = [];
  const file: RandomAccess = {
    size: bytes.length,
    read: (offset, length) => {
      reads.push(length);
      return bytes.subarray(offset, offset + length);
    },
    close: () => {},
  };
  expect(readDicomHeader(file)).toEqual(readDicomHeader(golden('private-sequences')));
  expect(reads.length).toBeLessThanOrEqual(2);
  expect(reads.reduce((sum, length) => sum + length, 0)).toBeLessThan(40_000);
});
