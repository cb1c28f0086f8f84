/** Embeddings of the canary inputs: what a bundle gave when it was imported, what the reference gives, what it gives now. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Context, Files } from '../core/context.ts';
import { canonicalJson } from '../core/digest.ts';
import { ModelError } from '../core/errors.ts';
import type { ModelManifest } from '../core/model.ts';
import { preprocess } from '../lib/image/preprocess.ts';
import { readJsonAs } from './bundle-record.ts';
import { CANARY_TEXTS, CANARY_VERSION, canaryPictures } from './canary-inputs.ts';
import { collect, embedTexts } from './embed.ts';
import { type Embeddings, openSession, type Session, type SessionOptions } from './session.ts';
import { tokenize } from './tokenize.ts';

export const CANARIES_FILE = 'canaries.json';

const vectors = z.record(z.string(), z.array(z.number()));

const embeddings = z.object({
  /** By name of the picture; absent where the model has no image encoder. */
  images: vectors.optional(),
  /** By text; absent where the model has no text encoder. */
  texts: vectors.optional(),
});

export type CanaryEmbeddings = z.infer<typeof embeddings>;

const recorded = embeddings.extend({ format: z.literal('medvlm-canaries@1'), inputs: z.int() });

/** Of one checkpoint, computed by the reference implementation. */
const known = z.object({
  format: z.literal('medvlm-known-canaries@1'),
  inputs: z.int(),
  source: z.string(),
  model: z.string(),
  sourceDigest: z.string(),
  /** One for each set of import options, as a suite would give them. */
  entries: z.array(embeddings.extend({ options: z.record(z.string(), z.unknown()) })),
});

interface BundleFolder {
  readonly directory: string;
  readonly manifest: ModelManifest;
}

/** Shows the inputs to both towers, one after the other, by the way that every picture and text goes. @throws ModelError */
export async function embedCanaries(
  { directory, manifest }: BundleFolder,
  context: Context,
  session: SessionOptions = {},
): Promise<CanaryEmbeddings> {
  const { vision, text } = manifest;
  const open = (tower: NonNullable<typeof vision> | NonNullable<typeof text>) => {
    const mask = 'mask' in tower ? { mask: tower.mask } : {};
    return openSession(
      { path: join(directory, tower.graph), input: tower.input, output: tower.output, ...mask },
      session,
    );
  };
  return {
    ...(vision && { images: await released(open(vision), (opened) => embedPictures(opened, vision)) }),
    ...(text && { texts: await released(open(text), (opened) => embedWords(opened, text, { directory, context })) }),
  };
}

async function released<Value>(opening: Promise<Session>, use: (session: Session) => Promise<Value>): Promise<Value> {
  const session = await opening;
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

async function embedPictures(session: Session, { preprocessing }: NonNullable<ModelManifest['vision']>) {
  const { channels, height, width } = preprocessing;
  const pictures = canaryPictures();
  const data = new Float32Array(pictures.size * channels * height * width);
  [...pictures.values()].forEach((pixels, index) => {
    data.set(preprocess(pixels, preprocessing), index * channels * height * width);
  });
  return byName([...pictures.keys()], await session.run({ data, shape: [pictures.size, channels, height, width] }));
}

async function embedWords(
  session: Session,
  tower: NonNullable<ModelManifest['text']>,
  { directory, context }: { readonly directory: string; readonly context: Context },
) {
  const tokens = await tokenize(
    CANARY_TEXTS.map((text) => ({ text })),
    tower,
    directory,
    context,
  );
  const { embeddings: found } = await collect(embedTexts({ session, ...tokens }), CANARY_TEXTS.length);
  return byName(CANARY_TEXTS, found);
}

function byName(names: readonly string[], { data, dimension }: Embeddings): Record<string, number[]> {
  const entries = names.map((name, row) => {
    const values = [...data.subarray(row * dimension, (row + 1) * dimension)];
    if (!values.every(Number.isFinite)) throw new ModelError('canary input: the model gave NaN or infinity');
    return [name, values.map((value) => Number(value.toPrecision(8)))] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Writes down what the graph gives as it is, before the runtime rearranges it, unless that was done before.
 * @throws ModelError where the bundle cannot be run
 */
export async function recordCanaries(bundle: BundleFolder, context: Context): Promise<void> {
  if (await readRecordedCanaries(bundle.directory, context.files)) return;
  const found = await embedCanaries(bundle, context, { isOptimized: false, threads: 1 });
  const value = { format: 'medvlm-canaries@1', inputs: CANARY_VERSION, ...found };
  await context.files.write(join(bundle.directory, CANARIES_FILE), `${JSON.stringify(value)}\n`);
}

/** Undefined where nothing was recorded, or of other inputs. */
export async function readRecordedCanaries(directory: string, files: Files): Promise<CanaryEmbeddings | undefined> {
  const found = await readJsonAs(recorded, join(directory, CANARIES_FILE), files);
  return found?.inputs === CANARY_VERSION ? found : undefined;
}

export interface KnownRequest {
  readonly model: string;
  readonly sourceDigest: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Makes defaults explicit, so that options compare. */
  readonly resolve: (options: Record<string, unknown>) => unknown;
}

/** What the reference implementation gives for a checkpoint, where the package knows it. */
export async function readKnownCanaries(
  { model, sourceDigest, options, resolve }: KnownRequest,
  { assetsDirectory, files }: Pick<Context, 'assetsDirectory' | 'files'>,
): Promise<CanaryEmbeddings | undefined> {
  const path = join(assetsDirectory, 'canaries', `${sourceDigest.slice(0, 16)}.json`);
  const found = await readJsonAs(known, path, files);
  if (!found || found.inputs !== CANARY_VERSION || found.model !== model || found.sourceDigest !== sourceDigest)
    return undefined;
  return found.entries.find((entry) => canonicalJson(resolve(entry.options)) === canonicalJson(options));
}

export interface Agreement {
  readonly inputs: number;
  /** Smallest cosine between embeddings of the same input; NaN where an input is missing or of another length. */
  readonly cosine: number;
  /** Largest difference between two numbers of them. */
  readonly difference: number;
}

export function agreement(expected: CanaryEmbeddings, got: CanaryEmbeddings): Agreement {
  const pairs = (['images', 'texts'] as const).flatMap((kind) =>
    Object.entries(expected[kind] ?? {}).map(([name, vector]) => [vector, got[kind]?.[name] ?? []] as const),
  );
  const isWhole = pairs.length > 0 && pairs.every(([a, b]) => a.length === b.length && a.length > 0);
  if (!isWhole) return { inputs: pairs.length, cosine: Number.NaN, difference: Number.NaN };
  return {
    inputs: pairs.length,
    cosine: Math.min(...pairs.map(([a, b]) => cosine(a, b))),
    difference: Math.max(...pairs.flatMap(([a, b]) => a.map((value, i) => Math.abs(value - b[i]!)))),
  };
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
