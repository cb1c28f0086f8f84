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
    axis: { title: null, labelAngle: 0 },
  };
  const xOffset = { field: 'model', sort: names, scale: { domain: names, paddingInner: 0.15 } };
  const scale = { domain: [0, 1], nice: false };
  const y = { field: 'value', type: 'quantitative' as const, scale, axis: { title: 'Recall@K', tickCount: 5 } };
  const spec = {
    width: Math.max(200, ks.length * (names.length * 17 + 18)),
    height: 170,
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

export interface RankShare {
  /** `1`, `3–5` … */
  readonly name: string;
  readonly share: number;
}

/** Bins 1, 2, 3–5, 6–10, 11–20, 21–50, 51–100 … up to the highest rank. */
export function rankBins(highest: number): readonly { readonly from: number; readonly to: number }[] {
  const bins: { from: number; to: number }[] = [];
  const last = Math.max(1, Math.ceil(highest));
  for (let i = 0; (bins.at(-1)?.to ?? 0) < last; i++) {
    const to = [1, 2, 5][i % 3]! * 10 ** Math.floor(i / 3);
    bins.push({ from: (bins.at(-1)?.to ?? 0) + 1, to: Math.min(to, last) });
  }
  return bins;
}

/**
 * Share of queries whose first correct answer lies in each bin; a mid-rank (a half) counts with the whole rank below.
 * @param ranks defined ranks; @param total all queries, those without a rank too
 */
export function rankShares(ranks: readonly number[], total: number, highest: number): readonly RankShare[] {
  return rankBins(highest).map(({ from, to }) => {
    const inside = ranks.filter((rank) => Math.floor(rank) >= from && Math.floor(rank) <= to);
    return { name: from === to ? String(to) : `${from}–${to}`, share: inside.length / Math.max(1, total) };
  });
}

/** @param peak highest share of all histograms beside this one, so that they can be compared */
export function drawRanks(
  shares: readonly RankShare[],
  options: { readonly peak: number; readonly style: SeriesStyle; readonly label: string },
): Promise<Markup> {
  const x = {
    field: 'name',
    type: 'ordinal',
    sort: shares.map(({ name }) => name),
    scale: { paddingInner: 0.18 },
    axis: { title: 'Rank of the first correct answer', labelAngle: shares.length > 6 ? -40 : 0 },
  };
  const scale = { domain: [0, Math.max(options.peak, 0.01)], nice: true };
  const y = {
    field: 'share',
    type: 'quantitative',
    scale,
    axis: { title: 'Share of queries', format: '.0%', tickCount: 4 },
  };
  const mark = { type: 'bar', color: options.style.colour, fillOpacity: 0.8 };
  const data = { values: shares };
  const size = { width: Math.max(180, shares.length * 24), height: 150 };
  return renderChart({ ...size, data, mark, encoding: { x, y } } as unknown as TopLevelSpec, options.label);
}
