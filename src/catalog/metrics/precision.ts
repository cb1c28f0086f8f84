/** Positive predictive value; undefined where nothing is called positive. */
import { defineMetric } from '../../core/metric.ts';
import { precision, prepareDecisionStatistic } from '../../lib/stats/confusion.ts';

export default defineMetric({
  name: 'precision',
  version: '1',
  input: 'decisions',
  better: 'higher',
  range: [0, 1],
  chance: 'prevalence',
  unit: 'share',
  source: 'scikit-learn/scikit-learn:sklearn/metrics/_classification.py (precision_score)',
  comparison: 'paired-bootstrap',
  prepare: prepareDecisionStatistic(precision),
});
