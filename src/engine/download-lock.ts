/** One process at a time fetches a file: two would write over each other's part. */
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { ConfigError } from '../core/errors.ts';
import { fileError } from './file-errors.ts';
import { isAlive } from './temporary.ts';

/**
 * Runs an action under `path.lock`. The lock of a dead process of this machine is taken over.
 * @throws ConfigError where another process holds it
 */
export async function withDownloadLock<Value>(path: string, action: () => Promise<Value>): Promise<Value> {
  const lock = `${path}.lock`;
  await acquire(lock, path);
  try {
    return await action();
  } finally {
    await rm(lock, { force: true });
  }
}

async function acquire(lock: string, path: string): Promise<void> {
  try {
    await mkdir(dirname(lock), { recursive: true });
    if (!(await isFree(lock))) throw inUse(lock, path);
    const handle = await open(lock, 'wx');
    await handle.writeFile(`${hostname()} ${process.pid}`);
    await handle.close();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw inUse(lock, path);
    throw cause instanceof ConfigError ? cause : fileError('cannot write file', lock, cause);
  }
}

/** Also after removing what a dead process left. */
async function isFree(lock: string): Promise<boolean> {
  const content = await readFile(lock, 'utf8').catch(() => undefined);
  if (content === undefined) return true;
  const [host, processId] = content.split(' ');
  if (host !== hostname() || isAlive(Number(processId))) return false;
  await rm(lock, { force: true });
  return true;
}

function inUse(lock: string, path: string): ConfigError {
  return new ConfigError(
    `download of ${basename(path)}: another process fetches it now`,
    `wait for it; where none does, remove ${lock}`,
  );
}
