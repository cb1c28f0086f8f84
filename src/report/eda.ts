/** Picture of datasets as one self-contained HTML page. Pure: the same data give the same bytes. */
import type { EdaData } from '../lib/eda/eda-data.ts';
import { driftSection } from './eda/drift-section.ts';
import { EDA_STYLE } from './eda/eda-style.ts';
import { imageSection, type Thumbnails } from './eda/image-section.ts';
import { labelSection } from './eda/label-section.ts';
import { edaOverview, edaTitle, sourceSection } from './eda/overview.ts';
import { peopleSection } from './eda/people-section.ts';
import { reportSection } from './eda/report-section.ts';
import { renderPage } from './page.ts';

/** @param thumbnails data URIs of outliers by image id; pictures of data that is not open are not to be handed in */
export function renderEda(data: EdaData, thumbnails: Thumbnails): string {
  const { datasets } = data;
  const sections = [
    labelSection(datasets),
    peopleSection(datasets),
    imageSection(datasets, thumbnails),
    reportSection(datasets),
    driftSection(data),
    sourceSection(data),
  ];
  const digests = datasets.map(({ name, digest }) => `${name} ${digest.slice(0, 12)}`).join(', ');
  return renderPage({
    title: edaTitle(data),
    header: edaOverview(data),
    sections,
    footer: `Digest of ${digests}.`,
    style: EDA_STYLE,
  });
}
