/** Mentions of findings in a sentence, before anything is asserted of them. */

import { compileMatcher, type Entry, type Match } from './patterns.ts';
import { FINDING_PHRASES, type Finding, type FindingPhrases } from './phrases-findings.ts';
import { OTHER_ABNORMALITIES } from './phrases-other.ts';
import type { Sentence } from './tokens.ts';

/** A finding, or an abnormality that is none of the 14 and only contradicts No Finding. */
export type Observation = Exclude<Finding, 'No Finding'> | 'Other';
export type MentionKind = 'named' | 'hinted' | 'anatomy';

interface Phrase {
  readonly observation: Observation;
  readonly kind: MentionKind | 'excluded';
}

/** Token positions in its sentence; `end` is exclusive. */
export interface RawMention {
  readonly observation: Observation;
  readonly kind: MentionKind;
  readonly start: number;
  readonly end: number;
}

const matcher = compileMatcher<Phrase>([
  ...Object.entries(FINDING_PHRASES).flatMap(([finding, phrases]) => entriesOf(finding as Observation, phrases)),
  ...OTHER_ABNORMALITIES.map((pattern) => ({ pattern, payload: { observation: 'Other', kind: 'named' } as const })),
]);

function entriesOf(observation: Observation, phrases: FindingPhrases): Entry<Phrase>[] {
  return (['named', 'hinted', 'anatomy', 'excluded'] as const).flatMap((kind) =>
    (phrases[kind] ?? []).map((pattern) => ({ pattern, payload: { observation, kind } })),
  );
}

/** Mentions in order; what an excluded phrase covers is left out, and so is a mention inside a longer one of its finding. */
export function mentionsIn(sentence: Sentence): RawMention[] {
  const matches = matcher.find(sentence);
  if (matches.length === 0) return [];
  const mentions: RawMention[] = [];
  for (const match of matches) {
    const { observation, kind } = match.payload;
    if (kind === 'excluded' || matches.some((other) => hides(other, match))) continue;
    const { start, end } = match;
    const isRepeated = mentions.some(
      (other) => other.observation === observation && other.start === start && other.end === end,
    );
    if (!isRepeated) mentions.push({ observation, kind, start, end });
  }
  return mentions;
}

function hides(other: Match<Phrase>, match: Match<Phrase>): boolean {
  if (other === match || other.end <= match.start || other.start >= match.end) return false;
  const isExclusion = other.payload.kind === 'excluded';
  const isSame = other.payload.observation === match.payload.observation;
  const [length, otherLength] = [match.end - match.start, other.end - other.start];
  if (isExclusion) return isSame && otherLength >= length;
  if (match.payload.kind === 'anatomy') return otherLength > length && (isSame || other.payload.kind !== 'anatomy');
  if (!isSame || other.payload.kind === 'anatomy') return false;
  return otherLength > length || (otherLength === length && other.start < match.start);
}
