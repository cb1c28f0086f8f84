// CheXzero's importer on checkpoints that are nearly right: each is refused in one line, and nothing half-written stays.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chexzero } from '../../../src/catalog/models/chexzero.ts';
import { ModelError } from '../../../src/core/errors.ts';
import { openTorchCheckpoint } from '../../../src/lib/checkpoint/torch.ts';
import { openZip, readEntry } from '../../../src/lib/checkpoint/zip.ts';
import { nodeContext } from '../../context.ts';
import { fileOf, zipOf } from '../../lib/checkpoint/fixtures.ts';

const context = nodeContext();
let root: string;
let sound: Uint8Array;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'medvlm-damage-'));
  sound = new Uint8Array(await readFile(fileURLToPath(new URL('../../golden/clip/tiny.pt', import.meta.url))));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** A pickled string: its opcode, its length, its bytes. */
function pickled(text: string): string {
  return `X${String.fromCharCode(text.length)}\0\0\0${text}`;
}

type Change = (name: string, data: Uint8Array) => Uint8Array;

/** Keys renamed in the pickle. */
function renamed(names: Readonly<Record<string, string>>): Change {
  return (name, data) => {
    if (!name.endsWith('data.pkl')) return data;
    const pattern = new RegExp(
      Object.keys(names)
        .map((key) => pickled(key).replace(/[.+*?()[\]{}|$^\\]/g, '\\$&'))
        .join('|'),
      'g',
    );
    const text = Buffer.from(data)
      .toString('latin1')
      .replace(pattern, (found) => pickled(names[found.slice(5)]!));
    return new Uint8Array(Buffer.from(text, 'latin1'));
  };
}

/** The first four bytes of a weight replaced. */
function overwritten(weight: string, bytes: readonly number[]): Change {
  const { storage } = openTorchCheckpoint(fileOf(sound), 'x').tensors.find(({ name }) => name === weight)!;
  return (name, data) => (name === storage ? Uint8Array.of(...bytes, ...data.subarray(4)) : data);
}

async function importChanged(change: Change): Promise<unknown> {
  const archive = openZip(fileOf(sound), 'tiny.pt');
  const members = [...archive.entries.values()].map((entry) => ({
    name: entry.name,
    data: change(entry.name, readEntry(archive, entry)),
  }));
  await writeFile(join(root, 'changed.pt'), zipOf(members));
  return chexzero.import(join(root, 'changed.pt'), join(root, 'bundle'), context);
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
