/** Bytes that are in memory or on a disk, read a window at a time: a header costs one or two reads, whatever follows it. */
import type { RandomAccess } from '../../core/context.ts';
import { DataError } from '../../core/errors.ts';

export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes, valid until the next call. @throws DataError where the source ends before */
  bytes(offset: number, length: number): Uint8Array;
}

/** Headers of chest films end within the first few kilobytes. */
const WINDOW = 16_384;

export function byteSource(content: Uint8Array | RandomAccess): ByteSource {
  return content instanceof Uint8Array ? inMemory(content) : windowed(content);
}

function inMemory(content: Uint8Array): ByteSource {
  return {
    size: content.length,
    bytes: (offset, length) => {
      requireInside(offset, length, content.length);
      return content.subarray(offset, offset + length);
    },
  };
}

function windowed(file: RandomAccess): ByteSource {
  let start = 0;
  let window = new Uint8Array(0);
  return {
    size: file.size,
    bytes: (offset, length) => {
      requireInside(offset, length, file.size);
      if (offset < start || offset + length > start + window.length) {
        start = offset;
        window = Uint8Array.from(file.read(offset, Math.min(Math.max(length, WINDOW), file.size - offset)));
      }
      return window.subarray(offset - start, offset - start + length);
    },
  };
}

function requireInside(offset: number, length: number, size: number): void {
  if (length >= 0 && offset + length <= size) return;
  throw new DataError(
    `DICOM file is truncated, expected ${length} bytes at ${offset}, got a file of ${size}`,
    'fetch the file again',
  );
}
