/** Threshold policies: which score is called positive. Chosen on a part that is not judged. */
import { ConfigError } from '../../core/errors.ts';
import type { ScoredTargets } from '../../core/metric.ts';
import { descendingOrder, hasNaN } from './order.ts';

export type ThresholdPolicy =
  | { readonly kind: 'fixed'; readonly value: number }
  /** Largest sensitivity + specificity. Source: Youden 1950, Cancer 3, 32-35. */
  | { readonly kind: 'youden' }
  /** Largest F1. */
  | { readonly kind: 'f1' }
  /** Highest threshold whose sensitivity is at least `value`. */
  | { readonly kind: 'sensitivity'; readonly value: number };

/**
 * `youden`, `f1`, `fixed=0.5` or `sensitivity=0.9`.
 * @throws ConfigError for another text, and for a sensitivity outside (0, 1]
 */
export function parseThresholdPolicy(text: string): ThresholdPolicy {
  const [kind, argument, ...rest] = text.split('=');
  const value = argument?.trim() ? Number(argument) : Number.NaN;
  if ((kind === 'youden' || kind === 'f1') && argument === undefined) return { kind };
  if (rest.length === 0 && kind === 'fixed' && Number.isFinite(value)) return { kind, value };
  if (rest.length === 0 && kind === 'sensitivity' && value > 0 && value <= 1) return { kind, value };
  const expected = 'expected "youden", "f1", "fixed=X" or "sensitivity=X" with X in (0, 1]';
  throw new ConfigError(`threshold: policy, ${expected}, got "${text}"`, 'for example threshold: youden');
}

/** The text that `parseThresholdPolicy` reads: stands in every protocol. */
export function thresholdPolicyId(policy: ThresholdPolicy): string {
  return 'value' in policy ? `${policy.kind}=${policy.value}` : policy.kind;
}

export interface Threshold {
  /** Rows with `score >= value` are called positive; NaN where none can be chosen. */
  readonly value: number;
  readonly reason?: string;
}

/** Counts at a candidate threshold. */
interface Candidate {
  readonly score: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

interface Totals {
  readonly positives: number;
  readonly negatives: number;
}

/** Whether candidate `a` is strictly better than `b`. Whole numbers only, so that ties are ties on every machine. */
type Better = (a: Candidate, b: Candidate, totals: Totals) => boolean;

const betterYouden: Better = (a, b, { positives, negatives }) =>
  a.truePositives * negatives - a.falsePositives * positives >
  b.truePositives * negatives - b.falsePositives * positives;

/** 2TP / (TP + FP + P), compared crosswise. */
const betterF1: Better = (a, b, { positives }) =>
  a.truePositives * (b.truePositives + b.falsePositives + positives) >
  b.truePositives * (a.truePositives + a.falsePositives + positives);

function candidates({ targets, scores }: ScoredTargets): Candidate[] {
  const order = descendingOrder(scores);
  const found: Candidate[] = [];
  let [truePositives, falsePositives] = [0, 0];
  order.forEach((row, place) => {
    if (targets[row] === 1) truePositives++;
    else falsePositives++;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    found.push({ score: scores[row]!, truePositives, falsePositives });
  });
  return found;
}

function undefinedReason(policy: ThresholdPolicy, input: ScoredTargets, totals: Totals): string | undefined {
  if (hasNaN(input.scores)) return 'a score is NaN';
  if (totals.positives === 0) return 'no positives to choose a threshold on';
  if (totals.negatives === 0 && policy.kind === 'youden') return 'no negatives to choose a threshold on';
  return undefined;
}

/** The first, so the highest, of the best. */
function best(list: readonly Candidate[], better: Better, totals: Totals): Candidate {
  return list.reduce((chosen, candidate) => (better(candidate, chosen, totals) ? candidate : chosen));
}

/** Share of a positive by which rounding of `value * positives` is forgiven. */
const ROUNDING = 1e-9;

/**
 * The threshold of a policy on given scores, one of the scores themselves (or the fixed value). Of several that are
 * equally good the highest is taken: the fewest are called positive.
 */
export function chooseThreshold(policy: ThresholdPolicy, input: ScoredTargets): Threshold {
  if (policy.kind === 'fixed') return { value: policy.value };
  const positives = input.targets.reduce((sum, target) => sum + (target === 1 ? 1 : 0), 0);
  const totals = { positives, negatives: input.targets.length - positives };
  const reason = undefinedReason(policy, input, totals);
  if (reason) return { value: Number.NaN, reason };
  const list = candidates(input);
  if (policy.kind === 'sensitivity') {
    const needed = policy.value * positives - ROUNDING;
    return { value: list.find(({ truePositives }) => truePositives >= needed)!.score };
  }
  return { value: best(list, policy.kind === 'youden' ? betterYouden : betterF1, totals).score };
}

/** 1 where the score reaches the threshold; all 0 for a threshold of NaN. */
export function decide(scores: Float64Array, threshold: number): Uint8Array {
  return Uint8Array.from(scores, (score) => (score >= threshold ? 1 : 0));
}
