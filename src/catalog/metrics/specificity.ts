/** Share of negatives that are left alone; undefined without negatives. */
import { defineMetric } from '../../core/metric.ts';
import { prepareDecisionStatistic, specificity } from '../../lib/stats/confusion.ts';

export default defineMetric({
  name: 'specificity',
  version: '1',
  input: 'decisions',
  better: 'higher',
  range: [0, 1],
  chance: undefined,
  unit: 'share',
  source: 'Yerushalmy 1947, Public Health Reports 62, 1432-1449',
  comparison: 'paired-bootstrap',
  prepare: prepareDecisionStatistic(specificity),
});
