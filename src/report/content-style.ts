/** Style of what the sections are made of: cards, tables, chips, charts, galleries. */

const PARTS = `
.kicker { color: var(--muted); font-size: .85rem; margin-bottom: 14px; }
.compared { font-size: clamp(1.08rem, 1rem + .4vw, 1.3rem); line-height: 1.5; color: var(--muted); max-width: 44em; margin-bottom: 28px; }
.intro { max-width: 48em; color: var(--muted); margin-bottom: 24px; }
.lead::first-letter { text-transform: uppercase; }
.lead, .note { color: var(--muted); font-size: .88rem; }
.banner { display: flex; flex-direction: column; gap: 2px; background: var(--warn-soft); border: 1px solid var(--warn-line); border-left-width: 5px; border-radius: 10px; padding: 16px 20px; margin: 0 0 28px; color: var(--warn); }
.banner strong { font-size: 1.1rem; }
.banner span { color: var(--ink); font-size: .93rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); background: var(--surface); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; margin: 0 0 28px; }
.fact { box-shadow: 0 0 0 .5px var(--line); padding: 16px 18px; }
.fact dt { font-size: .8rem; color: var(--muted); }
.fact dd { margin: 0; font-size: 1.55rem; line-height: 1.3; font-weight: 600; letter-spacing: -.01em; }
.fact small { display: block; font-size: .78rem; line-height: 1.4; font-weight: 400; letter-spacing: 0; color: var(--muted); }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); padding: 22px 24px; margin: 0 0 22px; min-width: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 22px; align-items: start; margin-bottom: 22px; }
.columns .card { margin: 0; }
.readings { list-style: none; margin: 0; padding: 0; }
.readings li { padding: 10px 0; border-top: 1px solid var(--line); }
.readings li:first-child { border-top: 0; }
.where { display: block; font-size: .8rem; color: var(--muted); }
.alarms { border-color: var(--warn-line); }
.alarms ul { margin: 0; padding-left: 0; list-style: none; }
.alarms li { padding: 8px 0; border-top: 1px solid var(--line); font-size: .93rem; }
.alarms h3 { color: var(--warn); }

.chip { display: inline-block; font-size: .74rem; line-height: 1.5; font-weight: 500; padding: 0 8px; border-radius: 999px; border: 1px solid var(--line); color: var(--muted); background: var(--sunken); white-space: nowrap; vertical-align: middle; }
.chip.trained, .chip.tuned { color: var(--bad); background: var(--bad-soft); border-color: transparent; }
.chip.clean { color: var(--good); background: var(--good-soft); border-color: transparent; }
.chip.synthetic, .chip.few { color: var(--warn); background: var(--warn-soft); border-color: transparent; }
.chip.differ { color: var(--accent); background: var(--accent-soft); border-color: transparent; }
.model { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 3px 7px; min-width: 0; }
.model .id, th .id { overflow-wrap: break-word; min-width: 0; max-width: 260px; }
.swatch { flex: none; }
.swatch line { stroke: currentColor; stroke-width: 2.6; stroke-linecap: butt; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin: 8px 0 14px; padding: 0; font-size: .86rem; color: var(--muted); }
.legend li { display: inline-flex; flex-wrap: wrap; max-width: 100%; overflow-wrap: anywhere; align-items: center; gap: 0 8px; }

.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.4; }
th, td { text-align: left; padding: 8px 12px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--muted); font-weight: 500; font-size: .8rem; vertical-align: bottom; border-bottom-color: var(--axis); }
tbody th { font-weight: 500; }
th.number, td.number { text-align: right; padding-right: 16px; white-space: nowrap; }
thead button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: inherit; }
thead button::after { content: "\\2195"; opacity: .35; margin-left: 4px; }
th[aria-sort] button { color: var(--ink); }
th[aria-sort="ascending"] button::after { content: "\\2191"; opacity: 1; }
th[aria-sort="descending"] button::after { content: "\\2193"; opacity: 1; }
.ci { display: block; font-size: .78rem; line-height: 1.35; color: var(--muted); font-weight: 400; }
abbr.na { color: var(--muted); text-decoration: underline dotted; text-underline-offset: 3px; cursor: help; }
tr.mean > * { font-weight: 600; background: var(--sunken); }
tr.is-baseline { color: var(--muted); }
.wrap { overflow-wrap: anywhere; }
.minus { color: var(--muted); }

.boards { display: grid; gap: 22px; }
.board { margin: 0; }
.board h3 { font-size: 1.3rem; }
.leaderboard th, .leaderboard td { vertical-align: middle; padding-top: 10px; padding-bottom: 10px; }
.leaderboard { min-width: 560px; }
.leaderboard .strip-cell { width: 44%; padding-right: 4px; }
.leaderboard .number { font-size: 1rem; font-weight: 600; }
.leaderboard thead .number { font-size: .8rem; font-weight: 500; }
.rank { width: 52px; font-size: 1.02rem; color: var(--muted); }
.leaderboard .rank.tied { border-bottom-color: transparent; }
.rank.tied { position: relative; vertical-align: middle !important; }
.rank.tied span::after { content: ""; position: absolute; top: 14px; bottom: 14px; left: 18px; width: 8px; border: 1.5px solid var(--axis); border-left: 0; border-radius: 0 6px 6px 0; }
tfoot td { border: 0; padding-top: 2px; padding-bottom: 0; }
.strip { display: block; width: 100%; overflow: visible; }
.strip .range { stroke: currentColor; stroke-width: 5; stroke-linecap: round; opacity: .38; }
.strip circle { fill: currentColor; stroke: var(--surface); stroke-width: 1.5; }
.strip .ref { stroke: var(--axis); stroke-width: 1; stroke-dasharray: 2 3; }
.axis { position: relative; display: flex; justify-content: space-between; font-size: .74rem; color: var(--muted); }
.axis .at { position: absolute; transform: translateX(-50%); }
.comparisons { min-width: 680px; }
.comparisons .strip-cell { width: 30%; }
.anchors .strip-cell { width: 30%; min-width: 150px; }
.anchors .source { max-width: 260px; overflow-wrap: anywhere; }
.comparisons td, .comparisons th { vertical-align: middle; }
.method { font-size: .8rem; color: var(--muted); }

.heatmap { width: auto; min-width: min(100%, 560px); border-collapse: separate; border-spacing: 3px; margin-left: -3px; }
.heatmap th, .heatmap td { border: 0; padding: 6px 7px; }
.heatmap th[scope="row"] { padding-left: 3px; white-space: nowrap; }
.heatmap thead th { padding: 4px 5px; }
.heatmap thead th .id { display: block; }
td.heat { text-align: center; min-width: 66px; border-radius: 6px; vertical-align: middle; }
.heatmap td { vertical-align: middle; }
.heatmap tbody th { vertical-align: middle; }
.heatmap .support small { color: var(--muted); font-size: .8rem; }
td.heat.none { background: repeating-linear-gradient(45deg, transparent 0 5px, var(--sunken) 5px 10px); }
.scale { display: flex; flex-wrap: wrap; align-items: center; gap: 3px; font-size: .78rem; margin-top: 10px; }
.scale .heat { padding: 2px 9px; border-radius: 4px; }
.scale .note { margin-left: 10px; font-size: .78rem; }
.support.few { color: var(--warn); }
.metrics { min-width: 760px; }
.metrics td:nth-child(2):not(.number) { min-width: 212px; }
.metrics tbody th, .metrics thead th:first-child { position: sticky; left: 0; background: var(--surface); z-index: 1; min-width: 120px; }
.metrics tr.mean th { background: var(--sunken); }
details { margin-top: 14px; }
summary { cursor: pointer; color: var(--accent); font-size: .92rem; font-weight: 500; padding: 4px 0; }
summary .model { color: var(--ink); }
.controls { margin: 12px 0; font-size: .88rem; color: var(--muted); }
select { font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--axis); border-radius: 6px; padding: 3px 8px; max-width: 60vw; }
`;

const FIGURES = `
figure { margin: 0; min-width: 0; }
svg.chart { display: block; max-width: 100%; height: auto; }
svg text { font-family: inherit; font-variant-numeric: tabular-nums; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 18px 28px; }
.curve { border-top: 1px solid var(--line); padding-top: 14px; }
.curve h4 { margin: 0; }
.curve p.support { font-size: .82rem; color: var(--muted); margin: 2px 0 8px; }
.curve .pair { display: flex; gap: 6px; }
.curve .pair > svg { min-width: 0; flex: 0 1 auto; }
.curve.mean { border-top: 0; padding: 4px 0 22px; }
.curve.mean .pair { gap: 32px; flex-wrap: wrap; }
.curve.undefined { color: var(--muted); }
.distributions { width: auto; }
.distributions td { min-width: 168px; padding-right: 22px; }
.histogram { display: block; }
.histogram .positive { fill: var(--positive); opacity: .85; }
.histogram .negative { fill: var(--negative); opacity: .75; }
.histogram .middle { stroke: var(--axis); stroke-width: 1; }
.histogram .threshold { stroke: var(--ink); stroke-width: 1.3; }
.distributions .axis { width: 144px; }
.key { display: inline-block; width: 11px; height: 11px; border-radius: 3px; vertical-align: -1px; }
.key.positive { background: var(--positive); }
.key.negative { background: var(--negative); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 272px), 1fr)); gap: 14px 24px; margin-top: 18px; align-items: start; }
.plot { max-width: 100%; }
.direction + .direction { border-top: 1px solid var(--line); margin-top: 22px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr)); gap: 20px; margin: 0 0 36px; }
.case { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; box-shadow: var(--shadow); }
.case img, .case .no-picture { width: 100%; aspect-ratio: 1; object-fit: contain; background: #000; display: block; }
.case figcaption { padding: 14px 16px 16px; font-size: .88rem; line-height: 1.45; display: flex; flex-direction: column; gap: 4px; align-items: flex-start; border-top: 4px solid var(--line); }
.case figcaption .ci { overflow-wrap: anywhere; }
.case.missed figcaption { border-top-color: var(--series-4); }
.case.false-alarm figcaption { border-top-color: var(--positive); }
.case.found figcaption { border-top-color: var(--series-3); }
.label { font-size: .8rem; color: var(--muted); }
blockquote { margin: 4px 0; padding: 0 0 0 12px; border-left: 2px solid var(--line); font-size: .86rem; line-height: 1.5; color: var(--ink); max-height: 12em; overflow-y: auto; overflow-wrap: anywhere; }
.case .no-picture, .query .no-picture, .candidates .no-picture { display: grid; place-items: center; text-align: center; padding: 16px; color: var(--muted); background: var(--sunken); font-size: .8rem; min-height: 96px; }
.example { display: grid; grid-template-columns: 150px minmax(0, 1fr); gap: 20px; padding: 16px 0; border-top: 1px solid var(--line); }
.query img { width: 100%; border-radius: 8px; background: #000; display: block; }
.query .ci { margin: 6px 0 0; overflow-wrap: anywhere; }
.query .ci b { color: var(--ink); }
.candidates { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 165px), 1fr)); gap: 12px; margin: 0; padding: 0; }
.candidates li { position: relative; border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; font-size: .84rem; line-height: 1.45; overflow-wrap: anywhere; }
.candidates li.hit { border-color: var(--good); background: var(--good-soft); }
.candidates li.hit .ci { color: var(--good); }
.candidates .place { font-weight: 650; color: var(--muted); font-size: .8rem; }
.candidates p { margin: 2px 0 6px; max-height: 12em; overflow-y: auto; }
.candidates img { width: 100%; border-radius: 6px; background: #000; display: block; margin: 2px 0 4px; }
.pairs { display: grid; grid-template-columns: minmax(84px, max-content) minmax(0, 1fr); gap: 6px 16px; margin: 12px 0 0; font-size: .9rem; }
.pairs dt { color: var(--muted); overflow-wrap: anywhere; }
.pairs dd { margin: 0; overflow-wrap: anywhere; }
.pairs .pairs { margin: 0; font-size: inherit; }
.pairs .pairs .pairs { grid-template-columns: minmax(0, 1fr); gap: 0; }
.pairs .pairs .pairs dd { margin-bottom: 4px; }
.plain > li > .pairs { margin: 0; }
.plain > li + li:has(> .pairs) { border-top: 1px solid var(--line); margin-top: 10px; padding-top: 10px; }
.plain { list-style: none; padding: 0; margin: 8px 0; font-size: .88rem; }
.plain li { padding: 2px 0; }
.pairs + .note { margin: 14px 0 0; }
h5 > span:not(.model) { font-weight: 400; color: var(--muted); }
.notes { font-size: .88rem; color: var(--muted); padding-left: 18px; margin: 12px 0 0; }
.protocol { min-width: 620px; }
.protocol td.wrap { max-width: 320px; min-width: 180px; }
.caveats { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 6px 36px; }
.caveats h4 { margin: 14px 0 2px; }
.caveats p { color: var(--muted); font-size: .93rem; }
@media (max-width: 640px) {
  .leaderboard, .comparisons { min-width: 0; }
  .leaderboard thead, .leaderboard tfoot, .comparisons tfoot, .comparisons .strip-cell, .comparisons .method, .comparisons .method-head { display: none; }
  .leaderboard, .leaderboard tbody { display: block; }
  .leaderboard tr { display: grid; grid-template-columns: 30px minmax(0, 1fr) auto; border-bottom: 1px solid var(--line); padding: 6px 0 2px; }
  .leaderboard tr.in-tie { border-left: 3px solid var(--axis); padding-left: 8px; }
  .leaderboard .strip { overflow: hidden; }
  .leaderboard th, .leaderboard td { border: 0; padding: 4px 0; display: block; width: auto; }
  .leaderboard tr > th { grid-column: 2; }
  .leaderboard td.number { padding-right: 0; padding-left: 10px; }
  .leaderboard td.strip-cell { grid-column: 1 / -1; width: auto; }
  .leaderboard .rank { grid-column: 1; grid-row: 1; height: auto; }
  .leaderboard .rank.tied span::after { display: none; }
  .heatmap th[scope="row"] { white-space: normal; font-size: .8rem; line-height: 1.25; padding-right: 4px; }
  .heatmap .support small { display: none; }
  .heatmap th, .heatmap td { padding: 6px 6px; }
  td.heat { min-width: 62px; }
  .curve .pair svg text { font-size: 13px; }
  .curve.mean .pair svg text { font-size: 12px; }
  .card { padding: 18px 16px; border-radius: 10px; }
  .example { grid-template-columns: 1fr; }
  .query { max-width: 200px; }
  .query:has(blockquote) { max-width: none; }
  .pairs { grid-template-columns: 1fr; gap: 0 0; }
  .pairs dd { margin-bottom: 8px; }
  .gallery { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px; }
  .case figcaption { padding: 10px 12px 12px; }
}
`;

export const CONTENT_STYLE = PARTS + FIGURES;
