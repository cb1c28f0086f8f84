/** Sections of a radiology report that comes as one text, as in MIMIC-CXR. Linear in the text, whatever the text. */
import type { ReportSections } from '../../core/study.ts';
import { readSections, type SectionFault } from './report-sections.ts';
import { capitalHeading, exactHeading, type HeadedSection, headingWords, LONGEST_HEADING } from './section-headings.ts';

export const FREE_TEXT_SECTIONS = [
  'findings',
  'impression',
  'indication',
  'comparison',
  'history',
  'addendum',
] as const;
export type FreeTextSection = (typeof FREE_TEXT_SECTIONS)[number];

export type FreeTextFault =
  | SectionFault
  /** The heading occurs more than once with text: the texts are joined in order. */
  | 'repeated heading'
  /** No heading of findings or impression: the text after the last other heading was taken, as MIMIC-CXR's own code does. */
  | 'no heading'
  /** Nothing but a preliminary reading. */
  | 'wet read only'
  | 'neither findings nor impression';

export interface SplitReport {
  /** Trimmed, wrapped lines joined by a space, paragraphs by a newline; absent where nothing readable is left. */
  readonly sections: Readonly<Partial<Record<FreeTextSection, string>>>;
  readonly faults: readonly { readonly section: FreeTextSection; readonly fault: FreeTextFault }[];
}

interface Piece {
  readonly section: HeadedSection | 'preamble';
  readonly text: string;
}

/**
 * Splits a report at its headings: `FINDINGS:`, `Impression:`, `CONCLUSION`, `REASON FOR EXAM:` … in any case, at the start of a
 * line or after a sentence, with a colon or alone on a line. `FINDINGS AND IMPRESSION` is impression. Technique, examination,
 * recommendations, signatures and wet reads are known and left out; an unknown heading (`LUNGS:`) stays inside its section.
 */
export function splitSections(text: string): SplitReport {
  const pieces = piecesOf(text);
  const faults: { section: FreeTextSection; fault: FreeTextFault }[] = [];
  const texts: Partial<Record<FreeTextSection, string>> = {};
  for (const section of FREE_TEXT_SECTIONS) {
    const found = pieces.filter((piece) => piece.section === section).map((piece) => flow(piece.text));
    const filled = found.filter((part) => part !== '');
    if (filled.length > 1) faults.push({ section, fault: 'repeated heading' });
    if (filled.length > 0) texts[section] = filled.join('\n');
  }
  if (texts.findings === undefined && texts.impression === undefined) {
    const { taken, fault } = withoutHeading(pieces, texts);
    if (taken !== '') texts.findings = taken;
    faults.push({ section: 'findings', fault });
  }
  return readable(texts, faults);
}

/** The sections that a `Study` has; a history stands in for a missing indication. Addenda are left out. */
export function reportOf({ sections }: SplitReport): ReportSections {
  const { history, addendum: _, ...report } = sections;
  return report.indication === undefined && history !== undefined ? { ...report, indication: history } : report;
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let section: Piece['section'] = 'preamble';
  let start = 0;
  for (const heading of headingsOf(text)) {
    pieces.push({ section, text: text.slice(start, heading.start) });
    [section, start] = [heading.section, heading.end];
  }
  pieces.push({ section, text: text.slice(start) });
  return pieces;
}

interface Heading {
  readonly section: Piece['section'];
  readonly start: number;
  readonly end: number;
}

/** `FINAL REPORT`, `PRELIMINARY REPORT` and ruled lines end what stands before them and are no text. */
const BANNER = /^(final|preliminary|amended|corrected) report\b|^final$/;

function headingsOf(text: string): Heading[] {
  const headings: Heading[] = [];
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    addHeadings(text.slice(start, end), start, headings);
    start = end + 1;
  }
  return headings;
}

/** @param offset of the line in the text */
function addHeadings(line: string, offset: number, headings: Heading[]): void {
  const whole = line.length <= LONGEST_HEADING + 20 ? wholeLine(line.trim(), headings.at(-1)?.section) : undefined;
  if (whole) {
    headings.push({ section: whole, start: offset, end: offset + line.length });
    return;
  }
  let from = 0;
  for (let colon = line.indexOf(':'); colon >= 0; colon = line.indexOf(':', colon + 1)) {
    const found = headingBefore(line, from, colon);
    if (found) headings.push({ section: found.section, start: offset + found.start, end: offset + colon + 1 });
    from = colon + 1;
  }
}

/** A heading alone on its line, with or without a colon or a dash. */
function wholeLine(content: string, current: Piece['section'] | undefined): Piece['section'] | undefined {
  if (/^[_=*-]{5,}$/.test(content)) return current === 'addendum' || current === 'wet read' ? 'preamble' : undefined;
  if (content.endsWith('.') || content.includes(':')) return undefined;
  const words = headingWords(content);
  if (words === undefined) return undefined;
  if (BANNER.test(words) && !words.startsWith('preliminary')) return 'preamble';
  const section = exactHeading(words);
  const isShouted = content === content.toUpperCase();
  return section !== undefined && (isShouted || MAIN_HEADINGS.has(words)) ? section : undefined;
}

const MAIN_HEADINGS: ReadonlySet<string> = new Set([
  'findings', 'impression', 'indication', 'comparison', 'history', 'clinical history', 'technique', 'conclusion', 'examination',
  'addendum', 'findings and impression',
]); // biome-ignore format: a list to be read across

/**
 * The heading between `start` and a colon: after the start of the line or after a sentence, in at most 60 characters; else the last
 * words in capitals, where a section before it ends without a stop.
 */
function headingBefore(line: string, start: number, colon: number): Omit<Heading, 'end'> | undefined {
  return headingAfterBoundary(line, start, colon) ?? headingInCapitals(line, start, colon);
}

function headingAfterBoundary(line: string, start: number, colon: number): Omit<Heading, 'end'> | undefined {
  const earliest = Math.max(start, colon - LONGEST_HEADING);
  let from = colon;
  while (from > earliest && !isBoundary(line, from)) from--;
  if (from === earliest && earliest > start && !isBoundary(line, from)) return undefined;
  const written = line.slice(from, colon);
  const words = headingWords(written.trim());
  if (words === undefined) return undefined;
  const isFirst = start === 0 && line.slice(0, from).trim() === '';
  if (!isFirst && /\d/.test(written)) return undefined;
  const isShouted = written === written.toUpperCase();
  const section = isFirst && isShouted ? capitalHeading(words) : inlineHeading(words, { isFirst, isShouted });
  return section && { section, start: from };
}

const MOST_WORDS = 4;

/** `positive test COMPARISON:`: the longest heading of up to four words in capitals that ends at the colon. */
function headingInCapitals(line: string, start: number, colon: number): Omit<Heading, 'end'> | undefined {
  const earliest = Math.max(start, colon - LONGEST_HEADING);
  const written = line.slice(earliest, colon);
  let found: Omit<Heading, 'end'> | undefined;
  let from = written.length;
  for (let count = 0; count < MOST_WORDS && from > 0; count++) {
    const space = from < 2 ? -1 : written.lastIndexOf(' ', from - 2);
    if (!/^[A-Z/&()]{2,}$/.test(written.slice(space + 1, from).trim())) return found;
    from = space + 1;
    const words = headingWords(written.slice(from));
    const section = words !== undefined && MAIN_HEADINGS.has(words) ? exactHeading(words) : undefined;
    if (section) found = { section, start: earliest + from };
  }
  return found;
}

/** Inside a line or in small letters only what is a heading beyond doubt: `Study:` may begin a sentence. */
function inlineHeading(words: string, { isFirst, isShouted }: { isFirst: boolean; isShouted: boolean }) {
  const section = exactHeading(words);
  return isFirst || isShouted || MAIN_HEADINGS.has(words) || words.includes(' ') ? section : undefined;
}

/** Whether a sentence or a column of a line ends right before `index`. */
function isBoundary(line: string, index: number): boolean {
  const before = line[index - 1];
  if (before === '.') return !/\d/.test(line[index] ?? '');
  if (before === ';' || before === '?' || before === '!') return true;
  return before === ' ' && line[index - 2] === ' ';
}

/** Text of a report without a heading of findings or impression. Convention: MIT-LCP/mimic-cxr:txt/section_parser.py. */
function withoutHeading(pieces: readonly Piece[], texts: Partial<Record<FreeTextSection, string>>) {
  const last = pieces.findLast((piece) => isOpen(piece.section) && flow(piece.text) !== '');
  const [first = '', ...rest] = last ? paragraphsOf(last.text) : [];
  if (last?.section === 'preamble' && first !== '') {
    const isTitle = rest.length > 0 && !first.includes('.');
    return { taken: (isTitle ? rest : [first, ...rest]).join('\n'), fault: 'no heading' as const };
  }
  if (last && rest.length > 0) {
    if (isKept(last.section)) texts[last.section] = first;
    return { taken: rest.join('\n'), fault: 'no heading' as const };
  }
  const wet = pieces.filter(({ section }) => section === 'wet read').map((piece) => flow(piece.text));
  const taken = wet.filter((part) => part !== '').join('\n');
  return { taken, fault: taken === '' ? ('neither findings nor impression' as const) : ('wet read only' as const) };
}

const isOpen = (section: Piece['section']) => section !== 'wet read' && section !== 'addendum' && section !== 'other';
const isKept = (section: Piece['section']): section is FreeTextSection =>
  (FREE_TEXT_SECTIONS as readonly string[]).includes(section);

/** Paragraphs with their wrapped lines joined; ruled lines are no text. */
function paragraphsOf(text: string): string[] {
  const paragraphs: string[] = [];
  let lines: string[] = [];
  for (const line of [...text.split('\n'), '']) {
    const content = line.trim();
    if (content !== '' && !/^[_=*-]{5,}$/.test(content)) lines.push(content.replace(/\s+/g, ' '));
    else if (lines.length > 0) {
      paragraphs.push(lines.join(' '));
      lines = [];
    }
  }
  return paragraphs;
}

/** A text without what stands before it on its heading's line: a dash, another colon. */
function flow(text: string): string {
  return paragraphsOf(text)
    .join('\n')
    .replace(/^[\s:–-]+(?=\S)/, '');
}

/** Drops sections that hold nothing but de-identification or a spreadsheet's error. */
function readable(
  texts: Readonly<Partial<Record<FreeTextSection, string>>>,
  faults: { section: FreeTextSection; fault: FreeTextFault }[],
): SplitReport {
  const sections: Partial<Record<FreeTextSection, string>> = {};
  for (const section of FREE_TEXT_SECTIONS) {
    const text = texts[section];
    if (text === undefined) continue;
    const { report, faults: found } = readSections({ findings: text.replace(/_{2,}/g, 'XXXX') });
    const fault = found[0]?.fault;
    if (fault) faults.push({ section, fault });
    else if (report.findings !== undefined) sections[section] = text;
  }
  if (
    sections.findings === undefined &&
    sections.impression === undefined &&
    faults.every((f) => f.section !== 'findings')
  )
    faults.push({ section: 'findings', fault: 'neither findings nor impression' });
  return { sections, faults };
}
