/** Resampling and whole preprocessings against Pillow, torch and torchvision (scripts/reference/image_golden.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/core/digest.ts';
import type { Preprocessing, PreprocessingStep } from '../../../src/core/preprocessing.ts';
import { grey } from '../../../src/lib/image/canvas.ts';
import { toFloat } from '../../../src/lib/image/pixels.ts';
import { normalize, preprocess } from '../../../src/lib/image/preprocess.ts';
import { type PillowKernel, resizePillow } from '../../../src/lib/image/resize-pillow.ts';
import { resizeTorch, type TorchKernel } from '../../../src/lib/image/resize-torch.ts';
import { deviation, type Summary } from './summary.ts';
import { syntheticPicture } from './synthetic-picture.ts';

function golden<Case>(name: string): readonly Case[] {
  return JSON.parse(readFileSync(new URL(`../../golden/image/${name}.json`, import.meta.url), 'utf8')).cases;
}

interface Source {
  readonly from: readonly [number, number];
  readonly channels: number;
}

describe('Pillow', () => {
  type Case = Source & {
    readonly to: readonly [number, number];
    readonly kernel: PillowKernel;
    readonly sha256: string;
  };
  const cases = golden<Case>('pillow-resize');
  test.each(cases)('$kernel $from to $to, $channels channels', ({ from, to, kernel, channels, sha256: expected }) => {
    const result = resizePillow(syntheticPicture(...from, channels), { width: to[0], height: to[1] }, kernel);
    expect(sha256(result.data)).toBe(expected);
  });

  test('luma', () => {
    const [luma] = golden<{ readonly from: [number, number]; readonly sha256: string }>('luma');
    expect(sha256(grey(syntheticPicture(...luma!.from, 3)).data)).toBe(luma!.sha256);
  });
});

describe('torch interpolate', () => {
  type Case = Source &
    Summary & { readonly to: [number, number]; readonly kernel: TorchKernel; readonly antialias: boolean };
  const cases = golden<Case>('torch-resize');
  test.each(cases)('$kernel antialias $antialias $from to $to', (expected) => {
    const picture = toFloat(syntheticPicture(...expected.from, expected.channels));
    const scaled = normalize(picture, { divisor: 1, mean: [101.48761], standardDeviation: [83.43944] });
    const result = resizeTorch(scaled, { width: expected.to[0], height: expected.to[1] }, expected);
    expect(deviation(result.data, expected)).toBeLessThan(5e-6);
  });
});

const normalizeMedclip: PreprocessingStep = {
  op: 'normalize',
  divisor: 255,
  mean: [0.5862785803043838],
  standardDeviation: [0.27950088968644304],
};
const square = { width: 224, height: 224 };
const PIPELINES: Record<string, Preprocessing> = {
  chexzero: {
    ...{ name: 'chexzero', channels: 3, ...square },
    steps: [
      { op: 'resize-pillow', kernel: 'lanczos', size: { longSide: 320, rounding: 'truncate' } },
      { op: 'grey' },
      { op: 'pad', width: 320, height: 320, fill: 0 },
      { op: 'normalize', divisor: 1, mean: [101.48761], standardDeviation: [83.43944] },
      { op: 'resize-torch', kernel: 'bicubic', antialias: false, size: square },
    ],
  },
  'medclip-bilinear': {
    ...{ name: 'medclip-bilinear', channels: 3, ...square },
    steps: [
      { op: 'grey' },
      { op: 'pad-square', minimum: 224, fill: 0 },
      { op: 'resize-pillow', kernel: 'bilinear', size: square },
      normalizeMedclip,
    ],
  },
  'medclip-bicubic': {
    ...{ name: 'medclip-bicubic', channels: 3, ...square },
    steps: [
      { op: 'grey' },
      { op: 'pad-square', minimum: 224, fill: 0 },
      { op: 'resize-pillow', kernel: 'bicubic', size: square },
      normalizeMedclip,
    ],
  },
  biomedclip: {
    ...{ name: 'biomedclip', channels: 3, ...square },
    steps: [
      { op: 'resize-pillow', kernel: 'bicubic', size: { shortSide: 224, rounding: 'truncate' } },
      { op: 'centre-crop', width: 224, height: 224 },
      {
        op: 'normalize',
        divisor: 255,
        mean: [0.48145466, 0.4578275, 0.40821073],
        standardDeviation: [0.26862954, 0.26130258, 0.27577711],
      },
    ],
  },
};

describe('whole preprocessing', () => {
  type Case = Source & Summary & { readonly pipeline: string };
  const cases = golden<Case>('pipelines');
  test.each(cases)('$pipeline $from, $channels channels', (expected) => {
    const tensor = preprocess(syntheticPicture(...expected.from, expected.channels), PIPELINES[expected.pipeline]!);
    expect(deviation(tensor, expected)).toBeLessThan(5e-6);
  });

  test.each(Object.entries(PIPELINES))('%s: a grey picture equals its colour copy, sample for sample', (_, spec) => {
    const one = syntheticPicture(400, 333, 1);
    const three = { ...one, channels: 3, data: Uint8Array.from([...one.data, ...one.data, ...one.data]) };
    expect(preprocess(three, spec)).toEqual(preprocess(one, spec));
  });
});
