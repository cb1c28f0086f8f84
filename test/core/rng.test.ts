import { expect, test } from 'vitest';
import { canonicalJson, digestOf } from '../../src/core/digest.ts';
import { didYouMean, editDistance, nearest } from '../../src/core/nearest.ts';
import { rng } from '../../src/core/rng.ts';

const draws = (stream: ReturnType<typeof rng>, count: number) => Array.from({ length: count }, () => stream.next());

test('a stream depends on its name alone', () => {
  expect(draws(rng(1, 'a', 'x'), 5)).toEqual(draws(rng(1, 'a', 'x'), 5));
  const first = new Set([rng(1, 'a', 'x'), rng(2, 'a', 'x'), rng(1, 'b', 'x'), rng(1, 'a', 'y')].map((s) => s.next()));
  expect(first.size).toBe(4);
});

test('uniform draws have the moments of the uniform distribution', () => {
  const values = draws(rng(7, 'moments'), 200_000);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(mean).toBeCloseTo(0.5, 2); // standard error 0.0006
  expect(variance).toBeCloseTo(1 / 12, 3);
  expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
});

test('first draws of neighbouring items are uncorrelated', () => {
  const values = Array.from({ length: 20_000 }, (_, item) => rng(3, 'item', String(item)).next() - 0.5);
  const products = values.slice(1).map((value, index) => value * values[index]!);
  const correlation = (12 * products.reduce((sum, value) => sum + value, 0)) / products.length;
  expect(Math.abs(correlation)).toBeLessThan(0.03); // 4 standard errors
});

test('normal draws have mean 0 and variance 1', () => {
  const stream = rng(11, 'normal');
  const values = Array.from({ length: 100_000 }, () => stream.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.013);
  expect(Math.abs(variance - 1)).toBeLessThan(0.018);
});

test('canonical JSON sorts keys, drops undefined and refuses NaN', () => {
  expect(canonicalJson({ b: [1, { d: undefined, c: 'x' }], a: null })).toBe('{"a":null,"b":[1,{"c":"x"}]}');
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
  expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
});

test('the nearest name is found, and a far one is not guessed', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(nearest('retreival', ['zero-shot', 'view', 'retrieval'])).toBe('retrieval');
  expect(nearest('xyzzy', ['zero-shot', 'retrieval'])).toBeUndefined();
  expect(didYouMean('xyzzy', ['a-name', 'b-name'])).toBe('known: a-name, b-name');
});
