// MedFILIP's importer against torchvision and transformers, from a checkpoint in the form of the authors' training code.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { medfilip } from '../../../src/catalog/models/medfilip.ts';
import { modelManifest } from '../../../src/core/model.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';
import { agreement } from '../../lib/onnx/packed.ts';
import { type GoldenModel, goldenOf, importGolden } from './golden-model.ts';
import { imageParity } from './published.ts';

const golden = goldenOf('medfilip');
const options = { mean: 0.5, standardDeviation: 0.25 };
let model: GoldenModel;

beforeAll(async () => {
  model = await importGolden(medfilip, golden, options);
});
afterAll(() => model.remove());

function expectParity(got: Float32Array, want: readonly (readonly number[])[]): void {
  const { cosine, difference } = agreement(got, want.flat(), want[0]!.length);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  expect(difference).toBeLessThanOrEqual(1e-4);
}

test('pixels and image embeddings', async () => {
  const { pixelDifference, cosine, difference } = await imageParity(model, golden.images);
  expect(pixelDifference).toBeLessThan(1e-3 / 255 / options.standardDeviation);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  expect(difference).toBeLessThanOrEqual(1e-4);
});

test('tokens and text embeddings', async () => {
  const { ids, embeddings } = await model.texts(golden.texts);
  expect(ids).toEqual(golden.texts.map((text) => text.ids));
  expectParity(
    embeddings,
    golden.texts.map(({ embedding }) => embedding),
  );
});

test('manifest', () => {
  const { manifest } = model;
  expect(modelManifest.parse(manifest)).toEqual(manifest);
  expect(manifest.logitScale).toBeCloseTo(golden.logitScale, 4);
  expect(manifest.parameters).toBe(golden.parameters);
  expect(manifest.embeddingDimension).toBe(golden.images[0]!.embedding.length);
  expect(manifest.vision!.preprocessing.steps.at(-1)).toMatchObject({ mean: [0.5], standardDeviation: [0.25] });
});

test('the constants are required, with the reason', () => {
  const refusal = medfilip.options!.safeParse({}).error!.issues;
  expect(refusal.map(({ path }) => path.join())).toEqual(['mean', 'standardDeviation']);
  for (const { message } of refusal) expect(message).toContain('never recorded');
  expect(medfilip.options!.safeParse({ mean: 117, standardDeviation: 60 }).success).toBe(false);
});

/** A safetensors file of zeros. */
function safetensors(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const start = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }];
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const file = new Uint8Array(8 + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  return file;
}

test('the variant with another image tower is recognised', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'medvlm-medfilip-'));
  const source = join(directory, 'eva.safetensors');
  const eva = { 'image_model.blocks.0.attn.q_proj.weight': [4, 4], 'text_projection.weight': [4, 4] };
  await writeFile(source, safetensors(eva));
  const bundle = join(directory, 'bundle');
  await expect(importModel(medfilip, { source, directory: bundle, context: nodeContext(), options })).rejects.toThrow(
    'got its EVA02 image tower',
  );
  await rm(directory, { recursive: true });
});

test('a checkpoint of another model is refused', async () => {
  const repository = fileURLToPath(new URL('../../../', import.meta.url));
  const source = join(repository, 'assets/miniatures/chexzero-nih.pt');
  const directory = await mkdtemp(join(tmpdir(), 'medvlm-medfilip-'));
  await expect(importModel(medfilip, { source, directory, context: nodeContext(), options })).rejects.toThrow(
    'not a checkpoint of MedFILIP',
  );
  await rm(directory, { recursive: true });
});
