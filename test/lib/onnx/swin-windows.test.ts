// The constants of shifted windows, by hand on small grids and against their definition.
import { describe, expect, test } from 'vitest';
import {
  attentionBias,
  mergingOrder,
  readingOrder,
  relativePositions,
  reordering,
  shiftMask,
  windowOrder,
} from '../../../src/lib/onnx/swin-windows.ts';

test('windows in reading order, and rolled by a shift', () => {
  expect([...windowOrder({ grid: 4, window: 2, shift: 0 })]).toEqual([
    0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15,
  ]);
  // The first window of the rolled grid holds rows and columns 1 and 2; the last wraps around.
  const rolled = [...windowOrder({ grid: 4, window: 2, shift: 1 })];
  expect(rolled.slice(0, 4)).toEqual([5, 6, 9, 10]);
  expect(rolled.slice(-4)).toEqual([15, 12, 3, 0]);
});

test('merging takes (0, 0), (1, 0), (0, 1), (1, 1) of each patch', () => {
  expect([...mergingOrder(4)].slice(0, 8)).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
});

test('a reordering brings one order into another, and back', () => {
  const [from, to] = [windowOrder({ grid: 6, window: 3, shift: 1 }), mergingOrder(6)];
  const indices = reordering(from, to);
  expect(indices.map((place) => from[place]!)).toEqual(to);
  const back = reordering(to, from);
  expect(back.map((place) => indices[place]!)).toEqual(readingOrder(6));
});

describe('the mask of a shift', () => {
  test('none without one', () => {
    expect(shiftMask({ grid: 4, window: 2, shift: 0 })).toBeUndefined();
  });

  test('tokens see each other only where they were neighbours before rolling', () => {
    const windows = { grid: 4, window: 2, shift: 1 };
    const mask = shiftMask(windows)!;
    const order = windowOrder(windows);
    expect(mask).toHaveLength(4 * 4 * 4);
    for (let window = 0; window < 4; window++)
      for (let query = 0; query < 4; query++)
        for (let key = 0; key < 4; key++) {
          const [a, b] = [order[window * 4 + query]!, order[window * 4 + key]!];
          const near = Math.abs((a % 4) - (b % 4)) < 2 && Math.abs(Math.floor(a / 4) - Math.floor(b / 4)) < 2;
          expect(mask[(window * 4 + query) * 4 + key]).toBe(near ? 0 : -100);
        }
  });
});

test('relative positions count from the far corner', () => {
  expect([...relativePositions(2)]).toEqual([4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4]);
});

test('the bias holds the table, and the mask where there is a shift', () => {
  const table = Float32Array.from({ length: 9 * 2 }, (_, i) => i);
  const plain = attentionBias(table, 2, { grid: 4, window: 2, shift: 0 });
  expect(plain).toHaveLength(2 * 16);
  expect([plain[0], plain[1], plain[16], plain[17]]).toEqual([8, 6, 9, 7]);
  const shifted = attentionBias(table, 2, { grid: 4, window: 2, shift: 1 });
  expect(shifted).toHaveLength(4 * 2 * 16);
  expect([...shifted.subarray(0, 32)]).toEqual([...plain]); // nothing wraps in the first window
  expect(shifted.at(-2)! - plain.at(-2)!).toBe(-100);
});
