/** Harmonic mean of precision and recall; undefined where there is neither a positive nor a positive decision. */
import { defineMetric } from '../../core/metric.ts';
import { f1, prepareDecisionStatistic } from '../../lib/stats/confusion.ts';

export default defineMetric({
  name: 'f1',
  version: '1',
  input: 'decisions',
  better: 'higher',
  range: [0, 1],
  chance: undefined,
  unit: 'share',
  source: 'scikit-learn/scikit-learn:sklearn/metrics/_classification.py (f1_score)',
  comparison: 'paired-bootstrap',
  prepare: prepareDecisionStatistic(f1),
});
