/** The files of a .tgz as a folder in memory, so that a loader reads an archive of thousands of reports without unpacking it. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Files } from '../../src/core/context.ts';
import { DataError } from '../../src/core/errors.ts';
import { nodeFiles } from '../../src/engine/files.ts';

/** Regular entries by name. Source of the format: POSIX.1-1988 ustar, 512-byte blocks. */
export function readTar(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const text = (at: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, '');
  const entries = new Map<string, Uint8Array>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const isFile = ['', '0'].includes(text(at + 156, 1));
    if (isFile) entries.set(text(at, 100).replace(/^\.\//, ''), bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

/** `more` adds files by name. Paths under `root` are looked up in memory. */
export function tarFiles(archive: string, root: string, more: Readonly<Record<string, string>> = {}): Files {
  const entries = new Map(readTar(gunzipSync(readFileSync(archive))));
  for (const [name, text] of Object.entries(more)) entries.set(name, new TextEncoder().encode(text));
  const read = async (path: string) => {
    const found = entries.get(path.slice(root.length + 1));
    if (!found) throw new DataError(`cannot read file, expected a readable file, got none (${path})`);
    return found;
  };
  return {
    ...nodeFiles(),
    read,
    readText: async (path) => new TextDecoder().decode(await read(path)),
    list: async () =>
      [...entries].map(([path, { length }]) => ({ path, size: length })).sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
