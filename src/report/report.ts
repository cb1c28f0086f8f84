/** Report data → one self-contained HTML page. Pure: the same data give the same bytes. */

import { sha256 } from '../core/digest.ts';
import type { ReportData } from '../core/report-data.ts';
import { html, type Markup, trusted } from './markup.ts';
import { indexReport, type ReportIndex } from './report-index.ts';
import { SCRIPT } from './script.ts';
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
import { STYLE } from './style.ts';

/** Nothing from outside, and no script but ours, whatever a report text says. */
function contentPolicy(): string {
  const digest = Buffer.from(sha256(SCRIPT), 'hex').toString('base64');
  return `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}

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

function navigation(parts: readonly Section[]): Markup {
  const links = [{ id: 'overview', short: 'Overview' }, ...parts].map(
    ({ id, short }) => html`<a href="#${id}">${short}</a>`,
  );
  return html`<nav aria-label="Sections"><span class="brand">MedVLM Bench</span>
<div class="links">${links}</div><button type="button" id="theme" hidden>Theme: auto</button></nav>`;
}

/**
 * Renders a run as one HTML file without outside requests: charts are SVG inside it, pictures are data URIs, and every string
 * of the data is escaped. Works from disk, without a script too.
 */
export async function renderHtml(data: ReportData): Promise<string> {
  const index = indexReport(data);
  const parts = await sections(index);
  const body = parts.map(
    ({ id, title, body: content }) => html`<section id="${id}"><h2>${title}</h2>${content}</section>`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="MedVLM Bench">
<title>${data.title}</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#overview">Skip to the report</a>
${navigation(parts)}
<main>
${overview(index)}
${body}
<footer>Suite ${data.suite.name}, digest ${data.suite.digest.slice(0, 12)}. Made by MedVLM Bench. For research; not for clinical use.</footer>
</main>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}
