// CLIP in the layouts of transformers and open_clip, miniature, against these libraries; wrong company is refused.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip } from '../../../src/catalog/models/clip.ts';
import { ModelError } from '../../../src/core/errors.ts';
import { modelManifest } from '../../../src/core/model.ts';
import { packageRoot } from '../../../src/engine/package-root.ts';
import { openSession } from '../../../src/engine/session.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';
import { agreement, valuesOf } from '../../lib/onnx/packed.ts';
import { type Imported, imageParity, readPublishedGolden, textParity } from './published.ts';
import { changedFolder, edited, type FolderChange, without } from './source-folder.ts';

const context = nodeContext();
const LAYOUTS = {
  transformers: { golden: readPublishedGolden('clip'), folder: join(packageRoot, 'assets/miniatures/clip') },
  open_clip: { golden: readPublishedGolden('clip-open-clip'), folder: join(packageRoot, 'test/golden/clip-open-clip') },
} as const;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'medvlm-clip-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function imported(source: string, options = {}): Promise<Imported> {
  const directory = await mkdtemp(join(root, 'bundle-'));
  return { directory, context, manifest: await importModel(clip, { source, directory, context, options }) };
}

describe.each(['transformers', 'open_clip'] as const)('the layout of %s', (layout) => {
  const { golden, folder } = LAYOUTS[layout];

  test('pixels and image embeddings', async () => {
    const { pixelDifference, cosine, difference } = await imageParity(await imported(folder), golden.images!);
    expect(pixelDifference).toBeLessThanOrEqual(1e-5);
    expect(cosine).toBeGreaterThanOrEqual(0.99999);
    expect(difference).toBeLessThanOrEqual(1e-4);
  });

  test('tokens and text embeddings', async () => {
    const model = await imported(folder);
    const { sameTokens, cosine, difference } = await textParity(model, golden.texts, { batches: 'context' });
    expect(sameTokens).toBe(golden.texts.length);
    expect(cosine).toBeGreaterThanOrEqual(0.99999);
    expect(difference).toBeLessThanOrEqual(1e-4);
  });

  test('the manifest says what the bundle is', async () => {
    const { manifest, directory } = await imported(folder);
    expect(modelManifest.parse(manifest)).toEqual(manifest);
    expect(manifest.parameters).toBe(golden.parameters);
    expect(manifest.vision?.preprocessing.name).toBe('clip@1');
    expect((await readdir(directory)).sort()).toEqual(Object.keys(manifest.files).sort());
  });
});

test('the activation of the configuration is the one in the graph', async () => {
  const { folder, golden } = LAYOUTS.open_clip;
  const change = edited('open_clip_config.json', ({ model_cfg }) => Object.assign(model_cfg, { quick_gelu: false }));
  const { cosine } = await imageParity(await imported(await changedFolder(folder, root, change)), golden.images!);
  expect(cosine).toBeLessThan(0.99999);
});

test('exact GELU and heads that are not 64 wide, as open_clip trains them', async () => {
  const folder = join(packageRoot, 'test/golden/onnx/clip-gelu');
  const golden = JSON.parse(await readFile(join(folder, 'open_clip_model.json'), 'utf8'));
  const { directory, manifest } = await imported(folder);
  const run = async (tower: 'vision' | 'text', data: Float32Array | BigInt64Array, shape: readonly number[]) => {
    const session = await openSession({ ...manifest[tower]!, path: join(directory, `${tower}.onnx`) }, { threads: 1 });
    const result = await session.run({ data, shape });
    await session.release();
    return result.data;
  };
  const images = await run('vision', valuesOf(golden.pixels), golden.pixels.shape);
  const texts = await run('text', BigInt64Array.from(golden.ids.flat(), BigInt), [3, 16]);
  for (const { cosine, difference } of [
    agreement(images, valuesOf(golden.images), 24),
    agreement(texts, valuesOf(golden.texts), 24),
  ]) {
    expect(cosine).toBeGreaterThanOrEqual(0.99999);
    expect(difference).toBeLessThanOrEqual(1e-5);
  }
});

test('weights alone are taken where the option names the activation', async () => {
  const { folder, golden } = LAYOUTS.open_clip;
  const source = await changedFolder(folder, root, without('open_clip_config.json'));
  await expect(imported(source)).rejects.toThrow('open_clip_config.json, expected it beside the weights');
  const model = await imported(source, { activation: 'quick-gelu' });
  expect((await imageParity(model, golden.images!)).cosine).toBeGreaterThanOrEqual(0.99999);
});

test('heads come from the configuration', async () => {
  const { folder, golden } = LAYOUTS.transformers;
  const change = edited('config.json', ({ vision_config }) => Object.assign(vision_config, { num_attention_heads: 2 }));
  const { cosine } = await imageParity(await imported(await changedFolder(folder, root, change)), golden.images!);
  expect(cosine).toBeLessThan(0.99999);
});

const config = (settings: object) => edited('config.json', (found) => Object.assign(found, settings));
const processor = (settings: object) => edited('preprocessor_config.json', (found) => Object.assign(found, settings));
const tower = (name: string, settings: object) =>
  edited('config.json', (found) => Object.assign(found[name], settings));

test.each<[string, FolderChange, string]>([
  ['other sizes', config({ projection_dim: 512 }), 'config.json: projection_dim, expected 64 as the weights have it'],
  ['no deviation', processor({ image_std: [0, 1, 1] }), 'preprocessor_config.json: image_std.0, expected'],
  ['no configuration', without('config.json'), 'config.json, expected it beside the weights'],
  ['another model', config({ model_type: 'siglip' }), 'model_type, expected "clip", got "siglip"'],
  [
    'an unknown activation',
    tower('text_config', { hidden_act: 'relu' }),
    'text_config.hidden_act, expected "quick_gelu"',
  ],
  ['two activations', tower('text_config', { hidden_act: 'gelu' }), 'hidden_act of both towers, expected quick_gelu'],
  ['another norm', tower('vision_config', { layer_norm_eps: 1e-6 }), 'vision_config.layer_norm_eps, expected 0.00001'],
  ['another end', tower('text_config', { eos_token_id: 5 }), 'eos_token_id, expected 2 or the largest id, 767, got 5'],
  [
    'heads told twice',
    config({ vision_config_dict: { num_attention_heads: 4 } }),
    'vision_config_dict.num_attention_heads',
  ],
  ['no crop', processor({ do_center_crop: false }), 'do_center_crop, expected true, got false'],
  ['another filter', processor({ resample: 2 }), 'resample, expected 3, got 2'],
  ['another size', processor({ size: { shortest_edge: 336 } }), 'size, expected 224 as the weights have it, got 336'],
  [
    'other merges',
    (folder) => writeFile(join(folder, 'merges.txt'), '#version: 0.2\nq z\n'),
    'expected 514 to 515 rows',
  ],
  ['other ids', edited('vocab.json', (ids) => Object.assign(ids, { a: 7 })), "CLIP's vocabulary, expected ids"],
])('%s is refused', async (_, change, message) => {
  const failure = imported(await changedFolder(LAYOUTS.transformers.folder, root, change));
  await expect(failure).rejects.toThrow(ModelError);
  await expect(failure).rejects.toThrow(message);
});

test('what the published files say otherwise, but the same, is accepted', async () => {
  const change: FolderChange = async (folder) => {
    await config({ text_config_dict: { num_attention_heads: 1 }, vision_config_dict: null })(folder);
    await tower('text_config', { eos_token_id: 2 })(folder);
    await processor({ size: { shortest_edge: 224 }, crop_size: { height: 224, width: 224 } })(folder);
    await writeFile(join(folder, 'merges.txt'), (await readFile(join(folder, 'merges.txt'), 'utf8')).trimEnd());
  };
  const source = await changedFolder(LAYOUTS.transformers.folder, root, change);
  await expect(imported(source)).resolves.toMatchObject({ manifest: { embeddingDimension: 64 } });
});

test('an option that contradicts the configuration is refused', async () => {
  await expect(imported(LAYOUTS.transformers.folder, { activation: 'gelu' })).rejects.toThrow('as config.json says');
});
