/** Images of one's own folder: what a cell of a table names, among what is on disk. */
import { basename, join } from 'node:path';
import type { FileEntry } from '../../../core/context.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';

const EXTENSION = /\.(png|jpe?g|tiff?|webp|bmp|gif|dcm|dicom)$/i;

export interface FoundImage {
  /** Path below the root with `/`, without the extension: stable across machines. */
  readonly id: string;
  readonly path: string;
  readonly isThere: boolean;
}

export interface ImageIndex {
  readonly count: number;
  /** @param written path or file name, with or without extension, in any case, with `/` or `\` */
  find(written: string): FoundImage;
}

const key = (path: string) =>
  path
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/^\.?\//, '');
const stem = (path: string) => path.replace(EXTENSION, '');

/** A path counts before a file name; a name that two folders have is not chosen. Empty files are counted. */
export function indexImages(root: string, entries: readonly FileEntry[], tally: ProblemTally): ImageIndex {
  const images = entries.filter(({ path }) => EXTENSION.test(path));
  const byKey = new Map<string, string | null>();
  const add = (name: string, path: string) => {
    const known = byKey.get(name);
    byKey.set(name, known === undefined || known === path ? path : null);
  };
  const sorted = [...images].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, size } of sorted) {
    for (const name of new Set([key(path), stem(key(path))])) add(name, path);
    if (size === 0) tally.add('image has 0 bytes: it will fail', path);
  }
  const names = new Map<string, string | null>();
  for (const { path } of sorted)
    for (const name of new Set([basename(key(path)), stem(basename(key(path)))]))
      names.set(name, names.has(name) && names.get(name) !== path ? null : path);
  return {
    count: images.length,
    find(written) {
      const wanted = key(written.trim());
      const found = byKey.get(wanted) ?? names.get(basename(wanted));
      if (found === null) tally.add('several files have this name: none is chosen, write the path', written.trim());
      const path = found ?? written.trim().replaceAll('\\', '/');
      return { id: stem(path), path: join(root, path), isThere: typeof found === 'string' };
    },
  };
}
