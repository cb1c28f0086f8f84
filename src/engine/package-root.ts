/** The folder of this package, wherever its compiled files lie. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('package.json of medvlm-bench not found: the installation is broken');
  return findRoot(parent);
}

export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The package's own data: vocabularies, miniature checkpoints. */
export const assetsDirectory = join(packageRoot, 'assets');
