/** Median rank of the best relevant candidate, from 1; depends on the size of the pool. */
import { defineMetric } from '../../core/metric.ts';
import { prepareMedianRank } from '../../lib/stats/retrieval-ranks.ts';

export default defineMetric({
  name: 'medianRank',
  version: '1',
  input: 'rankings',
  better: 'lower',
  range: [1, Number.POSITIVE_INFINITY],
  chance: undefined,
  unit: 'rank',
  source: 'Karpathy & Fei-Fei 2015, doi:10.1109/CVPR.2015.7298932',
  comparison: 'paired-bootstrap',
  prepare: prepareMedianRank,
});
