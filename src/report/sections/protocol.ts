/** Protocol: every protocol string of the results decoded into a table, constants first, what varies after. */
import type { Result } from '../../core/result.ts';
import { html, type Markup } from '../markup.ts';
import { metricTitle, taskTitle } from '../naming.ts';
import { protocolParts } from '../protocol.ts';
import type { ReportIndex, TaskEvaluation } from '../report-index.ts';
import { type Section, scrollable } from '../section.ts';

/** One key with one value, and the metrics that it holds for. */
interface Line {
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
  readonly metrics: Set<string>;
  readonly protocols: Set<string>;
}

function linesOf(results: readonly Result[]): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const { protocol, metric } of results)
    for (const { key, value, meaning } of protocolParts(protocol)) {
      const id = `${key}\u0000${value}`;
      const line = lines.get(id) ?? { key, value, meaning, metrics: new Set(), protocols: new Set() };
      lines.set(id, line);
      line.metrics.add(metric);
      line.protocols.add(protocol);
    }
  return [...lines.values()].sort((a, b) => b.protocols.size - a.protocols.size);
}

/** Long lists of values (a threshold for each finding) fold away. */
const MOST_LINES = 14;

function lineRow({ key, value, meaning, metrics }: Line, all: number): Markup {
  const scope = metrics.size === all ? 'all metrics' : [...metrics].map(metricTitle).join(', ');
  return html`<tr><th scope="row"><code>${key || '–'}</code></th><td class="wrap"><code>${value}</code></td>
<td>${meaning}</td><td>${scope}</td></tr>`;
}

function table(lines: readonly Line[], all: number): Markup {
  const head = html`<thead><tr><th scope="col">Key</th><th scope="col">Value</th><th scope="col">Meaning</th>
<th scope="col">Holds for</th></tr></thead>`;
  return scrollable(
    html`<table class="protocol">${head}<tbody>${lines.map((line) => lineRow(line, all))}</tbody></table>`,
    'protocol',
  );
}

function card(evaluation: TaskEvaluation): Markup | null {
  const lines = linesOf(evaluation.results);
  if (lines.length === 0) return null;
  const all = new Set(evaluation.results.map(({ metric }) => metric)).size;
  const rest = lines.slice(MOST_LINES);
  const more =
    rest.length > 0 && html`<details><summary>${rest.length} further values</summary>${table(rest, all)}</details>`;
  return html`<article class="card">
<h3>${taskTitle(evaluation.task)} <span>on ${evaluation.dataset.title}</span></h3>${table(lines.slice(0, MOST_LINES), all)}${more}</article>`;
}

export function protocolSection(index: ReportIndex): Section | undefined {
  const cards = index.evaluations.map(card).filter((entry) => entry !== null);
  if (cards.length === 0) return undefined;
  const body = html`<p class="intro">Two scores can be compared where these lines agree. Names are versioned: a change
that moves a number changes the version.</p>${cards}`;
  return { id: 'protocol', title: 'Protocol', short: 'Protocol', body };
}
