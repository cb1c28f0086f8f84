// The main job as `npm start` runs it: a leaderboard, a whole run folder, and nothing to do the second time.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalog } from '../../src/catalog/index.ts';
import type { Result } from '../../src/core/result.ts';
import { type Finished, openPlace, type Place, repository } from './command.ts';
import { demoPairs, modelParity, quietContext } from './parity.ts';

let place: Place;
let first: Finished;
const demo = join(repository, 'suites/demo.yaml');

beforeAll(() => {
  place = openPlace();
  first = place.run('run', demo, '--out', 'demo');
});
afterAll(() => place.remove());

const read = (name: string) => readFileSync(join(place.root, 'demo', name), 'utf8');
const results = () => JSON.parse(read('results.json')) as Result[];

test('the leaderboard and the place of the report are printed', () => {
  expect(first.code).toBe(0);
  expect(first.stdout).toContain('chexzero-mini-ensemble');
  expect(first.stdout).toContain('report: demo/report.html');
  for (const name of [
    'suite.yaml',
    'plan.json',
    'results.csv',
    'predictions.parquet',
    'report.html',
    'manifest.json',
  ]) {
    expect(existsSync(join(place.root, 'demo', name))).toBe(true);
  }
});

test('every number has an interval or a reason, and its protocol', () => {
  const rows = results();
  expect(rows.length).toBeGreaterThan(500);
  for (const row of rows) {
    if (row.value === null || row.ciLow === null) expect(row.reason).toBeTruthy();
    else expect(row.ciLow).toBeLessThanOrEqual(row.ciHigh!);
    expect(row.protocol).toMatch(/split=held-out-v1:test#/);
  }
});

test('the miniatures learned something, and the baselines did not', () => {
  const macro = (model: string) =>
    results().find((row) => row.model === model && row.finding === 'macro' && row.metric === 'auroc')!;
  expect(macro('chexzero-mini-a').ciLow!).toBeGreaterThan(macro('chance').ciHigh!);
  expect(macro('prevalence').value).toBe(0.5);
  const view = results().find(
    (row) => row.task === 'view' && row.model === 'chexzero-mini-a' && row.metric === 'auroc',
  )!;
  expect(view.value!).toBeGreaterThan(0.9);
});

test('the scores are those of the PyTorch reference on the same checkpoints and films', () => {
  const pairs = demoPairs(results());
  expect(pairs.length).toBeGreaterThan(60);
  // Median ranks move by half places where two similarities are a rounding apart; everything else is a share or an area.
  for (const { what, ours, reference } of pairs) {
    const tolerance = what.endsWith('medianRank') ? 0.5 : 1e-3;
    expect(Math.abs(ours - reference), what).toBeLessThanOrEqual(tolerance);
  }
});

test.each(['phantom-a', 'phantom-b'])('pixels, tokens and embeddings of %s are the reference’s', async (name) => {
  const phantom = catalog.datasets.get('phantom')!;
  const opened = await phantom.open(undefined, { patients: 220, seed: 2 }, quietContext(place.home));
  const parity = await modelParity(
    name,
    opened.studies.flatMap((study) => study.images),
    place.home,
  );
  expect(parity.samePictures).toBe(parity.images);
  expect(parity.sameTokens).toBe(parity.texts);
  expect(parity.largestPixelDifference).toBeLessThan(1e-3);
  expect(parity.smallestImageCosine).toBeGreaterThan(0.9999);
  expect(parity.smallestTextCosine).toBeGreaterThan(0.9999);
});

test('predictions are Parquet that others can read', async () => {
  const bytes = readFileSync(join(place.root, 'demo/predictions.parquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file });
  expect(rows.length).toBeGreaterThan(1000);
  expect(new Set(rows.map((row) => row.task))).toEqual(new Set(['zero-shot', 'view', 'retrieval']));
});

test('no absolute path, user name or report text leaves with the results', () => {
  for (const name of ['results.json', 'comparisons.json', 'manifest.json', 'plan.json', 'failures.csv']) {
    expect(read(name)).not.toContain(place.root);
    expect(read(name)).not.toMatch(/cardiomediastinal silhouette|lungs are clear/i);
  }
});

test('the same line again does nothing; another batch size and one worker give the same numbers', () => {
  const again = place.run('run', demo, '--out', 'demo', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ wasUpToDate: true, inferred: { items: 0 } });
  const other = openPlace();
  const alone = other.run('run', demo, '--out', 'demo', '--batch-size', '1', '--workers', '1', '--json');
  expect(alone.code).toBe(0);
  const values = JSON.parse(readFileSync(join(other.root, 'demo/results.json'), 'utf8')) as Result[];
  other.remove();
  for (const [index, row] of results().entries()) {
    if (row.value === null) expect(values[index]!.value).toBeNull();
    // Float noise of another batch can swap two nearly equal scores: 1e-3 is a few swaps among thousands of pairs.
    else if (row.metric === 'auroc') expect(Math.abs(values[index]!.value! - row.value)).toBeLessThan(1e-3);
  }
});
