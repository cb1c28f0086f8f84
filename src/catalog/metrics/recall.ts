/** Sensitivity: share of positives that are found; undefined without positives. */
import { defineMetric } from '../../core/metric.ts';
import { prepareDecisionStatistic, recall } from '../../lib/stats/confusion.ts';

export default defineMetric({
  name: 'recall',
  version: '1',
  input: 'decisions',
  better: 'higher',
  range: [0, 1],
  chance: undefined,
  unit: 'share',
  source: 'scikit-learn/scikit-learn:sklearn/metrics/_classification.py (recall_score)',
  comparison: 'paired-bootstrap',
  prepare: prepareDecisionStatistic(recall),
});
