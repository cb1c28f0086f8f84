/** Labels: how often each finding is present, uncertain, absent or not spoken of, and which findings go together. */
import type { DatasetPicture, FindingPicture, LabelPicture } from '../../lib/eda/eda-data.ts';
import { html, type Markup } from '../markup.ts';
import { count, fixed } from '../numbers.ts';
import { type Section, scrollable } from '../section.ts';
import { countBars, shareText } from './plots.ts';

const STATES = ['present', 'uncertain', 'absent', 'unmentioned'] as const;

function stateBar(row: FindingPicture, total: number): Markup {
  const label = STATES.map((state) => `${row[state]} ${state}`).join(', ');
  const parts = STATES.map(
    (state) => html`<i class="${state}" style="width:${((100 * row[state]) / Math.max(1, total)).toFixed(2)}%"></i>`,
  );
  return html`<div class="states" role="img" aria-label="${label}" title="${label}">${parts}</div>`;
}

function imbalanceText(imbalance: number | null): Markup {
  if (imbalance === null) return html`<abbr class="na" title="no study has it">n/a</abbr>`;
  return html`1 : ${imbalance < 10 ? fixed(imbalance, 1) : count(Math.round(imbalance))}`;
}

function frequencyTable({ labels, studies }: DatasetPicture): Markup {
  const rows = labels.findings.map(
    (
      row,
    ) => html`<tr><th scope="row">${row.finding}</th><td class="state-cell" data-value="${row.present + row.uncertain + row.absent}">${stateBar(row, studies)}</td>
<td class="number" data-value="${row.prevalence.share ?? ''}">${shareText(row.prevalence)}</td><td class="number wide-only" data-value="${row.present}">${count(row.present)}</td>
<td class="number wide-only" data-value="${row.imbalance ?? ''}">${imbalanceText(row.imbalance)}</td><td class="number wide-only" data-value="${row.uncertainty.share ?? ''}">${shareText(row.uncertainty)}</td></tr>`,
  );
  return html`<table class="findings-table sortable"><thead><tr><th scope="col">Finding</th><th scope="col" class="state-cell">What labels say</th>
<th scope="col" class="number">Present</th><th scope="col" class="number wide-only">Studies</th><th scope="col" class="number wide-only">With : without</th><th scope="col" class="number wide-only">Uncertain where mentioned</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

const HEAT_STEPS = 10;

/** Colour by phi; the strongest step is reached at 0.5, which is a strong association of findings. */
function heatClass(phi: number): string {
  const step = Math.min(HEAT_STEPS, Math.round(Math.abs(phi) * 2 * HEAT_STEPS));
  return `heat ${phi < 0 ? 'below' : 'above'} h${step}`;
}

function matrix({ associated, association }: LabelPicture): Markup {
  const head = associated.map((name) => html`<th scope="col"><span>${name}</span></th>`);
  const rows = associated.map((a, i) => {
    const cells = associated.map((b, j) => {
      const { both, phi, oddsRatio } = association[i]![j]!;
      if (i === j) return html`<td class="self" title="${a}: ${both} studies">·</td>`;
      if (phi === null || oddsRatio === null)
        return html`<td class="self" title="undefined: one of the two is constant">n/a</td>`;
      const odds = oddsRatio >= 10 ? count(Math.round(oddsRatio)) : fixed(oddsRatio, 2);
      return html`<td class="${heatClass(phi)}" title="${a} and ${b}: ${both} studies with both, odds ratio ${odds}">${fixed(phi, 2)}</td>`;
    });
    return html`<tr><th scope="row">${a}</th>${cells}</tr>`;
  });
  return scrollable(
    html`<div class="matrix-wrap"><table class="matrix"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table></div>`,
    'which findings go together',
  );
}

/** The pairs of findings with the largest phi, No Finding left out: its partners are absent by definition. */
function strongest({ associated, association }: LabelPicture): Markup | null {
  const pairs = associated.flatMap((a, i) =>
    associated.slice(i + 1).flatMap((b, offset) => {
      const cell = association[i]![i + 1 + offset]!;
      return a === 'No Finding' || b === 'No Finding' || cell.phi === null || cell.phi <= 0 ? [] : [{ a, b, ...cell }];
    }),
  );
  pairs.sort((x, y) => y.phi! - x.phi!);
  if (pairs.length === 0) return null;
  const items = pairs
    .slice(0, 5)
    .map(
      ({ a, b, both, phi, oddsRatio }) =>
        html`<li><b>${a}</b> with <b>${b}</b>: ${count(both)} studies have both, odds ratio ${oddsRatio! >= 10 ? count(Math.round(oddsRatio!)) : fixed(oddsRatio!, 1)}, φ ${fixed(phi!, 2)}</li>`,
    );
  return html`<h4>What goes together most</h4><ul class="plain">${items}</ul>`;
}

function card(picture: DatasetPicture): Markup {
  const { labels } = picture;
  const key = STATES.map((state) => html`<li><span class="key ${state}"></span>${state}</li>`);
  return html`<article class="card"><h3>Findings <span>${picture.title}</span></h3>
<ul class="legend">${key}</ul>${scrollable(frequencyTable(picture), 'label frequency')}</article>
<article class="card"><h3>Findings together <span>${picture.title}</span></h3>
<div class="two"><div><h4>Findings per study</h4>${countBars(labels.perStudy, 'studies by number of findings present')}<p class="numbers">findings present in one study, No Finding not counted</p></div><div>${strongest(labels)}</div></div>
${labels.associated.length > 1 && html`<h4>Association of every pair (φ)</h4>${matrix(labels)}<p class="note">φ runs from −1 (never together) to 1 (always together). Point at a cell for the odds ratio; where a cell of the two-by-two table is empty, a half is added to each.</p>`}</article>`;
}

export function labelSection(datasets: readonly DatasetPicture[]): Section {
  const body = html`<p class="intro">A finding that the labels do not speak of is “unmentioned”, which is not the same as absent; what it counts as is a label policy's choice. Intervals are 95 %, by patients.</p>${datasets.map(card)}`;
  return { id: 'labels', title: 'Labels', short: 'Labels', body };
}
