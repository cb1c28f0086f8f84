/** Facts of a dataset's pictures, read once: what was decoded is remembered by (path, size, modification time). */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import { digestOf, sha256 } from '../core/digest.ts';
import { DataError } from '../core/errors.ts';
import { IMAGE_FACTS_VERSION, type ImageOutcome } from '../lib/eda/image-facts.ts';
import { DECODING } from './decode.ts';
import { openPreprocessPool } from './preprocess-pool.ts';
import type { FileFacts } from './preprocess-protocol.ts';

/** Pictures between two saves: what an interruption costs. */
const STEP = 256;

/** Whatever changes what a file's facts are. */
const READ_AS = `${IMAGE_FACTS_VERSION}:${DECODING}`;

/** One line of the memory. */
interface Remembered {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly outcome: ImageOutcome;
}

/** @param scope names the memory, for example a dataset's root; @returns one outcome per path, in order */
export async function readImageFacts(
  paths: readonly string[],
  { scope, context }: { readonly scope: string; readonly context: Context },
): Promise<readonly ImageOutcome[]> {
  const folder = join(context.cacheDirectory, 'image-facts', sha256(`${READ_AS}:${scope}`).slice(0, 24));
  const memory = await readMemory(folder, context);
  const outcomes = new Array<ImageOutcome>(paths.length);
  const unknown: (Omit<Remembered, 'outcome'> & { readonly index: number })[] = [];
  for (const [index, path] of paths.entries()) {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
    if (found instanceof Error) outcomes[index] = unreadable(found);
    else {
      const { size, mtimeMs } = found;
      const known = memory.get(path);
      if (known?.size === size && known.mtimeMs === mtimeMs) outcomes[index] = known.outcome;
      else unknown.push({ path, size, mtimeMs, index });
    }
  }
  if (unknown.length === 0) return outcomes;
  const pool = openPreprocessPool();
  try {
    for (let start = 0; start < unknown.length; start += STEP) {
      context.progress('reading images', start, unknown.length);
      const step = unknown.slice(start, start + STEP);
      const read = await pool.facts(step.map(({ path }) => path));
      const fresh = step.map((file, i): Remembered => {
        const { index, ...key } = file;
        outcomes[index] = outcomeOf(read[i]!, key.size);
        return { ...key, outcome: outcomes[index] };
      });
      await remember(folder, fresh, context);
    }
    context.progress('reading images', unknown.length, unknown.length);
  } finally {
    await pool.close();
  }
  return outcomes;
}

function unreadable({ code }: NodeJS.ErrnoException): ImageOutcome {
  if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'missing' };
  return { state: 'unreadable', failure: `picture file cannot be read, ${code ?? 'unknown error'}` };
}

function outcomeOf(read: { readonly failure?: string; readonly fileFacts?: FileFacts }, bytes: number): ImageOutcome {
  const { failure = 'unknown failure', fileFacts } = read;
  if (fileFacts === undefined) return { state: 'unreadable', failure: withoutName(failure) };
  const { digest, facts, bits } = fileFacts;
  if (facts === undefined) return { state: 'corrupt', failure, digest, bytes };
  return { state: 'decoded', digest, bytes, facts, ...(bits === undefined ? {} : { bits }) };
}

/** The item is named beside the failure: equal failures of many files then count as one. */
function withoutName(failure: string): string {
  return failure.replace(/ \([^()]*\)$/, '');
}

async function readMemory(folder: string, context: Context): Promise<ReadonlyMap<string, Remembered>> {
  const memory = new Map<string, Remembered>();
  if (!(await context.files.isDirectory(folder))) return memory;
  for (const { path } of await context.files.list(folder)) {
    try {
      const entries = JSON.parse(await context.files.readText(join(folder, path))) as Remembered[];
      for (const entry of entries)
        if (entry.mtimeMs >= (memory.get(entry.path)?.mtimeMs ?? 0)) memory.set(entry.path, entry);
    } catch {
      // a damaged memory only costs time
    }
  }
  return memory;
}

/** One file per step, named by its content; a disk that is full or read-only costs the memory alone. */
async function remember(folder: string, fresh: readonly Remembered[], context: Context): Promise<void> {
  const kept = fresh.filter(({ outcome }) => outcome.state === 'decoded'); // what failed is looked at again
  if (kept.length === 0) return;
  await context.files
    .write(join(folder, `${digestOf(kept).slice(0, 24)}.json`), JSON.stringify(kept))
    .catch((cause) => {
      if (!(cause instanceof DataError)) throw cause;
    });
}
