/** A thumbnail, or a frame that says why there is none. */
import { NOT_SHOWN } from '../../core/data-use.ts';
import { html, type Markup, pictureSource } from '../markup.ts';
import type { ReportIndex } from '../report-index.ts';

/** @param open whether the dataset's tier lets pixels be shown at all */
export function picture(
  index: ReportIndex,
  of: { readonly item: string; readonly study?: string; readonly open: boolean },
): Markup {
  const { thumbnails } = index.data;
  const source = pictureSource(
    thumbnails.get(of.item) ?? (of.study === undefined ? undefined : thumbnails.get(of.study)),
  );
  if (source) return html`<img src="${source}" alt="chest radiograph ${of.item}">`;
  return html`<div class="no-picture">${of.open ? 'no picture in this report' : NOT_SHOWN}</div>`;
}
