/** ROC and precision–recall charts: curves as they are, bands by bootstrap over patients. */
import type { TopLevelSpec } from 'vega-lite';
import type { CurveLine } from '../curve-lines.ts';
import type { Markup } from '../markup.ts';
import { type SeriesStyle, STAND_IN } from './colours.ts';
import { renderChart } from './render.ts';

export interface CurveSeries {
  readonly name: string;
  readonly style: SeriesStyle;
  readonly line: CurveLine;
  /** Undefined where the band could not be drawn. */
  readonly band: { readonly grid: Float64Array; readonly low: Float64Array; readonly high: Float64Array } | undefined;
}

export interface CurveChart {
  readonly kind: 'roc' | 'precision-recall';
  readonly series: readonly CurveSeries[];
  /** Share of positives: the level of chance in a precision–recall chart. */
  readonly prevalence: number | undefined;
  readonly label: string;
  readonly size: number;
  /** True where lines are averages over a grid, and so not stepped. */
  readonly averaged: boolean;
}

const SCALE = { domain: [0, 1], nice: false } as const;

function axes(chart: CurveChart) {
  const roc = chart.kind === 'roc';
  const axis = { values: [0, 0.25, 0.5, 0.75, 1], format: '.2~f' };
  return {
    x: {
      field: 'x',
      type: 'quantitative' as const,
      scale: SCALE,
      axis: { ...axis, title: roc ? 'False positive rate' : 'Recall' },
    },
    y: {
      field: 'y',
      type: 'quantitative' as const,
      scale: SCALE,
      axis: { ...axis, title: roc ? 'True positive rate' : 'Precision' },
    },
  };
}

function bandLayer(series: CurveSeries, chart: CurveChart) {
  const band = series.band!;
  const values = Array.from(band.grid, (x, i) => ({ x, y: band.low[i]!, high: band.high[i]! }));
  return {
    data: { values: values.filter(({ y, high }) => Number.isFinite(y) && Number.isFinite(high)) },
    mark: { type: 'area' as const, color: series.style.colour, fillOpacity: 0.16 },
    encoding: { ...axes(chart), y2: { field: 'high' } },
  };
}

function lineLayer(series: CurveSeries, chart: CurveChart) {
  const values = series.line.x.map((x, i) => ({ x, y: series.line.y[i]! }));
  // Precision on (r[k−1], r[k]] is that of r[k]: the first step starts at recall 0.
  const stepped = chart.kind === 'precision-recall' && !chart.averaged;
  if (stepped && values.length > 0) values.unshift({ x: 0, y: values[0]!.y });
  return {
    data: { values },
    mark: {
      type: 'line' as const,
      color: series.style.colour,
      strokeWidth: 1.8,
      strokeDash: [...series.style.dash],
      interpolate: stepped ? ('step-before' as const) : ('linear' as const),
    },
    encoding: { ...axes(chart), order: { field: 'x', type: 'quantitative' as const } },
  };
}

/** Chance: the diagonal of a ROC chart, the prevalence of a precision–recall chart. */
function chanceLayer(chart: CurveChart) {
  const level = chart.prevalence ?? NaN;
  const ends = chart.kind === 'roc' ? [0, 1] : [level, level];
  const values = Number.isFinite(ends[0]!) ? ends.map((y, x) => ({ x, y })) : [];
  return {
    data: { values },
    mark: { type: 'line' as const, color: STAND_IN.muted, strokeWidth: 1, strokeDash: [2, 3] },
    encoding: axes(chart),
  };
}

/** One chart; series are drawn in order, the last on top. */
export function drawCurves(chart: CurveChart): Promise<Markup> {
  const banded = chart.series.filter((series) => series.band !== undefined);
  const spec = {
    width: chart.size,
    height: chart.size,
    layer: [
      chanceLayer(chart),
      ...banded.map((series) => bandLayer(series, chart)),
      ...chart.series.map((series) => lineLayer(series, chart)),
    ],
  };
  return renderChart(spec as unknown as TopLevelSpec, chart.label);
}
