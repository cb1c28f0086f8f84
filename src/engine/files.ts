/** The file system behind `Context.files`: whole-or-nothing writes, sorted listings, errors that name the path. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { access, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FileEntry, Files, RandomAccess } from '../core/context.ts';
import { DataError } from '../core/errors.ts';
import { fileError } from './file-errors.ts';
import { createWriter, writeWhole } from './file-writer.ts';
import { present } from './present-paths.ts';
import { readExactly } from './read-exactly.ts';
import { createScratch } from './scratch-file.ts';

const unzip = promisify(gunzip);

/** Files on this machine. Every failure is a `DataError` that names the path; content is never quoted. */
export function nodeFiles(): Files {
  return {
    exists,
    isDirectory,
    read,
    readText,
    list,
    names,
    present,
    open: openForReading,
    write: writeWhole,
    create: createWriter,
    scratch: createScratch,
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw fileError('cannot read file', path, cause);
  }
}

async function readText(path: string): Promise<string> {
  const raw = await read(path);
  const bytes = path.toLowerCase().endsWith('.gz') ? await unpack(raw, path) : raw;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // drops a byte-order mark by itself
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError)
      throw new DataError(`cannot decode text, expected UTF-8, got other bytes (${path})`, 'save the file as UTF-8');
    throw cause;
  }
}

async function unpack(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  try {
    return await unzip(bytes);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`cannot unpack, expected a whole gzip file, got: ${got} (${path})`, 'download the file again');
  }
}

async function list(directory: string): Promise<readonly FileEntry[]> {
  const entries: FileEntry[] = [];
  await walk(directory, '', { entries, above: [] });
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => !name.startsWith('.')).sort();
  } catch (cause) {
    throw fileError('cannot list folder', directory, cause);
  }
}

interface Walk {
  readonly entries: FileEntry[];
  /** Real paths of the folders above: a symbolic link to one of them would never end. */
  readonly above: readonly string[];
}

async function walk(directory: string, prefix: string, state: Walk): Promise<void> {
  let names: string[];
  let here: string;
  try {
    here = await realpath(directory);
    names = await readdir(directory);
  } catch (cause) {
    throw fileError('cannot list folder', directory, cause);
  }
  if (state.above.includes(here)) return;
  const below: Walk = { entries: state.entries, above: [...state.above, here] };
  const visible = names.filter((name) => !name.startsWith('.'));
  for (let start = 0; start < visible.length; start += 64)
    await Promise.all(visible.slice(start, start + 64).map((name) => visit(directory, `${prefix}${name}`, below)));
}

async function visit(directory: string, path: string, state: Walk): Promise<void> {
  const absolute = join(directory, basename(path));
  const found = await stat(absolute).catch(() => undefined); // a dangling link is no regular file
  if (found?.isDirectory()) await walk(absolute, `${path}/`, state);
  else if (found?.isFile()) state.entries.push({ path, size: found.size });
}

function openForReading(path: string): RandomAccess {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    throw fileError('cannot open file', path, cause);
  }
  const size = fstatSync(descriptor).size;
  return {
    size,
    read: (offset, length) => readExactly(descriptor, { offset, length, path }),
    close: () => closeSync(descriptor),
  };
}
