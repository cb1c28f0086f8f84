/** Parts of a split against one another, and dataset against dataset: what differs, how much, and how surely. */
import type { ComparisonRow, DatasetPicture, EdaData, GroupComparison } from '../../lib/eda/eda-data.ts';
import { html, type Markup } from '../markup.ts';
import { count, isNumber, number, percent, probability } from '../numbers.ts';
import { type Section, scrollable } from '../section.ts';

export const SIGNIFICANT = 0.05;

export function differs({ adjusted }: ComparisonRow): boolean {
  return isNumber(adjusted) && adjusted < SIGNIFICANT;
}

/** Cohen's words for V with two groups; D is read alike. */
function sizeWord(effect: number): string {
  return effect < 0.1 ? 'negligible' : effect < 0.3 ? 'small' : effect < 0.5 ? 'medium' : 'large';
}

function valueText(value: number | null, unit: ComparisonRow['unit']): Markup {
  if (unit === 'distribution') return html`<span class="minus">–</span>`;
  if (!isNumber(value)) return number(null, { reason: 'nothing is stated in this group' });
  return unit === 'share' ? html`${percent(value)}` : html`${Number(value.toFixed(1))}`;
}

function row(entry: ComparisonRow): Markup {
  const { what, unit, test, effect, p, adjusted, nA, nB } = entry;
  const size = isNumber(effect)
    ? html`${effect.toFixed(2)}<span class="ci">${sizeWord(effect)}</span>`
    : number(null, { reason: 'no test: too few of them' });
  const chip = differs(entry) ? html` <span class="chip differ">differs</span>` : null;
  return html`<tr class="${differs(entry) ? 'differs' : ''}"><th scope="row">${what}${chip}</th><td class="number" title="n = ${count(nA)}">${valueText(entry.a, unit)}</td><td class="number" title="n = ${count(nB)}">${valueText(entry.b, unit)}</td><td class="number" data-value="${effect ?? ''}">${size}</td><td class="number" data-value="${p ?? ''}">${probability(p)}</td><td class="number" data-value="${adjusted ?? ''}">${probability(adjusted)}</td><td class="method">${test}</td></tr>`;
}

function card(comparison: GroupComparison): Markup {
  const { a, b, rows } = comparison;
  const different = rows.filter(differs).length;
  const tested = rows.filter(({ p }) => p !== null).length;
  const lead =
    tested === 0
      ? 'Nothing could be tested.'
      : `${different === 0 ? 'None' : count(different)} of ${count(tested)} tested differ after correction.`;
  const table = html`<table class="drift sortable"><thead><tr><th scope="col">What</th><th scope="col" class="number">${a}</th><th scope="col" class="number">${b}</th><th scope="col" class="number">Effect</th><th scope="col" class="number">p</th><th scope="col" class="number">p, Holm</th><th scope="col">Test</th></tr></thead><tbody>${rows.map(row)}</tbody></table>`;
  return html`<article class="card"><h3>${a} <span>against</span> ${b}</h3><p class="lead">${lead}</p>${scrollable(table, `${a} against ${b}`)}</article>`;
}

function splitSentence({ title, split }: DatasetPicture): Markup {
  const parts = (['train', 'validation', 'test', 'excluded'] as const).flatMap((part) =>
    split.parts[part] === undefined ? [] : [`${part} ${count(split.parts[part])}`],
  );
  return html`<li><b>${title}</b>: split ${split.name}, ${parts.join(', ')} <span class="ci">digest ${split.digest}</span></li>`;
}

export function driftSection({ datasets, comparisons }: EdaData): Section {
  const none = comparisons.length === 0 && html`<p class="note">The split has no two parts to compare.</p>`;
  const body = html`<p class="intro">Findings: share of the studies, chi-squared corrected for patients (Rao–Scott). Sex and views: chi-squared, one study per patient. Ages, lengths and grey levels: medians, Kolmogorov–Smirnov, one value per patient. p is corrected by Holm within each table; effect is Cramér's V or D, from 0 (same) to 1. In large data a negligible effect can be significant.</p>
<div class="card"><ul class="readings">${datasets.map(splitSentence)}</ul></div>${comparisons.map(card)}${none}`;
  return { id: 'splits', title: 'Splits and drift', short: 'Splits', body };
}
