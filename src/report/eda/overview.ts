/** Top of the picture of a dataset: what it is in one sentence, key facts, what stands out; and where it comes from. */
import type { DatasetPicture, EdaData } from '../../lib/eda/eda-data.ts';
import { html, type Markup } from '../markup.ts';
import { count, fixed, percent, plural } from '../numbers.ts';
import type { Section } from '../section.ts';
import { differs } from './drift-section.ts';

function fact(name: string, value: string, note: string): Markup {
  return html`<div class="fact"><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

function facts(picture: DatasetPicture): Markup {
  const { people, reports, labels } = picture;
  const female = people.sex.find(({ name }) => name === 'female');
  const used = labels.findings.filter(({ present }) => present > 0).length;
  return html`<dl class="facts">
${fact('Patients', count(picture.patients), 'the unit of every interval')}
${fact('Studies', count(picture.studies), `${count(picture.images)} images`)}
${fact('Findings', count(used), `present somewhere, of ${labels.findings.length} declared`)}
${fact('Reports', percent(reports.reported.share ?? Number.NaN), 'of the studies have one')}
${fact('Age', people.age ? String(Math.round(people.age.quantiles[3]!)) : 'n/a', people.age ? 'median, years' : 'not stated')}
${fact('Female', female ? percent(female.share.share!) : 'n/a', female ? 'of the patients' : 'not stated')}
</dl>`;
}

function syntheticBanner(datasets: readonly DatasetPicture[]): Markup | null {
  const synthetic = datasets.filter((entry) => entry.synthetic).map(({ title }) => title);
  if (synthetic.length === 0) return null;
  return html`<aside class="banner" role="note"><strong>Synthetic data: the numbers have no clinical meaning.</strong>
<span>${synthetic.join(' and ')}: images and reports are computer-made.</span></aside>`;
}

/** What a reader should know first, as sentences; those that do not apply are left out. */
function readingsOf(picture: DatasetPicture, isNamed: boolean): readonly Markup[] {
  const where = isNamed && html`<span class="where">${picture.title}</span> `;
  return [...labelReadings(picture), ...dataReadings(picture)].map((text) => html`<li>${where}${text}</li>`);
}

function labelReadings({ labels }: DatasetPicture): readonly Markup[] {
  const real = labels.findings.filter(({ finding, present }) => finding !== 'No Finding' && present > 0);
  const byPresence = [...real].sort((a, b) => b.present - a.present);
  const [most, least] = [byPresence[0], byPresence.at(-1)];
  const unsure = [...real]
    .filter(({ uncertain }) => uncertain > 0)
    .sort((a, b) => b.uncertainty.share! - a.uncertainty.share!)[0];
  const texts: Markup[] = [];
  if (most && least && most !== least)
    texts.push(
      html`The most frequent finding is <b>${most.finding}</b> (${percent(most.prevalence.share!)} of the studies), the rarest <b>${least.finding}</b> (${plural(least.present, 'study', 'studies')}, one in ${count(Math.round(least.imbalance! + 1))}).`,
    );
  const few = real.filter(({ present }) => present < 10).map(({ finding }) => finding);
  if (few.length > 0) texts.push(html`Fewer than ten studies have ${few.join(', ')}: no score on them will be sure.`);
  if (unsure)
    texts.push(
      html`<b>${unsure.finding}</b> is the least certain label: ${percent(unsure.uncertainty.share!)} of the studies that mention it are uncertain.`,
    );
  return texts;
}

function dataReadings({ pixels, reports, problems }: DatasetPicture): readonly Markup[] {
  const texts: Markup[] = [];
  const common = reports.sentences?.[0];
  if (common)
    texts.push(
      html`The most common sentence, “${common.name}”, stands in ${percent(common.share.share!)} of the reports.`,
    );
  if (pixels && pixels.missing > 0)
    texts.push(html`${count(pixels.missing)} images that were looked for are not on disk.`);
  if (pixels && pixels.broken > 0) texts.push(html`${plural(pixels.broken, 'image')} could not be decoded.`);
  if (pixels && pixels.outlierCount > 0)
    texts.push(
      html`${plural(pixels.outlierCount, 'film')} of ${count(pixels.decoded)} ${pixels.outlierCount === 1 ? 'is' : 'are'} exposed unlike the others.`,
    );
  if (problems > 0)
    texts.push(
      html`Reading the release met ${plural(problems, 'problem')}: <code>medvlm datasets check</code> lists them.`,
    );
  return texts;
}

function driftReadings({ comparisons }: EdaData): readonly Markup[] {
  return comparisons.flatMap(({ a, b, rows }) => {
    const found = rows.filter(differs).sort((x, y) => y.effect! - x.effect!);
    if (found.length === 0) return [];
    const first = found[0]!;
    return [
      html`<li>Between <b>${a}</b> and <b>${b}</b> ${plural(found.length, 'row')} ${found.length === 1 ? 'differs' : 'differ'}, most of all ${first.what} (effect ${fixed(first.effect!, 2)}).</li>`,
    ];
  });
}

export function edaTitle({ datasets }: EdaData): string {
  return datasets.map(({ title }) => title).join(' and ');
}

export function edaOverview(data: EdaData): Markup {
  const { datasets } = data;
  const isNamed = datasets.length > 1;
  const readings = [...datasets.flatMap((picture) => readingsOf(picture, isNamed)), ...driftReadings(data)];
  const blocks = datasets.map((picture) => html`${isNamed && html`<h3>${picture.title}</h3>`}${facts(picture)}`);
  return html`<header class="top" id="overview">
<p class="kicker">MedVLM Bench · picture of ${isNamed ? 'datasets' : 'a dataset'}</p><h1>${edaTitle(data)}</h1>
<p class="compared">Labels, patients, images and reports as the release gives them, and how its parts differ.</p>${syntheticBanner(datasets)}${blocks}${
    readings.length > 0 && html`<div class="card"><h3>In short</h3><ul class="readings">${readings}</ul></div>`
  }</header>`;
}

function source(picture: DatasetPicture, seed: number): Markup {
  const { title, name, version, tier, licence, citation, digest, split } = picture;
  return html`<article class="card"><h3>${title} <span>${name}</span></h3><dl class="pairs">
<dt>Reader</dt><dd>${name}, version ${version}</dd><dt>Tier</dt><dd>${tier}</dd><dt>Licence</dt><dd>${licence}</dd><dt>Cite</dt><dd>${citation}</dd>
<dt>Digest</dt><dd><code>${digest.slice(0, 16)}</code> of ids, reports, labels and people</dd><dt>Split</dt><dd>${split.name}, digest <code>${split.digest}</code></dd><dt>Seed</dt><dd>${seed}, names the sample of images and the order of reports</dd></dl></article>`;
}

export function sourceSection({ datasets, seed }: EdaData): Section {
  const cards = datasets.map((picture) => source(picture, seed));
  return {
    id: 'source',
    title: 'Where it comes from',
    short: 'Source',
    body: html`<div class="columns">${cards}</div>`,
  };
}
