/** DICOM films go through the preprocessing pool as any picture does, whatever their names; a bad one fails alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import type { Preprocessing } from '../../src/core/preprocessing.ts';
import { decode } from '../../src/engine/decode.ts';
import { openPreprocessPool } from '../../src/engine/preprocess-pool.ts';

const golden = (name: string) => fileURLToPath(new URL(`../golden/dicom/${name}.dcm`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dicom-pool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PREPROCESSING: Preprocessing = {
  name: 'tiny@1',
  channels: 3,
  width: 16,
  height: 16,
  steps: [
    { op: 'grey' },
    { op: 'pad-square', minimum: 1, fill: 0 },
    { op: 'resize-pillow', kernel: 'bicubic', size: { width: 16, height: 16 } },
    { op: 'normalize', divisor: 255, mean: [0.5], standardDeviation: [0.25] },
  ],
};
const LENGTH = 3 * 16 * 16;

async function asPng(name: string): Promise<string> {
  const { width, height, data } = await decode(readFileSync(golden(name)));
  const path = join(folder, `${name}.png`);
  const image = sharp(data, { raw: { width, height, channels: 1 } });
  writeFileSync(path, await image.toColourspace('b-w').png().toBuffer());
  return path;
}

test('a film embeds like the PNG of it, with or without an extension, in every compression', async () => {
  const names = ['window-mono1', 'jpeg2000-lossless-unsigned12', 'jpeg-ls-unsigned12', 'jpeg-baseline-unsigned8'];
  const nameless = join(folder, '00000001');
  writeFileSync(nameless, readFileSync(golden(names[0]!)));
  const cut = join(folder, 'cut.DCM');
  writeFileSync(cut, readFileSync(golden(names[1]!)).subarray(0, -100));
  const pngs = await Promise.all(names.map(asPng));
  const paths = [...names.map(golden), nameless, cut, ...pngs];
  const target = new SharedArrayBuffer(4 * LENGTH * paths.length);
  const pool = openPreprocessPool(2);
  const outcomes = await pool.pixels({ paths, preprocessing: PREPROCESSING, target }).finally(() => pool.close());
  const failures = outcomes.map(({ failure }) => failure);
  expect(failures.filter((failure) => failure !== undefined)).toEqual([
    expect.stringMatching(/^DICOM file is truncated/),
  ]);
  expect(failures[5]).toBeDefined();
  const slot = (index: number) => new Float32Array(target, 4 * LENGTH * index, LENGTH);
  for (const i of names.keys()) expect(slot(i)).toEqual(slot(6 + i));
  expect(slot(4)).toEqual(slot(0));
  expect(slot(5).every((value) => value === 0)).toBe(true);
  expect(new Set(slot(0)).size).toBeGreaterThan(50);
});
