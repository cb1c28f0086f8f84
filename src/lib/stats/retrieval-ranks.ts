/** Retrieval statistics over queries; queries without a relevant candidate, and failed ones, are left out and counted elsewhere. */
import type { RankedQueries, Statistic } from '../../core/metric.ts';
import { sortedWeightedMedian } from './quantile.ts';

/** Weighted mean of the entries that are not NaN; NaN where none is. */
function prepareMean(values: Float64Array): Statistic {
  const rows = Int32Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]!));
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < rows.length; i++) {
      const weight = weights ? weights[rows[i]!]! : 1;
      sum += weight * values[rows[i]!]!;
      total += weight;
    }
    return total > 0 ? sum / total : Number.NaN;
  };
}

/** Share of queries whose best relevant candidate stands at rank k or better (mid-rank for ties). */
export function prepareRecallAt(k: number): (input: RankedQueries) => Statistic {
  return ({ firstRelevantRank }) =>
    prepareMean(firstRelevantRank.map((rank) => (Number.isNaN(rank) ? rank : rank <= k ? 1 : 0)));
}

/** Mean of 1 / rank of the best relevant candidate. Source: Voorhees 1999, TREC-8 question answering track. */
export function prepareReciprocalRank({ firstRelevantRank }: RankedQueries): Statistic {
  return prepareMean(firstRelevantRank.map((rank) => 1 / rank));
}

/** Median rank of the best relevant candidate. */
export function prepareMedianRank({ firstRelevantRank }: RankedQueries): Statistic {
  const rows = Int32Array.from(firstRelevantRank.keys()).filter((row) => !Number.isNaN(firstRelevantRank[row]!));
  rows.sort((a, b) => firstRelevantRank[a]! - firstRelevantRank[b]! || a - b);
  const sorted = Float64Array.from(rows, (row) => firstRelevantRank[row]!);
  const multiplicities = new Float64Array(rows.length);
  return (weights) => {
    for (let i = 0; i < rows.length; i++) multiplicities[i] = weights ? weights[rows[i]!]! : 1;
    return sortedWeightedMedian(sorted, multiplicities);
  };
}

/**
 * Normalised discounted cumulative gain of the first k places with binary relevance, discount 1 / log2(place + 1); the
 * ideal ranking has all relevant candidates first. Mean over queries.
 * Source: Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418.
 */
export function prepareNdcgAt(k: number): (input: RankedQueries) => Statistic {
  return ({ firstRelevantRank, relevantCount, topRelevance, depth }) => {
    const discount = Float64Array.from({ length: k }, (_, place) => 1 / Math.log2(place + 2));
    const ideal = new Float64Array(k + 1);
    for (let place = 0; place < k; place++) ideal[place + 1] = ideal[place]! + discount[place]!;
    const gains = firstRelevantRank.map((rank, query) => {
      if (Number.isNaN(rank) || !(relevantCount[query]! > 0)) return Number.NaN;
      let gain = 0;
      for (let place = 0; place < Math.min(k, depth); place++) {
        gain += topRelevance[query * depth + place]! * discount[place]!;
      }
      return gain / ideal[Math.min(k, relevantCount[query]!)]!;
    });
    return prepareMean(gains);
  };
}
