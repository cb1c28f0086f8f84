/** The whole page: same bytes, no outside address, inert data, restricted data absent, every gap told. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReportData } from '../../src/core/report-data.ts';
import type { ReportSections } from '../../src/core/study.ts';
import { renderHtml } from '../../src/report/report.ts';
import { emptyData, lonelyData, sampleData } from './sample-data.ts';
import { HOSTILE_TEXT } from './sample-predictions.ts';

const SECRET = 'SECRET-REPORT-OF-A-CREDENTIALED-STUDY';
let data: ReportData;
let page: string;

/** Matches of a pattern: a failed expectation then prints a few words instead of a megabyte. */
const matches = (text: string, pattern: RegExp) =>
  [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => match[0]);
const lacks = (text: string, part: string) => !text.includes(part);

beforeAll(async () => {
  const sample = sampleData();
  // A caller's mistake: text of a credentialed study was handed in.
  const secrets = Array.from({ length: 80 }, (_, i) => `mimic-like-s${String(i).padStart(4, '0')}`);
  const handed = secrets.map((id): [string, ReportSections] => [id, { findings: SECRET, impression: SECRET }]);
  const reports = new Map([...sample.reports, ...handed]);
  data = { ...sample, reports };
  page = await renderHtml(data);
});

test('the same data give the same bytes, within the size that mail and browsers bear', async () => {
  expect((await renderHtml(data)) === page).toBe(true);
  expect(Buffer.byteLength(page)).toBeLessThan(6e6);
});

test('nothing is fetched: no address but fragments and data', () => {
  const addresses = [...page.matchAll(/\s(?:src|href|action|srcset|poster|xlink:href)="([^"]*)"/g)].map(
    (match) => match[1]!,
  );
  expect(addresses.filter((address) => !/^(#|data:)/.test(address))).toEqual([]);
  expect(addresses.length).toBeGreaterThan(20);
  expect(matches(page, /@import|url\(|<iframe|<object|<embed/)).toEqual([]);
  expect(matches(page, /Content-Security-Policy" content="default-src &#39;none&#39;/)).not.toEqual([]);
});

test('hostile text, ids and titles are inert', () => {
  expect(matches(page, /<script/)).toHaveLength(1);
  expect(matches(page, /<\/script/)).toHaveLength(1);
  expect(matches(page, /<\/style/)).toHaveLength(1);
  expect(matches(page, /<img src=x|<b onmouseover/)).toEqual([]);
  expect(
    lacks(page, '&lt;/script&gt;&lt;/style&gt;&lt;img src=x onerror=&quot;'),
    '&lt;/script&gt;&lt;/style&gt;&lt;img src=x onerror=&quot;',
  ).toBe(false);
  expect(lacks(page, HOSTILE_TEXT)).toBe(true);
});

test('no text of data that are not open, even where it was handed in; the reader is told', () => {
  expect(lacks(page, SECRET)).toBe(true);
  expect(lacks(page, 'not shown: the data-use tier forbids it'), 'not shown: the data-use tier forbids it').toBe(false);
});

test('no study of data that are not open is named, neither as a case nor as an item with a problem', async () => {
  expect(matches(page, /mimic-like-s\d/)).toEqual([]);
  const datasets = data.datasets.map((dataset) => ({ ...dataset, tier: 'registered' as const }));
  const named = data.datasets.flatMap((dataset) => dataset.problems.map(({ item }) => item));
  expect(named.filter((item) => lacks(page, item))).toEqual([]);
  const restricted = await renderHtml({ ...data, datasets });
  expect(named.filter((item) => !lacks(restricted, item))).toEqual([]);
  expect(matches(restricted, /5 items with a problem; which: not shown/)).not.toEqual([]);
  expect(matches(restricted, /<img |<blockquote>|phantom-s\d/)).toEqual([]);
});

test('numbers are never the words of a programming language', () => {
  const visible = page.replace(/<script>[\s\S]*<\/script>/, '').replace(/<style>[\s\S]*<\/style>/, '');
  expect(matches(visible, /\bNaN\b|\bInfinity\b|\[object|>undefined<|>null</)).toEqual([]);
});

test('every section stands there, once, and the navigation leads to it', () => {
  const ids = [
    'overview',
    'leaderboards',
    'comparisons',
    'findings',
    'curves',
    'scores',
    'retrieval',
    'gallery',
    'data',
    'models',
    'protocol',
    'caveats',
    'provenance',
  ];
  for (const id of ids) {
    expect(page.match(new RegExp(`id="${id}"`, 'g')), id).toHaveLength(1);
    expect(lacks(page, `href="#${id}"`), `href="#${id}"`).toBe(false);
  }
  expect(page.match(/ id="[^"]*"/g)!.length).toBe(new Set(page.match(/ id="[^"]*"/g)).size);
});

test('what a reader must know is told', () => {
  expect(lacks(page, 'the numbers have no clinical meaning'), 'the numbers have no clinical meaning').toBe(false);
  expect(lacks(page, 'an inverted prompt is the usual cause'), 'an inverted prompt is the usual cause').toBe(false);
  expect(lacks(page, 'title="no positive in test">n/a'), 'title="no positive in test">n/a').toBe(false);
  expect(lacks(page, 'No curve: no positive in this part.'), 'No curve: no positive in this part.').toBe(false);
  expect(matches(page, /few positives: \d+ patient/)).not.toEqual([]);
  expect(lacks(page, 'trained on it'), 'trained on it').toBe(false);
  expect(lacks(page, 'exposure unknown'), 'exposure unknown').toBe(false);
  expect(lacks(page, 'the dataset has no reports'), 'the dataset has no reports').toBe(false);
  expect(lacks(page, '5 items with a problem'), '5 items with a problem').toBe(false);
  expect(lacks(page, 'youden@validation'), 'youden@validation').toBe(false);
  expect(lacks(page, 'ensemble of 2 checkpoints'), 'ensemble of 2 checkpoints').toBe(false);
  expect(lacks(page, 'not told apart'), 'not told apart').toBe(false);
});

test('every chart has a label for those who cannot see it', () => {
  const drawings = [...page.matchAll(/<svg [^>]*>/g)].map((match) => match[0]);
  expect(drawings.filter((tag) => !/aria-label="[^"]+"|aria-hidden="true"/.test(tag))).toEqual([]);
  expect(drawings.length).toBeGreaterThan(100);
});

test('real data show no banner, and no caveat of synthetic data', async () => {
  const datasets = data.datasets.map((dataset) => ({ ...dataset, synthetic: false }));
  const real = await renderHtml({ ...data, predictions: [], datasets });
  expect(lacks(real, 'class="banner"')).toBe(true);
  expect(lacks(real, '<h4>Synthetic data</h4>')).toBe(true);
});

test('a board without any value is one line with its reason, not a table of n/a', async () => {
  const gone = { value: null, ciLow: null, ciHigh: null };
  const leaderboards = data.leaderboards.slice(0, 1).map((board) => ({
    ...board,
    entries: board.entries.map((entry) => ({ ...entry, ...gone, rank: null })),
  }));
  const results = data.results
    .filter((row) => row.finding === 'macro' && row.metric === 'auroc' && row.dataset === 'phantom')
    .map((row) => ({ ...row, ...gone, reason: 'no finding has 5 positives' }));
  const undefinedPage = await renderHtml({ ...data, leaderboards, results, predictions: [] });
  expect(matches(undefinedPage, /macro AUROC is undefined here: no finding has 5 positives\./)).toHaveLength(1);
  expect(matches(undefinedPage, /<table class="leaderboard"/)).toEqual([]);
});

test('of many pairs, those that are not told apart fold away', async () => {
  const [board] = data.leaderboards;
  const headline = data.comparisons.filter(
    (row) => row.dataset === board!.dataset && row.task === board!.task && row.finding === board!.finding,
  );
  const [pair] = headline;
  const pairs = Array.from({ length: 12 }, (_, i) => ({
    ...pair!,
    modelB: `model-${i}`,
    pAdjusted: i < 5 ? 0.01 : 0.5,
  }));
  const crowded = await renderHtml({ ...data, comparisons: pairs });
  expect(matches(crowded, /Not told apart \(\d+\)/)).toEqual(['Not told apart (7)']);
  const few = await renderHtml({ ...data, comparisons: pairs.slice(0, 10) });
  expect(matches(few, /Not told apart \(\d+\)/)).toEqual([]);
});

describe('data with gaps', () => {
  test('one model alone, with a retrieval that could rank nothing', async () => {
    const lonely = await renderHtml(lonelyData());
    expect(lacks(lonely, 'no ranked query'), 'no ranked query').toBe(false);
    expect(lacks(lonely, 'without a rank'), 'without a rank').toBe(false);
    expect(lacks(lonely, 'id="comparisons"')).toBe(true);
    expect(lacks(lonely, '1 model on'), '1 model on').toBe(false);
  });

  test('nothing judged yet', async () => {
    const empty = await renderHtml(emptyData());
    expect(lacks(empty, 'id="data"'), 'id="data"').toBe(false);
    for (const id of ['leaderboards', 'findings', 'curves', 'retrieval', 'gallery', 'protocol'])
      expect(lacks(empty, `id="${id}"`)).toBe(true);
  });

  test('results without predictions: tables stand, curves and pictures are left out', async () => {
    const bare = await renderHtml({ ...data, predictions: [], thumbnails: new Map(), reports: new Map() });
    expect(lacks(bare, 'id="findings"'), 'id="findings"').toBe(false);
    expect(lacks(bare, 'id="retrieval"'), 'id="retrieval"').toBe(false);
    expect(lacks(bare, 'id="curves"')).toBe(true);
    expect(lacks(bare, 'id="gallery"')).toBe(true);
  });

  test('no bootstrap, unknown datasets, one patient', async () => {
    const predictions = data.predictions.filter((row) => row.task === 'view').map((row) => ({ ...row, patient: 'p' }));
    const statistics = { replicates: 0, confidence: 0.95 };
    const odd = await renderHtml({ ...data, predictions, statistics, datasets: [] });
    expect(lacks(odd, 'no bands'), 'no bands').toBe(false);
    expect(matches(odd, /\bNaN\b(?![^<]*<\/script>)/)).toEqual([]);
  });
});
