/**
 * Colours of charts. Vega writes stand-in colours, which are replaced by CSS variables once the SVG is text: one drawing then
 * serves the light theme, the dark theme and print. The hues tell apart under protanopia, deuteranopia and tritanopia
 * (after Okabe & Ito 2008, darkened or lightened for a contrast of at least 3 to either ground); dashes tell them apart again.
 */

export const SERIES_COLOURS = 8;

/** Stand-in hexadecimal colours, each used nowhere else, by the CSS variable that takes their place. */
export const STAND_IN = {
  ink: '#a10001',
  muted: '#a10002',
  grid: '#a10003',
  axis: '#a10004',
  surface: '#a10005',
  baseline: '#a10006',
  'baseline-2': '#a10009',
  positive: '#a10007',
  negative: '#a10008',
} as const;

const VARIABLES = new Map<string, string>(Object.entries(STAND_IN).map(([name, colour]) => [colour, `--${name}`]));
for (let i = 0; i < SERIES_COLOURS; i++) VARIABLES.set(standInSeries(i), `--series-${i + 1}`);

function standInSeries(index: number): string {
  return `#b1000${index}`;
}

export interface SeriesStyle {
  readonly colour: string;
  /** Dash pattern; [1, 0] is a full line. */
  readonly dash: readonly number[];
  /** Index of the class `sN`: 1 to 8 for models, 0 and 9 for baselines. */
  readonly swatch: number;
}

const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [7, 3],
  [2, 2.5],
  [9, 3, 2, 3],
];

/** Colour and dash of a model: eight hues, then the next dash. Baselines are grey and dotted. */
export function seriesStyle(model: { readonly series: number; readonly baseline: boolean }): SeriesStyle {
  if (model.baseline) {
    const second = model.series % 2 === 1;
    return { colour: STAND_IN[second ? 'baseline-2' : 'baseline'], dash: DASHES[2]!, swatch: second ? 9 : 0 };
  }
  const dash = DASHES[(model.series + Math.floor(model.series / SERIES_COLOURS)) % DASHES.length]!;
  return { colour: standInSeries(model.series % SERIES_COLOURS), dash, swatch: (model.series % SERIES_COLOURS) + 1 };
}

/** Puts CSS variables in the place of stand-in colours. */
export function themeColours(svg: string): string {
  return svg.replace(/#[ab]1000\d/g, (colour) => {
    const variable = VARIABLES.get(colour);
    return variable === undefined ? colour : `var(${variable})`;
  });
}
