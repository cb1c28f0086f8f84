/** Synthetic files of every syntax, depth, sign, window and colour against pydicom and GDCM (scripts/reference/dicom_golden.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sha256 } from '../../../src/core/digest.ts';
import { decode } from '../../../src/engine/decode.ts';
import { dicomCodecs } from '../../../src/engine/dicom-codecs.ts';
import { readDicomHeader } from '../../../src/lib/dicom/header.ts';
import { decodeStoredValues } from '../../../src/lib/dicom/picture.ts';
import { fromInterleaved } from '../../../src/lib/image/pixels.ts';

interface Expected {
  readonly syntax: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly stored: string;
  readonly picture: string;
}

const folder = fileURLToPath(new URL('../../golden/dicom/', import.meta.url));
const expected: Record<string, Expected> = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'));

test('the golden files cover every compression and depth', () => {
  expect(Object.keys(expected).length).toBeGreaterThan(80);
  expect(new Set(Object.values(expected).map(({ syntax }) => syntax)).size).toBe(13);
});

test.each(Object.entries(expected))('%s: stored values', async (name, reference) => {
  const { data, description } = await decodeStoredValues(readFileSync(`${folder}${name}.dcm`), dicomCodecs);
  expect([description.rows, description.columns]).toEqual(reference.shape.slice(0, 2));
  expect(data.constructor.name.toLowerCase()).toBe(`${reference.dtype}array`);
  expect(sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))).toBe(reference.stored);
});

test.each(Object.entries(expected))('%s: picture', async (name, reference) => {
  const bytes = readFileSync(`${folder}${name}.dcm`);
  const { width, height, channels, data } = await decode(bytes);
  const theirs = Uint8Array.from(Buffer.from(reference.picture, 'hex'));
  expect(theirs.length).toBe(width * height * channels);
  const planar = fromInterleaved(theirs, { width, height, channels }).data;
  const differences = planar.map((value, i) => Math.abs(value - data[i]!));
  expect(Math.max(...differences)).toBe(0);
  expect(readDicomHeader(bytes)).toMatchObject({
    patientAge: '060Y',
    patientSex: 'F',
    viewPosition: 'PA',
    modality: 'CR',
  });
});
