/** A small pattern language over words, compiled to an index by first word. Work per token is bounded: linear in the text. */
import type { Sentence } from './tokens.ts';

/**
 * Patterns are words separated by spaces:
 * `effusion` that word · `effusion*` words that begin so · `heart|cardiac` one of them · `[small]` may be missing ·
 * `..3` up to three words of any kind, never punctuation · `?` and other marks stand for themselves. The first step
 * names a word that must be there.
 */
export interface Entry<Payload> {
  readonly pattern: string;
  readonly payload: Payload;
}

export interface Match<Payload> {
  /** Token positions in the sentence; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly payload: Payload;
}

interface Step {
  readonly id: number;
  readonly isOptional: boolean;
  /** Up to so many words of any kind; 0 for a step that names words. */
  readonly gap: number;
}

interface Compiled<Payload> {
  readonly steps: readonly Step[];
  readonly payload: Payload;
}

interface Word<Payload> {
  readonly ids: ReadonlySet<number>;
  readonly starts: readonly Compiled<Payload>[];
}

export interface Matcher<Payload> {
  /** The longest match at each token where one begins, in order; several where patterns of one length have other payloads. */
  readonly find: (sentence: Sentence) => Match<Payload>[];
}

/** Words remembered between reports; forgotten when full, so that no text can make them grow without end. */
const REMEMBERED = 20_000;

/** @throws RangeError for a pattern that has no first word: a mistake in the data */
export function compileMatcher<Payload>(entries: readonly Entry<Payload>[]): Matcher<Payload> {
  const vocabulary = new Vocabulary();
  const byFirst = new Map<number, Compiled<Payload>[]>();
  for (const { pattern, payload } of entries) {
    const steps = pattern.split(' ').map((step) => compileStep(step, vocabulary));
    if (steps[0]!.isOptional || steps[0]!.gap > 0 || steps.at(-1)!.gap > 0)
      throw new RangeError(`pattern must begin with a word and end with no gap: ${pattern}`);
    byFirst.set(steps[0]!.id, [...(byFirst.get(steps[0]!.id) ?? []), { steps, payload }]);
  }
  const remembered = new Map<string, Word<Payload>>();
  const lookUp = (text: string): Word<Payload> => {
    const known = remembered.get(text);
    if (known) return known;
    const ids = vocabulary.idsOf(text);
    const word = { ids, starts: [...ids].flatMap((id) => byFirst.get(id) ?? []) };
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(text, word);
    return word;
  };
  return { find: (sentence) => findAll(sentence, lookUp) };
}

/** Which steps a word satisfies. */
class Vocabulary {
  private readonly exact = new Map<string, number[]>();
  private readonly prefixes = new Map<string, number[]>();
  private readonly ids = new Map<string, number>();
  private longestPrefix = 0;

  idOf(alternatives: string): number {
    const known = this.ids.get(alternatives);
    if (known !== undefined) return known;
    const id = this.ids.size;
    this.ids.set(alternatives, id);
    for (const word of alternatives.split('|')) {
      const isPrefix = word.endsWith('*');
      const key = isPrefix ? word.slice(0, -1) : word;
      const table = isPrefix ? this.prefixes : this.exact;
      table.set(key, [...(table.get(key) ?? []), id]);
      if (isPrefix) this.longestPrefix = Math.max(this.longestPrefix, key.length);
    }
    return id;
  }

  idsOf(word: string): ReadonlySet<number> {
    const ids = new Set(this.exact.get(word));
    for (let length = 1; length <= Math.min(word.length, this.longestPrefix); length++)
      for (const id of this.prefixes.get(word.slice(0, length)) ?? []) ids.add(id);
    return ids;
  }
}

function compileStep(step: string, vocabulary: Vocabulary): Step {
  const gap = /^\.\.(\d+)$/.exec(step);
  if (gap) return { id: -1, isOptional: false, gap: Number(gap[1]) };
  const isOptional = step.startsWith('[');
  return { id: vocabulary.idOf(isOptional ? step.slice(1, -1) : step), isOptional, gap: 0 };
}

function findAll<Payload>(sentence: Sentence, lookUp: (text: string) => Word<Payload>): Match<Payload>[] {
  const found: Match<Payload>[] = [];
  let words: Word<Payload>[] | undefined;
  for (let start = 0; start < sentence.length; start++) {
    const { starts } = lookUp(sentence[start]!.text);
    if (starts.length === 0) continue;
    words ??= sentence.map(({ text }) => lookUp(text));
    addLongest({ sentence, words, steps: [] }, start, found);
  }
  return found;
}

interface Walk<Payload> {
  readonly sentence: Sentence;
  readonly words: readonly Word<Payload>[];
  readonly steps: readonly Step[];
}

function addLongest<Payload>(walk: Walk<Payload>, start: number, found: Match<Payload>[]): void {
  let longest = 0;
  const first = found.length;
  for (const { steps, payload } of walk.words[start]!.starts) {
    const end = matchFrom({ ...walk, steps }, start + 1, 1);
    if (end < longest || end < 0) continue;
    if (end > longest) found.length = first;
    longest = end;
    found.push({ start, end, payload });
  }
}

/** End of the match of the steps from `step` on, or -1. Depth is bounded by the pattern, breadth by its gaps. */
function matchFrom<Payload>(walk: Walk<Payload>, position: number, step: number): number {
  if (step === walk.steps.length) return position;
  const { id, isOptional, gap } = walk.steps[step]!;
  if (gap > 0) return matchGap(walk, { position, step: step + 1, left: gap });
  if (walk.words[position]?.ids.has(id)) {
    const end = matchFrom(walk, position + 1, step + 1);
    if (end >= 0) return end;
  }
  return isOptional ? matchFrom(walk, position, step + 1) : -1;
}

function matchGap<Payload>(walk: Walk<Payload>, from: { position: number; step: number; left: number }): number {
  let { position } = from;
  for (let left = from.left; ; left--) {
    const end = matchFrom(walk, position, from.step);
    if (end >= 0) return end;
    if (left === 0 || !walk.sentence[position]?.isWord) return -1;
    position++;
  }
}
