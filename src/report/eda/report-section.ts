/** Reports: sections, length, vocabulary, the most common sentences. */
import type { Category, DatasetPicture, VocabularyPicture } from '../../lib/eda/eda-data.ts';
import { html, type Markup } from '../markup.ts';
import { count, fixed, percent } from '../numbers.ts';
import { type Section, scrollable } from '../section.ts';
import { bars, cellBar, growthCurve, histogram, shareText } from './plots.ts';

function vocabulary(picture: VocabularyPicture): Markup {
  const { tokens, types, once, redacted, growth, heaps } = picture;
  const exponent =
    heaps === null
      ? null
      : html` Heaps' exponent ${fixed(heaps, 2)}: ${heaps < 0.5 ? 'new reports bring few new words' : 'new reports keep bringing new words'}.`;
  return html`<div><h4>Vocabulary</h4>${growthCurve(growth)}<p class="numbers">distinct words against reports, in an order drawn by the seed. ${count(types)} distinct words in ${count(tokens)}; ${percent(once / Math.max(1, types))} of them occur once${redacted > 0 && html`; ${percent(redacted)} of all words are XXXX`}.${exponent}</p></div>`;
}

function sentenceTable(sentences: readonly Category[]): Markup {
  const longest = sentences[0]?.share.share ?? 1;
  const rows = sentences.map(
    ({ name, share }) =>
      html`<tr><th scope="row">${name}</th><td class="state-cell">${cellBar(share, longest)}</td><td class="number">${count(share.count)}</td><td class="number">${shareText(share)}</td></tr>`,
  );
  return scrollable(
    html`<table class="sentences"><thead><tr><th scope="col">Sentence</th><th scope="col" class="state-cell"></th><th scope="col" class="number">Reports</th><th scope="col" class="number">Of all</th></tr></thead><tbody>${rows}</tbody></table>`,
    'most common sentences',
  );
}

function card({ title, tier, reports }: DatasetPicture): Markup {
  const { sections, words, vocabulary: words2, sentences } = reports;
  if (words === null)
    return html`<article class="card"><h3>Reports <span>${title}</span></h3><p class="note">n/a: the release has no reports.</p></article>`;
  const common =
    sentences === undefined
      ? html`<p class="note">Not shown: ${tier} data lets no text into a report.</p>`
      : sentences.length === 0
        ? html`<p class="note">No sentence stands in two reports.</p>`
        : sentenceTable(sentences);
  return html`<article class="card"><h3>Reports <span>${title}</span></h3><div class="two">
<div><h4>Sections</h4>${bars(sections)}<p class="numbers">${shareText(reports.reported)} of the studies have findings or impression</p></div>
<div><h4>Length, words</h4>${histogram(words, 'words in findings and impression')}<p class="numbers">findings and impression together</p></div>
${words2 && vocabulary(words2)}</div><h4>Most common sentences</h4>${common}</article>`;
}

export function reportSection(datasets: readonly DatasetPicture[]): Section {
  return { id: 'reports', title: 'Reports', short: 'Reports', body: html`${datasets.map(card)}` };
}
