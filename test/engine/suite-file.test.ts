import { expect, test } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import { parseSuite } from '../../src/engine/suite-file.ts';

const SUITE = `
name: tiny
datasets: [{ use: phantom }]
models: [{ id: a, use: chexzero, from: a.pt }]
tasks: [{ use: zero-shot }]
`;

function failure(text: string, overrides: string[] = []): ConfigError {
  try {
    parseSuite(text, 'tiny.yaml', overrides);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

test('defaults become explicit, paths stay as typed', () => {
  const suite = parseSuite(SUITE, 'tiny.yaml');
  expect(suite.statistics).toEqual({ replicates: 2000, confidence: 0.95 });
  expect(suite.datasets[0]).toEqual({ use: 'phantom', evaluate: 'test', options: {} });
  expect(suite.models[0]!.from).toBe('a.pt');
});

test('a misspelt key is refused with the nearest one', () => {
  const error = failure(SUITE.replace('datasets:', 'datasest:'));
  expect(error.message).toContain('unknown key "datasest"');
  expect(error.hint).toBe('did you mean "datasets"?');
  expect(failure(SUITE.replace('from:', 'form:')).hint).toBe('did you mean "from"?');
});

test('a key that is not there is said to be missing', () => {
  expect(failure(SUITE.replace('id: a, ', '')).message).toBe(
    'suite: missing, expected string (tiny.yaml: models.0.id)',
  );
  expect(failure(SUITE.replace(/tasks.*/, '')).message).toContain('missing, expected array (tiny.yaml: tasks)');
});

test('YAML errors carry line and column', () => {
  expect(failure('name: [1, 2\nseed: 3').message).toMatch(/tiny\.yaml:\d+:\d+/);
  expect(failure('just text').exitCode).toBe(2);
  expect(failure('').exitCode).toBe(2);
});

test('--set overrides by dotted path, with YAML values', () => {
  const suite = parseSuite(SUITE, 'tiny.yaml', [
    'seed=7',
    'datasets.0.root=/data',
    'statistics.replicates=10',
    'models.0.from=[x, y]',
  ]);
  expect(suite.seed).toBe(7);
  expect(suite.datasets[0]!.root).toBe('/data');
  expect(suite.statistics.replicates).toBe(10);
  expect(suite.models[0]!.from).toEqual(['x', 'y']);
  expect(failure(SUITE, ['seed']).message).toContain('key=value');
  expect(failure(SUITE, ['seed=minus']).message).toContain('seed');
});
