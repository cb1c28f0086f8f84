/** Average precision, the step-wise area under the precision-recall curve; read it beside the prevalence. */
import { defineMetric } from '../../core/metric.ts';
import { prepareAveragePrecision } from '../../lib/stats/ranking-scores.ts';

export default defineMetric({
  name: 'auprc',
  version: '1',
  input: 'scores',
  better: 'higher',
  range: [0, 1],
  chance: 'prevalence',
  unit: 'share',
  source: 'scikit-learn/scikit-learn:sklearn/metrics/_ranking.py (average_precision_score)',
  comparison: 'paired-bootstrap',
  prepare: prepareAveragePrecision,
});
