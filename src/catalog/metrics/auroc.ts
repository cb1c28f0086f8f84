/** Area under the ROC curve: how often a positive scores higher than a negative, ties one half. */
import { defineMetric } from '../../core/metric.ts';
import { prepareAuroc } from '../../lib/stats/ranking-scores.ts';

export default defineMetric({
  name: 'auroc',
  version: '1',
  input: 'scores',
  better: 'higher',
  range: [0, 1],
  chance: 0.5,
  unit: 'share',
  source: 'Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747',
  comparison: 'delong',
  prepare: prepareAuroc,
});
