/** SHA-256 of files, remembered by (path, size, modification time), so that a second run does not read them again. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Files } from '../core/context.ts';
import { sha256 } from '../core/digest.ts';
import { DataError } from '../core/errors.ts';

const CONCURRENT_READS = 8;

/** Path → [size in bytes, modification time in ms, digest]. */
type Remembered = Record<string, readonly [number, number, string]>;

export interface FileDigests {
  /** Path → digest, for files that could be read. */
  readonly digests: ReadonlyMap<string, string>;
  /** Path → one line that says why not. */
  readonly failures: ReadonlyMap<string, string>;
}

/** Digest of one file, streamed. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** @param scope names the memory file, for example a dataset's root; @param cache folder that keeps it */
export async function digestFiles(
  paths: readonly string[],
  memory: { readonly scope: string; readonly cache: string; readonly files: Files },
  onProgress: (done: number) => void = () => {},
): Promise<FileDigests> {
  const memoryPath = join(memory.cache, 'digests', `${sha256(memory.scope).slice(0, 24)}.json`);
  const remembered = await readMemory(memoryPath, memory.files);
  const found = new Map<string, { readonly digest: string } | { readonly failure: string }>();
  const fresh: Remembered = {};
  let next = 0;
  let isChanged = false;
  const worker = async () => {
    while (next < paths.length) {
      const path = paths[next++]!;
      try {
        const { size, mtimeMs } = await stat(path);
        const known = remembered[path];
        const isKnown = known !== undefined && known[0] === size && known[1] === mtimeMs;
        const digest = isKnown ? known[2] : await fileDigest(path);
        isChanged ||= !isKnown;
        fresh[path] = [size, mtimeMs, digest];
        found.set(path, { digest });
      } catch (cause) {
        found.set(path, { failure: readFailure(path, cause) });
      }
      onProgress(found.size);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, worker));
  if (isChanged) await remember(memoryPath, { ...remembered, ...fresh }, memory.files);
  return inOrder(paths, found);
}

/** Reads end in any order; what is made of them must not depend on it. */
function inOrder(
  paths: readonly string[],
  found: ReadonlyMap<string, { readonly digest: string } | { readonly failure: string }>,
): FileDigests {
  const digests = new Map<string, string>();
  const failures = new Map<string, string>();
  for (const path of paths) {
    const outcome = found.get(path)!;
    if ('digest' in outcome) digests.set(path, outcome.digest);
    else failures.set(path, outcome.failure);
  }
  return { digests, failures };
}

/** A disk that is full or read-only costs the memory alone: what must be written complains for itself. */
async function remember(path: string, digests: Remembered, files: Files): Promise<void> {
  await files.write(path, JSON.stringify(digests)).catch((cause) => {
    if (!(cause instanceof DataError)) throw cause;
  });
}

function readFailure(path: string, cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return `file is missing (${basename(path)})`;
  return `file cannot be read, ${code ?? 'unknown error'} (${basename(path)})`;
}

async function readMemory(path: string, files: Files): Promise<Remembered> {
  if (!(await files.exists(path))) return {};
  try {
    return JSON.parse(await files.readText(path)) as Remembered;
  } catch {
    return {}; // a damaged memory only costs time
  }
}
