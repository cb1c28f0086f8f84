/** Mean of sensitivity and specificity; undefined where a class is missing. */
import { defineMetric } from '../../core/metric.ts';
import { balancedAccuracy, prepareDecisionStatistic } from '../../lib/stats/confusion.ts';

export default defineMetric({
  name: 'balancedAccuracy',
  version: '1',
  input: 'decisions',
  better: 'higher',
  range: [0, 1],
  chance: 0.5,
  unit: 'share',
  source: 'Brodersen et al. 2010, doi:10.1109/ICPR.2010.764',
  comparison: 'paired-bootstrap',
  prepare: prepareDecisionStatistic(balancedAccuracy),
});
