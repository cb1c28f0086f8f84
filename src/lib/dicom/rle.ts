/** RLE Lossless: PackBits segments, one per byte of a sample, most significant first. Source: DICOM PS3.5, annex G. */
import { DataError } from '../../core/errors.ts';
import type { PixelDescription } from './pixel-description.ts';

/** @returns samples [rows, columns, samples], 8 or 16 bits. @throws DataError where segments are missing or too short */
export function decodeRle(frame: Uint8Array, description: PixelDescription): Uint8Array | Uint16Array {
  const { rows, columns, samples, bitsAllocated } = description;
  const width = bitsAllocated / 8;
  if (frame.length < 64)
    throw new DataError(`RLE frame is truncated, expected a header of 64 bytes, got ${frame.length}`);
  const header = new DataView(frame.buffer, frame.byteOffset, 64);
  const count = header.getUint32(0, true);
  if (count !== samples * width)
    throw new DataError(`RLE frame is corrupt, expected ${samples * width} segments, got ${count}`);
  const data = width === 1 ? new Uint8Array(rows * columns * samples) : new Uint16Array(rows * columns * samples);
  // Typed arrays are little-endian wherever the product runs: the most significant byte of a sample is its last.
  const bytes = new Uint8Array(data.buffer);
  for (let segment = 0; segment < count; segment++) {
    const start = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? header.getUint32(8 + 4 * segment, true) : frame.length;
    const first = Math.floor(segment / width) * width + (width - 1 - (segment % width));
    unpack(frame.subarray(start, Math.max(start, end)), bytes, { first, step: samples * width });
  }
  return data;
}

interface Places {
  readonly first: number;
  readonly step: number;
}

/** Every `step`-th byte from `first` on, until the picture is full. */
function unpack(packed: Uint8Array, bytes: Uint8Array, { first, step }: Places): void {
  let to = first;
  for (let at = 0; at < packed.length && to < bytes.length; ) {
    const control = packed[at++]!;
    if (control < 128) {
      const end = Math.min(at + control + 1, packed.length);
      for (; at < end; at++, to += step) bytes[to] = packed[at]!;
    } else if (control > 128 && at < packed.length) {
      const value = packed[at++]!;
      const end = Math.min(to + (257 - control) * step, bytes.length);
      for (; to < end; to += step) bytes[to] = value;
    }
  }
  if (to < bytes.length) {
    throw new DataError(`RLE segment is truncated, expected ${bytes.length / step} bytes, got ${(to - first) / step}`);
  }
}
