/** Anatomy that is normal or not: the heart, the mediastinum. A quality in its clause decides; without one nothing is said. */
import { type Analysis, type Asserted, type Assertion, reaches } from './assertion.ts';
import type { RawMention } from './mentions.ts';
import { compileMatcher, type Match } from './patterns.ts';
import { VERBS } from './phrases-clauses.ts';
import { QUALITY_PHRASES, type Quality } from './phrases-triggers.ts';

type QualityMatch = Match<Quality>;

const matcher = compileMatcher<Quality>(
  (Object.keys(QUALITY_PHRASES) as Quality[]).flatMap((quality) =>
    QUALITY_PHRASES[quality].map((pattern) => ({ pattern, payload: quality })),
  ),
);

const ASSERTIONS: Readonly<Record<Quality, Assertion>> = {
  abnormal: 'present',
  borderline: 'uncertain',
  normal: 'absent',
  stable: 'uncertain',
  obscured: 'uncertain',
};

export function anatomyAssertion(mention: RawMention, analysis: Analysis): Asserted | undefined {
  const found = matcher.find(analysis.sentence);
  if (found.length === 0) return undefined;
  const quality = decisive(longest(found), mention, analysis);
  if (!quality) return undefined;
  const { start, end, payload } = quality;
  const trigger = { start, end };
  if (payload !== 'abnormal') return { assertion: ASSERTIONS[payload], trigger };
  const kinds = analysis.triggers
    .filter((other) => (other.end <= start || other.start >= end) && reaches(other, quality, analysis))
    .map((other) => other.payload.kind);
  if (kinds.includes('doubt')) return { assertion: 'uncertain', trigger };
  if (kinds.includes('negation')) return { assertion: 'absent', trigger };
  return { assertion: kinds.includes('uncertainty') ? 'uncertain' : 'present', trigger };
}

function longest(all: readonly QualityMatch[]): QualityMatch[] {
  const length = ({ start, end }: QualityMatch) => end - start;
  return all.filter(
    (match) =>
      !all.some((other) => other.start < match.end && other.end > match.start && length(other) > length(match)),
  );
}

/**
 * The quality that is said of the anatomy: an adjective right before it, else the first after it in its clause, else the last
 * before it in a list. `stable` yields to any other: a stable heart that is enlarged is enlarged.
 */
function decisive(all: readonly QualityMatch[], mention: RawMention, analysis: Analysis): QualityMatch | undefined {
  const { clauses } = analysis;
  const mine = all.filter(({ start }) => clauses[start] === clauses[mention.start]);
  const before = mine.filter(({ end }) => end <= mention.start);
  const after = mine.filter(({ start }) => start >= mention.end);
  const isFirm = ({ payload }: QualityMatch) => payload !== 'stable';
  const adjectives = before.filter(({ end }) => isAdjacent(end, mention.start, analysis));
  return (
    adjectives.findLast(isFirm) ??
    after.find(isFirm) ??
    adjectives.at(-1) ??
    after[0] ??
    before.findLast(({ end }) => isListed(end, mention.start, analysis))
  );
}

const ADJACENT = 4;
const STOPS = new Set([',', 'and', 'or', '/', 'with', 'but']);

function isAdjacent(end: number, start: number, { sentence }: Analysis): boolean {
  if (start - end > ADJACENT) return false;
  for (let index = end; index < start; index++) {
    const { text } = sentence[index]!;
    if (STOPS.has(text) || SEPARATORS.has(text) || VERBS.has(text)) return false;
  }
  return true;
}

const SEPARATORS = new Set([
  'in',
  'with',
  'to',
  'at',
  'from',
  'by',
  'on',
  'for',
  'near',
  'behind',
  'within',
  'through',
  'overlying',
]);

/** `normal heart size and mediastinal contours`: nothing but a list stands between. */
function isListed(end: number, start: number, { sentence }: Analysis): boolean {
  for (let index = end; index < start; index++) {
    const { text } = sentence[index]!;
    if (SEPARATORS.has(text) || VERBS.has(text)) return false;
  }
  return true;
}
