// Every slip a user can make at the command line: one clear line, a hint, the right exit code, nothing half-written.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlace, type Place, repository } from './command.ts';

let place: Place;
beforeAll(() => {
  place = openPlace();
});
afterAll(() => place.remove());

const miniature = join(repository, 'assets/miniatures/chexzero-phantom-a.pt');

function suite(changes: Record<string, unknown> = {}): string {
  const whole = {
    name: 'bad',
    datasets: [{ use: 'phantom', options: { patients: 6, seed: 5 } }],
    models: [{ id: 'a', use: 'chexzero', from: miniature }],
    tasks: [{ use: 'zero-shot' }],
    statistics: { replicates: 20 },
    ...changes,
  };
  writeFileSync(join(place.root, 'suite.yaml'), JSON.stringify(whole)); // JSON is YAML
  return 'suite.yaml';
}

function expectRefusal(args: string[], code: number, ...pieces: (string | RegExp)[]): void {
  const done = place.run(...args);
  expect(done.stderr).not.toContain('    at '); // a stack trace
  for (const piece of pieces) expect(done.stderr).toMatch(piece);
  expect(done.code).toBe(code);
  expect(done.stdout).toBe('');
}

test('arguments', () => {
  expectRefusal(['frobnicate'], 2, /unknown command/);
  expectRefusal(['rnu', 'x.yaml'], 2, /Did you mean run/);
  expectRefusal(['run'], 2, /missing required argument/);
  expectRefusal(['run', 'absent.yaml'], 2, /no such file/);
  expectRefusal(['run', suite(), '--limit', 'many'], 2, /whole number/);
  expectRefusal(['run', suite(), '--device', 'tpu'], 2, /auto, cpu, cuda/);
  expectRefusal(['run', suite(), '--set', 'seed'], 2, /key=value/);
  expectRefusal(['models', 'show', 'chexzeero'], 2, /did you mean "chexzero"/);
});

test('suites', () => {
  writeFileSync(join(place.root, 'broken.yaml'), 'name: [');
  expectRefusal(['run', 'broken.yaml'], 2, /not valid YAML.*broken\.yaml:\d+:\d+/);
  expectRefusal(['run', suite({ taks: [] })], 2, /unknown key "taks"/, /did you mean "tasks"/);
  expectRefusal(['run', suite({ datasets: [{ use: 'phantm' }] })], 2, /unknown dataset "phantm"/, /"phantom"/);
  expectRefusal(['run', suite({ models: [{ id: 'a', use: 'chexzro', from: 'a.pt' }] })], 2, /"chexzero"/);
  expectRefusal(['run', suite({ tasks: [{ use: 'retreival' }] })], 2, /did you mean "retrieval"/);
  expectRefusal(
    ['run', suite({ tasks: [{ use: 'zero-shot', options: { promts: 'x' } }] })],
    2,
    /unknown option "promts"/,
    /prompts/,
  );
  expectRefusal(['run', suite({ datasets: [{ use: 'phantom', split: 'patient-v2' }] })], 2, /no split "patient-v2"/);
  const onTest = { use: 'zero-shot', options: { threshold: { policy: 'youden', on: 'test' } } };
  expectRefusal(['run', suite({ tasks: [onTest] })], 2, /threshold/);
  const twice = { id: 'a', use: 'chexzero', from: miniature };
  expectRefusal(['run', suite({ models: [twice, twice] })], 2, /two models have the id "a"/);
});

test('data', () => {
  expectRefusal(['run', suite({ datasets: [{ use: 'iu-xray', root: 'nowhere' }] })], 3, /nowhere/);
  mkdirSync(join(place.root, 'empty'), { recursive: true });
  expectRefusal(['run', suite({ datasets: [{ use: 'iu-xray', root: 'empty' }] })], 3, /empty/, /hint/);
  expectRefusal(['datasets', 'check', 'nih-chestxray14', 'empty'], 3, /empty/);
});

test('weights', () => {
  const weights = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(place.root, name), content);
    return ['run', suite({ models: [{ id: 'a', use: 'chexzero', from: name }] })];
  };
  expectRefusal(['run', suite({ models: [{ id: 'a', use: 'chexzero', from: 'gone.pt' }] })], 4, /gone\.pt/, /hint/);
  expectRefusal(weights('empty.pt', ''), 4, /empty\.pt/);
  expectRefusal(weights('page.pt', '<!DOCTYPE html><html></html>'), 4, /page\.pt/);
  expectRefusal(weights('noise.pt', new Uint8Array(4096).fill(7)), 4, /noise\.pt/);
  const models = join(place.home, 'models');
  const left = existsSync(models) ? readdirSync(models, { recursive: true }).map(String) : [];
  expect(left.filter((name) => /model\.json$|\.onnx$|tmp/.test(name))).toEqual([]);
});

test('an item that cannot be read fails singly, is counted, and too many of them end with 5', () => {
  const fine = suite();
  expect(place.run('run', fine, '--out', 'fine').code).toBe(0);
  const cache = join(place.home, 'cache');
  const images = readdirSync(cache, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.png'));
  const kinds: [string, string | Uint8Array][] = [
    ['zero bytes', ''],
    ['no picture', 'this is not a PNG'],
    ['truncated', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
  ];
  for (const [index, [, content]] of kinds.entries()) writeFileSync(join(cache, images[index * 2]!), content);
  const done = place.run(
    'run',
    fine,
    '--out',
    'damaged',
    '--set',
    'maximumFailedShare=0',
    '--set',
    'tasks.0.options.views=all',
  );
  expect(done.code).toBe(5);
  expect(done.stderr).toMatch(/items failed/);
  expect(existsSync(join(place.root, 'damaged/failures.csv'))).toBe(true);
  const tolerant = place.run(
    'run',
    fine,
    '--out',
    'tolerated',
    '--set',
    'maximumFailedShare=0.9',
    '--set',
    'tasks.0.options.views=all',
  );
  expect(tolerant.code).toBe(0);
});
