/** Intermediate data on disk that nobody has to clear away: the file loses its name as soon as it is open. */
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchFile } from '../core/context.ts';
import { fileError } from './file-errors.ts';
import { readExactly } from './read-exactly.ts';
import { temporaryName } from './temporary.ts';

/** @throws DataError where the folder cannot be made or written */
export async function createScratch(directory: string): Promise<ScratchFile> {
  const path = join(directory, temporaryName('scratch'));
  let descriptor: number;
  try {
    await mkdir(directory, { recursive: true });
    descriptor = openSync(path, 'wx+', 0o600);
  } catch (cause) {
    throw fileError('cannot write file', path, cause);
  }
  const hasName = !unlink(path); // Windows keeps the name of an open file
  let size = 0;
  return {
    get size() {
      return size;
    },
    read: (offset, length) => readExactly(descriptor, { offset, length, path }),
    write: (bytes) => {
      append(descriptor, bytes, path);
      size += bytes.length;
    },
    close: () => {
      closeSync(descriptor);
      if (hasName) unlink(path);
    },
  };
}

function unlink(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

function append(descriptor: number, bytes: Uint8Array, path: string): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  } catch (cause) {
    throw fileError('cannot write file', path, cause);
  }
}
