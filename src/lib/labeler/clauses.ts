/** Clauses of a sentence, found by joints, subjects and verbs: what a negation at their start can reach. */
import { ANATOMY, BREAKS, CLOSERS, DENIALS, JOINTS, OPENERS, SUBJECTS, VERBS } from './phrases-clauses.ts';
import type { Sentence } from './tokens.ts';

/**
 * Number of the clause of each token. A clause ends at `but`, a semicolon and the like; at a comma or `and` before a new
 * subject; and at a joint between two finite verbs.
 */
export function clausesOf(sentence: Sentence): Int32Array {
  const starts = new Uint8Array(sentence.length + 1);
  const lastCloser = lastIndex(sentence, CLOSERS);
  let verb = -1;
  let joint = -1;
  let firstJoint = -1;
  let isDenied = false;
  for (let index = 0; index < sentence.length; index++) {
    const { text } = sentence[index]!;
    if (BREAKS.has(text)) {
      starts[index] = 1;
      [verb, joint, firstJoint, isDenied] = [-1, -1, -1, false];
    } else if (text === 'and' || text === ',' || text === '&') {
      if (opensStatement(sentence, index + 1, { lastCloser, isFinished: verb >= 0 || isDenied })) {
        starts[index] = 1;
        [verb, joint, firstJoint, isDenied] = [-1, -1, -1, false];
      } else {
        joint = index;
        if (firstJoint < 0 && verb >= 0) firstJoint = index;
      }
    } else if (VERBS.has(text)) {
      if (verb >= 0 && joint > verb) starts[endsWithItsVerb(sentence, verb, firstJoint) ? firstJoint : joint] = 1;
      [verb, joint, firstJoint] = [index, -1, -1];
    } else if (DENIALS.has(text)) isDenied = true;
  }
  return numbered(starts, sentence.length);
}

/** `effusion is seen, edema and …`: the first clause ends right after its verb, so that the rest is the next one's subject. */
function endsWithItsVerb(sentence: Sentence, verb: number, joint: number): boolean {
  return verb > 0 && joint - verb <= 3 && sentence[verb - 1]!.text !== 'there';
}

interface Before {
  /** Position of the last `or` of the sentence. */
  readonly lastCloser: number;
  /** Whether the clause has said something already: `heart and lungs are normal` has not, at its `and`. */
  readonly isFinished: boolean;
}

function opensStatement(sentence: Sentence, index: number, { lastCloser, isFinished }: Before): boolean {
  let next = index;
  while (sentence[next] && JOINTS.has(sentence[next]!.text)) next++;
  const text = sentence[next]?.text;
  if (text === undefined) return false;
  if (SUBJECTS.has(text)) return true;
  if (ANATOMY.has(text)) return isFinished && !isListItem(sentence, next, lastCloser);
  return OPENERS.has(text) && lastCloser < next;
}

/** `no effusion, pulmonary edema or pneumothorax`: an adjective inside a list that goes on to an `or`, and no verb before it. */
function isListItem(sentence: Sentence, index: number, lastCloser: number): boolean {
  const { text } = sentence[index]!;
  if (!ADJECTIVES.has(text)) return false;
  if (lastCloser < index) return text === 'pulmonary' || text === 'lung';
  for (let at = index + 1; at < lastCloser; at++) if (VERBS.has(sentence[at]!.text)) return false;
  return true;
}

const ADJECTIVES: ReadonlySet<string> = new Set([
  'pulmonary',
  'lung',
  'bony',
  'osseous',
  'cardiac',
  'mediastinal',
  'visualized',
]);

function lastIndex(sentence: Sentence, texts: ReadonlySet<string>): number {
  for (let index = sentence.length - 1; index >= 0; index--) if (texts.has(sentence[index]!.text)) return index;
  return -1;
}

function numbered(starts: Uint8Array, length: number): Int32Array {
  const clauses = new Int32Array(length);
  let clause = 0;
  for (let index = 0; index < length; index++) {
    clause += starts[index]!;
    clauses[index] = clause;
  }
  return clauses;
}
