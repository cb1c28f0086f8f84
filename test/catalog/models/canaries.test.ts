// Every miniature, in its container as published, gives what the reference library gives for the canary inputs.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { catalog } from '../../../src/catalog/index.ts';
import { importModel } from '../../../src/engine/imports.ts';
import { importOptions } from '../../../src/engine/model-options.ts';
import { listBundles } from '../../../src/engine/model-registry.ts';
import { packageRoot } from '../../../src/engine/package-root.ts';
import { verifyBundle } from '../../../src/engine/verify-bundle.ts';
import { nodeContext } from '../../context.ts';

const miniatures = join(packageRoot, 'assets/miniatures');
const root = mkdtempSync(join(tmpdir(), 'medvlm-canaries-'));
const context = nodeContext(join(root, 'cache'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Those that scripts/reference/canaries.py has, where they are not the defaults alone. */
const OPTIONS: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  medfilip: [{ mean: 0.5, standardDeviation: 0.25 }],
  'medclip-vit': [{}, { preprocessing: 'feature-extractor', pooling: 'masked-mean' }],
  'medclip-resnet': [{}, { preprocessing: 'feature-extractor', pooling: 'masked-mean' }],
  ...Object.fromEntries(
    ['bioclinicalbert', 'pubmedbert', 'distilbert', 'tinybert'].map((name) => [name, [{}, { pooling: 'cls' }]]),
  ),
};

const cases = readdirSync(miniatures, { withFileTypes: true }).flatMap((entry) => {
  const name = entry.isDirectory() ? entry.name : entry.name.split('-')[0]!;
  if (!catalog.models.has(name)) return [];
  const source = join(miniatures, entry.name);
  return (OPTIONS[name] ?? [{}]).map((options) => ({ name, file: entry.name, source, options }));
});

test('there is a case for every architecture', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBeGreaterThanOrEqual(10);
});

test.each(cases)('$file $options', async ({ name, file, source, options }) => {
  const definition = catalog.models.get(name)!;
  const models = join(root, `${file}-${JSON.stringify(options).replaceAll(/\W/g, '-')}`);
  await importModel({ definition, sources: [source], options: importOptions(definition, options) }, models, context);
  const [bundle] = await listBundles(models, context.files);
  const checks = await verifyBundle({ bundle: bundle!, definition }, context);
  const outcomes = checks.map((check) => [check.name, check.outcome]);
  expect(outcomes, 'after a miniature is trained anew: scripts/reference/canaries.py').toEqual([
    ['manifest', 'pass'],
    ['checkpoint', 'pass'],
    ['files', 'pass'],
    ['weights', 'pass'],
    ['graphs', 'pass'],
    ['known canaries', 'pass'],
    ['recorded canaries', 'pass'],
  ]);
});
