// Scratch files: written, read back at any place, and never left behind.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DataError } from '../../src/core/errors.ts';
import { createScratch } from '../../src/engine/scratch-file.ts';

test('written, read at any place, gone at the end', async () => {
  const root = mkdtempSync(join(tmpdir(), 'medvlm-scratch-'));
  const directory = join(root, 'new', 'folder');
  const file = await createScratch(directory);
  file.write(Uint8Array.of(1, 2, 3));
  expect([...file.read(1, 2)]).toEqual([2, 3]);
  file.write(Uint8Array.of(4, 5));
  expect([file.size, ...file.read(2, 3)]).toEqual([5, 3, 4, 5]);
  expect(() => file.read(4, 2)).toThrow(DataError);
  file.close();
  expect(readdirSync(directory)).toEqual([]);
  rmSync(root, { recursive: true });
});

test('a folder that cannot be made', async () => {
  const root = mkdtempSync(join(tmpdir(), 'medvlm-scratch-'));
  writeFileSync(join(root, 'file'), '');
  await expect(createScratch(join(root, 'file'))).rejects.toThrow(DataError);
  rmSync(root, { recursive: true });
});
