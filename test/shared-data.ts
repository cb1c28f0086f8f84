/** Real data for tests, beside the repository where a developer has it. Tests that need it say so when it is absent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.env.MEDVLM_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url));

/** Absolute path below the shared folder (`../shared`, or MEDVLM_SHARED), or undefined, with a printed line, where it is absent. */
export function sharedPath(path: string): string | undefined {
  const found = join(folder, path);
  if (existsSync(found)) return found;
  console.info(`tests with real data do not run: ${path} is not in the shared data folder`);
  return undefined;
}
