// The text encoders from their published layouts, miniature, against transformers.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import encoders from '../../../src/catalog/models/text-encoders.ts';
import { ModelError } from '../../../src/core/errors.ts';
import { modelManifest } from '../../../src/core/model.ts';
import { packageRoot } from '../../../src/engine/package-root.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';
import { type Imported, readPublishedGolden, textParity } from './published.ts';
import { changedFolder, edited, type FolderChange, without } from './source-folder.ts';

const context = nodeContext();
const miniatures = join(packageRoot, 'assets/miniatures');
const definitionOf = (name: string) => encoders.find((encoder) => encoder.name === name)!;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'medvlm-encoders-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function imported(name: string, options = {}, source = join(miniatures, name)): Promise<Imported> {
  const directory = await mkdtemp(join(root, 'bundle-'));
  return {
    directory,
    context,
    manifest: await importModel(definitionOf(name), { source, directory, context, options }),
  };
}

describe.each(['bioclinicalbert', 'pubmedbert', 'distilbert', 'tinybert'])('%s', (name) => {
  const { texts } = readPublishedGolden(name);

  test.each(['together', 'alone'] as const)('tokens and masked means, texts %s', async (batches) => {
    const { sameTokens, cosine, difference } = await textParity(await imported(name), texts, { batches });
    expect(texts.length).toBeGreaterThanOrEqual(20);
    expect(sameTokens).toBe(texts.length);
    expect(cosine).toBeGreaterThanOrEqual(0.99999);
    expect(difference).toBeLessThanOrEqual(1e-4);
  });

  test('the first token', async () => {
    const model = await imported(name, { pooling: 'cls' });
    const { cosine, difference } = await textParity(model, texts, { batches: 'together', want: ({ cls }) => cls! });
    expect(cosine).toBeGreaterThanOrEqual(0.99999);
    expect(difference).toBeLessThanOrEqual(1e-4);
  });

  test('a manifest of a text tower alone, with its files', async () => {
    const { manifest, directory } = await imported(name);
    expect(modelManifest.parse(manifest)).toEqual(manifest);
    expect(manifest.vision).toBeUndefined();
    expect(manifest.text).toMatchObject({ padding: 'batch', mask: 'mask', contextLength: 128 });
    expect((await readdir(directory)).sort()).toEqual(Object.keys(manifest.files).sort());
  });
});

describe('what lies beside the weights', () => {
  const copyOf = (name: string, change: FolderChange) => changedFolder(join(miniatures, name), root, change);

  test.each<[string, FolderChange, string]>([
    [
      'another activation',
      edited('config.json', (settings) => Object.assign(settings, { hidden_act: 'relu' })),
      'config.json: hidden_act, expected "gelu", got "relu" (pytorch_model.bin)',
    ],
    [
      'heads that do not fit',
      edited('config.json', (settings) => Object.assign(settings, { num_attention_heads: 5 })),
      'expected 5 heads in a width of 52',
    ],
    ['heads of 26 without a configuration', without('config.json'), 'expected heads 64 wide in a width of 52'],
    ['no vocabulary', without('vocab.txt'), 'expected tokenizer.json or vocab.txt beside the weights'],
    [
      'a vocabulary too long',
      (folder) => appendWords(folder),
      'expected the 720 entries of the word embedding, got 721',
    ],
    ['a vocabulary cut off', (folder) => cutWords(folder), 'expected the 720 entries of the word embedding, got 600'],
    [
      'a configuration of other layers',
      edited('config.json', (settings) => Object.assign(settings, { num_hidden_layers: 4 })),
      'config.json: num_hidden_layers, expected 2 as the weights have it, got 4',
    ],
    ['nothing that tells the case', without('tokenizer_config.json'), 'expected do_lower_case true or false, got none'],
    ['no JSON', (folder) => writeFile(join(folder, 'config.json'), '{'), 'config.json, expected JSON'],
  ])('%s is refused', async (_, change, message) => {
    const failure = imported('tinybert', {}, await copyOf('tinybert', change));
    await expect(failure).rejects.toThrow(ModelError);
    await expect(failure).rejects.toThrow(message);
  });

  test.each([
    ['bioclinicalbert', 'pubmedbert', 'expected a cased vocabulary, got an uncased vocabulary'],
    ['pubmedbert', 'bioclinicalbert', 'expected an uncased vocabulary, got a cased vocabulary'],
    ['bioclinicalbert', 'distilbert', 'got those of distilbert'],
    ['pubmedbert', 'tinybert', 'got those of tinybert'],
    ['distilbert', 'pubmedbert', 'got those of bioclinicalbert or pubmedbert'],
    ['tinybert', 'pubmedbert', 'got those of bioclinicalbert or pubmedbert'],
    ['tinybert', 'distilbert', 'got those of distilbert'],
  ])('%s does not take %s', async (name, other, message) => {
    await expect(imported(name, {}, join(miniatures, other))).rejects.toThrow(message);
  });

  async function cutWords(folder: string): Promise<void> {
    const path = join(folder, 'vocab.txt');
    const words = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, words.slice(0, 600).join('\n'));
  }

  async function appendWords(folder: string): Promise<void> {
    const path = join(folder, 'vocab.txt');
    await writeFile(path, `${await readFile(path, 'utf8')}one\n`);
  }

  test('the option lowercase tells the case where nothing else does, and may not contradict', async () => {
    const { texts } = readPublishedGolden('bioclinicalbert');
    const source = await copyOf('bioclinicalbert', without('tokenizer_config.json'));
    const model = await imported('bioclinicalbert', { lowercase: false }, source);
    expect((await textParity(model, texts, { batches: 'together' })).sameTokens).toBe(texts.length);
    await expect(imported('bioclinicalbert', { lowercase: true })).rejects.toThrow('option lowercase, expected false');
  });
});
