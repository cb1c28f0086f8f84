/** An imported model against the reference libraries' numbers for the same file: tokens, pixels, embeddings. Goldens: scripts/reference/published_golden.py. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Context } from '../../../src/core/context.ts';
import { sha256 } from '../../../src/core/digest.ts';
import type { ModelManifest } from '../../../src/core/model.ts';
import { decode } from '../../../src/engine/decode.ts';
import { packageRoot } from '../../../src/engine/package-root.ts';
import { openSession, type SessionInput } from '../../../src/engine/session.ts';
import { tokenize } from '../../../src/engine/tokenize.ts';
import { preprocess } from '../../../src/lib/image/preprocess.ts';
import { type Agreement, agreement } from '../../lib/onnx/packed.ts';

export interface GoldenText {
  readonly text: string;
  readonly ids: readonly number[];
  readonly embedding: readonly number[];
  readonly cls?: readonly number[];
}

interface GoldenPixels {
  readonly shape: readonly number[];
  readonly sum: number;
  /** Place in the flat tensor, and value. */
  readonly sample: readonly (readonly [number, number])[];
}

export interface GoldenImage {
  readonly file: string;
  readonly pixels: GoldenPixels;
  readonly embedding: readonly number[];
}

export interface PublishedGolden {
  readonly file: string;
  readonly sha256: string;
  readonly parameters: number;
  readonly logitScale?: number;
  readonly images?: readonly GoldenImage[];
  readonly texts: readonly GoldenText[];
}

export interface Imported {
  readonly directory: string;
  readonly manifest: ModelManifest;
  readonly context: Context;
}

/** @throws where the weights are no longer those that the numbers were computed from */
export function readPublishedGolden(name: string): PublishedGolden {
  const text = readFileSync(join(packageRoot, 'test/golden', name, 'golden.json'), 'utf8');
  const golden = JSON.parse(text) as PublishedGolden;
  if (sha256(readFileSync(join(packageRoot, golden.file))) === golden.sha256) return golden;
  throw new Error(`${golden.file} is not the file of test/golden/${name}: run scripts/reference/published_golden.py`);
}

export interface TextParity extends Agreement {
  /** Texts whose ids are the reference's. */
  readonly sameTokens: number;
}

/**
 * All texts through the bundle's tokenizer and graph. `together`: padded to the longest of them; `alone`: each by itself,
 * without padding.
 */
export async function textParity(
  { directory, manifest, context }: Imported,
  texts: readonly GoldenText[],
  { batches, want = ({ embedding }) => embedding }: TextParityOptions,
): Promise<TextParity> {
  const tower = manifest.text!;
  const { ids, mask, lengths, contextLength } = await tokenize(texts, tower, directory, context);
  const session = await openSession({ ...tower, path: join(directory, tower.graph) }, { threads: 1 });
  const columns = (source: BigInt64Array, rows: readonly number[], length: number) =>
    BigInt64Array.from(rows.flatMap((row) => [...source.subarray(row * contextLength, row * contextLength + length)]));
  const vectors: number[] = [];
  const all = texts.map((_, row) => row);
  for (const rows of batches === 'alone' ? all.map((row) => [row]) : [all]) {
    const longest = Math.max(...rows.map((row) => lengths[row]!));
    const length = batches === 'context' ? contextLength : longest;
    const input: SessionInput = { data: columns(ids, rows, length), shape: [rows.length, length] };
    const masked = mask ? { ...input, mask: columns(mask, rows, length) } : input;
    vectors.push(...(await session.run(masked)).data);
  }
  await session.release();
  const sameTokens = texts.filter((entry, row) => {
    const got = [...ids.subarray(row * contextLength, (row + 1) * contextLength)].map(Number);
    return got.every((id, at) => id === (entry.ids[at] ?? tower.padId));
  }).length;
  return { sameTokens, ...agreement(vectors, texts.flatMap(want), manifest.embeddingDimension) };
}

export interface TextParityOptions {
  /** `context`: padded to the model's context. */
  readonly batches: 'together' | 'alone' | 'context';
  readonly want?: (text: GoldenText) => readonly number[];
}

export interface ImageParity extends Agreement {
  /** Largest difference of a sampled pixel, in units of the normalised tensor. */
  readonly pixelDifference: number;
}

/** All pictures through decoding, preprocessing and the graph. */
export async function imageParity(
  { directory, manifest }: Imported,
  images: readonly GoldenImage[],
): Promise<ImageParity> {
  const tower = manifest.vision!;
  const { channels, height, width } = tower.preprocessing;
  const session = await openSession({ ...tower, path: join(directory, tower.graph) }, { threads: 1 });
  const vectors: number[] = [];
  let pixelDifference = 0;
  for (const { file, pixels } of images) {
    const picture = await decode(readFileSync(join(packageRoot, file)), basename(file));
    const data = preprocess(picture, tower.preprocessing);
    for (const [place, value] of pixels.sample)
      pixelDifference = Math.max(pixelDifference, Math.abs(data[place]! - value));
    vectors.push(...(await session.run({ data, shape: [1, channels, height, width] })).data);
  }
  await session.release();
  const want = images.flatMap(({ embedding }) => embedding);
  return { pixelDifference, ...agreement(vectors, want, manifest.embeddingDimension) };
}
