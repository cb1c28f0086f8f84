/** Share of queries with a relevant candidate among the first k places; several correct answers count as one hit. */
import { defineMetric } from '../../core/metric.ts';
import { prepareRecallAt } from '../../lib/stats/retrieval-ranks.ts';

export default [1, 5, 10].map((k) =>
  defineMetric({
    name: `recall@${k}`,
    version: '1',
    input: 'rankings',
    better: 'higher',
    range: [0, 1],
    chance: undefined,
    unit: 'share',
    source: 'LAION-AI/CLIP_benchmark:clip_benchmark/metrics/zeroshot_retrieval.py',
    comparison: 'paired-bootstrap',
    prepare: prepareRecallAt(k),
  }),
);
