/** Exact similarity search against a brute-force double loop. */
import { afterAll, expect, test } from 'vitest';
import { rng } from '../../src/core/rng.ts';
import { createSimilaritySearch } from '../../src/engine/similarity.ts';

const dimension = 24;
const whole = createSimilaritySearch({ threads: 1 });
const tiled = createSimilaritySearch({ threads: 1, queryTile: 7, corpusTile: 11 });
afterAll(async () => {
  await whole.dispose();
  await tiled.dispose();
});

function unitRows(count: number, purpose: string): Float32Array {
  const random = rng(3, purpose);
  const unitRow = () => {
    const row = Float32Array.from({ length: dimension }, () => random.normal());
    const norm = Math.hypot(...row);
    return row.map((value) => value / norm);
  };
  return Float32Array.from(Array.from({ length: count }, () => [...unitRow()]).flat());
}

function similarity(a: Float32Array, i: number, b: Float32Array, j: number): number {
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += a[i * dimension + d]! * b[j * dimension + d]!;
  return sum;
}

function bruteForce(queries: Float32Array, corpus: Float32Array, k: number): number[] {
  const rows = corpus.length / dimension;
  return Array.from({ length: queries.length / dimension }, (_, q) => {
    const scores = Array.from({ length: rows }, (_, n) => similarity(queries, q, corpus, n));
    return scores
      .map((_, n) => n)
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, k);
  }).flat();
}

const queries = unitRows(30, 'queries');
const corpus = unitRows(100, 'corpus');

test.each([
  ['one tile', whole],
  ['tiles that do not divide the rows', tiled],
])('the k most similar rows are those of a brute-force search: %s', async (_, search) => {
  const found = await search.topK(queries, corpus, dimension, 5);
  expect(found.k).toBe(5);
  expect([...found.indices]).toEqual(bruteForce(queries, corpus, 5));
  const first = similarity(queries, 29, corpus, found.indices[29 * 5]!);
  expect(found.similarities[29 * 5]).toBeCloseTo(first, 6);
});

test('equal rows come by lower index, across tiles too', async () => {
  const row = unitRows(1, 'one');
  const same = new Float32Array(40 * dimension);
  for (let i = 0; i < 40; i++) same.set(row, i * dimension);
  const found = await tiled.topK(queries, same, dimension, 13);
  for (let q = 0; q < 30; q++) {
    expect([...found.indices.subarray(q * 13, (q + 1) * 13)]).toEqual(Array.from({ length: 13 }, (_, i) => i));
  }
});

test('a corpus with fewer than k rows gives all of them', async () => {
  const few = corpus.slice(0, 3 * dimension);
  const found = await tiled.topK(queries, few, dimension, 10);
  expect(found.k).toBe(3);
  expect([...found.indices]).toEqual(bruteForce(queries, few, 3));
});

test.each([
  ['one tile', whole],
  ['tiles', tiled],
])('rows above and tied with a threshold are counted: %s', async (_, search) => {
  const doubled = new Float32Array(corpus.length + dimension);
  doubled.set(corpus);
  doubled.set(corpus.subarray(0, dimension), corpus.length);
  const thresholds = Float32Array.from({ length: 30 }, (_, q) => similarity(queries, q, corpus, 0));
  const { above, tied } = await search.countAbove(queries, doubled, dimension, thresholds);
  for (let q = 0; q < 30; q++) {
    const scores = Array.from({ length: 101 }, (_, n) => similarity(queries, q, doubled, n));
    expect(above[q]).toBe(scores.filter((score) => score > thresholds[q]! + 1e-6).length);
    expect(tied[q]).toBe(2);
  }
});

test('values that are no whole rows are refused', async () => {
  await expect(whole.topK(queries.slice(1), corpus, dimension, 5)).rejects.toThrow(RangeError);
  await expect(whole.countAbove(queries, corpus, dimension, new Float32Array(3))).rejects.toThrow(RangeError);
});
