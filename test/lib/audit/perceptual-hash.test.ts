/** The difference hash and the search for pairs. */
import { expect, test } from 'vitest';
import { rng } from '../../../src/core/rng.ts';
import {
  differenceHash,
  hammingDistance,
  parseHash,
  SIMILAR_BITS,
  similarPairs,
} from '../../../src/lib/audit/perceptual-hash.ts';

/** A smooth made-up picture: a few broad waves, sampled at any size. */
function picture(seed: number, width: number, height: number, change = (grey: number) => grey): Uint8Array {
  const random = rng(seed, 'hash-test');
  const waves = Array.from({ length: 6 }, () => [
    1 + random.integer(4),
    random.next() * 7,
    1 + random.integer(4),
    random.next() * 7,
  ]);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height];
    const sum = waves.reduce(
      (total, [a, b, c, d]) => total + Math.sin(6.28 * a! * x + b!) * Math.cos(6.28 * c! * y + d!),
      0,
    );
    return Math.max(0, Math.min(255, Math.round(change(128 + 25 * sum))));
  });
}

const distance = (a: string | null, b: string | null) => hammingDistance(parseHash(a!), parseHash(b!));

test('a hash survives another size, brightness and contrast, and tells pictures apart', () => {
  const hash = differenceHash(picture(1, 200, 160), 200, 160);
  expect(hash).toMatch(/^[0-9a-f]{128}$/);
  expect(distance(hash, differenceHash(picture(1, 97, 211), 97, 211))).toBeLessThanOrEqual(SIMILAR_BITS);
  expect(
    distance(
      hash,
      differenceHash(
        picture(1, 200, 160, (g) => 0.7 * g + 20),
        200,
        160,
      ),
    ),
  ).toBeLessThanOrEqual(SIMILAR_BITS);
  for (let seed = 2; seed < 12; seed++)
    expect(distance(hash, differenceHash(picture(seed, 200, 160), 200, 160))).toBeGreaterThan(4 * SIMILAR_BITS);
});

test('bits by hand: brighter to the right and below', () => {
  const right = Uint8Array.from({ length: 17 * 17 }, (_, i) => (i % 17) * 10);
  expect(differenceHash(right, 17, 17)).toBe('f'.repeat(64) + '0'.repeat(64));
  const below = Uint8Array.from({ length: 17 * 17 }, (_, i) => Math.floor(i / 17) * 10);
  expect(differenceHash(below, 17, 17)).toBe('0'.repeat(64) + 'f'.repeat(64));
});

test('a picture without structure has no hash, whatever its size', () => {
  expect(differenceHash(new Uint8Array(1).fill(9), 1, 1)).toBeNull();
  expect(differenceHash(new Uint8Array(64 * 48).fill(200), 64, 48)).toBeNull();
  expect(differenceHash(picture(3, 5, 9), 5, 9)).not.toBeUndefined();
});

test('the search finds exactly the pairs that comparing all finds', () => {
  const random = rng(5, 'pairs');
  const digits = () => Array.from({ length: 128 }, () => random.integer(16).toString(16)).join('');
  const flip = (hash: string, bits: number) => {
    const words = parseHash(hash);
    for (let i = 0; i < bits; i++) words[random.integer(16)]! ^= 1 << random.integer(32);
    return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
  };
  const originals = Array.from({ length: 40 }, digits);
  const hashes = [...originals, ...originals.map((hash, i) => flip(hash, i))];
  const words = hashes.map(parseHash);
  const expected: string[] = [];
  for (let i = 0; i < words.length; i++)
    for (let j = i + 1; j < words.length; j++)
      if (hammingDistance(words[i]!, words[j]!) <= SIMILAR_BITS) expected.push(`${i}-${j}`);
  expect(expected.length).toBeGreaterThanOrEqual(SIMILAR_BITS);
  expect(similarPairs(hashes).map(({ first, second }) => `${first}-${second}`)).toEqual(expected);
  expect(similarPairs([])).toEqual([]);
});
