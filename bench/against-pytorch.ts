/**
 * Files to image embeddings beside open_clip's preprocessing, PyTorch's DataLoader and timm: the same BiomedCLIP checkpoint,
 * the same films, the same cores, one run, alternating; and the encoder alone against the machine's matrix product.
 * usage: npm run bench -- against-pytorch --checkpoint FOLDER [--images 48] [--rounds 5]
 * FOLDER: BiomedCLIP as published, or of the same size with random weights (scripts/reference/full_size.py). Python with
 * the packages of scripts/reference/requirements.txt is `python3`, or MEDVLM_PYTHON.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-node';
import { catalog } from '../src/catalog/index.ts';
import { sha256 } from '../src/core/digest.ts';
import { type Bundle, openBundle } from '../src/engine/bundles.ts';
import { createContext } from '../src/engine/context.ts';
import { collect, embedImages } from '../src/engine/embed.ts';
import { homeAt } from '../src/engine/home.ts';
import { describeMachine } from '../src/engine/machine.ts';
import { openPreprocessPool } from '../src/engine/preprocess-pool.ts';
import { openSession, type Session } from '../src/engine/session.ts';
import { encodeModel } from '../src/lib/onnx/encode.ts';
import { addInput, addOutput, createGraph } from '../src/lib/onnx/graph.ts';
import { MatMul } from '../src/lib/onnx/operators.ts';
import { writeFilms } from './material/film-files.ts';

const FILMS = 24;
const BATCH = 16;
/** Multiply-adds of ViT-B/16 at 224 pixels, twice: 2 × 17.6e9. Source: Dosovitskiy et al. 2021, counted over the graph's matrix products. */
const FLOP_PER_IMAGE = 35.1e9;
/** Settings of the reference; its best is what is compared. */
const SETTINGS = [
  { threads: 2, workers: 0, batch: BATCH, channels_last: false },
  { threads: 2, workers: 1, batch: BATCH, channels_last: false },
  { threads: 2, workers: 2, batch: BATCH, channels_last: false },
  { threads: 2, workers: 2, batch: BATCH, channels_last: true },
  { threads: 1, workers: 1, batch: BATCH, channels_last: false },
] as const;

const { values } = parseArgs({
  options: {
    checkpoint: { type: 'string' },
    images: { type: 'string', default: '48' },
    rounds: { type: 'string', default: '5' },
  },
});
if (values.checkpoint === undefined) throw new Error('--checkpoint FOLDER is needed');

const median = (numbers: readonly number[]) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};

interface Pass {
  readonly seconds: number;
  readonly embedding: readonly number[];
}

/** A Python process that answers one line per line. */
function openReference(checkpoint: string, paths: readonly string[]) {
  const script = fileURLToPath(new URL('../../bench/against_pytorch.py', import.meta.url));
  const child = spawn(process.env.MEDVLM_PYTHON ?? 'python3', [script, checkpoint], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the reference ended: see its message above');
    return JSON.parse(value) as never;
  };
  const ask = (question: unknown) => child.stdin.write(`${JSON.stringify(question)}\n`);
  ask(paths);
  const pass = (setting: unknown): Promise<Pass> => {
    ask(setting);
    return answer();
  };
  return { versions: answer() as Promise<Record<string, string | number>>, pass, close: () => child.stdin.end() };
}

/** GFLOP/s of the runtime's own float32 matrix product, the best of several, on square matrices of 2,048. */
async function matrixProduct(): Promise<number> {
  const side = 2048;
  const graph = createGraph('product');
  const a = addInput(graph, { name: 'a', type: 'float32', shape: [side, side] });
  const b = addInput(graph, { name: 'b', type: 'float32', shape: [side, side] });
  addOutput(graph, 'product', MatMul(graph, a, b));
  const session = await ort.InferenceSession.create(Buffer.from(encodeModel(graph)), { intraOpNumThreads: 2 });
  const matrix = () =>
    new ort.Tensor(
      'float32',
      Float32Array.from({ length: side * side }, (_, i) => Math.sin(i)),
      [side, side],
    );
  const feeds = { a: matrix(), b: matrix() };
  let best = 0;
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    await session.run(feeds);
    best = Math.max(best, (2 * side ** 3) / (performance.now() - start) / 1e6);
  }
  await session.release();
  return best;
}

/** Images per second of the graph alone. */
async function bareGraph(session: Session, images: number): Promise<number> {
  const data = Float32Array.from({ length: BATCH * 3 * 224 * 224 }, (_, i) => Math.sin(i));
  const start = performance.now();
  for (let done = 0; done < images; done += BATCH) await session.run({ data, shape: [BATCH, 3, 224, 224] });
  return (images * 1000) / (performance.now() - start);
}

async function importCheckpoint(home: string): Promise<Bundle> {
  const context = createContext(homeAt({ MEDVLM_HOME: home }), { log: () => {}, progress: () => {} });
  const definition = catalog.models.get('biomedclip')!;
  const options = definition.options!.parse({}) as Record<string, unknown>;
  return openBundle({ definition, source: resolve(values.checkpoint!), options }, join(home, 'models'), context);
}

async function compare(folder: string): Promise<void> {
  const bundle = await importCheckpoint(folder);
  const { graph, input, output, preprocessing } = bundle.manifest.vision!;
  const session = await openSession({ path: join(bundle.directory, graph), input, output });
  const pool = openPreprocessPool();
  const films = await writeFilms(folder, 'png', FILMS);
  const images = Number(values.images);
  const paths = Array.from({ length: images }, (_, i) => films[i % FILMS]!);
  const digests = paths.map((path) => sha256(readFileSync(path)));
  const ours = async () => {
    const start = performance.now();
    const batches = embedImages({ session, pool, preprocessing, paths, digests, batchSize: BATCH });
    const { embeddings } = await collect(batches, images);
    return {
      seconds: (performance.now() - start) / 1000,
      embedding: embeddings.data.subarray(0, embeddings.dimension),
    };
  };
  const reference = openReference(join(resolve(values.checkpoint!), 'open_clip_pytorch_model.bin'), paths);
  const { gflops, ...versions } = await reference.versions;
  const best = await bestSetting(reference);
  await ours();
  const rates = { ours: [] as number[], theirs: [] as number[], bare: [] as number[], product: [] as number[] };
  let difference = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    const mine = await ours();
    const theirs = await reference.pass(best);
    difference = Math.max(...mine.embedding.map((value, i) => Math.abs(value - theirs.embedding[i]!)));
    rates.ours.push(images / mine.seconds);
    rates.theirs.push(images / theirs.seconds);
    rates.product.push(await matrixProduct());
    rates.bare.push(await bareGraph(session, images));
  }
  reference.close();
  await pool.close();
  await session.release();
  const ratios = rates.ours.map((rate, i) => rate / rates.theirs[i]!);
  const shares = rates.bare.map((rate, i) => (rate * FLOP_PER_IMAGE) / 1e9 / rates.product[i]!);
  const shown = (numbers: readonly number[]) =>
    `${median(numbers).toFixed(3)} [${numbers.map((n) => n.toFixed(3)).join(' ')}]`;
  console.log(
    `${JSON.stringify(versions)}, its best setting ${JSON.stringify(best)}, its matrix product ${Number(gflops).toFixed(0)} GFLOP/s`,
  );
  console.log(
    `files to embeddings: ours ${shown(rates.ours)} images/s, reference ${shown(rates.theirs)} images/s, ratio ${shown(ratios)}`,
  );
  console.log(`largest difference of an embedding: ${difference.toExponential(1)}`);
  console.log(
    `encoder alone: ${shown(rates.bare)} images/s = ${((median(rates.bare) * FLOP_PER_IMAGE) / 1e9).toFixed(0)} GFLOP/s of ${shown(rates.product)}, share ${shown(shares)}`,
  );
}

async function bestSetting(reference: ReturnType<typeof openReference>): Promise<(typeof SETTINGS)[number]> {
  let best: { setting: (typeof SETTINGS)[number]; seconds: number } | undefined;
  await reference.pass(SETTINGS[0]); // warm-up
  for (const setting of SETTINGS) {
    const { seconds } = await reference.pass(setting);
    console.log(`reference ${JSON.stringify(setting)}: ${(Number(values.images) / seconds).toFixed(2)} images/s`);
    if (best === undefined || seconds < best.seconds) best = { setting, seconds };
  }
  return best!.setting;
}

const { processor, cores, memoryBytes, node } = describeMachine();
console.log(`${processor}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, Node ${node}`);
const folder = mkdtempSync(join(tmpdir(), 'against-pytorch-'));
try {
  await compare(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
