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
  const area = rows * columns;
  const data = width === 1 ? new Uint8Array(area * samples) : new Uint16Array(area * samples);
  const bytes = new Uint8Array(area);
  for (let segment = 0; segment < count; segment++) {
    const start = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? header.getUint32(8 + 4 * segment, true) : frame.length;
    unpack(frame.subarray(start, Math.max(start, end)), bytes);
    const shift = 8 * (width - 1 - (segment % width));
    spread(bytes, data, { sample: Math.floor(segment / width), samples, shift });
  }
  return data;
}

function unpack(packed: Uint8Array, bytes: Uint8Array): void {
  let to = 0;
  for (let at = 0; at < packed.length && to < bytes.length; ) {
    const control = packed[at++]!;
    if (control === 128) continue;
    if (control < 128) {
      const length = Math.min(control + 1, bytes.length - to, packed.length - at);
      bytes.set(packed.subarray(at, at + length), to);
      at += control + 1;
      to += length;
    } else {
      const length = Math.min(257 - control, bytes.length - to);
      if (at >= packed.length) break;
      bytes.fill(packed[at++]!, to, to + length);
      to += length;
    }
  }
  if (to < bytes.length) throw new DataError(`RLE segment is truncated, expected ${bytes.length} bytes, got ${to}`);
}

interface Place {
  readonly sample: number;
  readonly samples: number;
  readonly shift: number;
}

function spread(bytes: Uint8Array, data: Uint8Array | Uint16Array, { sample, samples, shift }: Place): void {
  for (let i = 0, to = sample; i < bytes.length; i++, to += samples) data[to]! |= bytes[i]! << shift;
}
