/** Real Indiana reports written as one text and split again, where a developer has them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columnOf, parseTable } from '../../../src/lib/csv.ts';
import { splitSections } from '../../../src/lib/text/free-text-sections.ts';
import { readSections, SECTION_NAMES } from '../../../src/lib/text/report-sections.ts';
import { sharedPath } from '../../shared-data.ts';

const indiana = sharedPath('data/iu-xray');

type Sections = readonly (readonly [name: string, text: string])[];

function wholeReports(): Sections[] {
  const table = parseTable(readFileSync(join(indiana!, 'indiana_reports.csv'), 'utf8'), 'indiana_reports.csv');
  const columns = SECTION_NAMES.map((name) => columnOf(table, name));
  return table.rows.flatMap((_, row) => {
    const { report } = readSections(Object.fromEntries(SECTION_NAMES.map((name, at) => [name, columns[at]![row]!])));
    const { findings, impression } = report;
    if (findings === undefined && impression === undefined) return [];
    return [SECTION_NAMES.flatMap((name) => (report[name] === undefined ? [] : [[name, flat(report[name])] as const]))];
  });
}

const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

/** Lines of about 70 characters that begin with a space, as hospitals write them. */
function wrapped(text: string): string {
  return text.replace(/(.{60,75}) /g, '$1\n ');
}

const STYLES: readonly (readonly [string, (sections: Sections) => string])[] = [
  [
    'capitals with a colon, wrapped',
    (all) => all.map(([name, text]) => ` ${name.toUpperCase()}: ${wrapped(text)}`).join('\n\n'),
  ],
  ['a heading on its own line', (all) => all.map(([name, text]) => `${name.toUpperCase()}\n${text}`).join('\n\n')],
  ['all in one line', (all) => all.map(([name, text]) => `${name.toUpperCase()}: ${text}`).join(' ')],
];

// The few that differ hold headings of their own inside a section, such as `Indication: INDICATION: …`.
test.runIf(indiana).each(STYLES)('%s: more than 99 %% come back as they were', (_, write) => {
  const reports = wholeReports();
  expect(reports.length).toBeGreaterThan(3000);
  const same = reports.filter((report) => {
    const { sections } = splitSections(write(report));
    const found = Object.entries(sections).map(([name, text]) => `${name} ${flat(text)}`);
    return (
      found.sort().join('\n') ===
      report
        .map(([name, text]) => `${name} ${text}`)
        .sort()
        .join('\n')
    );
  });
  console.info(`${same.length} of ${reports.length} reports`);
  expect(same.length / reports.length).toBeGreaterThan(0.99);
});
