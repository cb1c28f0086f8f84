/** The file system behind Context.files, on a scratch folder. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { DataError } from '../../src/core/errors.ts';
import { fileError } from '../../src/engine/file-errors.ts';
import { nodeFiles } from '../../src/engine/files.ts';

const root = mkdtempSync(join(tmpdir(), 'medvlm-files-'));
const files = nodeFiles();
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function caught(promise: Promise<unknown>): Promise<DataError> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

test('text: UTF-8 with and without a byte-order mark, gzip, and bytes that are neither', async () => {
  writeFileSync(join(root, 'bom.csv'), '\uFEFFa,b\r\n');
  writeFileSync(join(root, 'bom.csv.gz'), gzipSync('\uFEFFä'));
  writeFileSync(join(root, 'latin1.txt'), Uint8Array.of(0x61, 0xe4));
  writeFileSync(join(root, 'torn.csv.gz'), gzipSync('a'.repeat(5000)).subarray(0, 20));
  expect(await files.readText(join(root, 'bom.csv'))).toBe('a,b\r\n');
  expect(await files.readText(join(root, 'bom.csv.gz'))).toBe('ä');
  expect((await caught(files.readText(join(root, 'latin1.txt')))).message).toContain('latin1.txt');
  expect((await caught(files.readText(join(root, 'torn.csv.gz')))).message).toContain('torn.csv.gz');
});

test('a listing is sorted by path, recursive, follows links, ends on cycles and skips what is hidden', async () => {
  const folder = join(root, 'tree');
  mkdirSync(join(folder, 'b/c'), { recursive: true });
  mkdirSync(join(folder, '.hidden'));
  for (const name of ['b/c/2.png', 'b/1.png', 'a.xml', 'B.xml', '.hidden/x.png', '.DS_Store'])
    writeFileSync(join(folder, name), 'xy');
  symlinkSync(folder, join(folder, 'b/loop'));
  symlinkSync(join(folder, 'b/c'), join(folder, 'linked'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  const found = await files.list(folder);
  expect(found.map((entry) => entry.path)).toEqual(['B.xml', 'a.xml', 'b/1.png', 'b/c/2.png', 'linked/2.png']);
  expect(found.every((entry) => entry.size === 2)).toBe(true);
});

test('a write is whole or absent, and leaves no temporary file', async () => {
  const path = join(root, 'new/deep/out.json');
  await files.write(path, '{}');
  expect(readFileSync(path, 'utf8')).toBe('{}');
  const writer = await files.create(path);
  writer.write(Uint8Array.of(1, 2));
  writer.write(Uint8Array.of(3));
  expect(writer.position).toBe(3);
  expect(readFileSync(path, 'utf8')).toBe('{}');
  await writer.abort();
  expect(readdirSync(join(root, 'new/deep'))).toEqual(['out.json']);
  const second = await files.create(path);
  second.write(Uint8Array.of(7));
  await second.commit();
  await second.abort();
  expect([...readFileSync(path)]).toEqual([7]);
  expect(readdirSync(join(root, 'new/deep'))).toEqual(['out.json']);
});

test('random access reads exactly, and says where the file ends', () => {
  const path = join(root, 'data.bin');
  writeFileSync(path, Uint8Array.of(0, 1, 2, 3, 4));
  const file = files.open(path);
  expect(file.size).toBe(5);
  expect([...file.read(1, 3)]).toEqual([1, 2, 3]);
  expect(() => file.read(3, 3)).toThrow(/expected 3 bytes at 3, got 2 .*data\.bin/);
  file.close();
});

test('errors name the path: missing file, missing folder, a folder read as a file, a file in the way of a folder', async () => {
  const missing = join(root, 'missing.csv');
  expect((await caught(files.read(missing))).message).toContain(missing);
  expect((await caught(files.list(join(root, 'no-such')))).message).toContain('no-such');
  expect((await caught(files.read(root))).message).toContain('a folder');
  expect((await caught(files.write(join(root, 'bom.csv/x.json'), '{}'))).message).toContain('bom.csv/x.json');
  expect(() => files.open(missing)).toThrow(DataError);
});

test('a full disk is a plain line with a remedy', async () => {
  const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const error = fileError('cannot write file', '/data/out.npy', cause);
  expect(error.message).toBe(
    'cannot write file, expected a writable place, got no space left on the device (/data/out.npy)',
  );
  expect(error.hint).toMatch(/free some space/);
});

test('what a killed process left is removed by the next write, what a living one writes is not', async () => {
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const folder = join(root, 'left');
  const mine = `.b.npy.${hostname()}.${process.pid}-900.tmp`;
  const theirs = `.c.npy.another-machine.${dead}-0.tmp`;
  mkdirSync(folder);
  for (const name of [`.a.npy.${hostname()}.${dead}-0.tmp`, mine, theirs]) writeFileSync(join(folder, name), 'half');
  await files.write(join(folder, 'new'), 'whole');
  expect(readdirSync(folder).sort()).toEqual([mine, theirs, 'new'].sort());
});
