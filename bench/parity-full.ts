/**
 * Models at their full published size, with random weights, against the libraries of their authors: tokens, pixels,
 * embeddings, the time of the import and its memory. Each model in a process of its own.
 * usage: npm run bench -- parity-full FOLDER…; FOLDER as scripts/reference/full_size.py makes it
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalog } from '../src/catalog/index.ts';
import { openBundle } from '../src/engine/bundles.ts';
import { createContext } from '../src/engine/context.ts';
import { homeAt } from '../src/engine/home.ts';
import { peakResidentBytes } from '../src/engine/machine.ts';
import {
  imageParity,
  type PublishedGolden,
  type TextParityOptions,
  textParity,
} from '../test/catalog/models/published.ts';
import type { Agreement } from '../test/lib/onnx/packed.ts';

interface FullGolden extends PublishedGolden {
  /** Name of the plug-in. */
  readonly model: string;
  readonly preprocessing?: { readonly mean?: number; readonly std?: number };
}

/** Texts as the model's padding has them: all in one batch, each to the context, or each alone. */
const BATCHES: Readonly<Record<string, TextParityOptions['batches']>> = {
  batch: 'together',
  context: 'context',
  group: 'alone',
};

if (process.send === undefined) await parent();
else process.once('message', (folder: string) => void measure(folder).then(() => process.disconnect()));

async function parent(): Promise<void> {
  for (const folder of process.argv.slice(2)) {
    const child = fork(fileURLToPath(import.meta.url), [], { stdio: 'inherit' });
    child.send(resolve(folder));
    await new Promise<void>((done, fail) => {
      child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`${folder} ended with ${code}`))));
    });
  }
}

async function measure(folder: string): Promise<void> {
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as FullGolden;
  const definition = catalog.models.get(golden.model)!;
  const root = mkdtempSync(join(dirname(folder), 'parity-full-'));
  const places = homeAt({ MEDVLM_HOME: root });
  const context = createContext(places, { log: () => undefined, progress: () => undefined });
  try {
    const request = { definition, source: folder, options: optionsOf(golden) };
    const start = performance.now();
    const bundle = await openBundle(request, places.models, context);
    const seconds = (performance.now() - start) / 1000;
    const peak = peakResidentBytes() ?? Number.NaN;
    const { parameters = 0, text, vision } = bundle.manifest;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
    console.log(
      `${golden.model} (${folder.split('/').at(-1)}): ${parameters} parameters; import ${seconds.toFixed(1)} s, peak memory ${megabytes(peak)} MB`,
    );
    const imported = { ...bundle, context };
    if (vision) {
      const images = await imageParity(imported, golden.images!);
      show(`${golden.images!.length} images: pixels within ${images.pixelDifference.toExponential(1)}`, images);
    }
    if (text) {
      const texts = await textParity(imported, golden.texts, { batches: BATCHES[text.padding]! });
      show(`${golden.texts.length} texts: ${texts.sameTokens} token lists identical`, texts);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Defaults, and for MedFILIP the constants that its user must name. */
function optionsOf({ model, preprocessing }: FullGolden): Record<string, unknown> {
  const { options } = catalog.models.get(model)!;
  const given = model === 'medfilip' ? { mean: preprocessing!.mean!, standardDeviation: preprocessing!.std! } : {};
  return (options?.parse(given) ?? {}) as Record<string, unknown>;
}

function show(what: string, { cosine, difference, magnitude }: Agreement): void {
  console.log(
    `  ${what}; 1 − cosine at most ${(1 - cosine).toExponential(1)}, values within ${difference.toExponential(1)} of up to ${magnitude.toFixed(1)} (relative ${(difference / magnitude).toExponential(1)})`,
  );
}
