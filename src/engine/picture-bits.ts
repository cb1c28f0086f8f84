/** Bits per sample that a picture file states, which decoding to 8 bits hides. */
import sharp from 'sharp';

/** Undefined where the format does not say, as for DICOM files. */
export async function sampleBits(bytes: Uint8Array): Promise<number | undefined> {
  const metadata = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  if (metadata === undefined) return undefined;
  return metadata.bitsPerSample ?? { uchar: 8, ushort: 16 }[metadata.depth as string];
}
