/** Sizes, refusals and memory of the preprocessing steps. */
import { describe, expect, test } from 'vitest';
import { ConfigError, DataError } from '../../../src/core/errors.ts';
import type { Preprocessing, PreprocessingStep } from '../../../src/core/preprocessing.ts';
import { centreCrop, pad } from '../../../src/lib/image/canvas.ts';
import { memoize } from '../../../src/lib/image/filter-bank.ts';
import { fromInterleaved } from '../../../src/lib/image/pixels.ts';
import { preprocess, targetSize } from '../../../src/lib/image/preprocess.ts';
import { syntheticPicture } from './synthetic-picture.ts';

function spec(steps: PreprocessingStep[], channels: 1 | 3 = 1): Preprocessing {
  return { name: 'test@1', channels, width: 4, height: 4, steps };
}
const toFour: PreprocessingStep = { op: 'resize-pillow', kernel: 'bilinear', size: { width: 4, height: 4 } };
const normalize: PreprocessingStep = { op: 'normalize', divisor: 1, mean: [0], standardDeviation: [1] };

describe('target size', () => {
  test('truncation follows float64: a long side of 77 scaled by 320 / 77 loses a pixel', () => {
    expect(Math.trunc(77 * (320 / 77))).toBe(319);
    expect(targetSize({ width: 77, height: 20 }, { longSide: 320, rounding: 'truncate' })).toEqual({
      width: 319,
      height: 83,
    });
  });
  test('the short side multiplies first, so that it is met exactly', () => {
    expect(targetSize({ width: 49, height: 98 }, { shortSide: 224, rounding: 'truncate' })).toEqual({
      width: 224,
      height: 448,
    });
  });
  test('rounds half to even', () => {
    expect(targetSize({ width: 100, height: 5 }, { longSide: 50, rounding: 'round' })).toEqual({
      width: 50,
      height: 2,
    });
  });
  test('refuses a side that vanishes', () => {
    expect(() => targetSize({ width: 1000, height: 1 }, { longSide: 320, rounding: 'truncate' })).toThrow(DataError);
  });
});

describe('steps that do not fit', () => {
  const picture = syntheticPicture(8, 6, 3);
  test('a colour result for a one-channel graph', () => {
    expect(() => preprocess(picture, spec([toFour]))).toThrow(/wrong channels, expected 1, got 3/);
  });
  test('a result of another size', () => {
    expect(() => preprocess(picture, spec([{ op: 'grey' }]))).toThrow(/expected 4x4, got 8x6/);
  });
  test('an 8-bit step after a float step', () => {
    expect(() => preprocess(picture, spec([normalize, toFour]))).toThrow(ConfigError);
  });
  test('pad and crop beyond the picture', () => {
    expect(() => pad(picture, { width: 7, height: 9, fill: 0 })).toThrow(DataError);
    expect(() => centreCrop(picture, 9, 2)).toThrow(DataError);
  });
});

test('pad centres by floor and fills', () => {
  const padded = pad({ width: 1, height: 2, channels: 1, data: Uint8Array.of(7, 9) }, { width: 4, height: 3, fill: 5 });
  expect([...padded.data]).toEqual([5, 7, 5, 5, 5, 9, 5, 5, 5, 5, 5, 5]);
});

test('centre crop rounds an odd excess half to even, as torchvision', () => {
  const row = { width: 5, height: 1, channels: 1, data: Uint8Array.of(0, 1, 2, 3, 4) };
  expect([...centreCrop(row, 4, 1).data]).toEqual([0, 1, 2, 3]);
  expect([...centreCrop(row, 2, 1).data]).toEqual([2, 3]);
});

test('interleaved colour becomes planes', () => {
  const planar = fromInterleaved(Uint8Array.of(1, 2, 3, 4, 5, 6), { width: 2, height: 1, channels: 3 });
  expect([...planar.data]).toEqual([1, 4, 2, 5, 3, 6]);
});

test('weights are computed once, and the oldest are forgotten', () => {
  const made: string[] = [];
  const bank = memoize(2, (input, output, kernel) => made.push(`${input}:${output}:${kernel}`));
  for (const input of [1, 2, 1, 3, 1, 2]) bank(input, 9, 'k');
  expect(made).toEqual(['1:9:k', '2:9:k', '3:9:k', '2:9:k']);
});
