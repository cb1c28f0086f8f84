/** Images: sizes, depth, grey levels, and the films whose exposure is far from the others'. */
import type { DatasetPicture, Outlier, PixelPicture } from '../../lib/eda/eda-data.ts';
import { html, type Markup, pictureSource } from '../markup.ts';
import { count, fixed, plural } from '../numbers.ts';
import type { Section } from '../section.ts';
import { bars, densityBand, histogram } from './plots.ts';

/** Data URIs of outliers by image id. */
export type Thumbnails = ReadonlyMap<string, string>;

const KINDS: Readonly<Record<Outlier['kind'], string>> = {
  bright: 'brighter than the others',
  dark: 'darker than the others',
  flat: 'little contrast',
  hard: 'much contrast',
  inverted: 'border brighter than the film: perhaps inverted',
};

function outlierFigure({ kind, z, brightness, contrast, image }: Outlier, thumbnails: Thumbnails): Markup {
  const source = image === undefined ? undefined : pictureSource(thumbnails.get(image));
  const picture = source
    ? html`<img src="${source}" alt="chest radiograph ${image}">`
    : html`<div class="no-picture">${image === undefined ? 'not shown: the data-use tier forbids it' : 'no picture in this report'}</div>`;
  const distance =
    z === null
      ? null
      : html`<span class="ci">${fixed(Math.abs(z), 1)} robust deviations ${z < 0 ? 'below' : 'above'} the median</span>`;
  return html`<figure class="case">${picture}<figcaption><b>${KINDS[kind]}</b><span class="ci">mean grey ${fixed(brightness, 0)}, 5–95 % range ${fixed(contrast, 0)}</span>${distance}${image !== undefined && html`<span class="ci">${image}</span>`}</figcaption></figure>`;
}

function outliers({ outliers: shown, outlierCount, decoded }: PixelPicture, thumbnails: Thumbnails): Markup {
  if (outlierCount === 0)
    return html`<h4>Exposure outliers</h4><p class="note">None of ${plural(decoded, 'decoded image')}: no mean or contrast lies more than 3.5 robust deviations from the median.</p>`;
  const more = outlierCount > shown.length ? `, the ${shown.length} farthest are shown` : '';
  return html`<h4>Exposure outliers</h4><p class="note">${count(outlierCount)} of ${plural(decoded, 'decoded image')} lie more than 3.5 robust deviations from the median in mean grey or contrast, or have a bright border${more}. Look before you leave them out.</p>
<div class="gallery">${shown.map((outlier) => outlierFigure(outlier, thumbnails))}</div>`;
}

function sampleSentence({ sampled, of, missing, broken }: PixelPicture): string {
  const drawn =
    sampled + missing === of ? `all ${count(sampled)} images on disk` : `${count(sampled)} images drawn by the seed`;
  const absent = missing === 0 ? '' : `; ${count(missing)} of those looked for are not on disk`;
  const faulty = broken === 0 ? '' : `; ${count(broken)} could not be decoded`;
  return `From ${drawn} of ${count(of)} listed${absent}${faulty}.`;
}

function card({ title, pixels }: DatasetPicture, thumbnails: Thumbnails): Markup {
  if (pixels === undefined)
    return html`<article class="card"><h3>Images <span>${title}</span></h3><p class="note">n/a: no image was looked at (--images 0).</p></article>`;
  const lead = html`<h3>Images <span>${title}</span></h3><p class="lead">${sampleSentence(pixels)}</p>`;
  if (pixels.decoded === 0)
    return html`<article class="card">${lead}<p class="note">n/a: no image could be decoded.</p></article>`;
  const sizes = `${plural(pixels.distinctSizes, 'size')} in pixels, width × height`;
  return html`<article class="card">${lead}<div class="two">
<div><h4>Brightness</h4>${histogram(pixels.brightness, 'mean grey level of an image')}<p class="numbers">mean grey level of an image, 0 black to 255 white</p></div>
<div><h4>Contrast</h4>${histogram(pixels.contrast, 'range of grey levels')}<p class="numbers">distance of the 5 % and 95 % quantile of its grey levels</p></div>
<div><h4>Density</h4>${densityBand(pixels.density)}<p class="numbers">share of the pixels by grey level: the median image, and the band that holds 90 % of the images</p></div>
<div><h4>Short side, pixels</h4>${histogram(pixels.shortSide, 'short side in pixels')}</div>
<div><h4>Size</h4>${bars(pixels.sizes)}<p class="numbers">${sizes}</p></div>
<div><h4>Depth and channels of the files</h4>${bars(pixels.bits)}${bars(pixels.channels)}</div></div>
${outliers(pixels, thumbnails)}</article>`;
}

export function imageSection(datasets: readonly DatasetPicture[], thumbnails: Thumbnails): Section {
  const body = html`<p class="intro">Grey levels are those of the 8-bit pictures that models get. Images of one patient are not independent; intervals are widened for it.</p>${datasets.map((entry) => card(entry, thumbnails))}`;
  return { id: 'images', title: 'Images', short: 'Images', body };
}
