// `medvlm models` as a user types it: import from file, folder and zip, list, show, verify, and every slip.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalog } from '../../src/catalog/index.ts';
import { openPlace, type Place, repository } from './command.ts';

const miniatures = join(repository, 'assets/miniatures');
const chexzero = (name: string) => join(miniatures, `chexzero-${name}.pt`);

let place: Place;
beforeEach(() => {
  place = openPlace();
});
afterEach(() => place.remove());
afterEach(() => {
  delete process.env.MEDVLM_OFFLINE;
});

const at = (...parts: string[]) => join(place.root, ...parts);
const bundles = () =>
  existsSync(join(place.home, 'models'))
    ? readdirSync(join(place.home, 'models')).filter((name) => name !== 'imported')
    : [];

function done(...args: string[]): string {
  const { code, stdout, stderr } = place.run('models', ...args);
  expect(code, stderr).toBe(0);
  return stdout;
}

function refused(code: number, args: readonly string[], ...pieces: RegExp[]): void {
  const finished = place.run('models', ...args);
  for (const piece of pieces) expect(finished.stderr).toMatch(piece);
  expect(finished.stderr).not.toContain('    at ');
  expect(finished.code).toBe(code);
}

const state = (name: string) =>
  (JSON.parse(done('list', '--json')) as { name: string; state: Record<string, unknown> }[]).find(
    (entry) => entry.name === name,
  )!.state;

function suite(models: readonly object[]): string {
  const whole = {
    name: 'by-name',
    datasets: [{ use: 'phantom', options: { patients: 24 } }],
    models,
    tasks: [{ use: 'view' }],
    statistics: { replicates: 20 },
  };
  writeFileSync(at('suite.yaml'), JSON.stringify(whole)); // JSON is YAML
  return 'suite.yaml';
}

test('a fresh home: everything is told as it is, in 100 columns', () => {
  const text = done('list');
  const lines = text.trimEnd().split('\n');
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(100);
  for (const name of catalog.models.keys()) expect(text).toContain(name);
  expect(text).not.toContain('ready');
  expect(text).toMatch(/chexzero +weights needed: by hand +151\.3 M/);
  for (const { card, name } of catalog.models.values())
    if (card.access === 'download') expect(text).toMatch(new RegExp(`^${name} +weights needed: --download`, 'm'));
  expect(done('verify')).toContain('nothing is imported yet');
});

test('import once, list, show, verify; a suite runs by name with the weights gone', () => {
  cpSync(chexzero('phantom-b'), at('weights.pt'));
  expect(done('import', 'chexzero', '--from', 'weights.pt', '--dry-run')).toContain('nothing was kept');
  expect(bundles()).toEqual([]);
  const first = JSON.parse(done('import', 'chexzero', '--from', 'weights.pt', '--json'));
  expect(first).toMatchObject({ model: 'chexzero', isNew: true, bundles: [{ parameters: 591_297 }] });
  expect(first.peakBytes).toBeGreaterThan(1e7);
  expect(done('import', 'chexzero', '--from', 'weights.pt')).toContain('nothing to do');
  expect(state('chexzero')).toMatchObject({ imported: 1, bundles: 1 });
  expect(done('show', 'chexzero')).toMatch(/imported +weights\.pt, sha256 [0-9a-f]{12}/);
  rmSync(at('weights.pt'));
  const verified = JSON.parse(done('verify', 'chexzero', '--json'));
  expect(verified[0].checks.map(({ outcome }: { outcome: string }) => outcome)).not.toContain('fail');
  const run = place.run('run', suite([{ id: 'mini', use: 'chexzero' }]), '--out', 'run');
  expect(run.code, run.stderr).toBe(0);
  const manifest = JSON.parse(readFileSync(at('run/manifest.json'), 'utf8'));
  expect(manifest.models[0].checkpoints[0].sha256).toBe(first.sourceDigest);
});

test('a flipped bit: FAIL, exit 4, and the folder to remove; then it can be imported again', () => {
  done('import', 'chexzero', '--from', chexzero('phantom-b'));
  const directory = join(place.home, 'models', bundles()[0]!);
  const bytes = readFileSync(join(directory, 'vision.weights'));
  bytes[5000]! ^= 4;
  writeFileSync(join(directory, 'vision.weights'), bytes);
  refused(4, ['verify'], /1 of 1 bundles failed/, /remove and import again/);
  expect(place.run('models', 'verify').stdout).toMatch(/FAIL {2}files +vision\.weights has another SHA-256/);
  rmSync(directory, { recursive: true });
  done('import', 'chexzero', '--from', chexzero('phantom-b'));
  done('verify', 'chexzero', '--from', chexzero('phantom-b'));
});

test('an ensemble by name; another import makes the name ambiguous', () => {
  mkdirSync(at('all'));
  for (const name of ['phantom-a', 'phantom-b']) cpSync(chexzero(name), at('all', `${name}.pt`));
  done('import', 'chexzero', '--from', 'all');
  const plan = place.run('plan', suite([{ id: 'both', use: 'chexzero' }]), '--json');
  expect(plan.code, plan.stderr).toBe(0);
  const members = JSON.parse(plan.stdout).jobs.map(({ member }: { member: number }) => member);
  expect(new Set(members)).toEqual(new Set([0, 1]));
  const third = done('import', 'chexzero', '--from', chexzero('nih'));
  const from = /2 checkpoints of chexzero.*from: (sha256:[0-9a-f]{12})/.exec(third)![1]!;
  const one = place.run('plan', suite([{ id: 'one', use: 'chexzero', from }]), '--json');
  expect(one.code, one.stderr).toBe(0);
  const ambiguous = place.run('plan', suite([{ id: 'both', use: 'chexzero' }]));
  expect(ambiguous.code).toBe(2);
  expect(ambiguous.stderr).toMatch(/expected one imported checkpoint, got 2: .*nih/);
});

test('slips: one line, a hint, the exit code', () => {
  refused(2, ['import', 'chexzeero', '--from', 'x'], /did you mean "chexzero"/);
  refused(2, ['import', 'chexzero'], /expected --from PATH or --download/, /hint: .*Google Drive/);
  refused(2, ['import', 'chexzero', '--from', 'x', '--download'], /got both/);
  refused(4, ['import', 'chexzero', '--from', 'nowhere.pt'], /weights not found.*nowhere\.pt/, /hint/);
  refused(4, ['import', 'chexzero', '--from', repository], /expected \.pt files/);
  refused(2, ['import', 'chexzero', '--from', chexzero('nih'), '--option', 'a=1'], /unknown option "a"/, /no options/);
  refused(2, ['import', 'chexzero', '--from', chexzero('nih'), '--option', 'a'], /expected key=value/);
  refused(2, ['import', 'biomedclip', '--from', 'x', '--option', 'preprocesing=y'], /did you mean "preprocessing"/);
  refused(
    2,
    ['import', 'biomedclip', '--from', 'x', '--option', 'preprocessing=centre-corp'],
    /did you mean "centre-crop"/,
  );
  refused(2, ['verify', 'chexzro'], /did you mean "chexzero"/);
  refused(4, ['verify', 'chexzero'], /nothing is imported/);
  refused(2, ['verify', '--from', 'x'], /needs the name/);
  refused(2, ['improt', 'chexzero'], /Did you mean import/);
  const byName = place.run('plan', suite([{ id: 'a', use: 'chexzero' }]));
  expect(byName.code).toBe(4);
  expect(byName.stderr).toMatch(/no weights are imported\nhint: .*medvlm models import chexzero --from PATH/);
  expect(bundles()).toEqual([]);
});

test('weights that no program can fetch: what to get and where; offline: nothing is asked', () => {
  refused(4, ['import', 'chexzero', '--download'], /a person must fetch/, /hint: .*Google Drive.*--from PATH/);
  for (const { name, card, ...definition } of catalog.models.values()) {
    if (!definition.import || card.access !== 'download') continue;
    refused(2, ['import', name, '--download', '--offline'], /offline/, /hint: fetch https:/);
    break;
  }
  process.env.MEDVLM_OFFLINE = '1';
  const offline = openPlace();
  const finished = offline.run('models', 'import', 'biomedclip', '--download');
  offline.remove();
  expect([finished.code, finished.stderr]).toEqual([2, expect.stringContaining('offline')]);
  for (const { name, card, ...definition } of catalog.models.values()) {
    if (!definition.import) refused(4, ['import', name, '--from', 'x'], /only declared/);
    else if (card.access === 'unpublished') refused(4, ['import', name, '--download'], /not published/);
  }
});
