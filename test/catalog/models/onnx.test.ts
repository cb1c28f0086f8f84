// The bring-your-own model: a folder is validated, copied and described by its manifest.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chexzero } from '../../../src/catalog/models/chexzero.ts';
import { onnx } from '../../../src/catalog/models/onnx.ts';
import type { ModelManifest } from '../../../src/core/model.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';

const checkpoint = fileURLToPath(new URL('../../golden/clip/tiny.pt', import.meta.url));
const context = nodeContext();
let root: string;
let source: string;
let manifest: ModelManifest;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'medvlm-onnx-'));
  source = join(root, 'source');
  manifest = await importModel(chexzero, { source: checkpoint, directory: source, context });
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function importWith(content: unknown, target = 'bundle'): Promise<ModelManifest> {
  await writeFile(join(source, 'model.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return importModel(onnx, { source, directory: join(root, target), context });
}

test('a folder becomes a bundle whose graph runs with its weights', async () => {
  const imported = await importWith(manifest);
  expect(imported).toEqual(manifest);
  const session = await InferenceSession.create(join(root, 'bundle', 'vision.onnx'));
  const { embedding } = await session.run({
    pixels: new Tensor('float32', new Float32Array(2 * 3 * 24 * 24), [2, 3, 24, 24]),
  });
  expect(embedding!.dims).toEqual([2, 48]);
});

test('digests may be left out; they are filled in', async () => {
  const { files, ...rest } = manifest;
  expect((await importWith(rest)).files).toEqual(files);
});

test('a graph alone is enough for a model of images', async () => {
  const { text, files, ...rest } = manifest;
  expect((await importWith(rest)).text).toBeUndefined();
});

test.each<[string, (manifest: ModelManifest) => unknown, string]>([
  ['no JSON', () => '{', 'expected JSON'],
  ['a wrong format', (m) => ({ ...m, format: 'x' }), 'format'],
  ['an unknown key', (m) => ({ ...m, visions: 1 }), 'visions'],
  ['neither tower', ({ vision, text, ...m }) => m, 'neither'],
  ['a missing graph', (m) => ({ ...m, vision: { ...m.vision, graph: 'vison.onnx' } }), 'vison.onnx'],
  [
    'a graph outside the folder',
    (m) => ({ ...m, vision: { ...m.vision, graph: '../bundle/vision.onnx' } }),
    '../bundle',
  ],
  ['a wrong digest', (m) => ({ ...m, files: { 'text.onnx': '0'.repeat(64) } }), 'SHA-256'],
  ['a digest of a missing file', (m) => ({ ...m, files: { 'other.onnx': '0'.repeat(64) } }), 'other.onnx'],
])('refuses %s', async (_, change, message) => {
  await expect(importWith(change(manifest), 'refused')).rejects.toThrow(message);
});

test('refuses a folder without manifest, and a file', async () => {
  const empty = join(root, 'empty');
  await mkdir(empty);
  await expect(importModel(onnx, { source: empty, directory: join(root, 'refused'), context })).rejects.toThrow(
    'model.json',
  );
  await expect(importModel(onnx, { source: checkpoint, directory: join(root, 'refused'), context })).rejects.toThrow(
    'expected a folder',
  );
  expect((await readFile(checkpoint)).length).toBeGreaterThan(0);
});
