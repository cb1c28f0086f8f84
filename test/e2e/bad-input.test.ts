// Every slip a user can make at the command line: one clear line, a hint, the right exit code, nothing half-written.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changedCheckpoint, overwritten, renamed, soundPath } from '../catalog/models/changed-checkpoint.ts';
import { openPlace, type Place, repository } from './command.ts';
import { filmName, noise, writeRelease } from './films.ts';

let place: Place;
beforeAll(async () => {
  place = openPlace();
  await writeRelease(at('films'), { films: 12, spreadsheet: true });
});
afterAll(() => place.remove());

const at = (...parts: string[]) => join(place.root, ...parts);

function suite(changes: Record<string, unknown> = {}): string {
  const whole = {
    name: 'bad',
    datasets: [{ use: 'nih-chestxray14', root: 'films', split: 'all-test-v1' }],
    models: [{ id: 'a', use: 'chexzero', from: soundPath }],
    tasks: [{ use: 'zero-shot', options: { threshold: { policy: 'fixed', value: 0.5 } } }],
    statistics: { replicates: 20 },
    ...changes,
  };
  writeFileSync(at('suite.yaml'), JSON.stringify(whole)); // JSON is YAML
  return 'suite.yaml';
}

/** Suite of another folder of films. */
const release = (root: string, options = {}) =>
  suite({ datasets: [{ use: 'nih-chestxray14', root, split: 'all-test-v1', options }] });

function expectRefusal(args: string[], code: number, ...pieces: RegExp[]): void {
  const { stderr, stdout, ...done } = place.run(...args);
  for (const piece of pieces) expect(stderr).toMatch(piece);
  expect(stderr).not.toContain('    at '); // a stack trace
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(4); // notices of work, what, hint
  expect(done.code).toBe(code);
  expect(stdout).toBe('');
  expect(existsSync(at('runs'))).toBe(false);
}

test('arguments', () => {
  expectRefusal(['frobnicate'], 2, /unknown command/);
  expectRefusal(['rnu', 'x.yaml'], 2, /Did you mean run/);
  expectRefusal(['run'], 2, /missing required argument/, /hint: medvlm run --help/);
  expectRefusal(['run', 'suit.yaml'], 2, /no such file/);
  expectRefusal(['plan', 'dmeo'], 2, /did you mean "demo"/);
  expectRefusal(['run', suite(), '--limit', 'many'], 2, /whole number/);
  expectRefusal(['run', suite(), '--device', 'tpu'], 2, /auto, cpu, cuda/);
  expectRefusal(['run', suite(), '--set', 'seed'], 2, /key=value/);
  expectRefusal(['run', suite(), '--set', 'seed=[1,'], 2, /--set: the value is not valid YAML/);
  expectRefusal(['run', suite(), '--set', 'models.7.from=x'], 2, /"models\.7\.from" does not lead/, /1 items/);
  expectRefusal(['run', suite(), '--set', '__proto__.seed=1'], 2, /does not lead to a value/);
  expectRefusal(['models', 'show', 'chexzeero'], 2, /did you mean "chexzero"/);
  expectRefusal(['datasets', 'check', 'phantm'], 2, /did you mean "phantom"/);
});

test('suites', () => {
  const written = (name: string, content: string | Uint8Array) => {
    writeFileSync(at(name), content);
    return ['run', name];
  };
  expectRefusal(written('broken.yaml', 'name: ['), 2, /not valid YAML.*broken\.yaml:\d+:\d+/);
  expectRefusal([...written('nothing.yaml', ''), '--set', 'seed=3'], 2, /got nothing.*nothing\.yaml/, /hint/);
  expectRefusal(written('latin.yaml', Buffer.from('name: caf\xe9', 'latin1')), 2, /expected UTF-8.*latin\.yaml/);
  expectRefusal(['run', 'films'], 2, /got a folder.*films/, /hint/);
  expectRefusal(['run', suite({ taks: [] })], 2, /unknown key "taks"/, /did you mean "tasks"/);
  expectRefusal(['run', suite({ datasets: [{ use: 'phantm' }] })], 2, /unknown dataset "phantm"/, /"phantom"/);
  expectRefusal(['run', suite({ models: [{ id: 'a', use: 'chexzro', from: 'a.pt' }] })], 2, /"chexzero"/);
  expectRefusal(['run', suite({ tasks: [{ use: 'retreival' }] })], 2, /did you mean "retrieval"/);
  const zeroShot = (options: object) => ['run', suite({ tasks: [{ use: 'zero-shot', options }] })];
  expectRefusal(zeroShot({ promts: 'x' }), 2, /unknown option "promts"/, /prompts/);
  expectRefusal(zeroShot({ views: 'frontl' }), 2, /did you mean "frontal"/);
  const fixed = { threshold: { policy: 'fixed', value: 0.5 } };
  expectRefusal(zeroShot({ ...fixed, labels: 'u-zero' }), 2, /unknown label policy/, /did you mean "u-zeros@1"/);
  expectRefusal(zeroShot({ ...fixed, findings: ['Hernai'] }), 2, /did you mean "Hernia"/);
  expectRefusal(zeroShot({ threshold: { policy: 'youden', on: 'test' } }), 2, /threshold/);
  expectRefusal(['run', suite({ datasets: [{ use: 'phantom', split: 'patient-v2' }] })], 2, /no split "patient-v2"/);
  const twice = { id: 'a', use: 'chexzero', from: soundPath };
  expectRefusal(['run', suite({ models: [twice, twice] })], 2, /two models have the id "a"/);
});

test('releases that cannot be read', async () => {
  expectRefusal(['run', release('nowhere')], 3, /root, expected a folder.*nowhere/, /hint: Data_Entry/);
  mkdirSync(at('empty'), { recursive: true });
  expectRefusal(['run', suite({ datasets: [{ use: 'iu-xray', root: 'empty' }] })], 3, /empty/, /hint/);
  expectRefusal(['datasets', 'check', 'nih-chestxray14', 'empty'], 3, /empty/, /hint/);
  await writeRelease(at('twice'), { films: 3 });
  const table = at('twice/Data_Entry_2017.csv');
  writeFileSync(table, `${readFileSync(table, 'utf8')}${filmName(0)},Hernia,0,1,50,F,PA\n`);
  expectRefusal(['run', release('twice')], 3, /contradict.*2 and 5.*Data_Entry/, /hint/);
  writeFileSync(table, Buffer.from('Image Index\ncaf\xe9.png\n', 'latin1'));
  expectRefusal(['plan', release('twice')], 3, /expected UTF-8.*Data_Entry/, /hint/);
});

test('reports that cannot be read are problems of their own', () => {
  const folder = at('open-i/ecgen-radiology');
  mkdirSync(folder, { recursive: true });
  const fixtures = join(repository, 'test/fixtures/iu-xray-openi');
  for (const name of ['1.xml', '21.xml', '30.xml']) {
    writeFileSync(join(folder, name), readFileSync(join(fixtures, 'ecgen-radiology', name)));
  }
  const sound = readFileSync(join(folder, '1.xml'), 'utf8');
  writeFileSync(join(folder, '7.xml'), sound.slice(0, sound.length / 2));
  writeFileSync(join(folder, '8.xml'), '');
  writeFileSync(join(folder, '9.xml'), Uint8Array.of(0xff, 0xfe, 0));
  const done = place.run('datasets', 'check', 'iu-xray', 'open-i', '--json');
  expect(done.code).toBe(0);
  const { problems, missingImages } = JSON.parse(done.stdout) as {
    problems: { item: string; problem: string }[];
    missingImages: number;
  };
  const lines = problems.map(({ item, problem }) => `${item}: ${problem}`).join('\n');
  for (const name of ['7', '8', '9']) expect(lines).toMatch(new RegExp(`${name}\\.xml: (malformed|cannot)`));
  expect(lines).not.toContain('undefined');
  expect(lines).toMatch(/21: findings is treated as absent: redacted/); // nothing but XXXX
  expect(missingImages).toBeGreaterThan(0);
  expect(lines).toContain('image is listed but missing');
});

test('weights', () => {
  const weights = (name: string, content: string | Uint8Array) => {
    writeFileSync(at(name), content);
    return ['run', suite({ models: [{ id: 'a', use: 'chexzero', from: name }] })];
  };
  const golden = (name: string) => readFileSync(join(repository, 'test/golden/checkpoint', name));
  const bomb = {
    name: 'archive/data/bomb',
    data: new Uint8Array(1000),
    method: 8,
    size: 2 ** 31,
    compressedSize: 1000,
  };
  const climbing = { name: 'archive/../../up', data: new Uint8Array(4) };
  const same = (_: string, data: Uint8Array) => data;
  const sound = readFileSync(soundPath);
  const cases: [string, string | Uint8Array, RegExp][] = [
    ['empty.pt', '', /empty file/],
    ['page.pt', '<!DOCTYPE html><html></html>', /hint/],
    ['noise.pt', new Uint8Array(4096).fill(7), /hint/],
    ['truncated.pt', sound.subarray(0, sound.length / 2), /central directory/],
    ['keys.pt', changedCheckpoint(renamed({ 'ln_final.bias': 'ln_final.bais' })), /1 missing.*1 unexpected/],
    [
      'shapes.pt',
      changedCheckpoint(renamed({ 'ln_final.bias': 'visual.ln_post.bias', 'visual.ln_post.bias': 'ln_final.bias' })),
      /2 misshaped/,
    ],
    ['nan.pt', changedCheckpoint(overwritten('ln_final.weight', [0, 0, 0xc0, 0x7f])), /NaN/],
    ['forbidden.pt', golden('forbidden-system.pt'), /forbidden global.*system/],
    ['bomb.pt', changedCheckpoint(same, { more: [bomb] }), /unpacked size/],
    ['climbing.pt', changedCheckpoint(same, { more: [climbing] }), /leaves it/],
  ];
  for (const [name, content, reason] of cases) {
    expectRefusal(weights(name, content), 4, reason, new RegExp(name), /hint/);
  }
  expectRefusal(['run', suite({ models: [{ id: 'a', use: 'chexzero', from: 'gone.pt' }] })], 4, /gone\.pt/, /hint/);
  const models = join(place.home, 'models');
  expect(existsSync(models) ? readdirSync(models) : []).toEqual([]); // neither bundles nor remains of them
  expect(place.run(...weights('zip64.pt', changedCheckpoint(same, { zip64: true })), '--out', 'zip64').code).toBe(0);
});

test('a folder of graphs', () => {
  expect(place.run('run', suite(), '--out', 'graphs').code).toBe(0);
  const models = join(place.home, 'models');
  const bundle = join(models, readdirSync(models).find((name) => name.startsWith('chexzero-'))!);
  const manifest = JSON.parse(readFileSync(join(bundle, 'model.json'), 'utf8')) as Record<string, unknown>;
  const changed = (name: string, change: (manifest: Record<string, unknown>) => unknown, graph?: string) => {
    cpSync(bundle, at(name), { recursive: true });
    writeFileSync(at(name, 'model.json'), JSON.stringify(change({ ...manifest, files: {} })));
    if (graph !== undefined) writeFileSync(at(name, 'vision.onnx'), graph);
    return ['run', suite({ models: [{ id: 'o', use: 'onnx', from: name }] })];
  };
  const vision = manifest.vision as object;
  expectRefusal(
    changed('misnamed', ({ vision: tower, ...rest }) => ({ ...rest, vison: tower })),
    4,
    /"vison"/,
    /did you mean "vision"/,
  );
  expectRefusal(
    changed('elsewhere', (rest) => ({ ...rest, vision: { ...vision, graph: '../up.onnx' } })),
    4,
    /plain relative name/,
  );
  expectRefusal(
    changed('short', (rest) => ({ ...rest, embeddingDimension: 7 })),
    4,
    /of 7 numbers.*got 48/,
    /hint/,
  );
  expectRefusal(
    changed('junk', (rest) => rest, 'junk'),
    4,
    /cannot be loaded.*vision\.onnx/,
    /hint/,
  );
});

interface Row {
  readonly finding: string | null;
  readonly metric: string;
  readonly value: number | null;
  readonly reason: string | null;
}

const rowsOf = (run: string) => JSON.parse(readFileSync(at(run, 'results.json'), 'utf8')) as Row[];

test('items that cannot be read fail singly, are counted, and too many of them end with 5, every time', async () => {
  await writeRelease(at('damaged'), { films: 12, spreadsheet: true });
  const picture = (film: number) => at('damaged/images', filmName(film));
  const png = readFileSync(picture(0));
  const jpeg = await noise(1).jpeg().toBuffer();
  const broken: [number, string | Uint8Array][] = [
    [0, ''],
    [1, 'this is not a picture'],
    [2, png.subarray(0, png.length / 2)],
    [3, jpeg.subarray(0, jpeg.length / 2)],
  ];
  for (const [film, content] of broken) writeFileSync(picture(film), content);
  rmSync(picture(4));
  const sound: [number, Uint8Array][] = [
    [5, await noise(5).toColourspace('grey16').png().toBuffer()],
    [6, await noise(6).toColourspace('srgb').png().toBuffer()],
    [7, jpeg],
  ];
  for (const [film, content] of sound) writeFileSync(picture(film), content);
  const run = ['run', release('damaged', { missingImages: 'keep' }), '--out', 'half'];
  for (const _ of ['computed', 'found finished']) {
    const done = place.run(...run, '--json');
    expect(done.code).toBe(5);
    expect(done.stderr).toMatch(/5 of 12 items failed \(41\.7 %\)/);
    expect((JSON.parse(done.stdout) as { items: object }).items).toEqual({ total: 12, failed: 5 });
  }
  const failures = readFileSync(at('half/failures.csv'), 'utf8').trim().split('\r\n').slice(1);
  expect(failures.map((line) => line.split(',')[1])).toEqual([0, 1, 2, 3, 4].map(filmName));
  expect(failures.join('\n')).not.toContain(place.root);
  expect(place.run(...run, '--set', 'maximumFailedShare=0.5').code).toBe(0);
});

test('one study, one patient, no positives: undefined with a reason, never zero', async () => {
  await writeRelease(at('one'), { films: 1 });
  await writeRelease(at('patient'), { films: 6, patient: () => 1 });
  await writeRelease(at('negative'), { films: 6, labels: () => 'No Finding' });
  for (const root of ['one', 'patient', 'negative']) {
    expect(place.run('run', release(root), '--out', `of-${root}`).code).toBe(0);
    const rows = rowsOf(`of-${root}`);
    for (const row of rows.filter(({ value }) => value === null)) expect(row.reason).toBeTruthy();
    const area = rows.find(({ finding, metric }) => finding === 'Pneumonia' && metric === 'auroc');
    expect(area).toMatchObject({ value: null });
  }
});

test('what is passed on names no folder of this machine', () => {
  expect(place.run('run', release(at('films')), '--out', 'passed-on').code).toBe(0);
  for (const name of ['results.json', 'manifest.json', 'report.html', 'predictions.parquet', 'plan.json']) {
    const content = readFileSync(at('passed-on', name), 'latin1');
    expect(content.includes(place.root) || content.includes(repository)).toBe(false);
  }
});
