/** The finding labeler: 14 CheXpert observations from the text of a report, by rules. Pure, and linear in the text. */
import { CHEXPERT_FINDINGS, type LabelState } from '../../core/study.ts';
import { type Analysis, type Assertion, analyse, assertionOf } from './assertion.ts';
import { mentionsIn, type Observation, type RawMention } from './mentions.ts';
import type { Finding } from './phrases-findings.ts';
import { type Sentence, sentencesOf } from './tokens.ts';

/** Name and version of the rules and phrases: bump it when any label can change. */
export const LABELER = 'medvlm-rules@1';

export type Labels = Readonly<Record<Finding, LabelState>>;

/** Offsets in the text, in UTF-16 code units; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Mention extends Span {
  /** `Other` is an abnormality that is none of the 14: it only contradicts No Finding. */
  readonly observation: Observation;
  readonly assertion: Assertion;
  /** The words that decided; absent where nothing speaks against the mention. */
  readonly trigger?: Span;
}

export interface LabelerOptions {
  /** Fills in the parents of CheXpert's hierarchy: Lung Opacity and Enlarged Cardiomediastinum. Default: not filled in. */
  readonly hierarchy?: boolean;
}

/**
 * Labels of a report. Of several mentions of a finding present wins over uncertain, and uncertain over absent. No Finding is
 * present when nothing but Support Devices is present or uncertain, else unmentioned; a text without a word has no labels.
 * Source: Irvin et al. 2019, doi:10.1609/aaai.v33i01.3301590, section 2; stanfordmlgroup/chexpert-labeler:stages/aggregate.py.
 */
export function labelReport(text: string, options: LabelerOptions = {}): Labels {
  const sentences = sentencesOf(text);
  const mentions = sentences.flatMap(mentionsOf);
  return aggregate(mentions, { hasWords: sentences.some(hasLetters), hierarchy: options.hierarchy ?? false });
}

/** Every mention with where it stands, what is asserted of it and by which words. The text itself is not in the answer. */
export function explain(text: string): readonly Mention[] {
  return sentencesOf(text).flatMap((sentence) => mentionsOf(sentence).map((mention) => located(mention, sentence)));
}

interface AssertedMention extends RawMention {
  readonly assertion: Assertion;
  readonly trigger?: Span;
}

function mentionsOf(sentence: Sentence): AssertedMention[] {
  const raw = mentionsIn(sentence);
  if (raw.length === 0) return [];
  const analysis = analyse(sentence);
  const asserted = raw.flatMap((mention) => {
    const found = assertionOf(mention, analysis);
    return found ? [{ ...mention, ...found }] : [];
  });
  return alternatives(asserted, analysis);
}

/** `atelectasis or pneumonia`: neither is certain. Only where both would be present, and not in `no change in edema or effusion`. */
function alternatives(
  mentions: readonly AssertedMention[],
  { sentence, neutral, clauses }: Analysis,
): AssertedMention[] {
  const isAlternative = (mention: AssertedMention) =>
    mention.observation !== 'Other' &&
    mention.kind !== 'anatomy' &&
    !neutral.some(({ start, end }) => end <= mention.start && clauses[start] === clauses[mention.start]) &&
    mentions.some(
      (other) =>
        other.observation !== mention.observation &&
        other.assertion !== 'absent' &&
        (isOr(sentence, mention.end, other.start) || isOr(sentence, other.end, mention.start)),
    );
  return mentions.map((mention) =>
    mention.assertion === 'present' && isAlternative(mention) ? { ...mention, assertion: 'uncertain' } : mention,
  );
}

/** Whether nothing but `or`, `/`, `and/or` or a comma list to an `or` stands between two mentions. */
function isOr(sentence: Sentence, from: number, to: number): boolean {
  if (to <= from || to - from > 5) return false;
  let hasOr = false;
  for (let index = from; index < to; index++) {
    const { text } = sentence[index]!;
    if (text === 'or' || text === '/') hasOr = true;
    else if (!hasOr && !(text === 'and' && sentence[index + 1]?.text === '/')) return false;
  }
  return hasOr;
}

function located({ observation, assertion, start, end, trigger }: AssertedMention, sentence: Sentence): Mention {
  const span = (from: number, to: number) => ({ start: sentence[from]!.start, end: sentence[to - 1]!.end });
  const mention = { observation, assertion, ...span(start, end) };
  return trigger ? { ...mention, trigger: span(trigger.start, trigger.end) } : mention;
}

const hasLetters = (sentence: Sentence) => sentence.some(({ text, isWord }) => isWord && /\p{L}/u.test(text));

const RANK: Readonly<Record<LabelState, number>> = { unmentioned: 0, absent: 1, uncertain: 2, present: 3 };

interface Aggregation {
  readonly hasWords: boolean;
  readonly hierarchy: boolean;
}

function aggregate(mentions: readonly AssertedMention[], { hasWords, hierarchy }: Aggregation): Labels {
  const labels = Object.fromEntries(CHEXPERT_FINDINGS.map((finding) => [finding, 'unmentioned'])) as Record<
    Finding,
    LabelState
  >;
  let isClear = hasWords;
  for (const { observation, assertion } of mentions) {
    if (observation !== 'Support Devices' && assertion !== 'absent') isClear = false;
    if (observation !== 'Other' && RANK[assertion] > RANK[labels[observation]]) labels[observation] = assertion;
  }
  if (isClear) labels['No Finding'] = 'present';
  if (hierarchy) fillIn(labels);
  return labels;
}

/** Children of a finding in CheXpert's hierarchy. Source: Irvin et al. 2019, figure 1. */
const CHILDREN: readonly (readonly [Finding, readonly Finding[]])[] = [
  ['Consolidation', ['Pneumonia']],
  ['Lung Opacity', ['Edema', 'Consolidation', 'Pneumonia', 'Lung Lesion', 'Atelectasis']],
  ['Enlarged Cardiomediastinum', ['Cardiomegaly']],
];

function fillIn(labels: Record<Finding, LabelState>): void {
  for (const [parent, children] of CHILDREN)
    for (const child of children)
      if (RANK[labels[child]] > RANK[labels[parent]] && labels[child] !== 'absent') labels[parent] = labels[child];
}
