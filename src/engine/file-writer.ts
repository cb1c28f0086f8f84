/** Writing whole or not at all: a hidden temporary file, flushed and renamed at the end. */
import { closeSync, constants, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { access, mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileWriter } from '../core/context.ts';
import { fileError } from './file-errors.ts';
import { removeAbandoned, temporaryName } from './temporary.ts';

/** Writes a whole file. @throws DataError, and then nothing of it is left. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const writer = await createWriter(path);
  try {
    writer.write(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    await writer.commit();
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
}

/** Folders that this process has rid of what killed ones left; once each, since a folder may hold thousands of files. */
const swept = new Set<string>();

async function sweep(directory: string): Promise<void> {
  if (swept.has(directory)) return;
  swept.add(directory);
  await removeAbandoned(directory);
}

/** @throws DataError where the folder cannot be made or written. */
export async function createWriter(path: string): Promise<FileWriter> {
  // Beside the file, on the same file system, so that the rename is atomic.
  const temporary = join(dirname(path), temporaryName(basename(path)));
  let descriptor: number;
  try {
    await mkdir(dirname(path), { recursive: true });
    await sweep(dirname(path));
    descriptor = openSync(temporary, 'wx');
  } catch (cause) {
    throw fileError('cannot write file', path, await realCause(path, cause));
  }
  return writerOn(descriptor, temporary, path);
}

/** Making folders on a read-only disk ends with ENOENT; the nearest folder that is there knows better. */
async function realCause(path: string, cause: unknown): Promise<unknown> {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return cause;
  const above = dirname(path);
  if (above === path) return cause;
  return access(above, constants.W_OK).then(
    () => cause,
    (reason) => realCause(above, reason),
  );
}

function writerOn(descriptor: number, temporary: string, path: string): FileWriter {
  let position = 0;
  let open = true;
  const discard = () => {
    if (!open) return;
    open = false;
    closeSync(descriptor);
    unlinkSync(temporary);
  };
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (cause) {
      discard();
      throw fileError('cannot write file', path, cause);
    }
  };
  return {
    get position() {
      return position;
    },
    write: (bytes) =>
      attempt(() => {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done);
        position += bytes.length;
      }),
    commit: async () => {
      attempt(() => {
        fsyncSync(descriptor);
        renameSync(temporary, path);
      });
      open = false;
      closeSync(descriptor);
      await flushFolder(dirname(path));
    },
    abort: async () => discard(),
  };
}

/** Makes the rename itself durable; some file systems refuse to open a folder, and then nothing is lost but that. */
async function flushFolder(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
