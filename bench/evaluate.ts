/**
 * `npm run bench -- evaluate [--items N]`: judging three models and two baselines on 14 findings, with intervals and paired
 * tests, on one core.
 */

import { parseArgs } from 'node:util';
import { catalog } from '../src/catalog/index.ts';
import accuracy from '../src/catalog/metrics/accuracy.ts';
import auprc from '../src/catalog/metrics/auprc.ts';
import auroc from '../src/catalog/metrics/auroc.ts';
import balancedAccuracy from '../src/catalog/metrics/balanced-accuracy.ts';
import f1 from '../src/catalog/metrics/f1.ts';
import mcc from '../src/catalog/metrics/mcc.ts';
import precision from '../src/catalog/metrics/precision.ts';
import recall from '../src/catalog/metrics/recall.ts';
import specificity from '../src/catalog/metrics/specificity.ts';
import zeroShot from '../src/catalog/tasks/zero-shot.ts';
import { rng } from '../src/core/rng.ts';
import { CHEXPERT_FINDINGS, type Study } from '../src/core/study.ts';
import type { DatasetView, ScoreMatrix } from '../src/core/task.ts';
import { compareModels } from '../src/engine/compare.ts';
import { replicateQuestion, resultsOf } from '../src/engine/evaluate.ts';

/** Processor time of this process, so that other work on the machine does not count. */
const processorSeconds = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;

const { values } = parseArgs({ options: { items: { type: 'string', default: '300' } } });
const items = Number(values.items);
const random = rng(0, 'bench');

const studies = Array.from({ length: items * 2 }, (_, index): Study => {
  const id = `s${index}`;
  const labels = CHEXPERT_FINDINGS.map((finding) => [finding, random.next() < 0.15 ? 'present' : 'absent'] as const);
  const images = [{ id: `${id}-frontal`, view: 'frontal', path: '' } as const];
  const patientId = `p${Math.floor(index / 1.2)}`;
  return { id, patientId, images, report: {}, labels: Object.fromEntries(labels), acquisition: {} };
});
const dataset: DatasetView = {
  id: 'bench',
  name: 'bench',
  version: '1',
  tier: 'open',
  findings: CHEXPERT_FINDINGS,
  studies,
  parts: studies.map((_, index) => (index < items ? 'test' : 'validation')),
  split: { name: 'bench', digest: '0'.repeat(64) },
  evaluate: 'test',
};
const request = { dataset, options: zeroShot.options.parse({}), seed: 0, promptSets: catalog.prompts };

function model(purpose: string): ScoreMatrix {
  const scores = studies.flatMap((study) =>
    CHEXPERT_FINDINGS.map(
      (finding) => (study.labels[finding] === 'present' ? 0.8 : 0) + rng(0, purpose, `${study.id}${finding}`).normal(),
    ),
  );
  const ids = studies.map((study) => study.images[0]!.id);
  return {
    kind: 'scores',
    columns: CHEXPERT_FINDINGS,
    items: ids,
    values: Float64Array.from(scores),
    failures: new Map(),
  };
}

const entries = [
  ...['a', 'b', 'c'].map((name) => ({ name, isBaseline: false, prediction: model(name) })),
  ...zeroShot.baselines(request).map((baseline) => ({ ...baseline, isBaseline: true })),
];
const metrics = [accuracy, auprc, auroc, balancedAccuracy, f1, mcc, precision, recall, specificity];
const start = processorSeconds();
const models = entries.map(({ name, isBaseline, prediction }) => ({
  id: name,
  variant: 'fp32',
  isBaseline,
  evaluation: zeroShot.evaluate(request, { id: name, variant: 'fp32' }, prediction, metrics),
}));
const evaluated = processorSeconds();
const question = replicateQuestion(
  { dataset, task: 'zero-shot', seed: 0, statistics: { replicates: 2000, confidence: 0.95 } },
  models,
);
const replicated = processorSeconds();
const results = resultsOf(question);
const comparisons = compareModels(question);
const end = processorSeconds();
const seconds = (from: number, to: number) => `${(to - from).toFixed(2)} s`;
process.stdout.write(
  [
    `${entries.length} models, ${CHEXPERT_FINDINGS.length} findings, ${items} items, 2000 replicates`,
    'processor time:',
    `${results.length} results, ${comparisons.length} comparisons`,
    `evaluate  ${seconds(start, evaluated)}`,
    `bootstrap ${seconds(evaluated, replicated)}`,
    `compare   ${seconds(replicated, end)}`,
    `total     ${seconds(start, end)}`,
    '',
  ].join('\n'),
);
