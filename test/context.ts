/** The effects of a plug-in under test: the real file system, a scratch cache, and messages kept instead of printed. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../src/core/context.ts';
import { createContext } from '../src/engine/context.ts';

export interface TestContext extends Context {
  readonly messages: string[];
}

export function nodeContext(cacheDirectory = join(tmpdir(), 'medvlm-test-cache')): TestContext {
  const messages: string[] = [];
  const home = { root: cacheDirectory, cache: cacheDirectory, models: cacheDirectory, artifacts: cacheDirectory };
  const context = createContext(home, { log: (message) => messages.push(message), progress: () => {} });
  return { ...context, messages };
}

/** The same context whose listings come in another order, for the law that order does not matter. */
export function shuffledListings(context: Context, reorder: <T>(entries: T[]) => T[]): Context {
  const list = async (directory: string) => reorder([...(await context.files.list(directory))]);
  const names = async (directory: string) => reorder([...(await context.files.names(directory))]);
  return { ...context, files: { ...context.files, list, names } };
}
