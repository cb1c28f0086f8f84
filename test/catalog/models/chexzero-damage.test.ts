// CheXzero's importer on checkpoints that are nearly right: each is refused in one line, and nothing half-written stays.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chexzero } from '../../../src/catalog/models/chexzero.ts';
import { ModelError } from '../../../src/core/errors.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';
import { type Change, changedCheckpoint, overwritten, renamed } from './changed-checkpoint.ts';

const context = nodeContext();
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'medvlm-damage-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function importChanged(change: Change): Promise<unknown> {
  await writeFile(join(root, 'changed.pt'), changedCheckpoint(change));
  return importModel(chexzero, { source: join(root, 'changed.pt'), directory: join(root, 'bundle'), context });
}

test('the same archive written anew is accepted', async () => {
  await expect(importChanged((_, data) => data)).resolves.toMatchObject({ embeddingDimension: 48 });
  await rm(join(root, 'bundle'), { recursive: true });
});

test.each<[string, () => Change, string]>([
  [
    'a misspelt key',
    () => renamed({ 'ln_final.bias': 'ln_final.bais' }),
    '1 missing: ln_final.bias; 1 unexpected: ln_final.bais (nearest expected: ln_final.bias)',
  ],
  [
    'keys of two towers exchanged',
    () => renamed({ 'ln_final.bias': 'visual.ln_post.bias', 'visual.ln_post.bias': 'ln_final.bias' }),
    '2 misshaped: ',
  ],
  [
    'a missing tower',
    () => renamed({ 'visual.conv1.weight': 'vision.conv1.weight' }),
    'expected the weight visual.conv1.weight',
  ],
  [
    'a layer out of order',
    () => renamed({ 'transformer.resblocks.0.attn.in_proj_weight': 'transformer.resblocks.7.attn.in_proj_weight' }),
    'expected transformer.resblocks.0',
  ],
  [
    'a weight that is NaN',
    () => overwritten('ln_final.weight', [0, 0, 0xc0, 0x7f]),
    'weight ln_final.weight, expected finite values, got 1 of 64',
  ],
  [
    'an infinite half',
    () => overwritten('visual.proj', [0, 0x7c, 0, 0x7c]),
    'weight visual.proj, expected finite values, got 2 of',
  ],
  ['a temperature that overflows', () => overwritten('logit_scale', [0, 0, 0xc8, 0x42]), 'weight logit_scale'],
])('%s', async (_, change, message) => {
  const failure = importChanged(change());
  await expect(failure).rejects.toThrow(ModelError);
  await expect(failure).rejects.toThrow(message);
  const left = await readdir(join(root, 'bundle')).catch(() => []);
  expect(left.filter((name) => name.startsWith('.') || name === 'model.json')).toEqual([]);
  await rm(join(root, 'bundle'), { recursive: true, force: true });
});
