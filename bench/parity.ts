/** The product against the PyTorch reference: pixels, tokens, embeddings and every score. `-- --nih FOLDER` adds the real films. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSuite } from '../src/app/run-suite.ts';
import { catalog } from '../src/catalog/index.ts';
import type { Result } from '../src/core/result.ts';
import { createContext } from '../src/engine/context.ts';
import { homeAt } from '../src/engine/home.ts';
import { packageRoot } from '../src/engine/package-root.ts';
import { parseOptions } from '../src/engine/suite-file.ts';
import { demoPairs, modelParity, nihPairs, quietContext, type ScorePair } from '../test/e2e/parity.ts';

const root = mkdtempSync(join(tmpdir(), 'medvlm-parity-'));
const home = homeAt({ MEDVLM_HOME: join(root, 'home') });
const nihAt = process.argv.indexOf('--nih');
const nihRoot = nihAt > 0 ? process.argv[nihAt + 1] : undefined;

async function imagesOf(name: string, folder: string | undefined, options: Record<string, unknown>) {
  const plugin = catalog.datasets.get(name)!;
  const opened = await plugin.open(
    folder,
    parseOptions('dataset', name, plugin.options, options),
    quietContext(home.root),
  );
  return opened.studies.flatMap((study) => study.images);
}

async function resultsOf(suite: string, set: readonly string[], batchSize: number, workers: number): Promise<Result[]> {
  const out = join(root, `${suite}-${batchSize}-${workers}`);
  const own = homeAt({ MEDVLM_HOME: join(root, `home-${batchSize}-${workers}`) });
  const context = createContext({ ...own, cache: home.cache }, { log: () => undefined, progress: () => undefined });
  const request = {
    suite: join(packageRoot, `suites/${suite}.yaml`),
    set,
    out,
    device: 'cpu',
    workers,
    batchSize,
  } as const;
  await runSuite(request, { home: { ...own, cache: home.cache }, context, signal: new AbortController().signal });
  return JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as Result[];
}

function printPairs(title: string, pairs: readonly ScorePair[]): void {
  const differences = pairs.map(({ ours, reference }) => Math.abs(ours - reference));
  const worst = pairs[differences.indexOf(Math.max(...differences))]!;
  console.log(
    `${title}: ${pairs.length} scores, largest difference ${Math.max(...differences).toExponential(2)} (${worst.what})`,
  );
}

function printSpread(title: string, a: readonly Result[], b: readonly Result[]): void {
  const differences = a.map((row, index) => Math.abs((row.value ?? 0) - (b[index]!.value ?? 0)));
  console.log(
    `${title}: ${a.length} values, ${differences.filter((value) => value > 0).length} differ, by at most ${Math.max(...differences).toExponential(2)}`,
  );
}

const phantom = await imagesOf('phantom', undefined, { patients: 220, seed: 2 });
const demo = await resultsOf('demo', [], 8, 2);
const models = [await modelParity('phantom-a', phantom, home.root), await modelParity('phantom-b', phantom, home.root)];
if (nihRoot)
  models.push(
    await modelParity('nih', await imagesOf('nih-chestxray14', nihRoot, { images: 'nih1000-64px' }), home.root),
  );
for (const model of models) {
  console.log(
    `${model.name}: ${model.samePictures} of ${model.images} decoded pictures and ${model.sameTokens} of ${model.texts} token lists identical`,
  );
  console.log(`  preprocessed pixels within ${model.largestPixelDifference.toExponential(2)}`);
  console.log(
    `  1 − cosine: images at most ${(1 - model.smallestImageCosine).toExponential(2)}, texts at most ${(1 - model.smallestTextCosine).toExponential(2)}`,
  );
  console.log(`  embeddings within ${model.largestDifference.toExponential(2)}`);
}
printPairs('demo against the reference', demoPairs(demo));
printSpread('demo with 1 worker against 2', demo, await resultsOf('demo', [], 8, 1));
printSpread('demo with batch 1 against 8', demo, await resultsOf('demo', [], 1, 2));
if (nihRoot)
  printPairs(
    'NIH against the reference',
    nihPairs(await resultsOf('nih-miniature', [`datasets.0.root=${nihRoot}`], 8, 2)),
  );
rmSync(root, { recursive: true, force: true });
