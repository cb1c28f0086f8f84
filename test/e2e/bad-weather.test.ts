// What goes wrong around a run: full and read-only disks, interruption, two runs at once, a reader that leaves.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { soundPath } from '../catalog/models/changed-checkpoint.ts';
import { openPlace, type Place, program } from './command.ts';
import { writeRelease } from './films.ts';

let place: Place;
beforeAll(async () => {
  place = openPlace();
  await writeRelease(join(place.root, 'films'), { films: 40 });
  const suite = {
    name: 'weather',
    datasets: [{ use: 'nih-chestxray14', root: 'films', split: 'all-test-v1' }],
    models: [{ id: 'a', use: 'chexzero', from: soundPath }],
    tasks: [{ use: 'zero-shot', options: { threshold: { policy: 'fixed', value: 0.5 } } }],
    statistics: { replicates: 50 },
  };
  writeFileSync(join(place.root, 'suite.yaml'), JSON.stringify(suite));
});
afterAll(() => place.remove());

const STABLE = ['results.json', 'results.csv', 'predictions.parquet', 'report.html', 'leaderboards.json'];
const bytes = (run: string, name: string) => readFileSync(join(place.root, run, name));

function expectSame(one: string, other: string): void {
  for (const name of STABLE) expect(bytes(one, name).equals(bytes(other, name))).toBe(true);
}

/** Temporary files anywhere below the place. */
const remains = () =>
  readdirSync(place.root, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.tmp'));

test('two runs of one suite at the same time in one empty home agree', async () => {
  const runs = ['first', 'second'].map((out) => place.start(['run', 'suite.yaml', '--out', out]));
  for (const { code } of await Promise.all(runs)) expect(code).toBe(0);
  expectSame('first', 'second');
  expect(readdirSync(join(place.home, 'models'))).toHaveLength(1);
  expect(remains()).toEqual([]);
});

test('an interrupted run ends with 130, leaves nothing half-written, and continues', async () => {
  expect(place.run('run', 'suite.yaml', '--set', 'seed=3', '--out', 'calm').code).toBe(0);
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    const own = openPlace(); // nothing stored, so that there is work to interrupt
    const suite = join(place.root, 'suite.yaml');
    const line = ['run', suite, '--set', 'seed=3', '--out', 'out', '--json'];
    const done = await own.start(line, { name, cue: 'importing' });
    expect(done.code).toBe(130);
    expect(done.stdout).toBe('');
    expect(done.stderr).toMatch(/interrupted.*\nhint: run the same line again/);
    expect(existsSync(join(own.root, 'out', 'manifest.json'))).toBe(false);
    const again = own.run(...line);
    expect(again.code).toBe(0);
    for (const file of STABLE) expect(readFileSync(join(own.root, 'out', file)).equals(bytes('calm', file))).toBe(true);
    own.remove();
  }
});

test('a model bundle or a shard that was damaged is made anew', () => {
  expect(place.run('run', 'suite.yaml', '--out', 'before').code).toBe(0);
  const bundle = join(place.home, 'models', readdirSync(join(place.home, 'models'))[0]!);
  writeFileSync(join(bundle, 'model.json'), '{');
  const artifacts = join(place.home, 'artifacts');
  for (const name of readdirSync(artifacts, { recursive: true }).map(String)) {
    if (name.endsWith('.shard.json')) writeFileSync(join(artifacts, name), 'x');
  }
  const done = place.run('run', 'suite.yaml', '--out', 'after');
  expect(done.code).toBe(0);
  expect(done.stderr).toMatch(/bundle is damaged.*\n.*importing/);
  expectSame('before', 'after');
});

test('a place that cannot be written is one line', () => {
  writeFileSync(join(place.root, 'occupied'), '');
  for (const out of ['occupied', 'occupied/below']) {
    const done = place.run('run', 'suite.yaml', '--out', out);
    expect(done.code).toBe(3);
    expect(done.stderr).toMatch(/cannot write file, .* got a file where a folder is needed .*occupied.*\nhint/);
  }
});

/** Runs on a small file system that is gone afterwards; undefined where this user may not mount one. */
function onSmallDisk<T>(megabytes: number, work: (home: string, remount: (how: string) => void) => T): T | undefined {
  const folder = join(place.root, 'disk');
  mkdirSync(folder, { recursive: true });
  const mount = (...args: string[]) => spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
  if (process.platform !== 'linux' || !mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder)) {
    console.info('not run: full and read-only disks, which need the right to mount a file system');
    return undefined;
  }
  try {
    return work(folder, (how) => mount('-o', `remount,${how}`, folder));
  } finally {
    spawnSync('umount', [folder], { stdio: 'ignore' });
  }
}

function runIn(home: string, ...args: string[]) {
  const env = { ...process.env, MEDVLM_HOME: home };
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: place.root,
    env,
    encoding: 'utf8',
  });
  return { code: status, stderr };
}

test('a full disk', () => {
  onSmallDisk(1, (home) => {
    const phantom = 'datasets=[{use: phantom, options: {patients: 9}}]';
    for (const change of [phantom, 'seed=1']) {
      const done = runIn(home, 'run', 'suite.yaml', '--out', 'full', '--set', change);
      if (done.code === 0) continue; // the tiny model may fit
      expect(done.code).toBe(3);
      expect(done.stderr).toMatch(/no space left on the device .*disk.*\nhint/);
      expect(done.stderr).not.toContain('    at ');
    }
    expect(runIn(home, 'run', 'suite.yaml', '--out', 'full', '--set', phantom).code).toBe(3);
    expect(existsSync(join(place.root, 'full', 'plan.json'))).toBe(false);
  });
});

test('a read-only home serves what it holds and refuses the rest', () => {
  onSmallDisk(20, (home, remount) => {
    expect(runIn(home, 'run', 'suite.yaml', '--out', 'kept').code).toBe(0);
    remount('ro');
    expect(runIn(home, 'run', 'suite.yaml', '--out', 'kept-again').code).toBe(0);
    expectSame('kept', 'kept-again');
    const done = runIn(
      home,
      'run',
      'suite.yaml',
      '--out',
      'new',
      '--set',
      'datasets=[{use: phantom, options: {patients: 2}}]',
    );
    expect(done.code).toBe(3);
    expect(done.stderr).toMatch(/a read-only file system .*disk.*\nhint/);
  });
});

test('a reader that leaves early, and one that is not there', () => {
  const shell = (line: string) => {
    const env = { ...process.env, MEDVLM_HOME: place.home };
    return spawnSync('bash', ['-c', line], { cwd: place.root, env, encoding: 'utf8' });
  };
  const command = `"${process.execPath}" "${program}"`;
  const left = shell(`set -o pipefail; ${command} datasets list --json | head -c 1`);
  expect([left.status, left.stdout, left.stderr]).toEqual([0, '[', '']);
  expect(shell(`set -o pipefail; ${command} run absent.yaml 2>&1 >/dev/null | true`).status).toBe(2);
  if (existsSync('/dev/full')) {
    const full = shell(`${command} datasets list > /dev/full`);
    expect(full.status).toBe(3);
    expect(full.stderr).toMatch(/^medvlm: cannot write to standard output, got ENOSPC\nhint: .*\n$/);
  }
});

test('--json is one document on stdout and nothing else', () => {
  const commands = [
    ['run', 'suite.yaml', '--out', 'json', '--json'],
    ['plan', 'suite.yaml', '--json'],
    ['models', 'list', '--json'],
    ['models', 'show', 'onnx', '--json'],
    ['datasets', 'list', '--json'],
    ['datasets', 'check', 'nih-chestxray14', 'films', '--json'],
    ['doctor', '--json'],
  ];
  for (const command of commands) {
    const { code, stdout } = place.run(...command);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toBeInstanceOf(Object);
  }
});
