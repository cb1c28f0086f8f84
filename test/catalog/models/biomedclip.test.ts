// BiomedCLIP from its published layout, miniature, against open_clip; and a configuration of another make is refused.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { biomedclip } from '../../../src/catalog/models/biomedclip.ts';
import { ModelError } from '../../../src/core/errors.ts';
import { modelManifest } from '../../../src/core/model.ts';
import { packageRoot } from '../../../src/engine/package-root.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';
import { type Imported, imageParity, readPublishedGolden, textParity } from './published.ts';
import { changedFolder, edited, type FolderChange, without } from './source-folder.ts';

const context = nodeContext();
const published = join(packageRoot, 'assets/miniatures/biomedclip');
const golden = readPublishedGolden('biomedclip');
const CONFIG = 'open_clip_config.json';
let root: string;
let model: Imported;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'medvlm-biomedclip-'));
  model = await imported();
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function imported(options = {}, source = published): Promise<Imported> {
  const directory = await mkdtemp(join(root, 'bundle-'));
  return { directory, context, manifest: await importModel(biomedclip, { source, directory, context, options }) };
}

test('pixels and image embeddings', async () => {
  const { pixelDifference, cosine, difference } = await imageParity(model, golden.images!);
  expect(golden.images!.length).toBeGreaterThanOrEqual(6);
  expect(pixelDifference).toBeLessThanOrEqual(1e-5);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  expect(difference).toBeLessThanOrEqual(1e-4);
});

test.each(['together', 'alone'] as const)('tokens and text embeddings, texts %s', async (batches) => {
  const { sameTokens, cosine, difference } = await textParity(model, golden.texts, { batches });
  expect(sameTokens).toBe(golden.texts.length);
  expect(cosine).toBeGreaterThanOrEqual(0.99999);
  expect(difference).toBeLessThanOrEqual(1e-4);
});

test('the manifest says what the bundle is', async () => {
  const { manifest, directory } = model;
  expect(modelManifest.parse(manifest)).toEqual(manifest);
  expect(manifest.logitScale).toBeCloseTo(golden.logitScale!, 4);
  expect(manifest.parameters).toBe(golden.parameters);
  expect(manifest.vision?.preprocessing.name).toBe('clip@1');
  expect(manifest.text).toMatchObject({ contextLength: 256, padding: 'batch', mask: 'mask' });
  expect((await readdir(directory)).sort()).toEqual(Object.keys(manifest.files).sort());
});

test('padding to a square shows the whole film, under a name of its own', async () => {
  const { manifest } = await imported({ preprocessing: 'pad-square' });
  expect(manifest.vision?.preprocessing.name).toBe('clip-pad-square@1');
  expect(manifest.vision?.preprocessing.steps.map(({ op }) => op)).toEqual([
    'pad-square',
    'resize-pillow',
    'normalize',
  ]);
});

test('constants of the configuration are used, under a name of their own', async () => {
  const change = edited(CONFIG, ({ preprocess_cfg }) => {
    preprocess_cfg.mean = [0.5, 0.5, 0.5];
  });
  const { manifest } = await imported({}, await changedFolder(published, root, change));
  expect(manifest.vision?.preprocessing.name).toBe('clip-own-constants@1');
  expect(manifest.vision?.preprocessing.steps.at(-1)).toMatchObject({ mean: [0.5, 0.5, 0.5] });
});

test("open_clip's older names of the text settings say the same", async () => {
  const change = edited(CONFIG, ({ model_cfg: { text_cfg } }) => {
    const { hf_proj_type: proj, hf_pooler_type: pooler_type, ...rest } = text_cfg;
    for (const name of Object.keys(text_cfg)) delete text_cfg[name];
    Object.assign(text_cfg, rest, { proj, pooler_type });
  });
  const { manifest } = await imported({}, await changedFolder(published, root, change));
  expect(manifest.files).toEqual(model.manifest.files);
});

test.each<[string, FolderChange, string]>([
  ['no configuration', without(CONFIG), `${CONFIG}, expected it beside the weights`],
  ['another pooling of the text', text({ hf_pooler_type: 'mean_pooler' }), 'hf_pooler_type, expected "cls_last_hidden'],
  ['no pooling of the text', text({ hf_pooler_type: undefined }), 'hf_pooler_type'],
  ['another head of the text', text({ hf_proj_type: 'linear' }), 'hf_proj_type, expected "mlp", got "linear"'],
  ['an unknown setting of the text', text({ no_causal_mask: true }), 'setting model_cfg.text_cfg.no_causal_mask'],
  ['a context beyond the positions', text({ context_length: 4096 }), 'context_length, expected'],
  ['an average of the patches', vision({ timm_pool: 'avg' }), 'timm_pool, expected "" or "token", got "avg"'],
  ['another image tower', vision({ timm_model_name: 'resnet50' }), 'expected a plain ViT'],
  ['another size of picture', vision({ image_size: 384 }), 'image_size, expected 224 as the weights have it, got 384'],
  ['another way to the size', preprocess({ resize_mode: 'squash' }), 'resize_mode, expected "shortest", got "squash"'],
  ['another filter', preprocess({ interpolation: 'bilinear' }), 'interpolation, expected "bicubic"'],
  ['another dimension', edited(CONFIG, ({ model_cfg }) => Object.assign(model_cfg, { embed_dim: 512 })), 'embed_dim'],
  ['no vocabulary', without('vocab.txt'), 'expected tokenizer.json or vocab.txt beside the weights'],
])('%s is refused', async (_, change, message) => {
  const failure = imported({}, await changedFolder(published, root, change));
  await expect(failure).rejects.toThrow(ModelError);
  await expect(failure).rejects.toThrow(message);
});

function text(settings: object): FolderChange {
  return edited(CONFIG, ({ model_cfg }) => Object.assign(model_cfg.text_cfg, settings));
}

function vision(settings: object): FolderChange {
  return edited(CONFIG, ({ model_cfg }) => Object.assign(model_cfg.vision_cfg, settings));
}

function preprocess(settings: object): FolderChange {
  return edited(CONFIG, ({ preprocess_cfg }) => Object.assign(preprocess_cfg, settings));
}
