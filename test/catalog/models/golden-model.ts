/** A model imported from published files, run as the engine runs it, beside the golden numbers of its reference library. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelDefinition, ModelManifest } from '../../../src/core/model.ts';
import { decode } from '../../../src/engine/decode.ts';
import { collect, embedTexts } from '../../../src/engine/embed.ts';
import { openSession } from '../../../src/engine/session.ts';
import type { TextItem } from '../../../src/engine/text-items.ts';
import { tokenize } from '../../../src/engine/tokenize.ts';
import { preprocess } from '../../../src/lib/image/preprocess.ts';
import { nodeContext } from '../../context.ts';
import { importModel } from '../../import-model.ts';

export interface GoldenPixels {
  readonly shape: readonly number[];
  readonly sum: number;
  /** Place in C order and value. */
  readonly sample: readonly (readonly [number, number])[];
}

export interface GoldenImage {
  /** Relative to the repository. */
  readonly file: string;
  readonly pixels: GoldenPixels;
  readonly embedding: readonly number[];
  /** The model's other published preprocessing. */
  readonly other?: { readonly pixels: GoldenPixels; readonly embedding: readonly number[] };
}

export interface GoldenText {
  readonly text: string;
  /** Encoded alone. */
  readonly ids: readonly number[];
  readonly embedding: readonly number[];
  /** Padded to the longest of all texts of the file. */
  readonly grouped?: readonly number[];
  /** Padding left out of the pooling. */
  readonly masked?: readonly number[];
}

export interface Golden {
  /** Checkpoint, relative to the repository. */
  readonly file: string;
  readonly parameters: number;
  readonly logitScale: number;
  readonly images: readonly GoldenImage[];
  readonly texts: readonly GoldenText[];
}

const repository = fileURLToPath(new URL('../../../', import.meta.url));

export function goldenOf(name: string): Golden {
  return JSON.parse(readFileSync(join(repository, `test/golden/${name}/golden.json`), 'utf8')) as Golden;
}

export interface GoldenModel {
  readonly manifest: ModelManifest;
  readonly directory: string;
  /** Pixels [channels · height · width] of a film, preprocessed as the manifest says. */
  pixels(file: string): Promise<Float32Array>;
  /** Embeddings of films, row-major. */
  images(files: readonly string[]): Promise<Float32Array>;
  /** Embeddings of texts, and the token ids of each without its padding. */
  texts(items: readonly Pick<TextItem, 'text' | 'group'>[]): Promise<{ ids: number[][]; embeddings: Float32Array }>;
  remove(): Promise<void>;
}

/** Imports the checkpoint of a golden. @param options as a suite gives them */
export async function importGolden<Options>(
  definition: ModelDefinition<Options>,
  { file }: Golden,
  options: Readonly<Record<string, unknown>> = {},
): Promise<GoldenModel> {
  const directory = await mkdtemp(join(tmpdir(), `medvlm-${definition.name}-`));
  const context = nodeContext();
  const manifest = await importModel(definition, { source: join(repository, file), directory, context, options });
  const pixels = async (film: string) =>
    preprocess(await decode(await readFile(join(repository, film)), film), manifest.vision!.preprocessing);
  const images = async (films: readonly string[]) => {
    const { graph, input, output, preprocessing: shape } = manifest.vision!;
    const session = await openSession({ path: join(directory, graph), input, output }, { threads: 1 });
    const rows = await Promise.all(films.map(pixels));
    const data = new Float32Array(rows.reduce((total, row) => total + row.length, 0));
    rows.forEach((row, place) => void data.set(row, place * row.length));
    const result = await session.run({ data, shape: [films.length, shape.channels, shape.height, shape.width] });
    await session.release();
    return result.data;
  };
  const texts = async (items: readonly Pick<TextItem, 'text' | 'group'>[]) => {
    const tower = manifest.text!;
    const { graph, input, output, mask } = tower;
    const tokens = await tokenize(items, tower, directory, context);
    const session = await openSession({ path: join(directory, graph), input, output, mask }, { threads: 1 });
    const { embeddings } = await collect(embedTexts({ session, ...tokens }), items.length);
    await session.release();
    return { ids: rowsOf(tokens.ids, tokens.contextLength, tower), embeddings: embeddings.data };
  };
  return { manifest, directory, pixels, images, texts, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Ids up to the end token of each row. */
function rowsOf(ids: BigInt64Array, length: number, { endId }: { readonly endId?: number | undefined }): number[][] {
  return Array.from({ length: ids.length / length }, (_, row) => {
    const own = Array.from(ids.subarray(row * length, (row + 1) * length), Number);
    return own.slice(0, own.indexOf(endId ?? own.at(-1)!) + 1);
  });
}

/** Largest difference from the golden's pixels, those sampled and the mean of all. */
export function pixelDifference(got: Float32Array, { sum, sample }: GoldenPixels): number {
  const mean = Math.abs(got.reduce((total, value) => total + value, 0) - sum) / got.length;
  return sample.reduce((most, [place, value]) => Math.max(most, Math.abs(got[place]! - value)), mean);
}
