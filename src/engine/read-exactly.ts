/** Reading a span of an open file: all of it, or an error that names the path. */
import { readSync } from 'node:fs';
import { DataError } from '../core/errors.ts';
import { fileError } from './file-errors.ts';

export interface Span {
  readonly offset: number;
  readonly length: number;
  /** For errors. */
  readonly path: string;
}

/** @throws DataError where the file ends before or cannot be read */
export function readExactly(descriptor: number, { offset, length, path }: Span): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    let count: number;
    try {
      count = readSync(descriptor, bytes, done, length - done, offset + done);
    } catch (cause) {
      throw fileError('cannot read file', path, cause);
    }
    if (count === 0)
      throw new DataError(
        `file is too short, expected ${length} bytes at ${offset}, got ${done} (${path})`,
        'the file is truncated: copy or download it again',
      );
    done += count;
  }
  return bytes;
}
