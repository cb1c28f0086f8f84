/** Each published preprocessing against its authors' libraries (scripts/reference/published_pipelines_golden.py). */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  clipPadSquarePreprocessing,
  clipPreprocessing,
  medclipEvaluationPreprocessing,
  medclipFeatureExtractorPreprocessing,
  medfilipPreprocessing,
} from '../../../src/catalog/models/import/preprocessing.ts';
import { type Preprocessing, preprocessing } from '../../../src/core/preprocessing.ts';
import { decode } from '../../../src/engine/decode.ts';
import type { BytePixels } from '../../../src/lib/image/pixels.ts';
import { preprocess } from '../../../src/lib/image/preprocess.ts';
import { deviation, type Summary } from '../../lib/image/summary.ts';
import { syntheticPicture } from '../../lib/image/synthetic-picture.ts';

interface Case extends Summary {
  readonly pipeline: string;
  readonly from: readonly [number, number];
  readonly channels: 1 | 3;
}

const SPECS: Readonly<Record<string, Preprocessing>> = {
  clip: clipPreprocessing(224),
  'clip-pad-square': clipPadSquarePreprocessing(224),
  'medclip-evaluation': medclipEvaluationPreprocessing(224),
  'medclip-feature-extractor': medclipFeatureExtractorPreprocessing(224),
  medfilip: medfilipPreprocessing(448, [0.5], [0.25]),
};
const golden = new URL('../../golden/image/published-pipelines.json', import.meta.url);
const cases: readonly Case[] = JSON.parse(readFileSync(golden, 'utf8')).cases;

/** 10⁻³ of a grey level of 255, in units of the normalized tensor. */
function tolerance({ steps }: Preprocessing): number {
  const last = steps.at(-1)!;
  if (last.op !== 'normalize') throw new Error('the last step is to normalize');
  return 1e-3 / 255 / Math.max(...last.standardDeviation);
}

/** Pictures of one size, in groups, so that each is made once. */
const sizes = new Map<string, Case[]>();
for (const entry of cases) {
  const name = `${entry.from.join('x')}, ${entry.channels} channels`;
  sizes.set(name, [...(sizes.get(name) ?? []), entry]);
}

function expectParity(picture: BytePixels, group: readonly Case[]): void {
  for (const entry of group) {
    const spec = SPECS[entry.pipeline]!;
    const off = deviation(preprocess(picture, spec), entry);
    expect(off, entry.pipeline).toBeLessThan(tolerance(spec));
  }
}

/** A PNG of 16 bits whose high bytes are the picture and whose low bytes are anything. */
function deepPng({ width, height, data }: BytePixels): Promise<Buffer> {
  const samples = Uint16Array.from(data, (value, i) => value * 256 + ((i * 89) & 255));
  return sharp(samples, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png({ compressionLevel: 1 })
    .toBuffer();
}

describe('published preprocessing', () => {
  test('20 sizes, grey and colour, five pipelines', () => {
    expect(new Set(cases.map(({ from }) => from.join())).size).toBe(20);
    expect(cases).toHaveLength(20 * 2 * Object.keys(SPECS).length);
  });

  test.each([...sizes])('%s', (_, group) => {
    const { from, channels } = group[0]!;
    expectParity(syntheticPicture(...from, channels), group);
  });

  test.each([...sizes].filter(([, group]) => group[0]!.channels === 1))('%s of 16 bits', async (_, group) => {
    const png = await deepPng(syntheticPicture(...group[0]!.from, 1));
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expectParity(await decode(png), group);
  });

  test.each(Object.entries(SPECS))('%s is data that a manifest can hold', (_, spec) => {
    expect(preprocessing.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });
});
