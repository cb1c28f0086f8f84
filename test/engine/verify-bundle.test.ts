// A bundle is checked against what was imported and against the reference: every kind of damage is a FAIL.
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import chexzero from '../../src/catalog/models/chexzero.ts';
import { sha256 } from '../../src/core/digest.ts';
import type { ModelManifest } from '../../src/core/model.ts';
import { importModel } from '../../src/engine/imports.ts';
import { listBundles } from '../../src/engine/model-registry.ts';
import { packageRoot } from '../../src/engine/package-root.ts';
import { type Check, checkAgainstCheckpoint, verifyBundle } from '../../src/engine/verify-bundle.ts';
import { readInitializers } from '../../src/lib/onnx/initializers.ts';
import { nodeContext } from '../context.ts';

const checkpoint = (name: string) => join(packageRoot, 'assets/miniatures', `chexzero-${name}.pt`);
const root = mkdtempSync(join(tmpdir(), 'medvlm-verify-'));
const context = nodeContext(join(root, 'cache'));
const sound = join(root, 'sound');

beforeAll(() => importModel({ definition: chexzero, sources: [checkpoint('phantom-b')], options: {} }, sound, context));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Checks of a copy of the sound bundle after some damage. */
async function verified(damage: (directory: string) => void = () => undefined): Promise<readonly Check[]> {
  const models = join(root, 'copy');
  rmSync(models, { recursive: true, force: true });
  cpSync(sound, models, { recursive: true });
  damage((await listBundles(models, context.files))[0]!.directory);
  const [bundle] = await listBundles(models, context.files);
  return verifyBundle({ bundle: bundle!, definition: chexzero }, context);
}

const failures = (checks: readonly Check[]) =>
  checks.filter(({ outcome }) => outcome === 'fail').map(({ name, found }) => `${name}: ${found}`);

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1 << 6;
  writeFileSync(path, bytes);
}

/** As somebody would who wants the digests to agree. */
function signAnew(directory: string): void {
  const path = join(directory, 'model.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as ModelManifest;
  const files = Object.fromEntries(
    Object.keys(manifest.files).map((name) => [name, sha256(readFileSync(join(directory, name)))]),
  );
  writeFileSync(path, JSON.stringify({ ...manifest, files }));
}

test('a sound bundle passes everything, and gives what the reference gives', async () => {
  const checks = await verified();
  expect(failures(checks)).toEqual([]);
  expect(checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    'manifest pass',
    'checkpoint pass',
    'files pass',
    'weights pass',
    'graphs pass',
    'known canaries pass',
    'recorded canaries pass',
  ]);
  expect(checks[3]!.found).toContain('591,297 weights');
});

test.each(['vision.weights', 'text.weights', 'vision.onnx', 'tokenizer.json'])(
  'one flipped bit in %s',
  async (name) => {
    const checks = await verified((directory) => flipBit(join(directory, name), 1001));
    expect(failures(checks)).toEqual([`files: ${name} has another SHA-256 than when it was imported`]);
    expect(checks.at(-1)!.found).toContain('not run');
  },
);

test('a truncated graph and a missing file', async () => {
  expect(failures(await verified((directory) => truncateSync(join(directory, 'text.onnx'), 2000)))[0]).toContain(
    'text.onnx',
  );
  expect(failures(await verified((directory) => rmSync(join(directory, 'vision.weights'))))).toEqual([
    'files: vision.weights is missing',
  ]);
});

test('weights that were changed and signed anew give other embeddings', async () => {
  const checks = await verified((directory) => {
    const path = join(directory, 'vision.weights');
    const bytes = readFileSync(path);
    for (let at = 0; at < 40_000; at += 4) bytes[at + 3]! ^= 0x80; // the sign of 10,000 weights
    writeFileSync(path, bytes);
    signAnew(directory);
  });
  expect(failures(checks).map((line) => line.split(':')[0])).toEqual(['known canaries', 'recorded canaries']);
});

test('weights that end too early, and a graph that is none, signed anew', async () => {
  const short = await verified((directory) => {
    truncateSync(join(directory, 'vision.weights'), 100_000);
    signAnew(directory);
  });
  expect(failures(short)[0]).toMatch(/^weights: vision\.onnx: \S+ \[[\d,]+\] ends beyond vision\.weights/);
  const torn = await verified((directory) => {
    truncateSync(join(directory, 'text.onnx'), 2000);
    signAnew(directory);
  });
  expect(failures(torn)[0]).toMatch(/^weights: graph, expected a whole ONNX file/);
});

test('a manifest that is none, and a bundle without a record', async () => {
  expect(failures(await verified((directory) => writeFileSync(join(directory, 'model.json'), '{')))).toEqual([
    'manifest: model.json is missing or is none',
  ]);
  const unrecorded = await verified((directory) => {
    rmSync(join(directory, 'import.json'));
    rmSync(join(directory, 'canaries.json'));
  });
  expect(failures(unrecorded)).toEqual([]);
  expect(unrecorded.filter(({ outcome }) => outcome === 'none').map(({ name }) => name)).toEqual([
    'checkpoint',
    'known canaries',
    'recorded canaries',
  ]);
});

test('the checkpoint gives the same bytes again; another one does not', async () => {
  const [bundle] = await listBundles(sound, context.files);
  const request = { bundle: bundle!, definition: chexzero };
  expect((await checkAgainstCheckpoint(request, checkpoint('phantom-b'), context)).outcome).toBe('pass');
  expect((await checkAgainstCheckpoint(request, checkpoint('phantom-a'), context)).outcome).toBe('fail');
});

test('constants of a graph are read as they were written', async () => {
  const [bundle] = await listBundles(sound, context.files);
  const spans = readInitializers(readFileSync(join(bundle!.directory, 'text.onnx')));
  const embedding = spans.find(({ shape }) => shape.length === 2 && shape[0]! > 1000);
  expect(embedding).toMatchObject({
    file: 'text.weights',
    expectedBytes: 4 * embedding!.shape[0]! * embedding!.shape[1]!,
  });
  expect(embedding!.length).toBe(embedding!.expectedBytes);
  expect(() => readInitializers(Uint8Array.of(0x3a, 0x7f, 1))).toThrow(/whole ONNX file/);
  expect(() => readInitializers(new Uint8Array())).toThrow(/got none/);
});
