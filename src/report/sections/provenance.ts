/** Provenance: versions, digests and machine from the manifest, and the suite as it was resolved. */
import { html, type Markup } from '../markup.ts';
import type { ReportIndex } from '../report-index.ts';
import type { Section } from '../section.ts';

function isDigest(text: string): boolean {
  return /^[0-9a-f]{40,}$/.test(text);
}

function leaf(value: unknown): Markup {
  const text = value === null || value === undefined ? 'not recorded' : String(value);
  return isDigest(text)
    ? html`<code title="${text}">${text.slice(0, 16)}…</code>`
    : html`<span class="wrap">${text}</span>`;
}

/** Nested facts as nested definition lists; keys in the order of the manifest. */
function tree(value: unknown): Markup {
  if (value === null || typeof value !== 'object') return leaf(value);
  if (Array.isArray(value)) {
    const simple = value.every((entry) => entry === null || typeof entry !== 'object');
    if (simple) return html`<span class="wrap">${value.map((entry) => String(entry)).join(', ')}</span>`;
    return html`<ul class="plain">${value.map((entry) => html`<li>${tree(entry)}</li>`)}</ul>`;
  }
  return html`<dl class="pairs">${Object.entries(value).map(([key, entry]) => html`<dt>${key}</dt><dd>${tree(entry)}</dd>`)}</dl>`;
}

export function provenanceSection({ data }: ReportIndex): Section {
  const suite = html`<article class="card"><h3>Suite</h3><dl class="pairs">
<dt>Name</dt><dd>${data.suite.name}, version ${data.suite.version}</dd>
<dt>Digest</dt><dd>${leaf(data.suite.digest)}</dd><dt>Seed</dt><dd>${data.seed}</dd></dl>
<details><summary>The suite with every default explicit</summary><pre>${data.suite.text}</pre></details></article>`;
  const groups = Object.entries(data.provenance).filter(([, value]) => value !== null && typeof value === 'object');
  const singles = Object.entries(data.provenance).filter(([, value]) => value === null || typeof value !== 'object');
  const facts =
    singles.length > 0 && html`<article class="card"><h3>Program</h3>${tree(Object.fromEntries(singles))}</article>`;
  const cards = groups.map(
    ([name, value]) =>
      html`<article class="card"><h3>${name[0]?.toUpperCase()}${name.slice(1)}</h3>${tree(value)}</article>`,
  );
  const body = html`<p class="intro">What is needed to make the same numbers again. This page holds no time stamp: the
same run gives the same bytes.</p>
<div class="columns">${suite}${facts}${cards}</div>`;
  return { id: 'provenance', title: 'Provenance', short: 'Provenance', body };
}
