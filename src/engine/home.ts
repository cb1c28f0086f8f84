/** Where derived things live: `MEDVLM_HOME` (default `~/.cache/medvlm`), shared between runs. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Home {
  readonly root: string;
  /** Imported model bundles. */
  readonly models: string;
  /** Embedding shards. */
  readonly artifacts: string;
  /** Generated datasets and other things that can be made again. */
  readonly cache: string;
}

export function homeAt(environment: Readonly<Record<string, string | undefined>>): Home {
  const root = resolve(environment.MEDVLM_HOME || join(homedir(), '.cache', 'medvlm'));
  return { root, models: join(root, 'models'), artifacts: join(root, 'artifacts'), cache: join(root, 'cache') };
}
