/** Golden numbers of the statistics: null is NaN, "Infinity" is Infinity. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

export type GoldenNumber = number | null | 'Infinity' | '-Infinity';

export function goldenCases<Case>(name: string): Case[] {
  return JSON.parse(readFileSync(new URL(`../../golden/stats/${name}.json`, import.meta.url), 'utf8')).cases;
}

export function number(value: GoldenNumber): number {
  return value === null ? Number.NaN : Number(value);
}

export function floats(values: readonly GoldenNumber[]): Float64Array {
  return Float64Array.from(values, number);
}

export function weightsOf(values: readonly number[] | null): Float64Array | undefined {
  return values ? Float64Array.from(values) : undefined;
}

/** Both NaN, both the same infinity, or within `tolerance`. */
export function expectClose(value: number, expected: GoldenNumber, tolerance = 1e-12, what = ''): void {
  const target = number(expected);
  if (!Number.isFinite(target)) expect(value, what).toBe(target);
  else expect(Math.abs(value - target), `${what}: ${value} against ${target}`).toBeLessThanOrEqual(tolerance);
}

export function expectAllClose(values: ArrayLike<number>, expected: readonly GoldenNumber[], what = ''): void {
  expect(values.length, what).toBe(expected.length);
  for (const [i, target] of expected.entries()) expectClose(values[i]!, target, 1e-12, `${what}[${i}]`);
}
