/** Digests of downloaded files, pinned when they are first seen: `pins.json` in MEDVLM_HOME, by address. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../core/context.ts';
import { ModelError } from '../core/errors.ts';
import type { Home } from './home.ts';

const pinFile = z.strictObject({
  format: z.literal('medvlm-pins@1'),
  /** By address. */
  files: z.record(
    z.string(),
    z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() }),
  ),
});

export type Pin = z.infer<typeof pinFile>['files'][string];

export const pinsPath = (home: Home) => join(home.root, 'pins.json');

/** @throws ModelError where the file is there and damaged: trust that was given must not vanish unnoticed */
export async function readPins(home: Home, files: Files): Promise<Readonly<Record<string, Pin>>> {
  const path = pinsPath(home);
  if (!(await files.exists(path))) return {};
  try {
    return pinFile.parse(JSON.parse(await files.readText(path))).files;
  } catch {
    throw new ModelError(
      `pinned digests, expected JSON as medvlm writes it, got something else (${path})`,
      'mend the file; deleting it trusts the next downloads anew',
    );
  }
}

/** Remembers a digest. What another process pinned meanwhile is kept. */
export async function pin(url: string, entry: Pin, { home, files }: { home: Home; files: Files }): Promise<void> {
  const all = { ...(await readPins(home, files)), [url]: entry };
  await files.write(pinsPath(home), `${JSON.stringify({ format: 'medvlm-pins@1', files: all }, null, 2)}\n`);
}
