/** Patients and acquisition: age, sex, films per study, views, devices. */
import type { AcquisitionField, DatasetPicture } from '../../lib/eda/eda-data.ts';
import { html, type Markup } from '../markup.ts';
import { plural } from '../numbers.ts';
import type { Section } from '../section.ts';
import { bars, histogram, shareText } from './plots.ts';

function fieldBlock({ field, stated, distinct, values }: AcquisitionField): Markup {
  const body =
    values.length > 0
      ? bars(values)
      : html`<p class="note">${plural(distinct, 'value')}, too many to be categories.</p>`;
  return html`<div><h4>${field}</h4>${body}<p class="numbers">stated for ${shareText(stated)} of the studies</p></div>`;
}

function card({ title, people, views, acquisition, pixels: _pixels }: DatasetPicture): Markup {
  const bySex = people.ageBySex.filter(({ age }) => age !== null);
  return html`<article class="card"><h3>Patients <span>${title}</span></h3><div class="two">
<div><h4>Age, years</h4>${histogram(people.age, 'age in years')}${bySex.map(
    ({ sex, age }) =>
      html`<p class="numbers">${sex}: median ${Math.round(age!.quantiles[3]!)}, quartiles ${Math.round(age!.quantiles[2]!)}–${Math.round(age!.quantiles[4]!)}</p>`,
  )}</div>
<div><h4>Sex</h4>${bars(people.sex)}</div>
<div><h4>Studies per patient</h4>${histogram(people.studiesPerPatient, 'studies per patient')}</div>
<div><h4>Images per study</h4>${histogram(people.imagesPerStudy, 'images per study')}</div></div></article>
<article class="card"><h3>Views and acquisition <span>${title}</span></h3><div class="two">
<div><h4>View of the image</h4>${bars(views)}</div>${acquisition.map(fieldBlock)}</div>${
    acquisition.length === 0 && html`<p class="note">The release says nothing of devices or technique.</p>`
  }</article>`;
}

export function peopleSection(datasets: readonly DatasetPicture[]): Section {
  const body = html`<p class="intro">Sex and age are counted once per patient, at the first study.</p>${datasets.map(card)}`;
  return { id: 'patients', title: 'Patients and acquisition', short: 'Patients', body };
}
