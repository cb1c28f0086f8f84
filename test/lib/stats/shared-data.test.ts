/** Real predictions of five models on the CheXpert test labels, and scikit-learn's stored cases. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import * as confusion from '../../../src/lib/stats/confusion.ts';
import { delong, delongDifference } from '../../../src/lib/stats/delong.ts';
import { rocCurve } from '../../../src/lib/stats/operating-points.ts';
import { prepareBrier, prepareNegativeLogLikelihood } from '../../../src/lib/stats/proper-scores.ts';
import { prepareAuroc, prepareAveragePrecision } from '../../../src/lib/stats/ranking-scores.ts';
import { decide } from '../../../src/lib/stats/threshold.ts';
import { sharedPath } from '../../shared-data.ts';
import { expectAllClose, expectClose } from './golden.ts';

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

function readTable(path: string): Map<string, Record<string, string>> {
  const { data } = Papa.parse<Record<string, string>>(readFileSync(path, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  });
  return new Map(data.map((row) => [row.Study!, row]));
}

const chexpert = sharedPath('data/chexpert-test-labels');

interface ExpectedFinding {
  pos: number;
  neg: number;
  auroc: number;
  auprc_ap: number;
  delong_var: number;
  brier_if_0_1: number | null;
  decision?: Record<string, number>;
}

/** Targets and values of a table, on the studies both have. */
function column(
  table: Map<string, Record<string, string>>,
  truth: Map<string, Record<string, string>>,
  finding: string,
) {
  const studies = [...truth.keys()].filter((study) => table.has(study));
  return {
    studies,
    targets: Uint8Array.from(studies, (study) => Number(truth.get(study)![finding])),
    values: Float64Array.from(studies, (study) => Number(table.get(study)![finding])),
  };
}

function checkDecisions(targets: Uint8Array, values: Float64Array, expected: Record<string, number>): number {
  const counts = confusion.prepareConfusion({ targets, decisions: Uint8Array.from(values) })();
  const found: Record<string, number> = {
    tp: counts.truePositives,
    fp: counts.falsePositives,
    tn: counts.trueNegatives,
    fn: counts.falseNegatives,
    f1: confusion.f1(counts),
    mcc: confusion.matthewsCorrelation(counts),
    kappa: confusion.cohenKappa(counts),
    balanced_accuracy: confusion.balancedAccuracy(counts),
  };
  for (const [name, value] of Object.entries(expected)) expectClose(found[name]!, value, 1e-12, name);
  return Object.keys(expected).length;
}

test.runIf(chexpert)('every value of the five models', () => {
  const expected = json(join(chexpert!, 'expected_metrics.json'));
  const truth = readTable(join(chexpert!, 'groundtruth.csv'));
  let checked = 0;
  for (const [model, entry] of Object.entries<Record<string, ExpectedFinding | number | string[]>>(expected.models)) {
    const folder = join(chexpert!, 'example_models');
    const predictions = readTable(join(folder, 'predictions/standard', `${model}_predictions.csv`));
    const aurocs: number[] = [];
    expect(predictions.size).toBe(entry.n_pred_rows);
    for (const [finding, want] of Object.entries(entry)) {
      if (typeof want !== 'object' || Array.isArray(want)) continue;
      const { targets, values: scores, studies } = column(predictions, truth, finding);
      expect(studies.length).toBe(entry.n_common_studies);
      const estimate = delong(targets, [scores]);
      const auroc = prepareAuroc({ targets, scores })();
      aurocs.push(auroc);
      expectClose(
        targets.reduce((a, b) => a + b, 0),
        want.pos,
        0,
      );
      expectClose(auroc, want.auroc);
      expectClose(estimate.aurocs[0]!, want.auroc);
      expectClose(prepareAveragePrecision({ targets, scores })(), want.auprc_ap);
      expectClose(estimate.covariance[0]![0]!, want.delong_var, 1e-15);
      expectClose(prepareBrier({ targets, scores })(), want.brier_if_0_1 ?? null);
      checked += 5;
      if (!want.decision) continue;
      const table = readTable(join(folder, 'decisions/standard', `${model}_decisions.csv`));
      const { values } = column(table, truth, finding);
      checked += checkDecisions(targets, values, want.decision);
    }
    expectClose(aurocs.reduce((a, b) => a + b, 0) / aurocs.length, entry.macro_auroc as number);
  }
  expect(checked).toBe(5 * 5 * 5 + 4 * 5 * 8);
});

test.runIf(chexpert)('paired DeLong tests of two models', () => {
  const { delong_pairs: pairs } = json(join(chexpert!, 'expected_metrics.json'));
  const truth = readTable(join(chexpert!, 'groundtruth.csv'));
  const read = (model: string) =>
    readTable(join(chexpert!, 'example_models/predictions/standard', `${model}_predictions.csv`));
  expect(pairs.length).toBeGreaterThan(0);
  for (const { a, b, label, p } of pairs) {
    const [first, second] = [column(read(a), truth, label), column(read(b), truth, label)];
    const estimate = delong(first.targets, [first.values, second.values]);
    expectClose(delongDifference(estimate, 0, 1, 0.95).pValue, p, 1e-12, `${a} against ${b}, ${label}`);
  }
});

const stored = sharedPath('data/stat-metrics');

describe.runIf(stored)("scikit-learn's stored cases", () => {
  const cases = stored ? json(join(stored, 'sklearn_cases.json')) : { binary: [], multiclass: [] };

  test('binary', () => {
    for (const c of cases.binary) {
      const input = { targets: Uint8Array.from(c.y), scores: Float64Array.from(c.s) };
      expectClose(prepareAuroc(input)(), c.roc_auc);
      expectClose(prepareAveragePrecision(input)(), c.average_precision);
      expectClose(prepareBrier(input)(), c.brier);
      expectClose(prepareNegativeLogLikelihood(input, c.log_loss_clip)(), c.log_loss);
      const roc = rocCurve(input);
      expectAllClose(roc.falsePositiveRate, c.roc_curve.fpr, 'fpr');
      expectAllClose(roc.truePositiveRate, c.roc_curve.tpr, 'tpr');
      const { accuracy, precision, recall, mcc, kappa, ...rest } = c.at_0_5;
      const counts = confusion.prepareConfusion({ targets: input.targets, decisions: decide(input.scores, 0.5) })();
      expectClose(confusion.accuracy(counts), accuracy);
      expectClose(confusion.recall(counts), recall);
      // scikit-learn gives 0 where a margin is empty; here that is undefined.
      const called = counts.truePositives + counts.falsePositives;
      const margins = called > 0 && called < input.targets.length;
      expectClose(confusion.precision(counts), called > 0 ? precision : null);
      expectClose(confusion.matthewsCorrelation(counts), margins ? mcc : null);
      expectClose(confusion.cohenKappa(counts), kappa);
      expectClose(confusion.f1(counts), rest.f1);
      expectClose(confusion.balancedAccuracy(counts), rest.balanced_accuracy);
    }
  });

  test('several classes, one against the rest', () => {
    for (const c of cases.multiclass) {
      const oneAgainstRest = Array.from({ length: c.n_classes }, (_, label) =>
        confusion.prepareConfusion({
          targets: Uint8Array.from(c.y, (y) => +(y === label)),
          decisions: Uint8Array.from(c.pred, (d) => +(d === label)),
        })(),
      );
      oneAgainstRest.forEach((counts, label) => {
        expectClose(counts.truePositives, c.confusion[label][label], 0);
      });
      const present = oneAgainstRest.filter((counts) => !Number.isNaN(confusion.f1(counts)));
      expectClose(present.reduce((sum, counts) => sum + confusion.f1(counts), 0) / present.length, c.macro_f1);
      const right = oneAgainstRest.reduce((sum, counts) => sum + counts.truePositives, 0);
      expectClose(right / c.y.length, c.accuracy);
    }
  });
});
