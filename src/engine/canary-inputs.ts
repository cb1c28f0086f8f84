/**
 * Four pictures and six texts that every model is shown when it is checked. Whole numbers only, so that
 * scripts/reference/canaries.py makes the same ones without sharing a file.
 */
import type { BytePixels } from '../lib/image/pixels.ts';

/** Bumped whenever an input changes: embeddings of others are not compared. */
export const CANARY_VERSION = 1;

const PICTURES = {
  'grey-square': { width: 96, height: 96, channels: 1 },
  'grey-tall': { width: 120, height: 170, channels: 1 },
  'colour-wide': { width: 250, height: 140, channels: 3 },
  'colour-square': { width: 224, height: 224, channels: 3 },
} as const;

/** A slope with fine texture, two darker fields, and colours that differ a little. 0 to 255. */
function sample(x: number, y: number, { width, height, channel }: { width: number; height: number; channel: number }) {
  const slope = Math.floor((x * 160) / (width - 1)) + Math.floor((y * 64) / (height - 1));
  const value = slope + ((x * y) % 29) + 9 * channel;
  const isField =
    3 * y > height && 3 * y < 2 * height && (5 * x) % (3 * width) > width && (5 * x) % (3 * width) < 2 * width;
  return Math.min(255, isField ? value >> 1 : value);
}

function picture({ width, height, channels }: { width: number; height: number; channels: number }): BytePixels {
  const data = new Uint8Array(channels * width * height);
  for (let channel = 0, at = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) data[at++] = sample(x, y, { width, height, channel });
    }
  }
  return { width, height, channels, data };
}

/** By name. */
export function canaryPictures(): ReadonlyMap<string, BytePixels> {
  return new Map(Object.entries(PICTURES).map(([name, shape]) => [name, picture(shape)]));
}

/** Plain ASCII, written to reach words, numbers, punctuation and casing; no real report. */
export const CANARY_TEXTS: readonly string[] = [
  'pneumonia',
  'no pneumonia',
  'A frontal chest X-ray.',
  'The heart is normal in size. The lungs are clear.',
  'Small left pleural effusion with adjacent atelectasis; 2.5 cm nodule in the right upper lobe.',
  'STATUS POST MEDIAN STERNOTOMY. No pneumothorax (unchanged), tubes & lines as before.',
];
