/** Headings of radiology reports: what each is called, in all its spellings. Data and look-up. */

/** Sections that are kept, and those that are known and left out. */
export type HeadedSection =
  | 'findings'
  | 'impression'
  | 'indication'
  | 'comparison'
  | 'history'
  | 'addendum'
  | 'wet read'
  | 'technique'
  | 'examination'
  | 'other';

/**
 * Own list; which headings occur in MIMIC-CXR, and that `findings and impression` counts as impression, is known from
 * MIT-LCP/mimic-cxr:txt/section_parser.py (Johnson et al. 2019, doi:10.1038/s41597-019-0322-0).
 */
const SPELLINGS: Readonly<Record<HeadedSection, readonly string[]>> = {
  findings: ['findings', 'finding', 'report', 'radiographic findings', 'chest findings', 'reference findings', 'observations', 'narrative'],
  impression: [
    'impression', 'impressions', 'conclusion', 'conclusions', 'opinion', 'summary', 'assessment', 'diagnosis', 'final impression',
    'findings and impression', 'findings impression', 'impression and findings', 'impression and plan', 'interpretation',
  ],
  indication: [
    'indication', 'indications', 'reason for exam', 'reason for examination', 'reason for study', 'reason for this examination',
    'clinical indication', 'clinical indications', 'reason', 'reason for the exam', 'reason for test', 'reason for order',
    'indication for study', 'indication for exam', 'clinical question', 'exam reason',
  ],
  comparison: [
    'comparison', 'comparisons', 'comparison exam', 'comparison film', 'comparison films', 'comparison study', 'comparison studies',
    'compared to', 'reference exam', 'prior studies', 'prior study', 'previous examination', 'prior exam', 'priors',
  ],
  history: [
    'history', 'clinical history', 'clinical information', 'patient history', 'medical history', 'clinical data', 'clinical details',
    'clinical statement', 'brief history', 'relevant history', 'pfi', 'pertinent history', 'clinical',
  ],
  addendum: ['addendum', 'addenda', 'addendum report', 'addendum to the report', 'addendum impression'],
  'wet read': ['wet read', 'wetread', 'wet reading', 'preliminary read', 'preliminary report', 'preliminary impression', 'preliminary'],
  technique: [
    'technique', 'techniques', 'procedure', 'views', 'projections', 'protocol', 'number of views', 'method', 'technical factors',
    'procedure comments', 'view', 'imaging technique',
  ],
  examination: [
    'examination', 'exam', 'type of examination', 'type of exam', 'study', 'exam type', 'examinations', 'procedure name', 'title',
    'exam date', 'examination date', 'study date', 'date of exam', 'date', 'exam date and time', 'exam title',
  ],
  other: [
    'recommendation', 'recommendations', 'recommendation s', 'notification', 'notifications', 'comment', 'comments', 'attending',
    'dictated by', 'signed by', 'electronically signed by', 'approved by', 'radiologist', 'end of impression', 'accession number',
    'ordering physician', 'attestation', 'provider', 'physician', 'transcribed by', 'reported by', 'staff', 'nodule management',
    'communication', 'critical result', 'critical results', 'i attest', 'patient name', 'mrn', 'workstation', 'resident',
  ],
}; // biome-ignore format: lists to be read across

const SECTIONS: ReadonlyMap<string, HeadedSection> = new Map(
  (Object.keys(SPELLINGS) as HeadedSection[]).flatMap((section) =>
    SPELLINGS[section].map((spelling) => [spelling, section] as const),
  ),
);

/** Words that stand for what was examined: `CHEST, TWO VIEWS:` opens the findings. */
const EXAMINED = /\b(chest|portable|views?|pa|ap|lat|lateral|frontal|upright|ribs?|bone window|radiographs?)\b/;

const LONGEST = 60;
export const LONGEST_HEADING = LONGEST;

/** The words of a heading, lower case, with single spaces; undefined where the text cannot be one. */
export function headingWords(text: string): string | undefined {
  if (text.length > LONGEST || text.length < 3) return undefined;
  const words = text
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();
  return words.length >= 3 ? words : undefined;
}

/** A heading in one of its spellings, whatever its case. */
export function exactHeading(words: string): HeadedSection | undefined {
  return SECTIONS.get(words);
}

/**
 * A heading in capitals at the start of a line, before a colon, may also be misspelt, hold a main heading among other words, or
 * name what was examined.
 */
export function capitalHeading(words: string): HeadedSection | undefined {
  return SECTIONS.get(words) ?? misspelt(words) ?? containing(words) ?? (EXAMINED.test(words) ? 'findings' : undefined);
}

const MAIN = [
  'impression',
  'findings',
  'comparison',
  'indication',
  'history',
  'technique',
  'examination',
  'addendum',
] as const;

function containing(words: string): HeadedSection | undefined {
  const found = MAIN.find((main) => words.split(' ').includes(main));
  return found;
}

function misspelt(words: string): HeadedSection | undefined {
  if (words.length < 6 || words.includes(' ')) return undefined;
  return MAIN.find((main) => Math.abs(main.length - words.length) <= 2 && editDistance(main, words) <= 2);
}

/** Levenshtein distance of two short words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
