/** Bits per sample that a picture file states, which decoding to 8 bits hides. */
import sharp from 'sharp';
import { isDicom } from '../lib/dicom/dataset.ts';
import { readDicomHeader } from '../lib/dicom/header.ts';

/** Undefined where the file does not say. Of DICOM files the bits that are used, for example 12 of 16. */
export async function sampleBits(bytes: Uint8Array): Promise<number | undefined> {
  if (isDicom(bytes)) return readDicomHeader(bytes).bitsStored;
  const metadata = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  if (metadata === undefined) return undefined;
  return metadata.bitsPerSample ?? { uchar: 8, ushort: 16 }[metadata.depth as string];
}
