/** Files to embeddings: order, failures, independence of workers, batches and neighbours. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/digest.ts';
import { InterruptedError, ModelError } from '../../src/core/errors.ts';
import type { Preprocessing } from '../../src/core/preprocessing.ts';
import { rng } from '../../src/core/rng.ts';
import { decode } from '../../src/engine/decode.ts';
import { collect, embedImages, embedTexts } from '../../src/engine/embed.ts';
import { openPreprocessPool, type PreprocessPool } from '../../src/engine/preprocess-pool.ts';
import { type GraphFile, openSession, resolveDevice, type Session } from '../../src/engine/session.ts';
import { preprocess } from '../../src/lib/image/preprocess.ts';
import { TINY, writeTinyText, writeTinyVision } from './tiny-vision.ts';

const PREPROCESSING: Preprocessing = {
  name: 'tiny@1',
  channels: 3,
  width: 32,
  height: 32,
  steps: [
    { op: 'grey' },
    { op: 'pad-square', minimum: 1, fill: 0 },
    { op: 'resize-pillow', kernel: 'bicubic', size: { width: 32, height: 32 } },
    { op: 'normalize', divisor: 255, mean: [0.5], standardDeviation: [0.25] },
  ],
};

let folder: string;
let paths: string[];
let graph: GraphFile;
let session: Session;
let one: PreprocessPool;
let two: PreprocessPool;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'embed-'));
  graph = writeTinyVision(folder);
  paths = [];
  for (let item = 0; item < 21; item++) paths.push(await writeNoise(item));
  session = await openSession(graph);
  one = openPreprocessPool(1);
  two = openPreprocessPool(2);
});
afterAll(async () => {
  await Promise.all([one.close(), two.close(), session.release()]);
  rmSync(folder, { recursive: true, force: true });
});

async function writeNoise(item: number): Promise<string> {
  const { integer } = rng(3, 'embed-test', `${item}`);
  const [width, height] = [40 + integer(60), 40 + integer(60)];
  const image = sharp(
    Uint8Array.from({ length: width * height }, () => integer(256)),
    { raw: { width, height, channels: 1 } },
  );
  const path = join(folder, `${item}.png`);
  writeFileSync(path, await image.toColourspace('b-w').png().toBuffer());
  return path;
}

function embed(list: readonly string[], pool = two, batchSize = 4) {
  return collect(embedImages({ session, pool, preprocessing: PREPROCESSING, paths: list, batchSize }), list.length);
}

test('every row is what the graph gives for that file alone', async () => {
  const { embeddings, failures } = await embed(paths);
  expect(failures).toEqual([]);
  expect([embeddings.rows, embeddings.dimension]).toEqual([21, TINY.embedding]);
  for (const item of [0, 4, 20]) {
    const data = preprocess(await decode(readFileSync(paths[item]!), ''), PREPROCESSING);
    const alone = await session.run({ data, shape: [1, 3, 32, 32] });
    const row = embeddings.data.subarray(item * TINY.embedding, (item + 1) * TINY.embedding);
    expect(largestDifference(row, alone.data)).toBeLessThan(1e-5);
  }
});

test('one and two workers give the same bits', async () => {
  expect((await embed(paths, one)).embeddings.data).toEqual((await embed(paths, two)).embeddings.data);
});

test('batches of one and of eight agree to float rounding', async () => {
  const [small, large] = [await embed(paths, two, 1), await embed(paths, two, 8)];
  expect(largestDifference(small.embeddings.data, large.embeddings.data)).toBeLessThan(1e-5);
});

test('a failed file is NaN, is listed without its folder, and leaves its neighbours alone', async () => {
  const whole = await embed(paths);
  const broken = paths.with(5, join(folder, 'absent.png'));
  const { embeddings, failures } = await embed(broken);
  expect(failures).toEqual([{ index: 5, reason: 'picture file is missing (absent.png)', isLasting: false }]);
  const row = (data: Float32Array, index: number) => data.slice(index * TINY.embedding, (index + 1) * TINY.embedding);
  expect(row(embeddings.data, 5).every(Number.isNaN)).toBe(true);
  for (const index of [0, 4, 6, 7, 20]) expect(row(embeddings.data, index)).toEqual(row(whole.embeddings.data, index));
});

test('what is wrong with the bytes lasts, and its reason names no file', async () => {
  const noise = join(folder, 'noise.png');
  writeFileSync(noise, 'no picture');
  const { failures } = await embed([paths[0]!, noise]);
  expect(failures).toMatchObject([{ index: 1, isLasting: true, reason: expect.not.stringContaining('noise.png') }]);
});

test('progress counts items in order', async () => {
  const heard: number[] = [];
  const batches = embedImages({ session, pool: two, preprocessing: PREPROCESSING, paths, batchSize: 8 });
  await collect(batches, paths.length, (done) => heard.push(done));
  expect(heard).toEqual([8, 16, 21]);
});

test('no files, no batches', async () => {
  expect((await embed([])).embeddings.rows).toBe(0);
});

test('an aborted signal ends the work after the batch', async () => {
  const abort = new AbortController();
  const batches = embedImages({
    session,
    pool: two,
    preprocessing: PREPROCESSING,
    paths,
    batchSize: 4,
    signal: abort.signal,
  });
  await expect(collect(batches, paths.length, () => abort.abort())).rejects.toThrow(InterruptedError);
  expect((await embed(paths.slice(0, 3))).failures).toEqual([]);
});

test('a file that is no longer what was hashed is not read', async () => {
  const list = [paths[3]!, paths[1]!];
  const target = new SharedArrayBuffer(
    2 * PREPROCESSING.channels * PREPROCESSING.height * PREPROCESSING.width * Float32Array.BYTES_PER_ELEMENT,
  );
  const digests = [sha256(readFileSync(list[0]!)), sha256('what it was')];
  const outcomes = await two.pixels({ paths: list, preprocessing: PREPROCESSING, target, digests });
  expect(outcomes.map(({ failure }) => failure !== undefined)).toEqual([false, true]);
  expect(outcomes[1]).toMatchObject({ isUnread: true, failure: expect.stringMatching(/changed/) });
});

test('the pool makes thumbnails, in the order of the paths', async () => {
  const list = [paths[3]!, join(folder, 'absent.png'), paths[1]!];
  const thumbnails = await two.thumbnails(list, 24);
  expect(thumbnails[1]!.failure).toMatch(/missing/);
  expect(Math.max(...(await sizeOf(thumbnails[2]!.thumbnail!)))).toBe(24);
});

test('a closed pool refuses work', async () => {
  const pool = openPreprocessPool(1);
  await pool.close();
  await expect(pool.thumbnails(paths, 8)).rejects.toThrow(/closed/);
});

describe('a graph that cannot serve', () => {
  test('an embedding that is not finite fails its item', async () => {
    const poisoned = await openSession(writeTinyVision(folder, 'poisoned', true));
    const batches = embedImages({
      session: poisoned,
      pool: one,
      preprocessing: PREPROCESSING,
      paths: paths.slice(0, 2),
    });
    const { failures } = await collect(batches, 2);
    expect(failures.map(({ reason }) => reason)).toEqual(Array(2).fill('the model gave NaN or infinity'));
    await poisoned.release();
  });
  test('missing file, wrong names, wrong shape', async () => {
    await expect(openSession({ ...graph, path: join(folder, 'none.onnx') })).rejects.toThrow(/graph file is missing/);
    await expect(openSession({ ...graph, input: 'image' })).rejects.toThrow(
      /lacks an input, expected image, got pixels/,
    );
    await expect(openSession({ ...graph, output: 'x' })).rejects.toThrow(/lacks an output/);
    const wrong = session.run({ data: new Float32Array(12), shape: [1, 3, 2, 2] });
    await expect(wrong).rejects.toThrow(ModelError);
  });
  test('a truncated graph', async () => {
    const path = join(folder, 'cut.onnx');
    writeFileSync(path, readFileSync(graph.path).subarray(0, 500));
    await expect(openSession({ ...graph, path })).rejects.toThrow(/cannot be loaded on cpu/);
  });
  test.runIf(resolveDevice('auto') === 'cpu')(
    'CUDA without its library is refused, never replaced by the CPU',
    async () => {
      await expect(openSession(graph, { device: 'cuda' })).rejects.toThrow(ModelError);
    },
  );
});

test('texts are embedded in order, whatever the batch', async () => {
  const text = await openSession(writeTinyText(folder));
  const { contextLength } = TINY.text;
  const { integer } = rng(4, 'embed-test-text');
  const ids = BigInt64Array.from({ length: 5 * contextLength }, () => BigInt(1 + integer(31)));
  const all = await collect(embedTexts({ session: text, ids, contextLength, batchSize: 5 }), 5);
  const single = await collect(embedTexts({ session: text, ids, contextLength, batchSize: 1 }), 5);
  expect(all.embeddings.rows).toBe(5);
  expect(largestDifference(all.embeddings.data, single.embeddings.data)).toBeLessThan(1e-5);
  expect(new Set(all.embeddings.data).size).toBeGreaterThan(40);
  await text.release();
});

async function sizeOf(bytes: Uint8Array): Promise<[number, number]> {
  const { width, height } = await sharp(bytes).metadata();
  return [width, height];
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), a.length === b.length ? 0 : Infinity);
}
