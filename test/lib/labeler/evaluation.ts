/** Labels against references on real reports: counts, F1 by label policy, and what the Indiana indexers coded. */
import iuXray from '../../../src/catalog/datasets/iu-xray.ts';
import { sha256 } from '../../../src/core/digest.ts';
import { CHEXPERT_FINDINGS, type LabelState } from '../../../src/core/study.ts';
import { type Labels, labelReport } from '../../../src/lib/labeler/labeler.ts';
import { nodeContext } from '../../context.ts';

export interface IndexedReport {
  readonly uid: string;
  /** Findings and impression, an empty line between them. */
  readonly text: string;
  /** From MeSH codes by indexers, who read the report: positives only. */
  readonly gold: Readonly<Record<string, LabelState>>;
  /** The rules were written on this half; the other was not read while they were. */
  readonly isDevelopment: boolean;
}

/** Reports of an Indiana release that have a text and were indexed, by uid. */
export async function indexedReports(folder: string): Promise<IndexedReport[]> {
  const { studies } = await iuXray.open(folder, iuXray.options.parse({ form: 'kaggle' }), nodeContext());
  return studies.flatMap(({ id: uid, report, labels: gold }) => {
    const text = [report.findings, report.impression].filter((part) => part !== undefined).join('\n\n');
    const isIndexed = CHEXPERT_FINDINGS.some((finding) => gold[finding] !== 'uncertain');
    return text !== '' && isIndexed ? [{ uid, text, gold, isDevelopment: isDevelopmentHalf(uid) }] : [];
  });
}

const isDevelopmentHalf = (uid: string) => Number.parseInt(sha256(uid).slice(0, 2), 16) % 2 === 0;

/** What an uncertain label of either side counts as; `left out`: the report is left out for that finding. */
export const UNCERTAIN = ['left out', 'absent', 'present'] as const;
export type Uncertain = (typeof UNCERTAIN)[number];

export interface Counts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

export function f1({ truePositives, falsePositives, falseNegatives }: Counts): number {
  return (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives);
}

type Pair = readonly [gold: LabelState, found: LabelState];

/** Counts of presence. */
export function countPresence(pairs: readonly Pair[], uncertain: Uncertain): Counts {
  const meaning = (state: LabelState) => (state === 'uncertain' ? uncertain : state);
  const known = pairs.filter((pair) => pair.every((state) => meaning(state) !== 'left out'));
  return countOf(known, (state) => meaning(state) === 'present');
}

/** Counts of any question asked of both sides, for example whether a finding is mentioned. */
export function countOf(pairs: readonly Pair[], is: (state: LabelState) => boolean): Counts {
  const count = (gold: boolean, found: boolean) => pairs.filter(([a, b]) => is(a) === gold && is(b) === found).length;
  return { truePositives: count(true, true), falsePositives: count(false, true), falseNegatives: count(true, false) };
}

export interface FindingScore {
  readonly finding: string;
  readonly positives: number;
  readonly f1: Readonly<Record<Uncertain, number>>;
  readonly counts: Readonly<Record<Uncertain, Counts>>;
}

/** Scores by finding against the indexers. */
export function scoreFindings(reports: readonly IndexedReport[]): FindingScore[] {
  const labeled = reports.map(({ text, gold }) => [gold, labelReport(text)] as const);
  return CHEXPERT_FINDINGS.map((finding) => {
    const pairs = labeled.map(([gold, found]): Pair => [gold[finding] ?? 'unmentioned', found[finding]]);
    const counts = Object.fromEntries(UNCERTAIN.map((meaning) => [meaning, countPresence(pairs, meaning)])) as Record<
      Uncertain,
      Counts
    >;
    const scores = Object.fromEntries(UNCERTAIN.map((meaning) => [meaning, f1(counts[meaning])])) as Record<
      Uncertain,
      number
    >;
    return { finding, positives: pairs.filter(([gold]) => gold === 'present').length, f1: scores, counts };
  });
}

/** Mean F1 over the findings named. */
export function macroF1(scores: readonly FindingScore[], uncertain: Uncertain, findings: readonly string[]): number {
  const chosen = scores.filter(({ finding }) => findings.includes(finding));
  return chosen.reduce((sum, score) => sum + score.f1[uncertain], 0) / chosen.length;
}

/** A sentence of an Indiana report read by a person: uid, offsets in the text, finding, state. No text is kept. */
export type ReadSentence = readonly [uid: string, start: number, end: number, finding: keyof Labels, state: LabelState];

export function sentencePairs(
  sentences: readonly ReadSentence[],
  reports: readonly IndexedReport[],
): { readonly finding: string; readonly pair: Pair }[] {
  const texts = new Map(reports.map(({ uid, text }) => [uid, text]));
  return sentences.map(([uid, start, end, finding, state]) => {
    const text = texts.get(uid);
    if (text === undefined) throw new RangeError(`no report ${uid}`);
    return { finding, pair: [state, labelReport(text.slice(start, end))[finding]] };
  });
}
