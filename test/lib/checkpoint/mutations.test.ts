// Three thousand damaged checkpoints: each gives values or a typed error, quickly, and none runs anything.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutation, outcomeOf } from './mutations.ts';

test('every damaged checkpoint ends in values or in a typed error within a second', () => {
  const counts = new Map<string, number>();
  let slowest = 0;
  for (let n = 0; n < 3000; n++) {
    const { kind, seconds } = outcomeOf(mutation(n));
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    slowest = Math.max(slowest, seconds);
  }
  expect(slowest).toBeLessThan(1);
  expect(counts.get('read')).toBeGreaterThan(100);
  expect(counts.get('forbidden: weights alone')).toBeGreaterThan(5);
  expect(counts.size).toBeGreaterThan(20);
  expect(existsSync('executed')).toBe(false);
});
