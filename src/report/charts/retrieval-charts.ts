/** Charts of retrieval: recall@K as bars with intervals, and a histogram of the rank of the first correct answer. */
import type { TopLevelSpec } from 'vega-lite';
import type { Markup } from '../markup.ts';
import { type SeriesStyle, STAND_IN } from './colours.ts';
import { renderChart } from './render.ts';

export interface RecallBar {
  readonly model: string;
  readonly k: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

function colourScale(models: readonly { readonly name: string; readonly style: SeriesStyle }[]) {
  return { domain: models.map(({ name }) => name), range: models.map(({ style }) => style.colour) };
}

export function drawRecall(
  bars: readonly RecallBar[],
  models: readonly { readonly name: string; readonly style: SeriesStyle }[],
  label: string,
): Promise<Markup> {
  const names = models.map(({ name }) => name);
  const ks = [...new Set(bars.map(({ k }) => k))].sort((a, b) => a - b);
  const values = bars.map((bar) => ({ ...bar, at: `@${bar.k}` }));
  const x = {
    field: 'at',
    type: 'nominal' as const,
    sort: ks.map((k) => `@${k}`),
    scale: { paddingInner: 0.3 },
    axis: { title: 'K', labelAngle: 0 },
  };
  const xOffset = { field: 'model', sort: names, scale: { domain: names, paddingInner: 0.15 } };
  const scale = { domain: [0, 1], nice: false };
  const y = { field: 'value', type: 'quantitative' as const, scale, axis: { title: 'Recall@K', tickCount: 5 } };
  const spec = {
    width: Math.max(200, ks.length * (names.length * 20 + 22)),
    height: 190,
    data: { values },
    encoding: { x, xOffset },
    layer: [
      {
        mark: { type: 'bar', fillOpacity: 0.8 },
        encoding: { y, color: { field: 'model', type: 'nominal', legend: null, scale: colourScale(models) } },
      },
      {
        transform: [{ filter: 'datum.low != null && datum.high != null' }],
        mark: { type: 'rule', color: STAND_IN.ink, strokeWidth: 1.4 },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
    ],
  };
  return renderChart(spec as unknown as TopLevelSpec, label);
}

/** Bins 1, 2, 3–5, 6–10, 11–20, 21–50, 51–100 … up to the highest rank; a mid-rank falls to the bin below its next whole. */
export function rankBins(
  highest: number,
): readonly { readonly from: number; readonly to: number; readonly name: string }[] {
  const bins = [];
  let from = 1;
  for (let i = 0; from <= Math.max(highest, 1); i++) {
    const to = [1, 2, 5][i % 3]! * 10 ** Math.floor(i / 3);
    bins.push({ from, to, name: from === to ? String(to) : `${from}–${to}` });
    from = to + 1;
  }
  return bins;
}

/** Share of queries whose first correct answer lies in each bin. Ranks that are undefined count in `total` alone. */
export function drawRanks(
  ranks: readonly number[],
  options: { readonly total: number; readonly highest: number; readonly style: SeriesStyle; readonly label: string },
): Promise<Markup> {
  const bins = rankBins(options.highest);
  const values = bins.map(({ from, to, name }) => ({
    name,
    share:
      ranks.filter((rank) => Math.floor(rank) >= from && Math.floor(rank) <= to).length / Math.max(1, options.total),
  }));
  const spec = {
    width: Math.max(200, bins.length * 34),
    height: 130,
    data: { values },
    mark: { type: 'bar', color: options.style.colour, fillOpacity: 0.8 },
    encoding: {
      x: {
        field: 'name',
        type: 'ordinal',
        sort: bins.map(({ name }) => name),
        scale: { paddingInner: 0.18 },
        axis: { title: 'Rank of the first correct answer', labelAngle: bins.length > 7 ? -40 : 0 },
      },
      y: { field: 'share', type: 'quantitative', axis: { title: 'Share of queries', format: '.0%', tickCount: 4 } },
    },
  };
  return renderChart(spec as unknown as TopLevelSpec, options.label);
}
