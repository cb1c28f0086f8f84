/** The share-safe bundle of a small run made by hand: what goes in, what is suppressed, what is refused. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type ExportRequest, exportRun } from '../../src/app/export.ts';
import type { AccessTier } from '../../src/core/dataset.ts';
import { sha256 } from '../../src/core/digest.ts';
import { ConfigError, DataError } from '../../src/core/errors.ts';
import type { PredictionRow, Result } from '../../src/core/result.ts';
import { encodePredictions } from '../../src/engine/predictions-file.ts';
import { scratch, userError } from '../catalog/scratch.ts';
import { nodeContext } from '../context.ts';
import { outputsOf } from '../laws/leak-scan.ts';

/** Positive patients of 60. Fracture is small, and Edema the next smallest of the mean. */
const POSITIVE = { Cardiomegaly: 30, Edema: 14, 'Pleural Effusion': 20, Fracture: 6 } as const;
const FINDINGS = Object.keys(POSITIVE) as (keyof typeof POSITIVE)[];
const PATIENTS = 60;
const MODELS = ['alpha', 'beta'];
const DATASETS: Readonly<Record<string, AccessTier>> = { open: 'open', closed: 'credentialed' };

const patientOf = (i: number) => `patient-1000${String(i).padStart(2, '0')}`;

function prediction(dataset: string, model: string, finding: keyof typeof POSITIVE, i: number): PredictionRow {
  const [patient, target] = [patientOf(i), Number(i < POSITIVE[finding])];
  return {
    ...{ dataset, task: 'zero-shot', model, variant: 'fp32', part: 'test', patient, study: `${patient}/study-1` },
    ...{ item: `${patient}/study-1/image-1`, finding, target, score: i / PATIENTS, decision: 1 },
    ...{ rank: null, candidates: null, failure: null },
  };
}

function ranking(dataset: string, i: number): PredictionRow {
  const candidates = `${patientOf(i)}/study-1|${patientOf(0)}/study-1`;
  const row = prediction(dataset, 'alpha', 'Edema', i);
  return {
    ...row,
    task: 'retrieval',
    finding: 'image-to-report',
    target: null,
    score: null,
    decision: null,
    rank: 1,
    candidates,
  };
}

function result(dataset: string, model: string, finding: string, nPositive: number | null): Result {
  const protocol = `task=zero-shot@1;macro=4of4#0a1b2c3d;split=s:test#0123`;
  return {
    ...{
      model,
      variant: 'fp32',
      dataset,
      split: 's:test',
      task: 'zero-shot',
      corruption: null,
      severity: null,
      seed: 0,
    },
    ...{ subgroup: null, finding, metric: 'auroc', value: 0.75, ciLow: 0.7, ciHigh: 0.8, n: PATIENTS, nPositive },
    ...{ nFailed: 0, better: 'higher', protocol, exposure: 'clean' as const },
  };
}

function comparison(dataset: string, finding: string) {
  const pair = {
    dataset,
    split: 's:test',
    task: 'zero-shot',
    finding,
    metric: 'auroc',
    modelA: 'alpha',
    modelB: 'beta',
  };
  return {
    ...pair,
    difference: 0.1,
    ciLow: 0,
    ciHigh: 0.2,
    pValue: 0.04,
    pAdjusted: 0.04,
    method: 'delong',
    n: PATIENTS,
  };
}

const eachDataset = <Row>(rows: (dataset: string) => Row[]) => Object.keys(DATASETS).flatMap(rows);

function reportFacts() {
  const described = { version: '1', licence: 'CC0', citation: 'none', synthetic: false, split: 's#01', part: 'test' };
  const counts = { patients: PATIENTS, studies: PATIENTS, images: 7, problems: [], problemCount: 0 };
  const suite = { name: 'small', version: 1, digest: 'ab'.repeat(32), text: 'root: /home/anna/films' };
  const model = { variant: 'fp32', use: null, card: null, members: 1, parameters: null, bundle: null, baseline: false };
  return {
    ...{
      title: 'Small',
      suite,
      provenance: { models: [{ options: { from: '/home/anna/w.pt' } }] },
      seed: 0,
      skipped: [],
    },
    statistics: { replicates: 50, confidence: 0.95 },
    models: MODELS.map((id) => ({ id, ...model })),
    datasets: Object.entries(DATASETS).map(([id, tier]) => ({
      id,
      name: id,
      title: id,
      tier,
      ...described,
      ...counts,
    })),
  };
}

const SUITE = {
  name: 'small',
  datasets: [
    {
      use: 'folder',
      id: 'open',
      root: '/home/anna/films',
      split: '/home/anna/split.csv',
      options: { table: 'C:\\anna\\t.csv' },
    },
  ],
  models: [
    { id: 'alpha', use: 'chat', from: '/home/anna/w.pt', options: { endpoint: 'http://gpu7.hospital.example:80/v1' } },
  ],
  tasks: [{ use: 'zero-shot', options: { prompts: 'chexzero-pair@1' } }],
  acknowledge: ['I may send credentialed data to gpu7.hospital.example'],
};

function runFolder(): string {
  const json = (value: unknown) => JSON.stringify(value);
  const rows = eachDataset((dataset) => [
    ...MODELS.flatMap((model) =>
      FINDINGS.flatMap((finding) => Array.from({ length: PATIENTS }, (_, i) => prediction(dataset, model, finding, i))),
    ),
    ...Array.from({ length: PATIENTS }, (_, i) => ranking(dataset, i)),
  ]);
  const alarm = (finding: string) => ({
    dataset: 'open',
    task: 'zero-shot',
    model: 'alpha',
    finding,
    message: 'all 6',
  });
  const board = (finding: string) => ({
    dataset: 'open',
    task: 'zero-shot',
    metric: 'auroc',
    finding,
    better: 'higher',
    entries: [],
  });
  const files: Record<string, string | Uint8Array> = {
    'suite.yaml': stringify(SUITE),
    'results.json': json(
      eachDataset((dataset) =>
        MODELS.flatMap((model) => [
          ...FINDINGS.map((finding) => result(dataset, model, finding, POSITIVE[finding])),
          {
            ...result(dataset, model, 'macro', null),
            reason: 'undefined for 1 of 4 findings, first Fracture: 6 positives',
          },
        ]),
      ),
    ),
    'comparisons.json': json(
      eachDataset((dataset) => [...FINDINGS, 'macro'].map((finding) => comparison(dataset, finding))),
    ),
    'leaderboards.json': json([board('macro'), board('Fracture')]),
    'alarms.json': json([alarm('Fracture'), alarm('Cardiomegaly')]),
    'report.json': json(reportFacts()),
    'predictions.parquet': encodePredictions(rows),
  };
  const outputs = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, sha256(content)]));
  const machine = { platform: 'linux', kernel: '6.1-anna', cores: 2 };
  const dataUse = { tiers: DATASETS, acknowledged: SUITE.acknowledge };
  const manifest = { format: 'medvlm-run@1', inputs: 'secret-digest', machine, dataUse, hostname: 'gpu7', outputs };
  return scratch({ ...files, 'manifest.json': json(manifest) });
}

const run = runFolder();
const salt = new TextEncoder().encode('a salt of sixteen bytes');
const place = scratch({});
const context = nodeContext();
const request = (more: Partial<ExportRequest> = {}): ExportRequest => ({
  ...{ run, out: join(place, 'bundle'), minimumCount: 11, predictions: true, salt, dryRun: false },
  ...more,
});
const read = (folder: string, name: string) => readFileSync(join(place, folder, name), 'utf8');
const rowsIn = async (folder: string) =>
  (await parquetReadObjects({
    file: new Uint8Array(readFileSync(join(place, folder, 'predictions.parquet'))).buffer,
  })) as unknown as PredictionRow[];
const cells = (hidden: readonly { finding: string | null; why: string }[]) =>
  new Set(hidden.map(({ finding, why }) => `${finding} ${why}`));

test('a dry run writes nothing and tells the same', async () => {
  const told = await exportRun(request({ dryRun: true }), context);
  expect(readdirSync(place)).toEqual([]);
  const { written, ...outcome } = await exportRun(request(), context);
  expect(written).toBe(true);
  expect(told).toEqual({ ...outcome, written: false });
  expect(cells(told.hidden)).toEqual(new Set(['Fracture small', 'Edema complementary']));
  // Two datasets × two models × two findings; the leaderboard and the alarm of Fracture.
  expect(told.suppressedRows).toEqual({ results: 8, comparisons: 4, leaderboards: 1, alarms: 1 });
});

test('no id, path, host or user is in the bundle', () => {
  const everything = outputsOf(join(place, 'bundle'))
    .map(({ content }) => Buffer.from(content).toString('latin1'))
    .join('\n');
  for (const secret of [
    'patient-10',
    'study-1',
    'image-1',
    'anna',
    'gpu7',
    'hospital.example',
    'secret-digest',
    run,
    place,
  ])
    expect(everything.includes(secret), secret).toBe(false);
  expect(read('bundle', 'suite.yaml')).toMatch(/from: w\.pt[\s\S]*endpoint: \(address\)[\s\S]*to \(host\)/);
  expect(read('bundle', 'suite.yaml')).toMatch(/split: split\.csv[\s\S]*table: t\.csv/);
});

test('small cells and those that would tell them have no number, in any table', () => {
  const parsed = Papa.parse<Record<string, string>>(read('bundle', 'results.csv').trim(), { header: true }).data;
  for (const row of parsed) {
    const isHidden = ['Fracture', 'Edema'].includes(row.finding!);
    for (const column of ['value', 'ciLow', 'ciHigh', 'n', 'nFailed'])
      expect(row[column] === '', `${row.finding} ${column}`).toBe(isHidden);
    expect(row.reason!.startsWith('suppressed: a count below 11')).toBe(isHidden);
    expect(row.protocol).toContain('macro=withheld');
  }
  const results = JSON.parse(read('bundle', 'results.json')) as Result[];
  expect(results.filter(({ value }) => value === null)).toHaveLength(8);
  expect(results.find(({ finding }) => finding === 'macro')!.reason).toBe('undefined');
  expect(read('bundle', 'comparisons.json')).not.toMatch(/Fracture|Edema/);
  expect(read('bundle', 'leaderboards.json')).not.toContain('Fracture');
  expect(read('bundle', 'alarms.json')).not.toContain('Fracture');
});

test('the report tells what is suppressed, and no small count', () => {
  const page = read('bundle', 'report.html');
  expect(page).toContain('open × zero-shot × Fracture');
  expect(page).toContain('a count below 11');
  expect(page).not.toMatch(/data:image|7 images|6 positives/);
});

test('predictions: open data alone, without hidden findings, joinable by hashed ids', async () => {
  const rows = await rowsIn('bundle');
  expect(new Set(rows.map(({ dataset }) => dataset))).toEqual(new Set(['open']));
  expect(new Set(rows.map(({ finding }) => finding))).toEqual(
    new Set(['Cardiomegaly', 'Pleural Effusion', 'image-to-report']),
  );
  expect(new Set(rows.map(({ patient }) => patient)).size).toBe(PATIENTS);
  for (const { patient, study, item } of rows)
    for (const id of [patient, study, item]) expect(id).toMatch(/^[0-9a-f]{32}$/);
  // The order is that of the hashes: the n-th row is not the n-th study of the release.
  const scores = rows
    .filter(({ finding, model }) => finding === 'Cardiomegaly' && model === 'alpha')
    .map(({ score }) => score!);
  expect(scores).not.toEqual([...scores].sort((a, b) => a - b));
  expect([...scores].sort((a, b) => a - b)).toEqual(Array.from({ length: PATIENTS }, (_, i) => i / PATIENTS));
});

test('one salt gives the same bytes; another, or none, gives other ids and the same numbers', async () => {
  await exportRun(request({ out: join(place, 'again') }), context);
  for (const name of readdirSync(join(place, 'bundle')))
    expect(sha256(readFileSync(join(place, 'again', name))), name).toBe(
      sha256(readFileSync(join(place, 'bundle', name))),
    );
  await exportRun(request({ out: join(place, 'drawn'), salt: undefined }), context);
  const [salted, drawn] = [await rowsIn('again'), await rowsIn('drawn')];
  expect(drawn).toHaveLength(salted.length);
  const ids = new Set(salted.map(({ patient }) => patient));
  expect(drawn.filter(({ patient }) => ids.has(patient))).toEqual([]);
  for (const folder of ['again', 'drawn']) expect(read(folder, 'manifest.json')).not.toContain('salt');
});

test('without --predictions there are no rows; the manifest names every file by its digest', async () => {
  const outcome = await exportRun(request({ out: join(place, 'tables'), predictions: false }), context);
  expect(outcome.predictions).toBeNull();
  const { outputs, machine } = JSON.parse(read('tables', 'manifest.json')) as Record<string, Record<string, unknown>>;
  expect(machine).toEqual({ platform: 'linux', cores: 2 });
  expect(Object.keys(outputs!).sort()).toEqual(
    readdirSync(join(place, 'tables'))
      .filter((name) => name !== 'manifest.json')
      .sort(),
  );
  for (const [name, digest] of Object.entries(outputs!))
    expect(sha256(readFileSync(join(place, 'tables', name)))).toBe(digest);
});

test('a higher minimum hides more, a lower one less', async () => {
  const at = (minimumCount: number) =>
    exportRun(request({ minimumCount, dryRun: true, out: join(place, 'x') }), context);
  expect((await at(1)).hidden).toEqual([]);
  expect(cells((await at(15)).hidden)).toEqual(new Set(['Fracture small', 'Edema small']));
  expect(cells((await at(61)).hidden)).toContain('macro small');
});

test('what is not a whole, finished run is refused, and nothing is left', async () => {
  const changed = (change: (folder: string) => void) => {
    const folder = join(scratch({}), 'run');
    cpSync(run, folder, { recursive: true });
    change(folder);
    return userError(exportRun(request({ run: folder, out: join(place, 'refused') }), context));
  };
  const refusals = [
    await changed((folder) => rmSync(join(folder, 'manifest.json'))),
    await changed((folder) => writeFileSync(join(folder, 'manifest.json'), '{"format": "medvlm-run@1", "outp')),
    await changed((folder) => writeFileSync(join(folder, 'manifest.json'), '{"format": "medvlm-export@1"}')),
    await changed((folder) => rmSync(join(folder, 'predictions.parquet'))),
    await changed((folder) => writeFileSync(join(folder, 'results.json'), '[]')),
    await userError(exportRun(request({ run: join(place, 'nowhere'), out: join(place, 'refused') }), context)),
  ];
  for (const error of refusals) expect(error).toBeInstanceOf(DataError);
  expect(refusals[4]!.message).toContain('whose results.json was changed');
  const there = await userError(exportRun(request(), context));
  expect(there).toBeInstanceOf(ConfigError);
  const short = await userError(exportRun(request({ out: join(place, 'refused'), salt: new Uint8Array(4) }), context));
  expect(short).toBeInstanceOf(ConfigError);
  expect(existsSync(join(place, 'refused'))).toBe(false);
  expect(readdirSync(place).filter((name) => name.startsWith('.'))).toEqual([]);
});
