/** The bytes of the first frame: a slice of native pixel data, or the joined fragments of a compressed frame. PS3.5, A.4. */
import { DataError } from '../../core/errors.ts';
import type { DicomDataset } from './dataset.ts';
import { fragmentsOf } from './elements.ts';
import type { PixelDescription } from './pixel-description.ts';

/** Native pixel data of the first frame, not copied. @throws DataError where there is less than the header says */
export function nativeFrame({ pixels, source }: DicomDataset, description: PixelDescription): Uint8Array {
  const { rows, columns, samples, bitsAllocated, photometric } = description;
  // Two pixels of 4:2:2 share their chroma: four bytes instead of six.
  const perPixel = photometric === 'YBR_FULL_422' ? 2 : samples;
  const expected = rows * columns * perPixel * (bitsAllocated / 8);
  const there = Math.min(pixels?.length ?? 0, source.size - (pixels?.offset ?? source.size));
  if (pixels === undefined || there < expected) {
    throw new DataError(
      `DICOM pixel data is truncated, expected ${expected} bytes for ${rows} x ${columns} pixels, got ${there}`,
      'fetch the file again',
    );
  }
  return source.bytes(pixels.offset, expected);
}

/** Compressed data of the first frame. @throws DataError where there are no fragments or the last is cut */
export function compressedFrame({ pixels, source }: DicomDataset, description: PixelDescription): Uint8Array {
  if (pixels?.length !== undefined || pixels === undefined) {
    throw new DataError('DICOM pixel data is corrupt, expected fragments of a compressed picture, got native pixels');
  }
  const [table, ...fragments] = fragmentsOf(source, pixels);
  if (table === undefined || fragments.length === 0) {
    throw new DataError('DICOM pixel data is empty, expected at least one fragment, got none');
  }
  const parts = fragments.map(([offset, length]) => source.bytes(offset, length));
  const count = description.frames === 1 ? parts.length : firstFrameCount(parts, description.frames);
  if (count === 1) return parts[0]!;
  return joined(parts.slice(0, count));
}

/** Fragments of the first of several frames: up to the next one that starts a code stream. */
function firstFrameCount(parts: readonly Uint8Array[], frames: number): number {
  if (parts.length <= frames) return 1;
  const next = parts.findIndex((part, i) => i > 0 && startsStream(part));
  return next < 0 ? parts.length : next;
}

/** JPEG and JPEG-LS start with FFD8, JPEG 2000 with FF4F. */
function startsStream(part: Uint8Array): boolean {
  return part[0] === 0xff && (part[1] === 0xd8 || part[1] === 0x4f);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
