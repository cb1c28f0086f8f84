/** A file that is still being fetched: `FILE.part`, and beside it what the server said, so that the rest can be asked for. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { DataError } from '../core/errors.ts';
import { fileError } from './file-errors.ts';
import { byteCount } from './quantities.ts';

const origin = z.object({
  url: z.string(),
  /** Strong ETag, or Last-Modified, of the content that the part belongs to. */
  validator: z.string().optional(),
  /** Bytes of the whole file, where the server told. */
  total: z.number().optional(),
});

/** What is known of the content that a part belongs to. */
export type Origin = z.infer<typeof origin>;

export interface Part extends Partial<Origin> {
  readonly size: number;
}

export const partOf = (path: string) => `${path}.part`;
const originOf = (path: string) => `${path}.part.json`;

/** What is there of a file. A part whose origin is unknown or another counts as nothing. */
export async function readPart(path: string, url: string): Promise<Part> {
  const found = await stat(partOf(path)).catch(() => undefined);
  const text = await readFile(originOf(path), 'utf8').catch(() => '');
  if (!found || text === '') return { size: 0 };
  try {
    const known = origin.parse(JSON.parse(text));
    return known.url === url ? { ...known, size: found.size } : { size: 0 };
  } catch {
    return { size: 0 };
  }
}

export async function discardPart(path: string): Promise<void> {
  await rm(partOf(path), { force: true });
  await rm(originOf(path), { force: true });
}

/** Gives a finished part its name. */
export async function publishPart(path: string): Promise<void> {
  await rename(partOf(path), path);
  await rm(originOf(path), { force: true });
}

export interface PartWriter {
  /** Bytes of the part. */
  readonly size: number;
  write(bytes: Uint8Array): Promise<void>;
  /** Flushes to the disk. @returns SHA-256 of the whole part */
  finish(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Continues a part at `start`, its length, or begins it anew at 0.
 * @throws DataError where the disk is full or the folder cannot be written; what is written stays
 */
export async function writePart(path: string, start: number, known: Origin): Promise<PartWriter> {
  let handle: FileHandle;
  try {
    await mkdir(dirname(path), { recursive: true });
    await requireSpace(path, start, known.total);
    await writeFile(originOf(path), JSON.stringify(known));
    handle = await open(partOf(path), start === 0 ? 'w' : 'r+');
  } catch (cause) {
    throw fileError('cannot write file', partOf(path), cause);
  }
  return writerOn(handle, start, { path, hash: await hashOfPart(path, start) });
}

function writerOn(handle: FileHandle, start: number, { path, hash }: { path: string; hash: Hash }): PartWriter {
  let size = start;
  const attempt = async (action: () => Promise<unknown>) => {
    try {
      await action();
    } catch (cause) {
      throw fileError('cannot write file', partOf(path), cause);
    }
  };
  return {
    get size() {
      return size;
    },
    write: (bytes) =>
      attempt(async () => {
        for (let done = 0; done < bytes.length; )
          done += (await handle.write(bytes, done, bytes.length - done, size + done)).bytesWritten;
        hash.update(bytes);
        size += bytes.length;
      }),
    finish: async () => {
      await attempt(() => handle.sync());
      return hash.digest('hex');
    },
    close: () => handle.close(),
  };
}

/** The hash as it stood after the first `length` bytes. */
async function hashOfPart(path: string, length: number): Promise<Hash> {
  const hash = createHash('sha256');
  if (length === 0) return hash;
  const stream = createReadStream(partOf(path), { end: length - 1, highWaterMark: 1 << 20 });
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash;
}

async function requireSpace(path: string, start: number, total: number | undefined): Promise<void> {
  if (total === undefined) return;
  const { bavail, bsize } = await statfs(dirname(path));
  const [needed, free] = [total - start, bavail * bsize];
  if (needed <= free) return;
  throw new DataError(
    `disk is too full, expected ${byteCount(needed)} of free space, got ${byteCount(free)} (${dirname(path)})`,
    'free some space, or set MEDVLM_HOME to a folder on a larger disk; what came so far is kept',
  );
}
