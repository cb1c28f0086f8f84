/** There is one way to ask what a data-use tier allows: whoever compares tiers by hand forgets the next one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalog } from '../../src/catalog/index.ts';
import { TIER_RULES } from '../../src/core/data-use.ts';
import { packageRoot } from '../../src/engine/package-root.ts';

/** Rooms whose output people pass on. */
const ROOMS = ['app', 'catalog', 'report'];
const COMPARES = /[!=]==? *'(open|registered|credentialed)'|'(open|registered|credentialed)' *[!=]==?/;

test('the pattern finds a comparison', () => {
  for (const line of ["view.tier === 'open'", "tier !== 'credentialed'", "'registered'===tier"])
    expect(line).toMatch(COMPARES);
  expect("mayShow(tier, 'open')").not.toMatch(COMPARES);
});

test('no file compares tiers', () => {
  const files = ROOMS.flatMap((room) =>
    readdirSync(join(packageRoot, 'src', room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(packageRoot, 'src', room, name)),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => COMPARES.test(readFileSync(file, 'utf8')))).toEqual([]);
});

test('every dataset has a tier with rules, and names its licence', () => {
  for (const { name, tier, licence } of catalog.datasets.values()) {
    expect(TIER_RULES[tier], name).toBeDefined();
    expect(licence.length, name).toBeGreaterThan(3);
  }
});
