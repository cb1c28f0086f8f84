/** Paired permutation test of two models on a ranking statistic, swapping the models patient by patient. */
import type { ScoredTargets, Statistic } from '../../core/metric.ts';
import { rng } from '../../core/rng.ts';
import { clusterByPatient } from './bootstrap.ts';
import { midRanks } from './order.ts';

export interface PermutationInput {
  readonly targets: Uint8Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Patient of each row: all rows of a patient are swapped together. */
  readonly patients: readonly string[];
}

/** Differences within this of the observed one count as reaching it: both are sums in another order. */
const ROUNDING = 1e-12;

/**
 * Two-sided p-value of the difference, (1 + replicates at least as far from 0) / (1 + replicates). Scores are first
 * replaced by mid-ranks, so that models on different scales are exchangeable under the null hypothesis.
 * @throws RangeError for arrays of different length
 * Source: Venkatraman & Begg 1996, doi:10.1093/biomet/83.4.835.
 */
export function pairedPermutation(
  { targets, a, b, patients }: PermutationInput,
  prepare: (input: ScoredTargets) => Statistic,
  { permutations, seed }: { readonly permutations: number; readonly seed: number },
): { readonly difference: number; readonly pValue: number } {
  if (new Set([targets.length, a.length, b.length, patients.length]).size > 1) {
    throw new RangeError('permutation: targets, scores and patients have different lengths');
  }
  const { count, ofRow } = clusterByPatient(patients);
  const [ranksA, ranksB] = [midRanks(a), midRanks(b)];
  const differenceOf = (first: Float64Array, second: Float64Array) =>
    prepare({ targets, scores: first })() - prepare({ targets, scores: second })();
  const difference = differenceOf(ranksA, ranksB);
  if (Number.isNaN(difference)) return { difference, pValue: Number.NaN };
  let reached = 0;
  for (let r = 0; r < permutations; r++) {
    const random = rng(seed, 'permutation', String(r));
    const swap = Uint8Array.from({ length: count }, () => random.integer(2));
    const first = ranksA.map((rank, row) => (swap[ofRow[row]!] ? ranksB[row]! : rank));
    const second = ranksB.map((rank, row) => (swap[ofRow[row]!] ? ranksA[row]! : rank));
    if (Math.abs(differenceOf(first, second)) >= Math.abs(difference) - ROUNDING) reached++;
  }
  return { difference, pValue: (reached + 1) / (permutations + 1) };
}
