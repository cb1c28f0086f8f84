// MedCLIP's importers against transformers and torchvision: pixels, tokens and embeddings from the authors' containers.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { medclipResnet, medclipVit } from '../../../src/catalog/models/medclip.ts';
import { modelManifest } from '../../../src/core/model.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';
import { agreement } from '../../lib/onnx/packed.ts';
import { userError } from '../scratch.ts';
import { type GoldenModel, goldenOf, importGolden } from './golden-model.ts';
import { imageParity } from './published.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

function expectParity(got: Float32Array, want: readonly (readonly number[])[]): void {
  const { cosine, difference } = agreement(got, want.flat(), want[0]!.length);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  expect(difference).toBeLessThanOrEqual(1e-4);
}

describe.each([
  ['medclip-vit', medclipVit, 'medclip-vit'],
  ['medclip-resnet', medclipResnet, 'medclip-resnet'],
  ['keys without index buffers', medclipVit, 'medclip-vit-without-buffers'],
  ['keys of transformers 5', medclipVit, 'medclip-vit-transformers-5'],
] as const)('%s', (_, definition, name) => {
  const golden = goldenOf(name);
  let model: GoldenModel;
  beforeAll(async () => {
    model = await importGolden(definition, golden);
  });
  afterAll(() => model.remove());

  test('pixels of the published evaluation, and image embeddings', async () => {
    const { pixelDifference, cosine, difference } = await imageParity(model, golden.images);
    expect(pixelDifference).toBeLessThan(1e-3 / 255);
    expect(cosine).toBeGreaterThanOrEqual(0.99999);
    expect(difference).toBeLessThanOrEqual(1e-4);
  });

  test('tokens, and embeddings of texts that stand alone', async () => {
    const { ids, embeddings } = await model.texts(golden.texts);
    expect(ids).toEqual(golden.texts.map((text) => text.ids));
    expectParity(
      embeddings,
      golden.texts.map(({ embedding }) => embedding),
    );
  });

  test('embeddings of one group, padded to its longest text', async () => {
    const group = golden.texts.map(({ text }) => text);
    const { embeddings } = await model.texts(group.map((text) => ({ text, group })));
    expectParity(
      embeddings,
      golden.texts.map(({ grouped }) => grouped!),
    );
  });

  test('manifest', () => {
    const { manifest } = model;
    expect(modelManifest.parse(manifest)).toEqual(manifest);
    expect(manifest.logitScale).toBeCloseTo(golden.logitScale, 4);
    expect(manifest.text).toMatchObject({ padding: 'group', contextLength: 77, mask: 'mask', padId: 0 });
    expect(manifest.embeddingDimension).toBe(golden.images[0]!.embedding.length);
    expect(manifest.parameters).toBe(golden.parameters);
  });
});

test('the other preprocessing and pooling, by name', async () => {
  const golden = goldenOf('medclip-vit');
  const options = { preprocessing: 'feature-extractor', pooling: 'masked-mean' };
  const model = await importGolden(medclipVit, golden, options);
  expect(model.manifest.vision!.preprocessing.name).toBe('medclip-feature-extractor@1');
  expect(model.manifest.text!.padding).toBe('batch');
  const { pixelDifference, cosine, difference } = await imageParity(
    model,
    golden.images.map(({ file, other }) => ({ file, ...other! })),
  );
  expect(pixelDifference).toBeLessThan(1e-3 / 255);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  expect(difference).toBeLessThanOrEqual(1e-4);
  const group = golden.texts.map(({ text }) => text);
  const { embeddings } = await model.texts(group.map((text) => ({ text, group })));
  expectParity(
    embeddings,
    golden.texts.map(({ masked }) => masked!),
  );
  await model.remove();
});

describe('refusals', () => {
  const source = join(repository, goldenOf('medclip-vit').file);
  const imported = async (definition: typeof medclipVit, from: string, directory: string) =>
    importModel(definition, { source: from, directory: join(directory, 'bundle'), context: nodeContext() });
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medvlm-medclip-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('the other form of the model is named', async () => {
    const resnet = join(repository, goldenOf('medclip-resnet').file);
    expect((await userError(imported(medclipVit, resnet, folder))).hint).toBe('import it as medclip-resnet');
    expect((await userError(imported(medclipResnet, source, folder))).hint).toBe('import it as medclip-vit');
  });

  test('weights without a vocabulary, with one that is too large, or with an unreadable configuration', async () => {
    const alone = join(folder, basename(source));
    await copyFile(source, alone);
    const { message, hint } = await userError(imported(medclipVit, alone, folder));
    expect(message).toContain('vocab.txt, expected it beside the weights');
    expect(hint).toContain('emilyalsentzer/Bio_ClinicalBERT');
    const words = Array.from({ length: 9000 }, (_, i) => `w${i}`).join('\n');
    await writeFile(join(folder, 'vocab.txt'), `[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n${words}\n`);
    await expect(imported(medclipVit, alone, folder)).rejects.toThrow('vocab.txt, expected the 720 entries');
    await writeFile(join(folder, 'tokenizer_config.json'), '{');
    await expect(imported(medclipVit, alone, folder)).rejects.toThrow('tokenizer_config.json, expected JSON');
    await writeFile(join(folder, 'tokenizer_config.json'), '{}');
    await expect(imported(medclipVit, alone, folder)).rejects.toThrow('do_lower_case');
  });

  test('without tokenizer_config.json texts are lower-cased, and it is said', async () => {
    const other = await mkdtemp(join(tmpdir(), 'medvlm-medclip-'));
    for (const file of [source, join(dirname(source), 'vocab.txt')]) await copyFile(file, join(other, basename(file)));
    const context = nodeContext();
    const manifest = await importModel(medclipVit, { source: other, directory: join(other, 'bundle'), context });
    const usual = await importModel(medclipVit, { source, directory: join(other, 'usual'), context: nodeContext() });
    expect(manifest.files['tokenizer.json']).toBe(usual.files['tokenizer.json']);
    expect(context.messages).toContain('no tokenizer_config.json beside vocab.txt: texts are lower-cased');
    await rm(other, { recursive: true });
  });

  test('options of another name', () => {
    expect(() => medclipVit.options!.parse({ pooling: 'cls' })).toThrow();
    expect(medclipVit.options!.parse({})).toEqual({ preprocessing: 'evaluation', pooling: 'published' });
  });
});
