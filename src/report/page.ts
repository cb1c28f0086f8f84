/** The frame of a page: head, navigation, sections, script. One file without outside requests. */
import { sha256 } from '../core/digest.ts';
import { type Content, html, type Markup, trusted } from './markup.ts';
import { SCRIPT } from './script.ts';
import type { Section } from './section.ts';
import { STYLE } from './style.ts';

/** Nothing from outside, and no script but ours, whatever a report text says. */
function contentPolicy(): string {
  const digest = Buffer.from(sha256(SCRIPT), 'hex').toString('base64');
  return `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}

function navigation(parts: readonly Section[]): Markup {
  const links = [{ id: 'overview', short: 'Overview' }, ...parts].map(
    ({ id, short }) => html`<a href="#${id}">${short}</a>`,
  );
  return html`<nav aria-label="Sections"><span class="brand">MedVLM Bench</span>
<div class="links">${links}</div><button type="button" id="theme" hidden>Theme: auto</button></nav>`;
}

export interface Page {
  readonly title: string;
  readonly header: Markup;
  readonly sections: readonly Section[];
  readonly footer: Content;
  /** Style besides that of every page. */
  readonly style?: string;
}

/** Works from disk, without a script too; every string of the data is escaped. The same page gives the same bytes. */
export function renderPage({ title, header, sections, footer, style = '' }: Page): string {
  const body = sections.map(
    ({ id, title: heading, body: content }) => html`<section id="${id}"><h2>${heading}</h2>${content}</section>`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="MedVLM Bench">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE + style)}</style>
</head>
<body>
<a class="skip" href="#overview">Skip to the report</a>
${navigation(sections)}
<main>
${header}
${body}
<footer>${footer} Made by MedVLM Bench. For research; not for clinical use.</footer>
</main>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}
