/** A section of the report, and the small pieces that sections share: model names with swatch and exposure, legends, chips. */
import { seriesStyle } from './charts/colours.ts';
import { html, type Markup } from './markup.ts';
import type { NamedModel } from './naming.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  /** Word in the navigation. */
  readonly short: string;
  readonly body: Markup;
}

const EXPOSURE = {
  trained: { text: 'trained on it', why: 'the model was trained on this dataset: scores are not those of unseen data' },
  tuned: { text: 'tuned on it', why: 'the model was tuned on this dataset: scores are not those of unseen data' },
  clean: { text: 'unseen', why: 'by its authors’ account the model saw nothing of this dataset' },
  unknown: { text: 'exposure unknown', why: 'whether the model saw this dataset in training is not known' },
} as const;

/** What the model saw of a dataset, as a chip; nothing for baselines. */
export function exposureChip(model: NamedModel, dataset: string): Markup | null {
  if (model.baseline) return null;
  const exposure = model.reported?.card?.exposure[dataset] ?? 'unknown';
  const { text, why } = EXPOSURE[exposure];
  return html` <span class="chip ${exposure}" title="${why}">${text}</span>`;
}

/** The chip where scores are not those of unseen data, for places with no room to say more; nothing otherwise. */
export function seenChip(model: NamedModel | undefined, dataset: string): Markup | null {
  const exposure = model?.reported?.card?.exposure[dataset];
  return model && (exposure === 'trained' || exposure === 'tuned') ? exposureChip(model, dataset) : null;
}

export function swatch(model: NamedModel): Markup {
  const { swatch: index, dash } = seriesStyle(model);
  return html`<svg class="swatch s${index}" width="24" height="8" aria-hidden="true"><line x1="0" x2="24" y1="4" y2="4" stroke-dasharray="${dash[0] === 1 ? 'none' : dash.join(' ')}"/></svg>`;
}

/** Swatch and name; the exposure to `dataset` (its plug-in name) beside it where one is given. */
export function modelLabel(model: NamedModel, dataset?: string): Markup {
  const chip = dataset === undefined ? null : exposureChip(model, dataset);
  const kind = model.baseline ? html` <span class="chip baseline">baseline</span>` : null;
  return html`<span class="model">${swatch(model)}<span class="id">${model.name}</span>${kind}${chip}</span>`;
}

/** @param dataset plug-in name of the dataset that the chart is about */
export function legend(models: readonly NamedModel[], dataset: string): Markup {
  return html`<ul class="legend">${models.map((model) => html`<li>${swatch(model)}${model.name}${exposureChip(model, dataset)}</li>`)}</ul>`;
}

/** A table that scrolls inside itself, so that the page never does. */
export function scrollable(table: Markup, label: string): Markup {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}
