/** Image files of ChestX-ray14 by name, wherever they lie below the folder, and what is ambiguous about them. */
import type { FileEntry } from '../../../core/context.ts';
import { DataError } from '../../../core/errors.ts';

/** Path relative to the root by lower-case file name. */
export type ImagePaths = ReadonlyMap<string, string>;

/**
 * @param subfolder only files below it count; undefined: all
 * @param listed lower-case names that the table has; only these can be ambiguous
 * @throws DataError where the subfolder has no image, or a listed name lies in several folders
 */
export function findImages(
  entries: readonly FileEntry[],
  subfolder: string | undefined,
  listed: ReadonlySet<string>,
): ImagePaths {
  const prefix = subfolder === undefined ? '' : `${subfolder.replace(/^\.\/|\/+$/g, '')}/`;
  const found = new Map<string, string>();
  for (const { path } of entries) {
    if (!/\.png$/i.test(path) || !path.startsWith(prefix)) continue;
    const name = fileName(path);
    const earlier = found.get(name);
    if (earlier !== undefined && listed.has(name)) throw ambiguous(earlier, path);
    if (earlier === undefined) found.set(name, path);
  }
  if (subfolder !== undefined && found.size === 0)
    throw new DataError(
      `no image found, expected *.png below "${subfolder}", got none (options.images)`,
      'check the name',
    );
  return found;
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}

function ambiguous(first: string, second: string): DataError {
  const [a, b] = distinctFolders(first, second);
  return new DataError(
    `image is ambiguous, expected one file of a name, got ${first} and ${second}`,
    `set options.images to the folder that is meant, for example "${a}" or "${b}"`,
  );
}

/** The shortest folders that tell two paths apart. */
function distinctFolders(first: string, second: string): readonly [string, string] {
  const [a, b] = [first.split('/').slice(0, -1), second.split('/').slice(0, -1)];
  let depth = 0;
  while (depth < a.length - 1 && depth < b.length - 1 && a[depth] === b[depth]) depth++;
  return [a.slice(0, depth + 1).join('/') || '.', b.slice(0, depth + 1).join('/') || '.'];
}
