/** The page's style sheet: layout, type, tables. System fonts, so that nothing is fetched. */
import { CONTENT_STYLE } from './content-style.ts';
import { THEME } from './theme.ts';

const LAYOUT = `
*, *::before, *::after { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 24px; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.6 Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; text-rendering: optimizeLegibility; overflow-wrap: break-word;
}
h1 { font-size: clamp(2rem, 1.4rem + 2.6vw, 3.1rem); line-height: 1.12; letter-spacing: -.028em; font-weight: 700; margin: 0 0 14px; text-wrap: balance; }
h2 { font-size: 1.7rem; line-height: 1.2; letter-spacing: -.022em; font-weight: 700; margin: 0 0 10px; }
h3 { font-size: 1.12rem; line-height: 1.35; font-weight: 650; margin: 0 0 6px; }
h3 span, h3 small { font-weight: 400; color: var(--muted); }
h4 { font-size: .98rem; line-height: 1.35; font-weight: 650; margin: 22px 0 8px; }
h5 { font-size: .88rem; font-weight: 600; margin: 14px 0 6px; }
p { margin: 0 0 12px; }
a { color: var(--accent); }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
pre { background: var(--sunken); border-radius: 8px; padding: 14px 16px; overflow-x: auto; line-height: 1.5; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 12px; background: var(--surface); padding: 8px 12px; z-index: 20; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }

nav { position: sticky; top: 0; z-index: 10; display: flex; align-items: center; gap: 10px; padding: 0 16px; background: color-mix(in srgb, var(--page) 92%, transparent); backdrop-filter: blur(8px); border-bottom: 1px solid var(--line); }
nav .brand { display: none; }
nav .links { position: relative; display: flex; gap: 2px; overflow-x: auto; scrollbar-width: none; flex: 1; min-width: 0; }
nav .links::-webkit-scrollbar { display: none; }
nav a { flex: none; padding: 12px 10px; font-size: .88rem; color: var(--muted); text-decoration: none; border-bottom: 2px solid transparent; }
nav a:hover { color: var(--ink); }
nav a[aria-current] { color: var(--ink); border-bottom-color: var(--accent); }
#theme { flex: none; font: inherit; font-size: .8rem; color: var(--muted); background: none; border: 1px solid var(--line); border-radius: 999px; padding: 4px 12px; cursor: pointer; white-space: nowrap; }
#theme:hover { color: var(--ink); border-color: var(--axis); }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 80px; min-width: 0; }
main > section { margin-top: 72px; scroll-margin-top: 64px; }
main > header { scroll-margin-top: 64px; }
footer { margin-top: 72px; padding-top: 20px; border-top: 1px solid var(--line); color: var(--muted); font-size: .85rem; }

@media (min-width: 1080px) {
  body { display: grid; grid-template-columns: 216px minmax(0, 1fr); }
  nav { top: 0; height: 100vh; flex-direction: column; align-items: stretch; gap: 18px; padding: 36px 12px 28px 28px; border-bottom: 0; border-right: 1px solid var(--line); background: none; backdrop-filter: none; }
  nav .brand { display: block; font-weight: 650; font-size: .95rem; padding-left: 12px; }
  nav .links { flex-direction: column; overflow-y: auto; }
  nav a { padding: 5px 12px; border-bottom: 0; border-left: 2px solid transparent; }
  nav a[aria-current] { border-left-color: var(--accent); }
  #theme { align-self: flex-start; margin-left: 12px; }
  main { padding: 56px 48px 120px; width: 100%; }
  main > section, main > header { scroll-margin-top: 32px; }
}

@page { margin: 16mm 14mm; }
@media print {
  html { font-size: 12px; scroll-behavior: auto; }
  body { display: block; font-size: 12px; }
  nav, .skip, .controls, #theme { display: none !important; }
  main { max-width: none; padding: 0; }
  main > section { margin-top: 32px; }
  .scroll { overflow: visible !important; }
  table { font-size: .8rem; min-width: 0 !important; }
  th, td { padding: 4px 6px 4px 0; }
  .metrics { font-size: .62rem; }
  .metrics th.number, .metrics td.number { padding-right: 4px; white-space: normal; }
  .metrics th, .metrics td:nth-child(2):not(.number) { min-width: 0 !important; position: static !important; }
  .metrics .chip:not(.trained, .tuned) { display: none; }
  .metrics .ci { font-size: .56rem; letter-spacing: -.02em; }
  thead button::after { display: none; }
  .intro { break-after: avoid; break-inside: avoid; }
  .card, figure, tr, .fact { break-inside: avoid; }
  article.card:has(table.metrics), article.card:has(.curves), article.card:has(.distributions), article.card:has(.examples) { break-inside: auto; }
  h2, h3, h4, h5 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

export const STYLE = THEME + LAYOUT + CONTENT_STYLE;
