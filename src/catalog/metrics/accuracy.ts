/** Share of right decisions. Misleading for rare findings: read it beside the prevalence baseline. */
import { defineMetric } from '../../core/metric.ts';
import { accuracy, prepareDecisionStatistic } from '../../lib/stats/confusion.ts';

export default defineMetric({
  name: 'accuracy',
  version: '1',
  input: 'decisions',
  better: 'higher',
  range: [0, 1],
  chance: undefined,
  unit: 'share',
  source: 'scikit-learn/scikit-learn:sklearn/metrics/_classification.py (accuracy_score)',
  comparison: 'paired-bootstrap',
  prepare: prepareDecisionStatistic(accuracy),
});
