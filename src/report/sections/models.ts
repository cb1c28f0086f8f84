/** Models: card, what each saw of every dataset, parameters, members of an ensemble. */
import { html, type Markup } from '../markup.ts';
import type { NamedModel } from '../naming.ts';
import { magnitude } from '../numbers.ts';
import type { ReportIndex } from '../report-index.ts';
import { exposureChip, type Section, swatch } from '../section.ts';

function origin(model: NamedModel): string {
  const reported = model.reported;
  if (model.baseline) return 'baseline: no model, judged like one';
  if (!reported?.use) return 'stored predictions: no model ran here';
  return reported.members > 1 ? `ensemble of ${reported.members} checkpoints` : 'single checkpoint';
}

function cardFacts(model: NamedModel): Markup {
  const reported = model.reported;
  const card = reported?.card;
  const facts: [string, string][] = [['Kind', origin(model)]];
  const bundle = reported?.bundle;
  if (bundle) facts.push(['Architecture', bundle.architecture]);
  else if (card) facts.push(['Architecture', card.architecture]);
  if (bundle?.preprocessing) facts.push(['Preprocessing', bundle.preprocessing]);
  for (const [name, value] of Object.entries(bundle?.options ?? {})) facts.push([`Option ${name}`, String(value)]);
  if (reported?.parameters) facts.push(['Parameters', magnitude(reported.parameters)]);
  if (model.variant !== '') facts.push(['Variant', model.variant]);
  if (reported?.use) facts.push(['Importer', reported.use]);
  if (card) facts.push(['Weights', card.weights], ['Licence', card.licence], ['Cite', card.citation]);
  return html`<dl class="pairs">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function exposures(model: NamedModel, { data }: ReportIndex): Markup | null {
  if (model.baseline || data.datasets.length === 0) return null;
  return html`<ul class="plain exposures">${data.datasets.map((dataset) => html`<li>${dataset.title}:${exposureChip(model, dataset.name)}</li>`)}</ul>`;
}

function modelCard(model: NamedModel, index: ReportIndex): Markup {
  const card = model.reported?.card;
  const notes =
    card && card.notes.length > 0 && html`<ul class="notes">${card.notes.map((note) => html`<li>${note}</li>`)}</ul>`;
  return html`<article class="card">
<h3>${swatch(model)} ${model.name}${card && html` <span>${card.title}</span>`}</h3>${exposures(model, index)}${cardFacts(model)}${notes}</article>`;
}

export function modelSection(index: ReportIndex): Section {
  const real = index.models.filter((model) => !model.baseline);
  const baselines = index.models.filter((model) => model.baseline);
  const names = baselines.map(({ name }) => name).join(', ');
  const tail = baselines.length > 0 && html`<p class="note">Baselines, judged like models: ${names}.</p>`;
  const body = html`<div class="columns">${real.map((model) => modelCard(model, index))}</div>${tail}`;
  return { id: 'models', title: 'Models', short: 'Models', body };
}
