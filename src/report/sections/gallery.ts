/** Gallery: the most confident errors and successes, with the picture and, for open data, what the radiologist wrote. */
import { mayShow, NOT_SHOWN } from '../../core/data-use.ts';
import { chooseGallery, GALLERY_KINDS, type GalleryItem, type GalleryKind } from '../gallery.ts';
import { html, type Markup } from '../markup.ts';
import { modelKey, taskTitle } from '../naming.ts';
import { fixed } from '../numbers.ts';
import type { ReportIndex } from '../report-index.ts';
import { modelLabel, type Section, seenChip } from '../section.ts';
import { picture } from './picture.ts';
import { reportText } from './retrieval-examples.ts';

const KINDS: Readonly<Record<GalleryKind, { title: string; note: string }>> = {
  missed: { title: 'Missed', note: 'labelled positive, scored among the lowest' },
  'false-alarm': { title: 'False alarms', note: 'labelled negative, scored among the highest' },
  found: { title: 'Found', note: 'labelled positive, scored among the highest' },
};

/** Where a score stands among the model's scores for the finding. */
function standing(percentile: number): string {
  const tail = Math.max(1, Math.ceil(100 * Math.min(percentile, 1 - percentile)));
  return `among the ${percentile < 0.5 ? 'lowest' : 'highest'} ${tail} %`;
}

function card({ row, percentile, kind }: GalleryItem, index: ReportIndex): Markup {
  const dataset = index.dataset(row.dataset);
  const open = mayShow(dataset.tier, 'pixels');
  const model = index.models.find(({ key }) => key === modelKey(row.model, row.variant));
  const text = mayShow(dataset.tier, 'text') ? reportText(index.data.reports.get(row.study)) : undefined;
  const written = text !== undefined && html`<blockquote>${text}</blockquote>`;
  const verdict = row.decision === null ? 'no decision' : row.decision === 1 ? 'says present' : 'says absent';
  const label = row.target === 1 ? 'labelled present' : 'labelled absent';
  return html`<figure class="case ${kind}">${picture(index, { item: row.item, study: row.study, open })}
<figcaption><b>${row.finding}</b><span class="label">${label} · ${verdict}</span>
<span class="ci">score ${fixed(row.score!)}, ${standing(percentile)} of this model’s for the finding</span>
${model ? modelLabel(model) : row.model}${seenChip(model, dataset.name)}${written}
<span class="ci">${dataset.title} · ${taskTitle(row.task)} · ${row.item}</span></figcaption></figure>`;
}

export function gallerySection(index: ReportIndex): Section | undefined {
  const exclude = index.models.filter((model) => model.baseline).map((model) => model.id);
  const isShown = (dataset: string) => mayShow(index.dataset(dataset).tier, 'rows');
  const items = chooseGallery(
    index.data.predictions.filter((row) => isShown(row.dataset)),
    { exclude },
  );
  const withheld = new Set(index.data.predictions.map((row) => row.dataset).filter((dataset) => !isShown(dataset)));
  if (items.length === 0 && withheld.size === 0) return undefined;
  const parts = GALLERY_KINDS.map((kind) => {
    const cards = items.filter((item) => item.kind === kind).map((item) => card(item, index));
    const { title, note } = KINDS[kind];
    return cards.length > 0 && html`<h3>${title} <span>${note}</span></h3><div class="gallery">${cards}</div>`;
  });
  const missing = [...withheld].map(
    (id) => html`<p class="note">Single cases of ${index.dataset(id).title}: ${NOT_SHOWN}. The run folder has them in
<code>predictions.parquet</code>.</p>`,
  );
  const body = html`<p class="intro">Chosen by rule, not by hand: the items that lie highest or lowest among a model’s
own scores for a finding, spread over findings and models. An “error” here is a disagreement with the label, and labels
drawn from reports are wrong at times: look before you conclude.</p>${parts}${missing}`;
  return { id: 'gallery', title: 'Errors and successes', short: 'Gallery', body };
}
