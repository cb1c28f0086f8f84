/** Style of what only the picture of a dataset has: bars, histograms, the matrix of findings. */
export const EDA_STYLE = `
.bars { display: grid; grid-template-columns: minmax(64px, max-content) minmax(60px, 1fr) max-content; gap: 7px 12px; align-items: center; margin: 10px 0 0; font-size: .88rem; }
.bar-row { display: contents; }
.bars .name { overflow-wrap: anywhere; max-width: 260px; line-height: 1.3; }
.bars .track { display: block; position: relative; height: 14px; background: var(--sunken); border-radius: 4px; }
.bars .fill { position: absolute; inset: 0 auto 0 0; background: var(--series-1); border-radius: 4px; opacity: .85; min-width: 1px; }
.bars .whisker { position: absolute; top: 6px; height: 2px; background: var(--ink); opacity: .75; min-width: 1px; }
.bars .value { text-align: right; white-space: nowrap; }
.bars .ci { display: inline; margin-left: 5px; }
.states { display: flex; height: 14px; border-radius: 4px; overflow: hidden; min-width: 120px; background: var(--sunken); }
.states i { display: block; height: 100%; }
.present { background: var(--positive); }
.uncertain { background: var(--series-5); }
.absent { background: var(--negative); }
.unmentioned { background: var(--line); }
.key.present, .key.uncertain, .key.absent, .key.unmentioned { border: 0; }
.findings-table { min-width: 640px; }
.findings-table td, .findings-table th { vertical-align: middle; }
.findings-table .state-cell { width: 34%; }
.drift { min-width: 620px; }
.drift td, .drift th { vertical-align: middle; }
.drift tr.differs th { font-weight: 650; }
.matrix { border-collapse: separate; border-spacing: 2px; width: auto; font-size: .76rem; }
.matrix th { border: 0; padding: 2px 8px 2px 0; font-weight: 400; white-space: nowrap; color: var(--ink); }
.matrix th[scope="row"] { vertical-align: middle; position: sticky; left: 0; background: var(--surface); z-index: 1; }
.matrix thead th { height: 152px; padding: 0; vertical-align: bottom; position: relative; min-width: 40px; border: 0; }
.matrix thead th span { position: absolute; bottom: 6px; left: 50%; transform-origin: 0 100%; transform: rotate(-45deg); white-space: nowrap; }
.matrix td, .matrix td.heat { border: 0; padding: 0; min-width: 40px; width: 40px; height: 30px; text-align: center; vertical-align: middle; border-radius: 4px; }
.matrix td.self { background: var(--sunken); color: var(--muted); }
.matrix-wrap { padding-right: 96px; display: inline-block; }
.numbers .ci { display: inline; margin-left: 4px; }
.two { margin-top: 14px; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 24px 40px; align-items: start; }
.two h4:first-child, .two figure h4 { margin-top: 0; }
.two > div { min-width: 0; }
svg.plot-svg { display: block; width: 100%; max-width: 440px; height: auto; }
svg.plot-svg text { fill: var(--muted); font-size: 11px; }
svg.plot-svg .bar { fill: var(--series-1); opacity: .85; }
svg.plot-svg .band { fill: var(--series-1); opacity: .2; }
svg.plot-svg .line { fill: none; stroke: var(--series-1); stroke-width: 2; stroke-linejoin: round; }
svg.plot-svg .dot { fill: var(--series-1); }
svg.plot-svg .base { stroke: var(--axis); stroke-width: 1; }
svg.plot-svg .guide { stroke: var(--grid); stroke-width: 1; }
svg.plot-svg .middle { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 3 3; }
.numbers { font-size: .84rem; color: var(--muted); margin: 4px 0 0; }
.sentences td, .sentences th { vertical-align: middle; }
.sentences th { font-weight: 400; }
.sentences .state-cell { width: 28%; min-width: 90px; }
.card + .card { margin-top: 0; }
@media (max-width: 640px) {
  .bars { display: block; }
  .bar-row { display: grid; grid-template: "name value" auto "track track" auto / minmax(0, 1fr) max-content; gap: 3px 10px; margin-bottom: 10px; }
  .bars .name { grid-area: name; max-width: none; }
  .bars .value { grid-area: value; }
  .bars .track { grid-area: track; }
  .findings-table { min-width: 0; }
  .findings-table .wide-only { display: none; }
  .findings-table th, .findings-table td { padding-right: 10px; }
  .findings-table td.number { padding-right: 0; }
  .findings-table .state-cell { width: 34%; }
  .sentences .state-cell { display: none; }
  .states { min-width: 72px; }
  .matrix td, .matrix td.heat { width: 36px; min-width: 36px; }
  .matrix thead th { min-width: 36px; }
}
@media print { .matrix-wrap { padding-right: 60px; } .two { grid-template-columns: 1fr 1fr; } }
`;
