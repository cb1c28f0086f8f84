/** What a sentence asserts of its mentions: the triggers in reach decide. */
import { anatomyAssertion } from './anatomy.ts';
import { clausesOf } from './clauses.ts';
import type { RawMention } from './mentions.ts';
import { compileMatcher, type Match } from './patterns.ts';
import { CLOSERS, COMPANIONS, EVIDENCE, LINKS, MODALS, NEAR_ENDS, PLACES, VERBS } from './phrases-clauses.ts';
import { TRIGGER_PHRASES, type TriggerPhrases } from './phrases-triggers.ts';
import type { Sentence } from './tokens.ts';

export type Assertion = 'present' | 'absent' | 'uncertain';
export type Trigger = Match<TriggerPhrases>;

export interface Asserted {
  readonly assertion: Assertion;
  /** The deciding words, as token positions; absent where nothing speaks against the mention. */
  readonly trigger?: { readonly start: number; readonly end: number };
}

/** A sentence with everything that the rules ask of it. */
export interface Analysis {
  readonly sentence: Sentence;
  readonly clauses: Int32Array;
  readonly triggers: readonly Trigger[];
  /** Phrases that look like a trigger and are none: `no change in`. */
  readonly neutral: readonly Trigger[];
}

const matcher = compileMatcher(
  TRIGGER_PHRASES.flatMap((phrases) => phrases.patterns.map((pattern) => ({ pattern, payload: phrases }))),
);

export function analyse(sentence: Sentence): Analysis {
  const found = visible(matcher.find(sentence));
  const isNeutral = ({ payload }: Trigger) => payload.kind === 'none';
  const triggers = found.filter((trigger) => !isNeutral(trigger));
  return { sentence, clauses: clausesOf(sentence), triggers, neutral: found.filter(isNeutral) };
}

/**
 * `no change in` hides its `no`; of overlapping triggers the longer one stays, of equal ones all. But `is possible`, said of what
 * stands before, leaves `possible` to what stands after.
 */
function visible(all: readonly Trigger[]): Trigger[] {
  const length = ({ start, end }: Trigger) => end - start;
  const hidden = (trigger: Trigger) =>
    all.some(
      (other) =>
        other.start < trigger.end &&
        other.end > trigger.start &&
        length(other) > length(trigger) &&
        !(isBackwardDoubt(other) && trigger.payload.direction === 'forward'),
    );
  return all.filter((trigger) => !hidden(trigger));
}

const isBackwardDoubt = ({ payload }: Trigger) => payload.kind === 'uncertainty' && payload.direction === 'backward';

/**
 * Assertion of a mention, or undefined where anatomy is only named. Order: doubt (`cannot exclude`), negation, uncertainty,
 * a phrase that only hints; else present.
 */
export function assertionOf(mention: RawMention, analysis: Analysis): Asserted | undefined {
  if (mention.kind === 'anatomy') return anatomyAssertion(mention, analysis);
  for (const kind of ['doubt', 'negation', 'uncertainty'] as const) {
    const trigger = analysis.triggers.findLast((one) => one.payload.kind === kind && reaches(one, mention, analysis));
    if (trigger) return { assertion: kind === 'negation' ? 'absent' : 'uncertain', trigger };
  }
  return { assertion: mention.kind === 'hinted' ? 'uncertain' : 'present' };
}

/** Whether a trigger changes what stands at `span`. */
export function reaches(trigger: Trigger, span: { start: number; end: number }, analysis: Analysis): boolean {
  const { direction } = trigger.payload;
  if (direction !== 'backward' && trigger.end <= span.start) return reachesForward(trigger, span.start, analysis);
  if (direction !== 'forward' && trigger.start >= span.end) return reachesBackward(trigger, span, analysis);
  if (isAnswer(trigger, span.end, analysis.sentence)) return true;
  return trigger.payload.kind === 'negation' && trigger.start < span.end && trigger.end > span.start; // `vessels not engorged`
}

/** `Pneumothorax: no` */
function isAnswer(trigger: Trigger, end: number, sentence: Sentence): boolean {
  return sentence[end]?.text === ':' && trigger.start === end + 1 && trigger.end === sentence.length;
}

const NEAR = 9;

function reachesForward({ end, payload }: Trigger, start: number, { sentence, clauses }: Analysis): boolean {
  if (clauses[end - 1] !== clauses[start]) return false;
  const isNear = payload.reach === 'near';
  if (isNear && start - end > NEAR) return false;
  for (let index = end; index < start; index++) {
    const { text } = sentence[index]!;
    if (isNear && NEAR_ENDS.has(text) && !joinsOnePhrase(sentence, index)) return false;
    if (COMPANIONS.has(text) && !keepsReach(sentence, index)) return false;
  }
  return true;
}

/** `and/or`, `third and fourth rib`. */
function joinsOnePhrase(sentence: Sentence, index: number): boolean {
  const next = sentence[index + 1]?.text ?? '';
  return CLOSERS.has(next) || next === '/' || (PLACES.has(next) && PLACES.has(sentence[index - 1]?.text ?? ''));
}

function keepsReach(sentence: Sentence, index: number): boolean {
  return EVIDENCE.has(sentence[index + 1]?.text ?? '') || LINKS.has(sentence[index - 1]?.text ?? '');
}

/** A trigger after a mention: same clause, or right behind a colon; not past another verb or `with`. */
function reachesBackward(trigger: Trigger, span: { start: number; end: number }, analysis: Analysis): boolean {
  const { sentence, clauses } = analysis;
  if (sentence[span.end]?.text === ':' && trigger.start === span.end + 1) return true;
  if (clauses[span.end - 1] !== clauses[trigger.start]) return false;
  let joints = 0;
  let verbs = 0;
  for (let index = span.end; index < trigger.start; index++) {
    const { text } = sentence[index]!;
    if (COMPANIONS.has(text) || text === 'without') return false;
    if (text === ',' || text === 'and') joints++;
    if (VERBS.has(text) || MODALS.has(text)) verbs++;
  }
  if (verbs > (trigger.payload.reach === 'near' ? 0 : 1)) return false;
  return joints === 0 || !hasVerbBefore(span.start, analysis);
}

/** Whether the clause of a token has a verb before it: then what follows a joint is not said of it. */
function hasVerbBefore(start: number, { sentence, clauses }: Analysis): boolean {
  for (let index = start - 1; index >= 0 && clauses[index] === clauses[start]; index--)
    if (VERBS.has(sentence[index]!.text)) return true;
  return false;
}
