/** Names of temporary files and folders, and the removal of those that a killed process left behind. */
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

let count = 0;

/**
 * A hidden name beside `name`, so that a listing never shows it and a rename is atomic. The machine's name stands in it,
 * because process numbers are its own and the folder may be shared.
 */
export function temporaryName(name: string): string {
  return `.${name}.${hostname()}.${process.pid}-${count++}.tmp`;
}

/** Removes what dead processes of this machine left in a folder. What another machine left is none of ours to judge. */
export async function removeAbandoned(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const owner = ownerOf(name);
    if (owner === undefined || isAlive(owner)) continue;
    await rm(join(directory, name), { recursive: true, force: true }).catch(() => undefined); // a read-only folder keeps it
  }
}

/** Process number in a temporary name of this machine. */
function ownerOf(name: string): number | undefined {
  const match = /^\..*\.(\d+)-\d+\.tmp$/.exec(name);
  return match && name.includes(`.${hostname()}.${match[1]}-`) ? Number(match[1]) : undefined;
}

/** Whether a process of this machine runs. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'; // alive, and somebody else's
  }
}
