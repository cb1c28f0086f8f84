/** Results of made-up predictions: real metrics with bootstrap intervals, means over findings, retrieval under two readings. */
import type { ReportedDataset } from '../../src/core/report-data.ts';
import type { PredictionRow, Result } from '../../src/core/result.ts';
import { bootstrapDistributions, replicateWeights } from '../../src/lib/stats/bootstrap.ts';
import * as confusion from '../../src/lib/stats/confusion.ts';
import { sortedQuantile } from '../../src/lib/stats/quantile.ts';
import { prepareAuroc, prepareAveragePrecision } from '../../src/lib/stats/ranking-scores.ts';

const DECIDED = ['balancedAccuracy', 'accuracy', 'f1', 'precision', 'recall', 'specificity', 'mcc'] as const;
const DECISIONS = {
  accuracy: confusion.accuracy,
  balancedAccuracy: confusion.balancedAccuracy,
  f1: confusion.f1,
  precision: confusion.precision,
  recall: confusion.recall,
  specificity: confusion.specificity,
  mcc: confusion.matthewsCorrelation,
};

type Measured = Pick<Result, 'value' | 'ciLow' | 'ciHigh' | 'reason'>;

function measured(distribution: Float64Array, value: number): Measured {
  const sorted = distribution.filter((entry) => !Number.isNaN(entry)).sort();
  if (Number.isNaN(value)) return { value: null, ciLow: null, ciHigh: null, reason: 'no positive in test' };
  return { value, ciLow: sortedQuantile(sorted, 0.025), ciHigh: sortedQuantile(sorted, 0.975) };
}

function commonOf(row: PredictionRow, dataset: ReportedDataset, nFailed: number) {
  const where = { dataset: row.dataset, split: dataset.split, task: row.task, corruption: null, severity: null };
  return {
    model: row.model,
    variant: row.variant,
    ...where,
    seed: 0,
    subgroup: null,
    nFailed,
    better: 'higher' as const,
  };
}

const PROTOCOL = 'task=zero-shot@1;prompts=chexzero-pair@1;labels=u-zeros@1;views=frontal;unit=image';

export function scoreResults(rows: readonly PredictionRow[], dataset: ReportedDataset): Result[] {
  const scored = rows.filter((row) => row.score !== null);
  const targets = Uint8Array.from(scored, (row) => row.target!);
  const decisions = Uint8Array.from(scored, (row) => row.decision!);
  const scores = Float64Array.from(scored, (row) => row.score!);
  const statistics = [
    prepareAuroc({ targets, scores }),
    prepareAveragePrecision({ targets, scores }),
    ...DECIDED.map((name) => confusion.prepareDecisionStatistic(DECISIONS[name])({ targets, decisions })),
  ];
  const replicates = replicateWeights(
    scored.map((row) => row.patient),
    60,
    0,
  );
  const distributions = bootstrapDistributions(statistics, replicates);
  const common = commonOf(rows[0]!, dataset, rows.length - scored.length);
  const nPositive = targets.reduce((sum, target) => sum + target, 0);
  return ['auroc', 'auprc', ...DECIDED].map((metric, i) => ({
    ...common,
    finding: rows[0]!.finding,
    metric,
    ...measured(distributions[i]!, statistics[i]!()),
    n: scored.length,
    nPositive,
    protocol: i < 2 ? PROTOCOL : `${PROTOCOL};threshold=youden@validation`,
  }));
}

export function macroResults(results: readonly Result[]): Result[] {
  return ['auroc', 'auprc', 'f1'].map((metric) => {
    const parts = results.filter((row) => row.metric === metric && row.value !== null);
    const mean = (field: 'value' | 'ciLow' | 'ciHigh') =>
      parts.reduce((sum, row) => sum + row[field]!, 0) / parts.length;
    const interval = { value: mean('value'), ciLow: mean('value') - 0.03, ciHigh: mean('value') + 0.03 };
    const protocol = `${parts[0]!.protocol};macro=13-findings-with-5-positives`;
    return { ...parts[0]!, finding: 'macro', metric, ...interval, nPositive: null, protocol };
  });
}

export function rankResults(rows: readonly PredictionRow[], dataset: ReportedDataset): Result[] {
  const common = commonOf(rows[0]!, dataset, 0);
  const readings = [
    { finding: rows[0]!.finding, ease: 1, relevance: 'same-report' },
    { finding: `${rows[0]!.finding} (labels)`, ease: 0.5, relevance: 'same-present-findings' },
  ];
  return readings.flatMap(({ finding, ease, relevance }) => {
    const ranks = Float64Array.from(rows, (row) => Math.max(1, Math.floor(row.rank! * ease))).sort();
    const protocol = `task=retrieval@1;text=findings-else-impression;views=frontal;pool=test;candidates=${rows.length};relevance=${relevance}`;
    const share = (k: number) => ranks.filter((rank) => rank <= k).length / ranks.length;
    const values = {
      'recall@1': share(1),
      'recall@5': share(5),
      'recall@10': share(10),
      mrr: ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length,
      medianRank: sortedQuantile(ranks, 0.5),
    };
    return Object.entries(values).map(([metric, value]) => {
      const [room, better] = metric === 'medianRank' ? [value * 0.2, 'lower' as const] : [0.04, 'higher' as const];
      const interval = {
        value,
        ciLow: Math.max(0, value - room),
        ciHigh: metric === 'medianRank' ? value + room : Math.min(1, value + room),
      };
      return { ...common, better, finding, metric, ...interval, n: ranks.length, nPositive: null, protocol };
    });
  });
}
