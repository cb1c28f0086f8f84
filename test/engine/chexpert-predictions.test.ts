/** Real predictions of five models on the CheXpert test labels, judged as the zero-shot task judges: against scikit-learn. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import zeroShot from '../../src/catalog/tasks/zero-shot.ts';
import type { ScoreMatrix } from '../../src/core/task.ts';
import { compareModels } from '../../src/engine/compare.ts';
import { replicateQuestion, resultsOf } from '../../src/engine/evaluate.ts';
import { sharedPath } from '../shared-data.ts';
import { metrics, promptSets, toyDataset } from '../toy-dataset.ts';

const folder = sharedPath('data/chexpert-test-labels');
const FINDINGS = ['Atelectasis', 'Cardiomegaly', 'Consolidation', 'Edema', 'Pleural Effusion'];

interface Expected {
  readonly models: Record<
    string,
    Record<string, { auroc: number; auprc_ap: number; pos: number }> & { macro_auroc: number }
  >;
  readonly delong_pairs: readonly { a: string; b: string; label: string; p: number }[];
}

function readRows(path: string): Record<string, string>[] {
  const text = readFileSync(join(folder!, path), 'utf8');
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}

function predictionOf(model: string): ScoreMatrix {
  const rows = readRows(`example_models/predictions/standard/${model}_predictions.csv`);
  return {
    kind: 'scores',
    columns: FINDINGS,
    items: rows.map((row) => row.Study!),
    values: Float64Array.from(rows.flatMap((row) => FINDINGS.map((finding) => Number(row[finding])))),
    failures: new Map(),
  };
}

test.runIf(folder)('AUROC, AUPRC, macro AUROC and DeLong p-values are those of the reference', () => {
  const expected: Expected = JSON.parse(readFileSync(join(folder!, 'expected_metrics.json'), 'utf8'));
  const studies = readRows('groundtruth.csv').map((row) => ({
    id: row.Study!,
    patient: row.Study!.split('/')[2]!,
    labels: Object.fromEntries(FINDINGS.map((name) => [name, Number(row[name]) === 1 ? 'present' : 'absent'] as const)),
  }));
  const dataset = toyDataset(studies, FINDINGS);
  const options = zeroShot.options.parse({
    prompts: 'none',
    unit: 'study',
    threshold: { policy: 'fixed', value: 0.5 },
  });
  const request = { dataset, options, seed: 0, promptSets };
  const models = Object.keys(expected.models).map((id) => {
    const model = { id, variant: 'stored', isBaseline: false };
    return { ...model, evaluation: zeroShot.evaluate(request, model, predictionOf(id), metrics) };
  });
  const frame = { dataset, task: 'zero-shot', seed: 0, statistics: { replicates: 20, confidence: 0.95 } };
  const question = replicateQuestion(frame, models);
  const results = resultsOf(question);
  const numberOf = (model: string, finding: string, metric: string) =>
    results.find((row) => row.model === model && row.finding === finding && row.metric === metric)!.value!;
  for (const [model, wanted] of Object.entries(expected.models)) {
    for (const finding of FINDINGS) {
      expect(Math.abs(numberOf(model, finding, 'auroc') - wanted[finding]!.auroc)).toBeLessThan(1e-12);
      expect(Math.abs(numberOf(model, finding, 'auprc') - wanted[finding]!.auprc_ap)).toBeLessThan(1e-12);
    }
    expect(Math.abs(numberOf(model, 'macro', 'auroc') - wanted.macro_auroc)).toBeLessThan(1e-12);
  }
  const comparisons = compareModels(question);
  expect(expected.delong_pairs.length).toBeGreaterThan(0);
  for (const { a, b, label, p } of expected.delong_pairs) {
    const pair = comparisons.find(
      (row) =>
        [row.modelA, row.modelB].sort().join() === [a, b].sort().join() &&
        row.finding === label &&
        row.metric === 'auroc',
    )!;
    expect(pair.method).toBe('delong');
    expect(Math.abs(pair.pValue! - p)).toBeLessThan(1e-9);
  }
});
