// What a suite's model without `from` stands for: exactly what was imported by name with the same options, or a clear refusal.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256 } from '../../src/core/digest.ts';
import { ConfigError, DataError, type MedvlmError, ModelError } from '../../src/core/errors.ts';
import type { ModelDefinition } from '../../src/core/model.ts';
import { reopenBundle } from '../../src/engine/bundles.ts';
import { dryImport } from '../../src/engine/dry-import.ts';
import { findImported, importModel, listImported } from '../../src/engine/imports.ts';
import { describeOptions, importOptions } from '../../src/engine/model-options.ts';
import { listBundles, modelStates } from '../../src/engine/model-registry.ts';
import { nodeContext, type TestContext } from '../context.ts';

let root: string;
let models: string;
let context: TestContext;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'medvlm-imports-'));
  models = join(root, 'models');
  context = nodeContext(join(root, 'cache'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const schema = z.strictObject({
  crop: z.enum(['centre', 'none']).default('centre'),
  mean: z.number().describe('of the films').optional(),
});

/** A model without towers: its bundle is a copy of the checkpoint. */
const toy: ModelDefinition<z.infer<typeof schema>> = {
  name: 'toy',
  version: '1',
  options: schema,
  card: {
    title: 'Toy',
    architecture: 'none',
    licence: 'none',
    citation: 'none',
    access: 'by-hand',
    weights: 'ask the authors',
    exposure: {},
    notes: [],
  },
  members: async (folder, { files }) => (await files.list(folder)).map(({ path }) => join(folder, path)),
  import: async ({ source, directory, context: { files } }) => {
    const bytes = await files.read(source);
    if (bytes.length === 0) throw new ModelError('weights, expected some, got none');
    await files.write(join(directory, 'copy.bin'), bytes);
    const format = 'medvlm-model@1' as const;
    return { format, name: 'toy', architecture: 'none', embeddingDimension: 1, files: { 'copy.bin': sha256(bytes) } };
  },
};

const written = (name: string, content = name) => {
  writeFileSync(join(root, name), content);
  return join(root, name);
};
const defaults = { crop: 'centre' };
const bringIn = (sources: readonly string[], options: Record<string, unknown> = defaults, definition = toy) =>
  importModel({ definition: definition as ModelDefinition, sources, options }, models, context);
const find = (options: Record<string, unknown> = defaults, definition = toy as ModelDefinition) =>
  findImported({ definition, options }, models, context.files);

async function refusal(attempt: Promise<unknown>): Promise<MedvlmError> {
  return attempt.then(
    () => expect.fail('it should have been refused'),
    (error) => error,
  );
}

test('one checkpoint: found by name, opened without its source, and brought in once', async () => {
  const source = written('a.pt');
  const first = await bringIn([source]);
  expect(first.bundles.map(({ isNew }) => isNew)).toEqual([true]);
  expect((await bringIn([source])).bundles.map(({ isNew }) => isNew)).toEqual([false]);
  expect(await listImported(models, context.files)).toEqual([first.imported]);
  rmSync(source);
  const found = await find();
  const bundle = await reopenBundle(join(models, found.bundles[0]!), context);
  expect(bundle.sourceDigest).toBe(first.bundles[0]!.sourceDigest);
  const record = JSON.parse(readFileSync(join(bundle.directory, 'import.json'), 'utf8'));
  expect(record).toEqual({
    format: 'medvlm-import@1',
    model: 'toy',
    importerVersion: '1',
    options: defaults,
    sourceDigest: bundle.sourceDigest,
    sourceName: 'a.pt',
  });
});

test('an ensemble keeps its order; its members are not what the name stands for', async () => {
  mkdirSync(join(root, 'all'));
  for (const name of ['c.pt', 'a.pt', 'b.pt']) written(join('all', name));
  const { imported, bundles } = await bringIn([join(root, 'all')]);
  expect(bundles.length).toBe(3);
  expect((await find()).bundles).toEqual(imported.bundles);
  const names = await Promise.all(
    imported.bundles.map(async (name) => readFileSync(join(models, name, 'copy.bin'), 'utf8')),
  );
  expect(names).toEqual(['all/a.pt', 'all/b.pt', 'all/c.pt']);
});

test('nothing imported: the way to the weights', async () => {
  const error = await refusal(find());
  expect(error).toBeInstanceOf(ModelError);
  expect(error.hint).toBe('ask the authors; then: medvlm models import toy --from PATH');
  const download = { ...toy, card: { ...toy.card, access: 'download' as const } };
  expect((await refusal(find(defaults, download as ModelDefinition))).hint).toBe('medvlm models import toy --download');
});

test('other options, or an older importer, are not taken for it', async () => {
  await bringIn([written('a.pt')]);
  const options = await refusal(find({ crop: 'none' }));
  expect(options.message).toContain('with the options {crop:none}, only with {crop:centre}');
  const newer = { ...toy, version: '2' } as ModelDefinition;
  const version = await refusal(find(defaults, newer));
  expect(version.message).toContain('importer version 2');
  expect(version.hint).toContain('again');
  const [state] = await modelStates([newer], models, context.files);
  expect(state).toEqual({ access: 'by-hand', imported: 0, outdated: 1, bundles: 0 });
});

test('several checkpoints: whoever means one must say which', async () => {
  const digests = [];
  for (const name of ['a.pt', 'b.pt'])
    digests.push((await bringIn([written(name)])).imported.sourceDigest.slice(0, 12));
  const error = await refusal(find());
  expect(error).toBeInstanceOf(ConfigError);
  for (const digest of digests) expect(error.message).toContain(digest);
  expect(error.hint).toMatch(/from: sha256:[0-9a-f]{12}$/);
  const byDigest = (digest: string) =>
    findImported({ definition: toy as ModelDefinition, options: defaults, digest }, models, context.files);
  expect((await byDigest(digests[1]!)).sourceName).toBe('b.pt');
  expect((await refusal(byDigest('00000000'))).message).toContain('with the SHA-256 00000000…');
  await bringIn([join(root, 'a.pt')], { crop: 'none' });
  expect((await find({ crop: 'none' })).sourceName).toBe('a.pt');
});

test('a declared model cannot be found', async () => {
  const { import: _, ...declared } = toy;
  expect((await refusal(find(defaults, declared as ModelDefinition))).message).toContain('only declared');
});

test('a damaged or vanished bundle is not opened', async () => {
  const { imported } = await bringIn([written('a.pt')]);
  const directory = join(models, imported.bundles[0]!);
  writeFileSync(join(directory, 'copy.bin'), 'something else');
  expect((await refusal(reopenBundle(directory, context))).message).toContain('damaged');
  rmSync(directory, { recursive: true });
  expect((await refusal(reopenBundle(directory, context))).message).toContain('got none');
  await bringIn([join(root, 'a.pt')]);
  await reopenBundle(directory, context);
});

test('a checkpoint that is refused leaves nothing', async () => {
  expect((await refusal(bringIn([written('empty.pt', '')]))).message).toContain('empty.pt');
  expect(existsSync(models) ? readdirSync(models) : []).toEqual([]);
});

test('a file where the folder of the models should be is said, not taken for a bug', async () => {
  const elsewhere = join(written('file'), 'models');
  const request = { definition: toy as ModelDefinition, sources: [written('a.pt')], options: defaults };
  const error = await refusal(importModel(request, elsewhere, context));
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).toContain('file');
});

test('a dry import reads everything and writes nothing', async () => {
  const source = written('a.pt', 'twelve bytes');
  const request = { definition: toy as ModelDefinition, source, options: defaults };
  const found = await dryImport(request, join(models, 'toy'), context);
  expect(found).toMatchObject({ bytes: 12, files: { 'copy.bin': sha256('twelve bytes') } });
  expect(existsSync(models)).toBe(false);
});

test('bundles on disk are listed whatever made them, unfinished ones are not', async () => {
  await bringIn([written('a.pt')]);
  mkdirSync(join(models, '.toy-1.host.1-1.tmp'));
  mkdirSync(join(models, 'toy-older'));
  const bundles = await listBundles(models, context.files);
  expect(bundles.map(({ record }) => record?.sourceName)).toEqual(['a.pt', undefined]);
});

test('options are parsed by the schema of the model, and described from it', () => {
  const definition = toy as ModelDefinition;
  expect(importOptions(definition, { mean: 0.5 })).toEqual({ crop: 'centre', mean: 0.5 });
  expect(() => importOptions(definition, { crop: 'center' })).toThrow(/^--option: /);
  expect(() => importOptions(definition, { corp: 'none' })).toThrow(/unknown option "corp"/);
  expect(describeOptions(definition)).toEqual([
    { name: 'crop', isRequired: false, values: 'centre | none', default: 'centre' },
    { name: 'mean', isRequired: false, values: 'number', description: 'of the films' },
  ]);
});
