/** OpenCV's resize against OpenCV (scripts/reference/image_golden.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/core/digest.ts';
import { toFloat } from '../../../src/lib/image/pixels.ts';
import { normalize, preprocess } from '../../../src/lib/image/preprocess.ts';
import { type OpencvKernel, resizeOpencv } from '../../../src/lib/image/resize-opencv.ts';
import { deviation, type Summary } from './summary.ts';
import { syntheticPicture } from './synthetic-picture.ts';

interface Case {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly channels: number;
  readonly kernel: OpencvKernel;
}

function golden<Entry>(name: string): readonly (Case & Entry)[] {
  return JSON.parse(readFileSync(new URL(`../../golden/image/${name}.json`, import.meta.url), 'utf8')).cases;
}

const sizeOf = ({ to: [width, height] }: Pick<Case, 'to'>) => ({ width, height });

describe('8-bit pictures, bit for bit', () => {
  test.each(golden<{ readonly sha256: string }>('opencv-resize'))(
    '$kernel $from to $to, $channels channels',
    (entry) => {
      const result = resizeOpencv(syntheticPicture(...entry.from, entry.channels), sizeOf(entry), entry.kernel);
      expect(sha256(result.data as Uint8Array)).toBe(entry.sha256);
    },
  );
});

describe('float pictures', () => {
  test.each(golden<Summary>('opencv-resize-float'))('$kernel $from to $to, $channels channels', (entry) => {
    const picture = toFloat(syntheticPicture(...entry.from, entry.channels));
    const scaled = normalize(picture, { divisor: 1, mean: [101.48761], standardDeviation: [83.43944] });
    const result = resizeOpencv(scaled, sizeOf(entry), entry.kernel);
    expect(deviation(result.data as Float32Array, entry)).toBeLessThan(2e-5);
  });
});

describe("Intel's cubic, off by one in at most one of a thousand pixels", () => {
  test.each(golden<{ readonly pixels: string }>('opencv-resize-ipp'))('$from to $to', (entry) => {
    const result = resizeOpencv(syntheticPicture(...entry.from, 1), sizeOf(entry), 'cubic-ipp').data;
    const expected = Buffer.from(entry.pixels, 'base64');
    const differences = Array.from(expected, (value, i) => Math.abs(value - result[i]!)).filter((by) => by > 0);
    expect(Math.max(0, ...differences)).toBeLessThanOrEqual(1);
    expect(differences.length / expected.length).toBeLessThan(0.001);
  });
});

test('a step of a preprocessing: the size may follow the picture', () => {
  const picture = syntheticPicture(60, 30, 1);
  const steps = [{ op: 'resize-opencv', kernel: 'area', size: { longSide: 20, rounding: 'round' } } as const];
  const tensor = preprocess(picture, { name: 'test@1', channels: 1, width: 20, height: 10, steps });
  expect([...tensor]).toEqual([...resizeOpencv(picture, { width: 20, height: 10 }, 'area').data]);
});
