/** Normalised discounted cumulative gain of the first k places, relevance 0 or 1. */
import { defineMetric } from '../../core/metric.ts';
import { prepareNdcgAt } from '../../lib/stats/retrieval-ranks.ts';

export default [5, 10].map((k) =>
  defineMetric({
    name: `ndcg@${k}`,
    version: '1',
    input: 'rankings',
    better: 'higher',
    range: [0, 1],
    chance: undefined,
    unit: 'share',
    source: 'Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418',
    comparison: 'paired-bootstrap',
    prepare: prepareNdcgAt(k),
  }),
);
