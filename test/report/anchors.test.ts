/** Published numbers on a terminal, in CSV and in the report; exposure in every place that shows a score. */
import { expect, test } from 'vitest';
import type { AnchorOutcome } from '../../src/core/anchors.ts';
import type { ReportData } from '../../src/core/report-data.ts';
import { anchorsCsv, anchorText } from '../../src/report/anchor-text.ts';
import { leaderboardText, TERMINAL_WIDTH } from '../../src/report/leaderboard-text.ts';
import { renderHtml } from '../../src/report/report.ts';
import { sampleData } from './sample-data.ts';

const outcome: AnchorOutcome = {
  model: 'm',
  dataset: 'd',
  task: 'zero-shot',
  finding: 'Edema',
  metric: 'auroc',
  value: 0.7,
  interval: [0.65, 0.75],
  tolerance: 0.005,
  source: 'a "table", somewhere',
  tag: 'reported',
  verdict: 'compatible',
  ours: 0.72,
  ciLow: 0.7,
  ciHigh: 0.74,
  difference: 0.02,
  n: 50,
  exposure: 'trained',
};
const none: AnchorOutcome = {
  ...outcome,
  finding: null,
  metric: 'accuracy',
  tag: 'verified',
  verdict: 'not computed',
  ours: null,
  ciLow: null,
  ciHigh: null,
  difference: null,
  n: null,
  exposure: null,
  reason: 'no such result in this run\u001b[2J',
};

test('one heading per model and question, ours beside the published number, the tag where it is not verified', () => {
  const lines = anchorText([outcome, none]).split('\n');
  expect(lines.filter((line) => line.startsWith('published numbers · '))).toEqual([
    'published numbers · m · d · Zero-shot findings (trained on it)',
  ]);
  expect(lines[1]).toMatch(
    /^ {2}AUROC for Edema {2}compatible +ours 0\.720 \(0\.700–0\.740\) {2}published 0\.700 \(0\.650–0\.750\) \[reported\]$/,
  );
  expect(lines[2]).toMatch(/^ {2}Accuracy +not computed {2}ours n\/a .*no such result in this run\?\[2J$/);
  expect(lines.at(-2)).toContain('1 compatible, 1 not computed');
});

test('CSV: one row per anchor, quoted where needed, empty where undefined', () => {
  const [header, first, second] = anchorsCsv([outcome, none]).split('\r\n');
  expect(header).toBe(
    'model,dataset,task,finding,metric,verdict,published,publishedLow,publishedHigh,tolerance,ours,ciLow,ciHigh,difference,n,exposure,tag,source,note,reason',
  );
  expect(first).toBe(
    'm,d,zero-shot,Edema,auroc,compatible,0.7,0.65,0.75,0.005,0.72,0.7,0.74,0.02,50,trained,reported,"a ""table"", somewhere",,',
  );
  expect(second).toContain(',accuracy,not computed,0.7,0.65,0.75,0.005,,,,,,,verified,');
});

test('a leaderboard on a terminal says what a model saw, within its width', () => {
  const entry = { variant: 'fp32', value: 0.8, ciLow: 0.7, ciHigh: 0.9, baseline: false };
  const board = {
    dataset: 'd',
    task: 'zero-shot',
    metric: 'auroc',
    finding: 'macro',
    better: 'higher' as const,
    entries: [
      { ...entry, model: 'm'.repeat(60), rank: 1, exposure: 'trained' as const },
      { ...entry, model: 'b', rank: 2, exposure: 'clean' as const },
      { ...entry, model: 'c', rank: 3, exposure: 'unknown' as const },
    ],
  };
  const lines = leaderboardText([board]).split('\n');
  expect(lines[1]).toContain('… (trained) ');
  expect(lines[2]).not.toContain('(');
  expect(lines.some((line) => line.startsWith('(trained), (tuned): on this dataset'))).toBe(true);
  expect(lines[3]).toMatch(/c \(\?\) /);
  expect(lines.some((line) => line.startsWith('(?): whether'))).toBe(true);
  for (const line of lines) expect([...line].length).toBeLessThanOrEqual(TERMINAL_WIDTH);
});

/** The sample report with every model trained on every dataset, or on none. */
function withExposure(exposure: 'trained' | 'clean'): ReportData {
  const data = sampleData();
  const seen = Object.fromEntries(data.datasets.map(({ name }) => [name, exposure]));
  const models = data.models.map((model) =>
    model.card ? { ...model, card: { ...model.card, exposure: seen } } : model,
  );
  return { ...data, models };
}

const SECTIONS = ['leaderboards', 'comparisons', 'findings', 'curves', 'scores', 'retrieval', 'models'];

test('every section that shows a score says that a model was trained on the dataset', async () => {
  const [trained, clean] = await Promise.all([renderHtml(withExposure('trained')), renderHtml(withExposure('clean'))]);
  for (const id of SECTIONS) {
    const section = trained.split(`<section id="${id}">`)[1]!.split('</section><section id=')[0]!;
    expect(section.length, id).toBeLessThan(trained.length / 2);
    expect(section, id).toContain('class="chip trained"');
  }
  expect(clean).not.toContain('class="chip trained"');
});

test('anchors have a section of their own, and none without anchors', async () => {
  const data = sampleData();
  const model = data.models.find(({ baseline }) => !baseline)!.id;
  const own = { ...outcome, model, dataset: data.datasets[0]!.id };
  const html = await renderHtml({ ...data, anchors: [own, { ...none, model, dataset: own.dataset }] });
  expect(html).toContain('<section id="anchors">');
  expect(html).toContain('a &quot;table&quot;, somewhere');
  expect(html).toContain('1 compatible, 1 not computed');
  expect(await renderHtml(data)).not.toContain('<section id="anchors">');
});
