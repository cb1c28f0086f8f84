/** Mean reciprocal rank of the best relevant candidate. */
import { defineMetric } from '../../core/metric.ts';
import { prepareReciprocalRank } from '../../lib/stats/retrieval-ranks.ts';

export default defineMetric({
  name: 'mrr',
  version: '1',
  input: 'rankings',
  better: 'higher',
  range: [0, 1],
  chance: undefined,
  unit: 'share',
  source: 'Voorhees 1999, TREC-8 question answering track report',
  comparison: 'paired-bootstrap',
  prepare: prepareReciprocalRank,
});
