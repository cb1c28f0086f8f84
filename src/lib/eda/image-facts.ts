/** What is remembered of a decoded picture for audits and pictures of a dataset: size, grey levels, a perceptual hash. No pixels. */
import { differenceHash } from '../audit/perceptual-hash.ts';
import type { BytePixels } from '../image/pixels.ts';

/** Bumped whenever the same picture would yield other facts. */
export const IMAGE_FACTS_VERSION = '1';

export const GREY_BINS = 32;
/** Quantiles that `quantiles` holds, in this order. */
export const GREY_QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

export interface ImageFacts {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** True where the picture has three channels that differ. */
  readonly isColoured: boolean;
  /** Grey levels 0 to 255, as models get them; colours by the mean of their channels. */
  readonly mean: number;
  readonly deviation: number;
  readonly quantiles: readonly number[];
  /** Share of the pixels in each of 32 equal bins, in 1/10,000. */
  readonly histogram: readonly number[];
  /** Mean of the outer twentieth on each side: air around the body, dark on a film that is not inverted. */
  readonly borderMean: number;
  /** 128 hexadecimal digits; null where there is too little structure. */
  readonly hash: string | null;
}

/** What became of an image of a dataset. */
export type ImageOutcome =
  | { readonly state: 'missing' }
  /** There; nobody looked inside. */
  | { readonly state: 'present' }
  /** There, but not to be read: no permission, a folder, an error of the disk. */
  | { readonly state: 'unreadable'; readonly failure: string }
  /** Read, but no picture: empty, truncated, another format. */
  | { readonly state: 'corrupt'; readonly failure: string; readonly digest: string; readonly bytes: number }
  | {
      readonly state: 'decoded';
      /** SHA-256 of the file. */
      readonly digest: string;
      readonly bytes: number;
      /** Bits per sample in the file; undefined where its format does not say. */
      readonly bits?: number;
      readonly facts: ImageFacts;
    };

export function imageFacts(pixels: BytePixels): ImageFacts {
  const { width, height, channels } = pixels;
  const { grey, isColoured } = greyOf(pixels);
  const counts = new Float64Array(256);
  for (let i = 0; i < grey.length; i++) counts[grey[i]!]!++;
  return {
    width,
    height,
    channels,
    isColoured,
    ...greyStatistics(counts, grey.length),
    borderMean: round(borderMean(grey, width, height)),
    hash: differenceHash(grey, width, height),
  };
}

const round = (value: number) => Math.round(value * 1000) / 1000;

function greyOf({ data, width, height, channels }: BytePixels): { grey: Uint8Array; isColoured: boolean } {
  if (channels === 1) return { grey: data, isColoured: false };
  const area = width * height;
  const grey = new Uint8Array(area);
  let isColoured = false;
  for (let i = 0; i < area; i++) {
    const [r, g, b] = [data[i]!, data[area + i]!, data[2 * area + i]!];
    isColoured ||= Math.abs(r - g) > 8 || Math.abs(g - b) > 8; // JPEG leaves a few levels between equal channels
    grey[i] = Math.round((r + g + b) / 3);
  }
  return { grey, isColoured };
}

function greyStatistics(counts: Float64Array, total: number) {
  let [sum, squares] = [0, 0];
  const histogram = new Array<number>(GREY_BINS).fill(0);
  for (let level = 0; level < 256; level++) {
    sum += level * counts[level]!;
    squares += level * level * counts[level]!;
    histogram[(level * GREY_BINS) >> 8]! += counts[level]!;
  }
  const mean = sum / total;
  return {
    mean: round(mean),
    deviation: round(Math.sqrt(Math.max(0, squares / total - mean * mean))),
    quantiles: GREY_QUANTILES.map((probability) => levelAt(counts, probability * total)),
    histogram: histogram.map((count) => Math.round((10_000 * count) / total)),
  };
}

/** Lowest level that at least so many pixels do not exceed. */
function levelAt(counts: Float64Array, pixels: number): number {
  let seen = 0;
  for (let level = 0; level < 256; level++) {
    seen += counts[level]!;
    if (seen >= pixels) return level;
  }
  return 255;
}

function borderMean(grey: Uint8Array, width: number, height: number): number {
  const [across, down] = [Math.max(1, Math.floor(width / 20)), Math.max(1, Math.floor(height / 20))];
  let [sum, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    const isEdgeRow = y < down || y >= height - down;
    for (let x = 0; x < width; x++) {
      if (!isEdgeRow && x >= across && x < width - across) {
        x = width - across - 1; // the inside of the row
        continue;
      }
      sum += grey[y * width + x]!;
      count++;
    }
  }
  return sum / count;
}
