/** Vega-Lite specification → compact, themed, labelled SVG. Same specification, same bytes. */
import { parse, resetSVGDefIds, View } from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { escapeHtml, type Markup, trusted } from '../markup.ts';
import { STAND_IN, themeColours } from './colours.ts';

const CONFIG: Config = {
  aria: false,
  background: 'transparent',
  font: 'sans-serif',
  padding: 4,
  view: { stroke: null },
  axis: {
    labelColor: STAND_IN.muted,
    titleColor: STAND_IN.muted,
    domainColor: STAND_IN.axis,
    tickColor: STAND_IN.axis,
    gridColor: STAND_IN.grid,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    titlePadding: 6,
    tickSize: 4,
  },
  header: { labelColor: STAND_IN.ink, titleColor: STAND_IN.muted },
  text: { color: STAND_IN.ink, fontSize: 11 },
};

/**
 * Draws without a DOM. Vega counts the ids of its definitions up within a process, hence the reset: equal data must give
 * equal bytes.
 * @param label what the chart shows, for those who cannot see it; any text
 */
export async function renderChart(spec: TopLevelSpec, label: string): Promise<Markup> {
  const compiled = compile({ ...spec, config: CONFIG } as TopLevelSpec).spec;
  resetSVGDefIds();
  const view = new View(parse(compiled), { renderer: 'none' });
  try {
    return trusted(labelled(themeColours(compact(await view.toSVG())), label));
  } finally {
    view.finalize();
  }
}

/** Leaves out what draws nothing (empty paths, hints for scripts) and rounds coordinates to a tenth of a pixel. */
function compact(svg: string): string {
  return svg
    .replace(/<path class="(?:background|foreground)"[^>]*d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g, '')
    .replace(
      / (?:aria-hidden|pointer-events|class|role|aria-roledescription|stroke-miterlimit|xmlns:xlink|version)="[^"]*"/g,
      '',
    )
    .replace(
      / (?:opacity="1"|font-family="[^"]*"|stroke-width="1"|transform="translate\(0,0\)"|stroke-dasharray="1,0")/g,
      '',
    )
    .replace(/<[^>]*>/g, (tag) =>
      tag.replace(/-?\d+\.\d{2,}/g, (digits) => String(Math.round(Number(digits) * 10) / 10)),
    )
    .replace(/<g><\/g>/g, '');
}

function labelled(svg: string, label: string): string {
  const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return svg.replace(
    /<svg [^>]*>/,
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="${escapeHtml(label)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
  );
}
