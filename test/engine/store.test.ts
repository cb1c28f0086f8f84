import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeFiles } from '../../src/engine/files.ts';
import { planTower, SHARD_SIZE } from '../../src/engine/plan.ts';
import { EmbeddingSpace, spaceKey } from '../../src/engine/store.ts';

let root: string;
const logged: string[] = [];
const open = () => EmbeddingSpace.open(root, 'space', nodeFiles(), (line) => logged.push(line));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'medvlm-store-'));
  logged.length = 0;
});
afterEach(() => rm(root, { recursive: true, force: true }));

const shard = {
  dimension: 2,
  items: ['a', 'b', 'c'],
  vectors: new Float32Array([1, 2, Number.NaN, Number.NaN, 5, 6]),
  failures: new Map([[1, 'image is truncated']]),
};

test('what is written is read back, failures too', async () => {
  await (await open()).write(shard);
  const space = await open();
  expect([...space.get('c')!]).toEqual([5, 6]);
  expect(space.get('b')).toBeNull();
  expect(space.failure('b')).toBe('image is truncated');
  expect(space.has('b')).toBe(true);
  expect(space.has('d')).toBe(false);
  expect(space.size).toBe(3);
});

test('the same items give the same file names and bytes', async () => {
  await (await open()).write(shard);
  const names = (await readdir(join(root, 'space'))).sort();
  const bytes = await Promise.all(names.map((name) => readFile(join(root, 'space', name))));
  await (await open()).write(shard);
  expect((await readdir(join(root, 'space'))).sort()).toEqual(names);
  for (const [index, name] of names.entries()) expect(await readFile(join(root, 'space', name))).toEqual(bytes[index]);
});

test('vectors without their sidecar do not exist, and damaged ones are dropped with a line', async () => {
  await (await open()).write(shard);
  const name = (await readdir(join(root, 'space'))).find((file) => file.endsWith('.npy'))!;
  const path = join(root, 'space', name);
  const bytes = await readFile(path);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(path, bytes);
  const damaged = await open();
  expect(damaged.size).toBe(0);
  expect(logged.join()).toContain('damaged');
  await damaged.write(shard);
  await rm(path);
  expect((await open()).size).toBe(0);
});

test('a key depends on everything that determines a vector', () => {
  const description = {
    tower: 'vision' as const,
    files: { 'vision.onnx': 'aa' },
    variant: 'fp32',
    input: { size: 224 },
    corruption: null,
    severity: null,
    seed: null,
  };
  const keys = [
    description,
    { ...description, files: { 'vision.onnx': 'bb' } },
    { ...description, input: { size: 320 } },
    { ...description, variant: 'int8' },
    { ...description, corruption: 'blur' },
  ].map(spaceKey);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a killed run leaves the very shards of an undisturbed one', () => {
  const wanted = Array.from({ length: 3 * SHARD_SIZE + 5 }, (_, index) => `item${index}`);
  const whole = planTower([...wanted, 'item0'], () => false);
  expect(whole.wanted).toEqual(wanted);
  expect(whole.shards.map((items) => items.length)).toEqual([SHARD_SIZE, SHARD_SIZE, SHARD_SIZE, 5]);
  const done = new Set([...whole.shards[0]!, ...whole.shards[3]!]); // out of order, as on a cluster
  expect(planTower(wanted, (item) => done.has(item)).shards).toEqual([whole.shards[1], whole.shards[2]]);
  expect(planTower(wanted, () => true).shards).toEqual([]);
});
