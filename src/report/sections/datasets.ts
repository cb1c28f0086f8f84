/** Data: tier, licence, citation and split of every dataset, problems found, and pairs that were not run. */
import { mayShow, NOT_SHOWN, TIER_RULES } from '../../core/data-use.ts';
import type { ReportedDataset } from '../../core/report-data.ts';
import { html, type Markup } from '../markup.ts';
import { count, plural } from '../numbers.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Section, scrollable } from '../section.ts';

/** How many there are, and not which. */
function withheld(items: string, what: string): Markup {
  return html`<p class="note">${items} ${what}; which: ${NOT_SHOWN}.</p>`;
}

function problems(dataset: ReportedDataset): Markup {
  if (dataset.problemCount === 0) return html`<p class="note">No problem was found in the release.</p>`;
  if (!mayShow(dataset.tier, 'ids')) return withheld(plural(dataset.problemCount, 'item'), 'with a problem');
  const more = dataset.problemCount - dataset.problems.length;
  const list = dataset.problems.map(({ item, problem }) => html`<li><code>${item}</code> ${problem}</li>`);
  return html`<details><summary>${plural(dataset.problemCount, 'item')} with a problem</summary>
<ul class="plain">${list}${more > 0 && html`<li>… and ${count(more)} more</li>`}</ul></details>`;
}

/** The name of the split with the first digits of its digest; the whole is in the title. */
function shortSplit(split: string): string {
  return split.replace(/#([0-9a-f]{8})[0-9a-f]+$/, '#$1…');
}

const SHOWN_FAILURES = 20;

/** Items that some model could not be asked about, each once with its reason. */
function failures(dataset: ReportedDataset, { data }: ReportIndex): Markup | null {
  const items = new Map<string, string>();
  for (const { dataset: id, item, failure } of data.predictions)
    if (id === dataset.id && failure !== null && !items.has(item)) items.set(item, failure);
  if (items.size === 0) return null;
  if (!mayShow(dataset.tier, 'ids')) return withheld(plural(items.size, 'item'), 'without a prediction');
  const rest = items.size - SHOWN_FAILURES;
  const list = [...items].slice(0, SHOWN_FAILURES).map(([item, why]) => html`<li><code>${item}</code> ${why}</li>`);
  return html`<details><summary>${plural(items.size, 'item')} without a prediction</summary>
<ul class="plain">${list}${rest > 0 && html`<li>… and ${count(rest)} more</li>`}</ul></details>`;
}

function card(dataset: ReportedDataset, index: ReportIndex): Markup {
  const synthetic = dataset.synthetic && html` <span class="chip synthetic">synthetic: no clinical meaning</span>`;
  return html`<article class="card">
<h3>${dataset.title} <span>${dataset.id}</span></h3><p><span class="chip tier">${dataset.tier}: ${TIER_RULES[dataset.tier].title}</span>${synthetic}</p>
<dl class="pairs"><dt>Reader</dt><dd>${dataset.name}, version ${dataset.version}</dd>
<dt>Split</dt><dd title="${dataset.split}">${shortSplit(dataset.split)}; judged on the part “${dataset.part}”</dd>
<dt>Size</dt><dd>${plural(dataset.patients, 'patient')}, ${plural(dataset.studies, 'study', 'studies')}, ${plural(dataset.images, 'image')}</dd>
<dt>Licence</dt><dd>${dataset.licence}</dd>
<dt>Cite</dt><dd>${dataset.citation}</dd></dl>${problems(dataset)}${failures(dataset, index)}</article>`;
}

function skipped({ data }: ReportIndex): Markup | null {
  if (data.skipped.length === 0) return null;
  const rows = data.skipped.map(({ what, reason }) => html`<tr><th scope="row">${what}</th><td>${reason}</td></tr>`);
  return html`<article class="card">
<h3>Not run</h3><p class="lead">Pairs of the suite that could not be judged, with the reason.</p>${scrollable(
    html`<table>
<thead><tr><th scope="col">Pair</th><th scope="col">Reason</th></tr></thead>
<tbody>${rows}</tbody></table>`,
    'pairs that were not run',
  )}</article>`;
}

export function datasetSection(index: ReportIndex): Section {
  const cards = index.data.datasets.map((dataset) => card(dataset, index));
  const body = html`<div class="columns">${cards}</div>${skipped(index)}`;
  return { id: 'data', title: 'Data', short: 'Data', body };
}
