/**
 * Files to stored embeddings against the bare graph: same session, same cores, one run, alternating.
 * usage: npm run bench -- embedding-throughput [--images 64] [--rounds 5] [--model b16|b32]
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chexzeroPreprocessing } from '../src/catalog/models/chexzero.ts';
import { sha256 } from '../src/core/digest.ts';
import { decode } from '../src/engine/decode.ts';
import { collect, DEFAULT_BATCH_SIZE, embedImages } from '../src/engine/embed.ts';
import { writeWhole } from '../src/engine/file-writer.ts';
import { describeMachine, peakResidentBytes } from '../src/engine/machine.ts';
import { openPreprocessPool, type PreprocessPool } from '../src/engine/preprocess-pool.ts';
import { type GraphFile, openSession, type Session } from '../src/engine/session.ts';
import { preprocess } from '../src/lib/image/preprocess.ts';
import { encodeNpy } from '../src/lib/tensor/npy.ts';
import { vitBase, writeVisionTower } from './material/clip-vision.ts';
import { FILM_SIDE, writeFilms } from './material/film-files.ts';

const PREPROCESSING = chexzeroPreprocessing(224, 3);
const FILMS = 24;
const MODELS = { b16: { title: 'ViT-B/16', patch: 16 }, b32: { title: 'ViT-B/32', patch: 32 } } as const;
type ModelName = keyof typeof MODELS;
type Format = 'jpeg' | 'png';

interface Setting {
  readonly folder: string;
  readonly file: GraphFile;
  readonly weightBytes: number;
  readonly title: string;
  readonly images: number;
  readonly rounds: number;
}

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
    model: { type: 'string' },
  },
});
if (process.send === undefined) await parent();
else process.once('message', (setting: Setting) => void measure(setting).then(() => process.disconnect()));

/** Makes graphs and films, then measures each model in a process of its own, so that its peak memory is its own. */
async function parent(): Promise<void> {
  const { processor, cores, memoryBytes, node } = describeMachine();
  console.log(`${processor}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, Node ${node}`);
  const folder = mkdtempSync(join(tmpdir(), 'embedding-throughput-'));
  try {
    for (const format of ['jpeg', 'png'] as const) {
      mkdirSync(join(folder, format));
      await writeFilms(join(folder, format), format, FILMS);
    }
    for (const name of values.model === undefined ? (['b16', 'b32'] as const) : [values.model as ModelName]) {
      const { title, patch } = MODELS[name];
      const tower = writeVisionTower(folder, name, vitBase(patch));
      await inChild({ folder, ...tower, title, images: Number(values.images), rounds: Number(values.rounds) });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inChild(setting: Setting): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), [], { stdio: 'inherit' });
  child.send(setting);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the measurement ended with ${code}`))));
  });
}

interface Round {
  /** Images per second of wall time. */
  readonly raw: number;
  readonly jpeg: number;
  readonly png: number;
}

async function measure(setting: Setting): Promise<void> {
  const { file, images, rounds, folder } = setting;
  const session = await openSession(file);
  const pool = openPreprocessPool();
  const paths = (format: Format) =>
    Array.from({ length: images }, (_, i) => join(folder, format, `${i % FILMS}.${format}`));
  const warm = (format: Format) => fileToStore(session, pool, paths(format).slice(0, 2 * DEFAULT_BATCH_SIZE), folder);
  await bareGraph(session, DEFAULT_BATCH_SIZE);
  await warm('jpeg');
  await warm('png');
  for (const format of ['jpeg', 'png'] as const) digestsOf(paths(format));
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    measured.push({
      raw: await rate(images, () => bareGraph(session, images)),
      jpeg: await rate(images, () => fileToStore(session, pool, paths('jpeg'), folder)),
      png: await rate(images, () => fileToStore(session, pool, paths('png'), folder)),
    });
  }
  const peak = peakResidentBytes();
  await pool.close();
  const cost = { jpeg: await preparationMs(paths('jpeg')), png: await preparationMs(paths('png')) };
  await session.release();
  print(setting, { threads: session.threads, measured, cost, peak });
}

/** The graph alone on the same number of images in batches of the same size. */
async function bareGraph(session: Session, images: number): Promise<void> {
  const { channels, height, width } = PREPROCESSING;
  const data = Float32Array.from({ length: DEFAULT_BATCH_SIZE * channels * height * width }, (_, i) => Math.sin(i));
  for (let done = 0; done < images; done += DEFAULT_BATCH_SIZE) {
    await session.run({ data, shape: [DEFAULT_BATCH_SIZE, channels, height, width] });
  }
}

/** Digests of the films as a plan would have them: made before the clock runs, checked by the workers while it does. */
const planned = new Map<string, string>();

function digestsOf(paths: readonly string[]): string[] {
  for (const path of paths) if (!planned.has(path)) planned.set(path, sha256(readFileSync(path)));
  return paths.map((path) => planned.get(path)!);
}

async function fileToStore(session: Session, pool: PreprocessPool, paths: readonly string[], folder: string) {
  const { embeddings, failures } = await collect(
    embedImages({ session, pool, preprocessing: PREPROCESSING, paths, digests: digestsOf(paths) }),
    paths.length,
  );
  if (failures.length > 0) throw new Error(`${failures.length} films failed`);
  await writeWhole(join(folder, 'embeddings.npy'), encodeNpy(embeddings.data, [embeddings.rows, embeddings.dimension]));
}

async function rate(images: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (images * 1000) / (performance.now() - start);
}

/** Core milliseconds of one image: CPU time of reading, decoding and preprocessing on one thread, compiled and warm. */
async function preparationMs(
  paths: readonly string[],
): Promise<{ readonly decode: number; readonly preprocess: number }> {
  const cost = { decode: 0, preprocess: 0 };
  for (const [index, path] of paths.entries()) {
    const before = process.cpuUsage();
    const pixels = await decode(readFileSync(path), basename(path));
    const decoded = process.cpuUsage(before);
    preprocess(pixels, PREPROCESSING);
    const both = process.cpuUsage(before);
    if (index < paths.length / 2) continue;
    cost.decode += (decoded.user + decoded.system) / 1000;
    cost.preprocess += (both.user + both.system - decoded.user - decoded.system) / 1000;
  }
  const counted = Math.floor(paths.length / 2);
  return { decode: cost.decode / counted, preprocess: cost.preprocess / counted };
}

interface Outcome {
  readonly threads: number;
  readonly measured: readonly Round[];
  readonly cost: Readonly<Record<Format, { readonly decode: number; readonly preprocess: number }>>;
  readonly peak: number | undefined;
}

function print({ title, weightBytes, images, rounds }: Setting, { threads, measured, cost, peak }: Outcome): void {
  const raw = median(measured.map((round) => round.raw));
  const coreMs = (threads * 1000) / raw;
  console.log(
    `\n${title}, ${images} films of ${FILM_SIDE} px per round, batch ${DEFAULT_BATCH_SIZE}, ${threads} threads, ${rounds} rounds`,
  );
  console.log(`bare graph ${raw.toFixed(2)} images/s = ${coreMs.toFixed(1)} core ms per image`);
  for (const format of ['jpeg', 'png'] as const) {
    const ratio = median(measured.map((round) => round[format] / round.raw));
    const { decode: decoding, preprocess: preparing } = cost[format];
    const ceiling = coreMs / (coreMs + decoding + preparing);
    console.log(
      `${format.padEnd(4)} ${median(measured.map((round) => round[format])).toFixed(2)} images/s, ratio ${ratio.toFixed(3)}` +
        ` [${measured.map((round) => (round[format] / round.raw).toFixed(3)).join(' ')}],` +
        ` decode ${decoding.toFixed(1)} + preprocess ${preparing.toFixed(1)} core ms,` +
        ` ceiling ${ceiling.toFixed(3)}, ratio/ceiling ${(ratio / ceiling).toFixed(3)}`,
    );
  }
  const limit = 1.5 * weightBytes + 400e6;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `peak memory ${peak === undefined ? 'unknown' : megabytes(peak)}, limit 1.5 x weights + 400 MB = ${megabytes(limit)}`,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
