/** Worker thread: reads, checks, decodes and preprocesses files, because running a session blocks the main thread. */
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { sha256 } from '../core/digest.ts';
import { DataError, MedvlmError } from '../core/errors.ts';
import { imageFacts } from '../lib/eda/image-facts.ts';
import { preprocess } from '../lib/image/preprocess.ts';
import { decode, readPicture, thumbnail } from './decode.ts';
import { sampleBits } from './picture-bits.ts';
import type { FileOutcome, Task, TaskReport } from './preprocess-protocol.ts';

type PixelsWork = Extract<Task['work'], { kind: 'pixels' }>;

if (parentPort === null) throw new Error('preprocess-worker runs as a worker thread only');
const port = parentPort;

// Tasks are done one after another, in the order in which they were sent.
let queue: Promise<void> = Promise.resolve();
port.on('message', (task: Task) => {
  queue = queue.then(async () => {
    const report: TaskReport = { id: task.id, outcomes: await outcomesOf(task) };
    port.postMessage(report);
  });
});

async function outcomesOf(task: Task): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  for (let index = next(task); index < task.paths.length; index = next(task)) {
    outcomes.push(await outcomeOf(task, index));
  }
  return outcomes;
}

function next(task: Task): number {
  return Atomics.add(task.next, 0, 1);
}

async function outcomeOf(task: Task, index: number): Promise<FileOutcome> {
  const path = task.paths[index]!;
  const { work } = task;
  try {
    if (work.kind === 'thumbnail') return { index, thumbnail: await thumbnail(path, work.side) };
    if (work.kind === 'facts') return { index, ...(await factsOf(path)) };
    const bytes = await readPicture(path);
    requireSame(bytes, work.digests?.[index], path);
    const failure = await fillSlot(bytes, slotOf(work, index), work);
    return { index, ...(failure === undefined ? {} : { failure }) };
  } catch (error) {
    if (work.kind === 'pixels') slotOf(work, index).fill(0);
    return { index, failure: lineOf(error), isUnread: true };
  }
}

async function factsOf(path: string): Promise<Omit<FileOutcome, 'index'>> {
  const bytes = await readPicture(path);
  const digest = sha256(bytes);
  try {
    const facts = imageFacts(await decode(bytes));
    const bits = await sampleBits(bytes);
    return { fileFacts: { digest, facts, ...(bits === undefined ? {} : { bits }) } };
  } catch (error) {
    return { fileFacts: { digest }, failure: lineOf(error) };
  }
}

/** @throws DataError where a file is no longer what was hashed: its embedding would be stored as another picture's */
function requireSame(bytes: Uint8Array, digest: string | undefined, path: string): void {
  if (digest === undefined || sha256(bytes) === digest) return;
  throw new DataError(`picture file changed while the run was reading it (${basename(path)})`);
}

/**
 * @returns why the picture failed, undefined where it did not; a failed slot holds zeros. The reason is kept by content and
 * names no file: the same bytes may lie elsewhere under another name
 */
async function fillSlot(
  bytes: Uint8Array,
  slot: Float32Array,
  { preprocessing }: PixelsWork,
): Promise<string | undefined> {
  try {
    slot.set(preprocess(await decode(bytes), preprocessing));
    return undefined;
  } catch (error) {
    slot.fill(0);
    return lineOf(error);
  }
}

function slotOf({ preprocessing, target }: PixelsWork, index: number): Float32Array {
  const { channels, width, height } = preprocessing;
  const length = channels * width * height;
  return new Float32Array(target, index * length * Float32Array.BYTES_PER_ELEMENT, length);
}

/** A user's error in its own words; anything else is a bug and keeps its name. */
function lineOf(error: unknown): string {
  if (error instanceof MedvlmError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : 'unknown failure';
}
