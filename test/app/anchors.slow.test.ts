/** A suite with published numbers, run on a miniature: every verdict, the files, the report, the exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { requireAnchors } from '../../src/app/anchors.ts';
import { type RunOutcome, runSuite } from '../../src/app/run-suite.ts';
import type { AnchorOutcome } from '../../src/core/anchors.ts';
import { AnchorsError } from '../../src/core/errors.ts';
import type { Result } from '../../src/core/result.ts';
import { homeAt } from '../../src/engine/home.ts';
import { packageRoot } from '../../src/engine/package-root.ts';
import { anchorText } from '../../src/report/anchor-text.ts';
import { scratch } from '../catalog/scratch.ts';
import { nodeContext } from '../context.ts';

const place = scratch({});
const home = homeAt({ MEDVLM_HOME: join(place, 'home') });
const environment = { home, context: nodeContext(join(place, 'home')), signal: new AbortController().signal };

const anchor = (finding: string, value: number, more: object = {}) => ({
  model: 'mini',
  dataset: 'phantom',
  task: 'few',
  finding,
  metric: 'auroc',
  value,
  tolerance: 0.005,
  source: 'a toy',
  tag: 'verified',
  ...more,
});

function suiteOf(anchors: readonly object[] | undefined): string {
  const suite = {
    name: 'toy-anchors',
    datasets: [{ use: 'phantom', options: { patients: 150, seed: 2 } }],
    models: [
      {
        id: 'mini',
        use: 'chexzero',
        from: join(packageRoot, 'assets/miniatures/chexzero-phantom-a.pt'),
        exposure: { phantom: 'tuned' },
      },
    ],
    tasks: [
      { use: 'zero-shot', id: 'all' },
      { use: 'zero-shot', id: 'few', options: { findings: ['Lung Opacity', 'Pleural Effusion'], minimumPatients: 1 } },
    ],
    statistics: { replicates: 200 },
    ...(anchors && { anchors }),
  };
  return stringify(suite);
}

function run(anchors: readonly object[] | undefined, out: string, more: object = {}): Promise<RunOutcome> {
  const root = scratch({ 'toy-anchors.yaml': suiteOf(anchors) });
  const request = { suite: join(root, 'toy-anchors.yaml'), set: [], out: join(place, out), batchSize: 8 };
  return runSuite({ ...request, device: 'cpu', workers: 1, ...more }, environment);
}

let measured: Result;
let outcome: RunOutcome;

beforeAll(async () => {
  const first = await run([anchor('Lung Opacity', 0.5)], 'first');
  const rows = JSON.parse(readFileSync(join(first.directory, 'results.json'), 'utf8')) as Result[];
  measured = rows.find(
    (row) => row.task === 'few' && row.model === 'mini' && row.finding === 'Lung Opacity' && row.metric === 'auroc',
  )!;
  outcome = await run(
    [
      anchor('Lung Opacity', measured.value! + 0.004),
      anchor('Lung Opacity', measured.ciHigh! - 0.001, { tolerance: 0 }),
      anchor('Lung Opacity', measured.ciLow! - 0.03, { interval: [measured.ciLow! - 0.04, measured.ciLow! - 0.02] }),
      anchor('Edema', 0.7),
    ],
    'second',
  );
});

test('reproduced, compatible, differs and not computed', () => {
  expect(outcome.anchors!.map(({ verdict }) => verdict)).toEqual([
    'reproduced',
    'compatible',
    'differs',
    'not computed',
  ]);
  expect(outcome.anchors![0]).toMatchObject({ ours: measured.value, exposure: 'tuned' });
});

test('the run folder keeps the verdicts, and the report shows them with both intervals and the exposure', () => {
  const file = (name: string) => readFileSync(join(outcome.directory, name), 'utf8');
  expect(JSON.parse(file('anchors.json')) as AnchorOutcome[]).toEqual(outcome.anchors);
  expect(file('anchors.csv').split('\r\n')).toHaveLength(6);
  const html = file('report.html');
  const section = html.slice(html.indexOf('<section id="anchors"'), html.indexOf('<section id="comparisons"'));
  for (const verdict of ['reproduced', 'compatible', 'differs', 'not computed']) expect(section).toContain(verdict);
  expect(section).toContain('tuned on it');
  expect(section.match(/<svg class="strip/g)).toHaveLength(8);
  expect(anchorText(outcome.anchors!)).toContain('1 reproduced, 1 compatible, 1 differs, 1 not computed');
});

test('two tasks of one kind keep their own results, leaderboards and predictions', () => {
  const rows = JSON.parse(readFileSync(join(outcome.directory, 'results.json'), 'utf8')) as Result[];
  const findings = (task: string) => new Set(rows.filter((row) => row.task === task).map(({ finding }) => finding));
  expect(findings('few')).toEqual(new Set(['Lung Opacity', 'Pleural Effusion', 'macro', 'micro']));
  expect(findings('all').size).toBeGreaterThan(8);
  expect(outcome.leaderboards.map(({ task }) => task)).toEqual(['all', 'few']);
  const csv = readFileSync(join(outcome.directory, 'results.csv'), 'utf8').split('\r\n');
  expect(csv[0]!.endsWith(',exposure')).toBe(true);
  expect(csv.filter((line) => line.startsWith('mini,')).every((line) => line.endsWith(',tuned'))).toBe(true);
});

test('the second run shows the same verdicts without work', async () => {
  const again = await run(
    outcome.anchors!.map(({ finding, value, interval, tolerance }) =>
      anchor(finding!, value, { tolerance, ...(interval && { interval }) }),
    ),
    'second',
  );
  expect(again.wasUpToDate).toBe(true);
  expect(again.anchors).toEqual(outcome.anchors);
});

test('a suite without anchors is refused before the run where they are required', async () => {
  await expect(run(undefined, 'third', { requireAnchors: true })).rejects.toThrow(/names no published number/);
});

test('anchors are required on demand alone, and never those that were only recalled', () => {
  expect(() => requireAnchors(outcome.anchors)).toThrow(AnchorsError);
  expect(() => requireAnchors(outcome.anchors!.slice(0, 2))).not.toThrow();
  expect(() => requireAnchors(outcome.anchors!.map((one) => ({ ...one, tag: 'reported' as const })))).not.toThrow();
  expect(() => requireAnchors(undefined)).not.toThrow();
  expect(new AnchorsError('').exitCode).toBe(5);
});
