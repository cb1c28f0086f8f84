// CheXzero's importer against open_clip: a tiny random checkpoint goes through the bundle and ONNX Runtime.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chexzero } from '../../../src/catalog/models/chexzero.ts';
import { sha256 } from '../../../src/core/digest.ts';
import { type ModelManifest, modelManifest } from '../../../src/core/model.ts';
import { createTokenizer, encodeTexts } from '../../../src/lib/text/encode.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';

interface Packed {
  readonly shape: number[];
  readonly base64: string;
}

const golden = fileURLToPath(new URL('../../golden/clip/', import.meta.url));
const context = nodeContext();
let directory: string;
let manifest: ModelManifest;
let expected: { logitScale: number; pixels: Packed; ids: number[][]; images: Packed; texts: Packed };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'medvlm-chexzero-'));
  manifest = await importModel(chexzero, { source: join(golden, 'tiny.pt'), directory, context });
  expected = JSON.parse(await readFile(join(golden, 'tiny.json'), 'utf8'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

function values({ base64 }: Packed): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
}

async function run(graph: string, name: string, tensor: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(join(directory, graph), { intraOpNumThreads: 1 });
  const { embedding } = await session.run({ [name]: tensor });
  return embedding!.data as Float32Array;
}

function idsOf(rows: readonly number[][]): Tensor {
  return new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);
}

/** Lowest cosine over the rows, and largest difference of a value. */
function agreement(got: Float32Array, want: Float32Array, dimension: number): { cosine: number; difference: number } {
  let [cosine, difference] = [1, 0];
  for (let row = 0; row < want.length; row += dimension) {
    let [dot, gotSquare, wantSquare] = [0, 0, 0];
    for (let i = row; i < row + dimension; i++) {
      dot += got[i]! * want[i]!;
      gotSquare += got[i]! ** 2;
      wantSquare += want[i]! ** 2;
      difference = Math.max(difference, Math.abs(got[i]! - want[i]!));
    }
    cosine = Math.min(cosine, dot / Math.sqrt(gotSquare * wantSquare));
  }
  return { cosine, difference };
}

test('image embeddings equal those of open_clip', async () => {
  const got = await run('vision.onnx', 'pixels', new Tensor('float32', values(expected.pixels), expected.pixels.shape));
  const { cosine, difference } = agreement(got, values(expected.images), 48);
  expect(got).toHaveLength(3 * 48);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  expect(difference).toBeLessThanOrEqual(1e-4);
});

test('text embeddings equal those of open_clip, at every length', async () => {
  const got = await run('text.onnx', 'ids', idsOf(expected.ids));
  const { cosine, difference } = agreement(got, values(expected.texts), 48);
  expect(got).toHaveLength(4 * 48);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  expect(difference).toBeLessThanOrEqual(1e-4);
});

test('a batch of one gives what a larger batch gives, and what follows the end token changes nothing', async () => {
  const alone = await run('text.onnx', 'ids', idsOf([expected.ids[1]!]));
  const padded = expected.ids[1]!.map((id, place) => (place < 5 ? id : 7));
  const changed = await run('text.onnx', 'ids', idsOf([padded]));
  const want = values(expected.texts).subarray(48, 96);
  expect(agreement(alone, want, 48).difference).toBeLessThanOrEqual(1e-5);
  expect(agreement(changed, want, 48).difference).toBeLessThanOrEqual(1e-5);
});

test('the manifest says what the bundle is', async () => {
  expect(modelManifest.parse(manifest)).toEqual(manifest);
  expect(manifest.embeddingDimension).toBe(48);
  expect(manifest.logitScale).toBeCloseTo(expected.logitScale, 4);
  expect(manifest.vision?.preprocessing.steps.map(({ op }) => op)).toEqual([
    'resize-pillow',
    'grey',
    'pad',
    'normalize',
    'resize-torch',
  ]);
  expect(manifest.vision?.preprocessing).toMatchObject({ width: 24, height: 24, channels: 3 });
  expect(manifest.text).toMatchObject({ contextLength: 77, padId: 0, endId: 639 });
  const names = (await readdir(directory)).sort();
  expect(names).toEqual(Object.keys(manifest.files).sort());
  for (const name of names) expect(sha256(await readFile(join(directory, name)))).toBe(manifest.files[name]);
});

test('the parameters are counted as open_clip counts them, and weights lie on whole pages', async () => {
  const state = JSON.parse(await readFile(join(golden, 'tiny.json'), 'utf8'));
  expect(manifest.parameters).toBe(state.parameters);
  const model = await readFile(join(directory, 'vision.onnx'), 'latin1');
  const offsets = [...model.matchAll(/offset[\x12][\s\S](\d+)/g)].map((match) => Number(match[1]));
  expect(offsets.length).toBeGreaterThan(10);
  expect(offsets.filter((offset) => offset % 4096 !== 0)).toEqual([]);
});

test('the same checkpoint gives the same bytes', async () => {
  const again = await mkdtemp(join(tmpdir(), 'medvlm-chexzero-'));
  expect(await importModel(chexzero, { source: join(golden, 'tiny.pt'), directory: again, context })).toEqual(manifest);
  await rm(again, { recursive: true });
});

test('texts go through the bundle tokenizer into the range of the embedding', async () => {
  const parsed = async (name: string) => JSON.parse(await readFile(join(directory, name), 'utf8'));
  const tokenizer = createTokenizer(await parsed('tokenizer.json'), await parsed('tokenizer_config.json'));
  const { ids, truncated } = encodeTexts(tokenizer, ['No pleural effusion.', 'a '.repeat(100)], manifest.text!);
  expect(truncated).toBe(1);
  expect([ids[0], ids[77], ids[153]]).toEqual([638n, 638n, 639n]);
  expect(Math.max(...Array.from(ids, Number))).toBe(639);
});

test('a folder is an ensemble of its .pt files, sorted; a folder without any is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'medvlm-ensemble-'));
  await expect(chexzero.members!(folder, context)).rejects.toThrow('expected .pt files');
  for (const name of ['b.pt', 'a.pt', 'notes.txt']) await writeFile(join(folder, name), '');
  expect(await chexzero.members!(folder, context)).toEqual([join(folder, 'a.pt'), join(folder, 'b.pt')]);
  await rm(folder, { recursive: true });
});

test('a failed import leaves no finished file behind', async () => {
  const target = await mkdtemp(join(tmpdir(), 'medvlm-chexzero-'));
  const truncated = join(target, 'truncated.pt');
  await writeFile(truncated, (await readFile(join(golden, 'tiny.pt'))).subarray(0, 200_000));
  await expect(
    importModel(chexzero, { source: truncated, directory: join(target, 'bundle'), context }),
  ).rejects.toThrow('central directory');
  expect(await readdir(target)).toEqual(['truncated.pt']);
  await rm(target, { recursive: true });
});
