/** Published anchors: this run's numbers beside those of the literature, as intervals on one axis, each with its verdict. */
import type { AnchorOutcome, AnchorVerdict } from '../../core/anchors.ts';
import { verdictCounts } from '../anchor-text.ts';
import { seriesStyle } from '../charts/colours.ts';
import { type Axis, axisLabels, axisOf, type Interval, intervalStrip } from '../charts/interval-strip.ts';
import { html, type Markup } from '../markup.ts';
import { measureTitle, taskTitle } from '../naming.ts';
import { count, decimalsOf, estimate, isNumber, signed } from '../numbers.ts';
import type { ReportIndex } from '../report-index.ts';
import { exposureChip, type Section, scrollable } from '../section.ts';

const MEANING: Readonly<Record<AnchorVerdict, string>> = {
  reproduced: 'the difference is within the tolerance',
  compatible: 'the difference is larger than the tolerance, but the intervals overlap',
  differs: 'the intervals do not overlap',
  'not computed': 'this run has no such value',
};

const CHIP: Readonly<Record<AnchorVerdict, string>> = {
  reproduced: 'clean',
  compatible: 'same',
  differs: 'trained',
  'not computed': 'unknown',
};

const TAGS = {
  verified: 'read in the authors’ repository',
  table: 'copied from the paper by others',
  reported: 'recalled from the paper, not checked again',
} as const;

const publishedInterval = ({ value, interval }: AnchorOutcome): Interval => {
  const [ciLow, ciHigh] = interval ?? [null, null];
  return { value, ciLow, ciHigh };
};

const ourInterval = ({ ours, ciLow, ciHigh }: AnchorOutcome): Interval => ({ value: ours, ciLow, ciHigh });

function row(outcome: AnchorOutcome, axis: Axis, swatch: number): Markup {
  const { metric, finding, verdict, difference, tag, source, note, reason, tolerance, n } = outcome;
  const decimals = decimalsOf(metric);
  const ours = { ...ourInterval(outcome), ...(reason === undefined ? {} : { reason }) };
  const gap = isNumber(difference) ? signed(difference, decimals) : '–';
  return html`<tr><th scope="row">${measureTitle(metric, finding)}${n !== null && html`<span class="ci">${count(n)} rows</span>`}</th>
<td><span class="chip ${CHIP[verdict]}" title="${MEANING[verdict]}; tolerance ${tolerance}">${verdict}</span></td>
<td class="number">${estimate(ours, decimals)}</td><td class="number">${estimate(publishedInterval(outcome), decimals)}</td>
<td class="number">${gap}</td>
<td class="strip-cell">${intervalStrip(ourInterval(outcome), axis, swatch, decimals)}${intervalStrip(publishedInterval(outcome), axis, 0, decimals)}</td>
<td class="source">${source}<span class="ci">${TAGS[tag]}${note !== undefined && `; ${note}`}</span></td></tr>`;
}

/** Anchors of one model on one question, by metric scale: a rank and a share have no common axis. */
function card(outcomes: readonly AnchorOutcome[], index: ReportIndex): Markup {
  const [first] = outcomes;
  const dataset = index.dataset(first!.dataset);
  const model = index.model(first!.model);
  const axis = axisOf(outcomes.flatMap((outcome) => [ourInterval(outcome), publishedInterval(outcome)]));
  const swatch = model ? seriesStyle(model).swatch : 1;
  const table = html`<table class="anchors"><thead><tr><th scope="col">Number</th><th scope="col">Verdict</th>
<th scope="col" class="number">This run</th><th scope="col" class="number">Published</th><th scope="col" class="number">Δ</th>
<th scope="col" class="strip-cell">Above: this run; below: published</th><th scope="col">Source</th></tr></thead>
<tbody>${outcomes.map((outcome) => row(outcome, axis, swatch))}</tbody>
<tfoot><tr><td colspan="5"></td><td class="strip-cell">${axisLabels(axis)}</td><td></td></tr></tfoot></table>`;
  return html`<article class="card"><h3>${first!.model}${model && exposureChip(model, dataset.name)} <span>${taskTitle(first!.task)} on ${dataset.title}</span></h3>
<p class="lead">${verdictCounts(outcomes)}.</p>${scrollable(table, `published numbers of ${first!.model} on ${first!.dataset}`)}</article>`;
}

export function anchorSection(index: ReportIndex): Section | undefined {
  const { anchors = [] } = index.data;
  if (anchors.length === 0) return undefined;
  const groups = new Map<string, AnchorOutcome[]>();
  for (const anchor of anchors) {
    const key = [anchor.model, anchor.dataset, anchor.task, decimalsOf(anchor.metric)].join('\u0000');
    groups.set(key, [...(groups.get(key) ?? []), anchor]);
  }
  const cards = [...groups.values()].map((group) => card(group, index));
  const body = html`<p class="intro">What the literature says, and what this run computed under the protocol of the suite.
“Reproduced”: the difference is within the tolerance that the suite declares. “Compatible”: larger, but the intervals
overlap, which says little where they are wide. “Differs”: neither. A number without an interval counts as a point.</p>${cards}`;
  return { id: 'anchors', title: 'Published anchors', short: 'Anchors', body };
}
