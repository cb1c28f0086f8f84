/** The synthetic pictures of scripts/reference/image_golden.py, by the same integer formula. */
import type { BytePixels } from '../../../src/lib/image/pixels.ts';

export function syntheticPicture(width: number, height: number, channels: number): BytePixels {
  const data = new Uint8Array(width * height * channels);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[at++] = sample(x, y, c);
  }
  return { width, height, channels, data };
}

function sample(x: number, y: number, c: number): number {
  let h = (Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(c + 1, 83492791)) >>> 0;
  h ^= h >>> 13;
  h = Math.imul(h, 0x5bd1e995) >>> 0;
  h = (h ^ (h >>> 15)) >>> 0;
  if (h >>> 28 === 0) return 255;
  if (h >>> 28 === 1) return 0;
  return (h & 127) + ((x * 3 + y * 5 + c * 40) & 127);
}
