/** Report data → one self-contained HTML page. Pure: the same data give the same bytes. */

import type { ReportData } from '../core/report-data.ts';
import { html, type Markup } from './markup.ts';
import { renderPage } from './page.ts';
import { indexReport, type ReportIndex } from './report-index.ts';
import type { Section } from './section.ts';
import { anchorSection } from './sections/anchors.ts';
import { caveatSection } from './sections/caveats.ts';
import { comparisonSection } from './sections/comparisons.ts';
import { curveSection } from './sections/curves.ts';
import { datasetSection } from './sections/datasets.ts';
import { distributionSection } from './sections/distributions.ts';
import { findingSection } from './sections/findings.ts';
import { gallerySection } from './sections/gallery.ts';
import { leaderboardSection } from './sections/leaderboards.ts';
import { modelSection } from './sections/models.ts';
import { alarmList, comparedSentence, keyFacts, readings, syntheticBanner } from './sections/overview.ts';
import { protocolSection } from './sections/protocol.ts';
import { provenanceSection } from './sections/provenance.ts';
import { retrievalSection } from './sections/retrieval.ts';

async function sections(index: ReportIndex): Promise<readonly Section[]> {
  const all = [
    leaderboardSection(index),
    anchorSection(index),
    comparisonSection(index),
    findingSection(index),
    await curveSection(index),
    distributionSection(index),
    await retrievalSection(index),
    gallerySection(index),
    datasetSection(index),
    modelSection(index),
    protocolSection(index),
    caveatSection(index),
    provenanceSection(index),
  ];
  return all.filter((section) => section !== undefined);
}

function overview(index: ReportIndex): Markup {
  const { data } = index;
  return html`<header class="top" id="overview">
<p class="kicker">MedVLM Bench · suite ${data.suite.name}, version ${data.suite.version}</p><h1>${data.title}</h1><p class="compared">${comparedSentence(index)}</p>${syntheticBanner(index)}${keyFacts(index)}${readings(index)}${alarmList(index)}</header>`;
}

/**
 * Renders a run as one HTML file without outside requests: charts are SVG inside it, pictures are data URIs, and every string
 * of the data is escaped. Works from disk, without a script too.
 */
export async function renderHtml(data: ReportData): Promise<string> {
  const index = indexReport(data);
  const { suite, title } = data;
  return renderPage({
    title,
    header: overview(index),
    sections: await sections(index),
    footer: `Suite ${suite.name}, digest ${suite.digest.slice(0, 12)}.`,
  });
}
