/** A pool of worker threads that turn picture files into preprocessed pixels while a session runs on the main thread. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
// The native decoder must be loaded by the main thread before a worker loads it (sharp's documentation, "worker threads").
import 'sharp';
import { ConfigError } from '../core/errors.ts';
import type { Preprocessing } from '../core/preprocessing.ts';
import type { FileOutcome, Task, TaskReport, Work } from './preprocess-protocol.ts';

export interface PixelBatch {
  readonly paths: readonly string[];
  readonly preprocessing: Preprocessing;
  /** At least paths × channels × height × width float32. */
  readonly target: SharedArrayBuffer;
  /** SHA-256 that each file must have: one that changed since it was hashed is not read. */
  readonly digests?: readonly string[] | undefined;
}

/** Outcomes come in the order of the paths. A file that fails is an outcome, never an exception. */
export interface PreprocessPool {
  readonly workers: number;
  /** Tasks may be sent before earlier ones are done: the workers go from one to the next without waiting. */
  pixels(batch: PixelBatch): Promise<readonly FileOutcome[]>;
  thumbnails(paths: readonly string[], side: number): Promise<readonly FileOutcome[]>;
  facts(paths: readonly string[]): Promise<readonly FileOutcome[]>;
  /** Ends the threads; unfinished tasks are rejected. */
  close(): Promise<void>;
}

interface Pending {
  readonly outcomes: FileOutcome[];
  waitingFor: number;
  readonly resolve: (outcomes: readonly FileOutcome[]) => void;
  readonly reject: (reason: Error) => void;
}

/** @param workers number of threads, by default one per core. */
export function openPreprocessPool(workers: number = availableParallelism()): PreprocessPool {
  const pending = new Map<number, Pending>();
  let broken: Error | undefined;
  const fail = (reason: Error) => {
    broken ??= reason;
    for (const task of pending.values()) task.reject(broken);
    pending.clear();
  };
  const threads = Array.from({ length: Math.max(1, workers) }, () => startThread(pending, fail));
  let lastId = 0;
  const send = (paths: readonly string[], work: Work): Promise<readonly FileOutcome[]> =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) throw broken;
      const task: Task = { id: ++lastId, paths, next: new Int32Array(new SharedArrayBuffer(4)), work };
      pending.set(task.id, { outcomes: [], waitingFor: threads.length, resolve, reject });
      for (const thread of threads) thread.postMessage(task);
    });
  return {
    workers: threads.length,
    pixels: ({ paths, preprocessing, target, digests }) =>
      send(paths, { kind: 'pixels', preprocessing, target, digests }),
    thumbnails: (paths, side) => send(paths, { kind: 'thumbnail', side }),
    facts: (paths) => send(paths, { kind: 'facts' }),
    close: async () => {
      fail(new Error('the preprocessing pool was closed'));
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}

function startThread(pending: Map<number, Pending>, fail: (reason: Error) => void): Worker {
  const thread = new Worker(workerUrl());
  thread.on('message', (report: TaskReport) => settle(pending, report));
  thread.on('error', fail);
  return thread;
}

function settle(pending: Map<number, Pending>, report: TaskReport): void {
  const task = pending.get(report.id);
  if (task === undefined) return;
  task.outcomes.push(...report.outcomes);
  if (--task.waitingFor > 0) return;
  pending.delete(report.id);
  task.resolve(task.outcomes.sort((a, b) => a.index - b.index));
}

/** The compiled worker: beside this file, or in `dist` when the sources run uncompiled under the test runner. */
function workerUrl(): URL {
  const compiled = !import.meta.url.endsWith('.ts');
  const url = new URL(compiled ? './preprocess-worker.js' : '../../dist/engine/preprocess-worker.js', import.meta.url);
  if (!existsSync(fileURLToPath(url))) {
    throw new ConfigError('the compiled preprocessing worker is missing, expected dist/engine', 'run `npm run build`');
  }
  return url;
}
