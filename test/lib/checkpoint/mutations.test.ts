// Fifteen hundred damaged checkpoints of every container: each gives values or a typed error, quickly, and none runs anything.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutation } from './mutations.ts';
import { outcomeOf } from './outcomes.ts';

test('every damaged checkpoint ends in values or in a typed error within a second', async () => {
  const counts = new Map<string, number>();
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  let slowest = 0;
  for (let n = 0; n < 1500; n++) {
    const damaged = mutation(n);
    const { kind, seconds } = await outcomeOf(damaged);
    count(kind);
    count(kind === 'read' ? `${damaged.container} read` : `${damaged.container} refused`);
    slowest = Math.max(slowest, seconds);
  }
  expect(slowest).toBeLessThan(1);
  expect(counts.get('forbidden: weights alone')).toBeGreaterThan(20);
  for (const container of ['torch', 'torch-legacy', 'safetensors', 'nested zip', 'shards']) {
    expect(counts.get(`${container} read`), container).toBeGreaterThan(5);
    expect(counts.get(`${container} refused`), container).toBeGreaterThan(50);
  }
  expect(counts.size).toBeGreaterThan(40);
  expect(existsSync('executed')).toBe(false);
});
