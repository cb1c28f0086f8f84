/** Patient-cluster bootstrap: patients are drawn with replacement, and a row counts as often as its patient was drawn. */
import type { Statistic } from '../../core/metric.ts';
import { rng } from '../../core/rng.ts';
import { hasLanes, interleave, LANES } from './lanes.ts';
import { sortedQuantile } from './quantile.ts';

/** Rows grouped by patient. */
export interface Clusters {
  readonly count: number;
  /** Cluster of each row, from 0 in the order of the sorted patient ids, so that the order of rows changes nothing. */
  readonly ofRow: Int32Array;
}

export function clusterByPatient(patients: readonly string[]): Clusters {
  const ids = [...new Set(patients)].sort();
  const index = new Map(ids.map((id, position) => [id, position]));
  return { count: ids.length, ofRow: Int32Array.from(patients, (patient) => index.get(patient)!) };
}

/** Replicates of one evaluation. The same (patients, seed, replicate) gives the same draw for every model. */
export interface Replicates {
  readonly count: number;
  /** Multiplicity of every row in replicate b, written into `into` [rows] where it is given. */
  weights(b: number, into?: Float64Array): Float64Array;
}

/**
 * As many patients are drawn as there are, with `rng(seed, 'bootstrap', String(b))`.
 * @param patients patient of each row
 * Source: cluster bootstrap, Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x.
 */
export function replicateWeights(patients: readonly string[], replicates: number, seed: number): Replicates {
  const { count, ofRow } = clusterByPatient(patients);
  const drawn = new Uint32Array(count);
  return {
    count: replicates,
    weights: (b, into = new Float64Array(ofRow.length)) => {
      const random = rng(seed, 'bootstrap', String(b));
      drawn.fill(0);
      for (let i = 0; i < count; i++) drawn[random.integer(count)]!++;
      for (let row = 0; row < ofRow.length; row++) into[row] = drawn[ofRow[row]!]!;
      return into;
    },
  };
}

/**
 * Every statistic under every replicate; the weights of a replicate are drawn once and shared.
 * @returns one array [replicates] for each statistic, NaN where it is undefined
 */
export function bootstrapDistributions(statistics: readonly Statistic[], replicates: Replicates): Float64Array[] {
  const values = statistics.map(() => new Float64Array(replicates.count));
  const drawn: Float64Array[] = [];
  let interleaved = new Float64Array(0);
  for (let first = 0; first < replicates.count; first += LANES) {
    const here = Math.min(LANES, replicates.count - first);
    for (let lane = 0; lane < here; lane++) drawn[lane] = replicates.weights(first + lane, drawn[lane]);
    if (first === 0) interleaved = new Float64Array(drawn[0]!.length * LANES);
    if (here === LANES) interleave(drawn, interleaved);
    statistics.forEach((statistic, i) => {
      if (here === LANES && hasLanes(statistic)) values[i]!.set(statistic.lanes(interleaved), first);
      else for (let lane = 0; lane < here; lane++) values[i]![first + lane] = statistic(drawn[lane]);
    });
  }
  return values;
}

export interface Interval {
  readonly low: number | null;
  readonly high: number | null;
  /** Replicates in which the statistic was undefined, and which were left out. */
  readonly undefinedReplicates: number;
  /** Present where the interval is null. */
  readonly reason?: string;
}

/** Above this share of undefined replicates an interval would speak of a selection only. */
const MAXIMUM_UNDEFINED_SHARE = 0.1;

function refuse(undefinedReplicates: number, reason: string): Interval {
  return { low: null, high: null, undefinedReplicates, reason };
}

/**
 * Percentile interval of a bootstrap distribution, R-7 quantiles; null where more than 10 % of the replicates are
 * undefined, or where there are none.
 * @param confidence in (0, 1), for example 0.95
 */
export function percentileInterval(distribution: Float64Array, confidence: number): Interval {
  const defined = distribution.filter((value) => !Number.isNaN(value)).sort();
  const missing = distribution.length - defined.length;
  if (distribution.length === 0) return refuse(0, 'no bootstrap replicates');
  if (missing > MAXIMUM_UNDEFINED_SHARE * distribution.length) {
    return refuse(missing, `undefined in ${missing} of ${distribution.length} bootstrap replicates`);
  }
  const tail = (1 - confidence) / 2;
  return {
    low: sortedQuantile(defined, tail),
    high: sortedQuantile(defined, 1 - tail),
    undefinedReplicates: missing,
  };
}

export interface PairedBootstrap {
  /** Distribution of A minus B, replicate by replicate. */
  readonly interval: Interval;
  /** Two-sided; NaN where the interval is null. */
  readonly pValue: number;
}

/**
 * Two models on the same replicates: interval of the difference, and twice the smaller share of replicates on either
 * side of 0, with one added to numerator and denominator so that p is never 0. Equal distributions give p = 1.
 * Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, eq. 4.11.
 */
export function pairedBootstrap(a: Float64Array, b: Float64Array, confidence: number): PairedBootstrap {
  if (a.length !== b.length) throw new RangeError(`bootstrap: ${a.length} and ${b.length} replicates are not paired`);
  const differences = a.map((value, replicate) => value - b[replicate]!);
  const interval = percentileInterval(differences, confidence);
  if (interval.low === null) return { interval, pValue: Number.NaN };
  let [below, above, defined] = [0, 0, 0];
  for (const difference of differences) {
    if (Number.isNaN(difference)) continue;
    defined++;
    if (difference <= 0) below++;
    if (difference >= 0) above++;
  }
  return { interval, pValue: Math.min(1, (2 * (Math.min(below, above) + 1)) / (defined + 1)) };
}
