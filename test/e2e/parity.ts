// The product against the PyTorch reference on the same checkpoints and films: pixels, tokens, embeddings, scores.
// Used by tests and by `npm run bench -- parity`. Goldens: scripts/reference/chexzero_golden.py.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import chexzero from '../../src/catalog/models/chexzero.ts';
import type { Context } from '../../src/core/context.ts';
import { sha256 } from '../../src/core/digest.ts';
import type { Result } from '../../src/core/result.ts';
import type { StudyImage } from '../../src/core/study.ts';
import { openBundle } from '../../src/engine/bundles.ts';
import { createContext } from '../../src/engine/context.ts';
import { decode } from '../../src/engine/decode.ts';
import { homeAt } from '../../src/engine/home.ts';
import { packageRoot } from '../../src/engine/package-root.ts';
import { openSession } from '../../src/engine/session.ts';
import { tokenize } from '../../src/engine/tokenize.ts';
import type { BytePixels } from '../../src/lib/image/pixels.ts';
import { preprocess } from '../../src/lib/image/preprocess.ts';

interface GoldenImage {
  readonly id: string;
  readonly decodedGreySha256: string;
  readonly samples: readonly number[];
  readonly embedding: readonly number[];
}

interface GoldenModel {
  readonly checkpoint: { readonly file: string; readonly sha256: string };
  readonly sampleIndices: readonly number[];
  readonly images: readonly GoldenImage[];
  readonly texts: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly embedding: readonly number[];
  }[];
}

export interface ModelParity {
  readonly name: string;
  readonly images: number;
  readonly texts: number;
  /** Decoded pictures that are the reference's bit for bit. */
  readonly samePictures: number;
  readonly sameTokens: number;
  /** Largest difference of a preprocessed pixel (in units of the normalised tensor). */
  readonly largestPixelDifference: number;
  readonly smallestImageCosine: number;
  readonly smallestTextCosine: number;
  readonly largestDifference: number;
}

export const goldenFolder = join(packageRoot, 'test/golden/chexzero');
export const readGolden = <Golden>(name: string) =>
  JSON.parse(readFileSync(join(goldenFolder, name), 'utf8')) as Golden;

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, normA, normB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    normA += a[i]! ** 2;
    normB += b[i]! ** 2;
  }
  return dot / Math.sqrt(normA * normB);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** A quiet context with its own home. */
export function quietContext(home: string): Context {
  return createContext(homeAt({ MEDVLM_HOME: home }), { log: () => undefined, progress: () => undefined });
}

/** @param name `phantom-a`, `phantom-b` or `nih`; @param images where the films of the golden may be found */
export async function modelParity(name: string, images: readonly StudyImage[], home: string): Promise<ModelParity> {
  const golden = readGolden<GoldenModel>(`${name}.json`);
  const context = quietContext(home);
  const bundle = await openBundle(
    { definition: chexzero, source: join(packageRoot, golden.checkpoint.file), options: {} },
    join(home, 'models'),
    context,
  );
  const { vision, text } = bundle.manifest;
  const paths = new Map(images.map((image) => [image.id, image.path]));
  // The reference names films by their files: Open-i's have a prefix.
  const pathOf = (id: string) => paths.get(id) ?? paths.get(id.replace(/^CXR|\.png$/g, ''))!;
  const pictures = await Promise.all(golden.images.map((image) => picture(pathOf(image.id))));
  const pixels = pictures.map((decoded) => preprocess(decoded, vision!.preprocessing));
  const imageVectors = await runVision(pixels, bundle);
  const tokens = await tokenize(golden.texts, text!, bundle.directory, context);
  const textVectors = await runText(tokens, bundle);
  const idsOf = (row: number) =>
    Array.from(tokens.ids.subarray(row * tokens.contextLength, (row + 1) * tokens.contextLength), Number).filter(
      (id) => id > 0,
    );
  return {
    name,
    images: golden.images.length,
    texts: golden.texts.length,
    samePictures: golden.images.filter((image, row) => sha256(firstPlane(pictures[row]!)) === image.decodedGreySha256)
      .length,
    sameTokens: golden.texts.filter((entry, row) => JSON.stringify(entry.ids) === JSON.stringify(idsOf(row))).length,
    largestPixelDifference: Math.max(
      ...golden.images.map((image, row) =>
        largestDifference(
          image.samples,
          golden.sampleIndices.map((index) => pixels[row]![index]!),
        ),
      ),
    ),
    smallestImageCosine: Math.min(...golden.images.map((image, row) => cosine(image.embedding, imageVectors[row]!))),
    smallestTextCosine: Math.min(...golden.texts.map((entry, row) => cosine(entry.embedding, textVectors[row]!))),
    largestDifference: Math.max(
      ...golden.images.map((image, row) => largestDifference(image.embedding, imageVectors[row]!)),
      ...golden.texts.map((entry, row) => largestDifference(entry.embedding, textVectors[row]!)),
    ),
  };
}

/** The films are grey, whether stored as one channel or three. */
function firstPlane({ data, width, height }: BytePixels): Uint8Array {
  return data.subarray(0, width * height);
}

async function picture(path: string) {
  return decode(readFileSync(path), basename(path));
}

type Bundle = Awaited<ReturnType<typeof openBundle>>;

const rowsOf = ({ data, rows, dimension }: { data: Float32Array; rows: number; dimension: number }) =>
  Array.from({ length: rows }, (_, row) => data.subarray(row * dimension, (row + 1) * dimension));

async function runVision(pixels: readonly Float32Array[], { directory, manifest }: Bundle) {
  const tower = manifest.vision!;
  const session = await openSession({ path: join(directory, tower.graph), input: tower.input, output: tower.output });
  const { channels, height, width } = tower.preprocessing;
  const data = new Float32Array(pixels.length * channels * height * width);
  for (const [row, values] of pixels.entries()) data.set(values, row * values.length);
  const embeddings = await session.run({ data, shape: [pixels.length, channels, height, width] });
  await session.release();
  return rowsOf(embeddings);
}

async function runText(tokens: Awaited<ReturnType<typeof tokenize>>, { directory, manifest }: Bundle) {
  const tower = manifest.text!;
  const session = await openSession({ path: join(directory, tower.graph), input: tower.input, output: tower.output });
  const rows = tokens.ids.length / tokens.contextLength;
  const embeddings = await session.run({ data: tokens.ids, shape: [rows, tokens.contextLength] });
  await session.release();
  return rowsOf(embeddings);
}

interface GoldenZeroShot {
  readonly images: number;
  readonly macro: { readonly findings: readonly string[]; readonly auroc: Readonly<Record<string, number>> };
  readonly findings: Readonly<
    Record<
      string,
      { readonly auroc?: Readonly<Record<string, number>>; readonly auprc?: Readonly<Record<string, number>> }
    >
  >;
}

export interface GoldenEvaluation {
  readonly phantom: {
    readonly zeroShot: GoldenZeroShot;
    readonly view: { readonly auroc: Readonly<Record<string, number>> };
    readonly retrieval: Readonly<
      Record<'imageToReport' | 'reportToImage', Readonly<Record<string, Readonly<Record<string, number>>>>>
    >;
  };
  readonly nih: { readonly zeroShot: GoldenZeroShot };
}

/** One number of the product beside the reference's. */
export interface ScorePair {
  readonly what: string;
  readonly ours: number;
  readonly reference: number;
}

function pairsOf(
  zeroShot: GoldenZeroShot,
  results: readonly Result[],
  modelOf: Readonly<Record<string, string>>,
): ScorePair[] {
  const value = (model: string, finding: string, metric: string) =>
    results.find(
      (row) => row.task === 'zero-shot' && row.model === model && row.finding === finding && row.metric === metric,
    )?.value ?? Number.NaN;
  return Object.entries(modelOf).flatMap(([member, model]) => [
    ...Object.entries(zeroShot.findings).flatMap(([finding, { auroc, auprc }]) =>
      auroc && auprc
        ? [
            { what: `${model} ${finding} auroc`, ours: value(model, finding, 'auroc'), reference: auroc[member]! },
            { what: `${model} ${finding} auprc`, ours: value(model, finding, 'auprc'), reference: auprc[member]! },
          ]
        : [],
    ),
    { what: `${model} macro auroc`, ours: value(model, 'macro', 'auroc'), reference: zeroShot.macro.auroc[member]! },
  ]);
}

const DEMO_MODELS = { a: 'chexzero-mini-a', b: 'chexzero-mini-b', ensemble: 'chexzero-mini-ensemble' };

/** Every number of the demo that the reference's own evaluation has. */
export function demoPairs(results: readonly Result[]): ScorePair[] {
  const { phantom } = readGolden<GoldenEvaluation>('evaluation.json');
  const value = (task: string, model: string, finding: string, metric: string) =>
    results.find((row) => row.task === task && row.model === model && row.finding === finding && row.metric === metric)
      ?.value ?? Number.NaN;
  const others = Object.entries(DEMO_MODELS).flatMap(([member, model]) => [
    {
      what: `${model} view auroc`,
      ours: value('view', model, 'frontal', 'auroc'),
      reference: phantom.view.auroc[member]!,
    },
    ...(['imageToReport', 'reportToImage'] as const).flatMap((direction) =>
      ['recall@1', 'recall@5', 'recall@10', 'mrr', 'medianRank'].map((metric) => {
        const finding = direction === 'imageToReport' ? 'image-to-report' : 'report-to-image';
        const reference = phantom.retrieval[direction][member]![metric]!;
        return { what: `${model} ${finding} ${metric}`, ours: value('retrieval', model, finding, metric), reference };
      }),
    ),
  ]);
  return [...pairsOf(phantom.zeroShot, results, DEMO_MODELS), ...others];
}

export function nihPairs(results: readonly Result[]): ScorePair[] {
  return pairsOf(readGolden<GoldenEvaluation>('evaluation.json').nih.zeroShot, results, { nih: 'chexzero-mini-nih' });
}
