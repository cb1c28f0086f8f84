/** Which of many paths are there: the same answers as asking for each, over more than one block. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../src/engine/files.ts';

test('files, folders and dangling links, in the order asked for', async () => {
  const root = mkdtempSync(join(tmpdir(), 'medvlm-present-'));
  try {
    writeFileSync(join(root, '5'), '');
    writeFileSync(join(root, '2047'), '');
    symlinkSync(join(root, 'nowhere'), join(root, '7'));
    const paths = Array.from({ length: 2500 }, (_, index) => join(root, String(index)));
    const answers = await nodeFiles().present([...paths, root]);
    expect(answers.flatMap((isThere, index) => (isThere ? [index] : []))).toEqual([5, 2047, 2500]);
    expect(await nodeFiles().present([])).toEqual([]);
    writeFileSync(join(root, '.hidden'), '');
    expect(await nodeFiles().names(root)).toEqual(['2047', '5', '7']);
    await expect(nodeFiles().names(join(root, 'nowhere'))).rejects.toThrow('cannot list folder');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
