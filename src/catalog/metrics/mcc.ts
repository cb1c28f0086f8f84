/** Matthews correlation of targets and decisions; undefined where either is of one class. */
import { defineMetric } from '../../core/metric.ts';
import { matthewsCorrelation, prepareDecisionStatistic } from '../../lib/stats/confusion.ts';

export default defineMetric({
  name: 'mcc',
  version: '1',
  input: 'decisions',
  better: 'higher',
  range: [-1, 1],
  chance: 0,
  unit: 'correlation',
  source: 'Matthews 1975, doi:10.1016/0005-2795(75)90109-9',
  comparison: 'paired-bootstrap',
  prepare: prepareDecisionStatistic(matthewsCorrelation),
});
