/** Real and re-encoded DICOM files against what pydicom and GDCM read from them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../src/core/digest.ts';
import { DataError } from '../../../src/core/errors.ts';
import { decode } from '../../../src/engine/decode.ts';
import { dicomCodecs } from '../../../src/engine/dicom-codecs.ts';
import { readDicomHeader } from '../../../src/lib/dicom/header.ts';
import { decodeStoredValues } from '../../../src/lib/dicom/picture.ts';
import { sharedPath } from '../../shared-data.ts';

interface Expected {
  readonly transferSyntaxUID: string | null;
  readonly rows: number;
  readonly columns: number;
  readonly viewPosition: string | null;
  readonly modality: string | null;
  readonly bitsStored: number;
  readonly samplesPerPixel: number;
  readonly photometric: string;
  readonly decoded?: { readonly dtype: string; readonly sha256_le: string };
}

const folder = sharedPath('data/dicom');
const expected: Record<string, Expected> = folder
  ? JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
  : {};

test.runIf(folder).each(Object.entries(expected))('%s', async (name, reference) => {
  const bytes = readFileSync(join(folder!, name));
  if (reference.decoded === undefined) {
    await expect(decode(bytes)).rejects.toThrow(DataError);
    return;
  }
  const header = readDicomHeader(bytes);
  const { rows, columns, bitsStored, samplesPerPixel, photometric } = reference;
  expect(header).toMatchObject({ rows, columns, bitsStored, samplesPerPixel, photometric });
  expect(header.transferSyntax).toBe(reference.transferSyntaxUID);
  expect(header.viewPosition ?? null).toBe(reference.viewPosition);
  expect(header.modality ?? null).toBe(reference.modality);
  const { data } = await decodeStoredValues(bytes, dicomCodecs);
  expect(data.constructor.name.toLowerCase()).toBe(`${reference.decoded.dtype}array`);
  expect(sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))).toBe(reference.decoded.sha256_le);
  const picture = await decode(bytes);
  expect([picture.width, picture.height, picture.channels]).toEqual([columns, rows, samplesPerPixel]);
});
