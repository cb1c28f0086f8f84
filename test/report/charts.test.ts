/** Chart parts: lines, bins, strips, and drawings that are the same bytes each time. */
import { expect, test } from 'vitest';
import { seriesStyle, themeColours } from '../../src/report/charts/colours.ts';
import { drawCurves } from '../../src/report/charts/curve-charts.ts';
import { binShares, mirroredHistogram } from '../../src/report/charts/histogram.ts';
import { axisOf, intervalStrip } from '../../src/report/charts/interval-strip.ts';
import { rankBins, rankShares } from '../../src/report/charts/retrieval-charts.ts';
import { precisionRecallLine, rocLine } from '../../src/report/curve-lines.ts';

const sample = { targets: Uint8Array.of(1, 0, 1, 1, 0, 0), scores: Float64Array.of(0.9, 0.8, 0.7, 0.7, 0.3, 0.1) };

test('a ROC line keeps its corners and no other point', () => {
  // Worked by hand: up 1/3, right 1/3, up 2/3 (a tie of positives), right to the end.
  expect(rocLine(sample).x.map((x) => x.toFixed(3))).toEqual(['0.000', '0.000', '0.333', '0.333', '1.000']);
  expect(rocLine(sample).y.map((y) => y.toFixed(3))).toEqual(['0.000', '0.333', '0.333', '1.000', '1.000']);
});

test('a precision–recall line has one vertex per recall, at its highest threshold', () => {
  expect(precisionRecallLine(sample).x.map((x) => x.toFixed(3))).toEqual(['0.333', '1.000']);
  expect(precisionRecallLine(sample).y).toEqual([1, 0.75]);
});

test('lines of one class are empty', () => {
  const none = { targets: new Uint8Array(3), scores: Float64Array.of(1, 2, 3) };
  expect(rocLine(none)).toEqual({ x: [], y: [] });
  expect(precisionRecallLine(none)).toEqual({ x: [], y: [] });
});

test('rank bins cover every rank once, and shares add up to the ranked part', () => {
  expect(rankBins(1)).toEqual([{ from: 1, to: 1 }]);
  expect(rankBins(30.5).map(({ from, to }) => `${from}-${to}`)).toEqual([
    '1-1',
    '2-2',
    '3-5',
    '6-10',
    '11-20',
    '21-31',
  ]);
  const shares = rankShares([1, 1.5, 2, 5, 30.5], 10, 30.5);
  expect(shares.map(({ share }) => share)).toEqual([0.2, 0.1, 0.1, 0, 0, 0.1]);
  expect(rankShares([], 0, 0)).toEqual([{ name: '1', share: 0 }]);
});

test('histogram shares add up to one, ends included; one value falls in the middle', () => {
  expect(binShares([0, 0.5, 1], 0, 1, 4)).toEqual(Float64Array.of(1 / 3, 0, 1 / 3, 1 / 3));
  expect(binShares([2, 2], 2, 2, 4)[2]).toBe(1);
  expect(binShares([], 0, 1, 4)).toEqual(new Float64Array(4));
  const empty = mirroredHistogram({ positives: [], negatives: [1], threshold: undefined, label: 'x' }).text;
  expect(empty).not.toMatch(/NaN|Infinity/);
});

test('an axis holds every interval and its reference; a share stays within 0 and 1', () => {
  const axis = axisOf([{ value: 0.9, ciLow: 0.8, ciHigh: 0.99 }], 0.5);
  expect(axis.low).toBeLessThan(0.5);
  expect(axis.high).toBe(1);
  expect(axisOf([])).toEqual({ low: 0, high: 1, reference: undefined });
  const strip = intervalStrip({ value: 0.75, ciLow: 0.5, ciHigh: 1 }, { low: 0.5, high: 1, reference: 0.5 }, 3).text;
  expect(strip).toContain('cx="50%"');
  expect(strip).toContain('x1="0%" x2="100%"');
  const none = intervalStrip({ value: null, ciLow: null, ciHigh: null }, axis, 1).text;
  expect(none).not.toContain('circle');
});

test('models keep distinct looks beyond the palette, baselines are grey', () => {
  const looks = Array.from({ length: 16 }, (_, series) => seriesStyle({ series, baseline: false }));
  expect(new Set(looks.map(({ colour, dash }) => `${colour} ${dash.join()}`)).size).toBe(16);
  expect([0, 1].map((series) => seriesStyle({ series, baseline: true }).swatch)).toEqual([0, 9]);
});

test('a drawing is themed by variables, labelled, free of ids and the same each time', async () => {
  const style = seriesStyle({ series: 0, baseline: false });
  const grid = Float64Array.of(0, 0.5, 1);
  const band = { grid, low: Float64Array.of(0, 0.2, 1), high: Float64Array.of(0.3, 0.8, 1) };
  const chart = {
    kind: 'roc' as const,
    series: [{ name: 'm', style, line: rocLine(sample), band }],
    prevalence: 0.5,
    label: 'ROC of <m> & "n"',
    size: 160,
    averaged: false,
  };
  const first = (await drawCurves(chart)).text;
  expect((await drawCurves(chart)).text).toBe(first);
  expect(first).toContain('aria-label="ROC of &lt;m&gt; &amp; &quot;n&quot;"');
  expect(first).toContain('var(--series-1)');
  expect(first).not.toMatch(/#[ab]1000|NaN|undefined|\bid=|fill="white"/);
  expect(first).toContain('>0.25</text>');
});

test('only stand-in colours are replaced', () => {
  expect(themeColours('#a10001 #b10000 #a1000z #123456')).toBe('var(--ink) var(--series-1) #a1000z #123456');
});
