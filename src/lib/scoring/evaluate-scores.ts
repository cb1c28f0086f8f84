/** Judges a score matrix against labels: shared by every task that asks yes-or-no questions of items. */
import type { Part } from '../../core/dataset.ts';
import type { DeclaredThreshold } from '../../core/declared-threshold.ts';
import type { MetricDefinition } from '../../core/metric.ts';
import type { PredictionRow } from '../../core/result.ts';
import type { DatasetView, Evaluation, ScoreMatrix } from '../../core/task.ts';
import { decide } from '../stats/threshold.ts';
import { scoreAlarms } from './alarms.ts';
import { type Column, failedItems, itemsOf, scoredRows, scoreReader, type TargetOf, targetsOf } from './columns.ts';
import { findingSet } from './finding-set.ts';
import type { Item } from './items.ts';
import {
  findingMeasures,
  isBinary,
  type JudgedColumn,
  type MeasureFrame,
  macroMeasure,
  microMeasures,
} from './measures.ts';
import { applyThreshold, thresholdProtocol } from './threshold.ts';

export interface BinaryQuestion {
  readonly task: string;
  readonly dataset: DatasetView;
  /** Items of the judged part and of the part on which thresholds are chosen. */
  readonly items: readonly Item[];
  readonly findings: readonly string[];
  readonly target: TargetOf;
  readonly threshold: DeclaredThreshold;
  /** Patients on either side that a finding needs to enter macro and micro means, and to raise alarms. */
  readonly minimumPatients: number;
  /** False for a question with one finding: no macro and micro. */
  readonly means: boolean;
  readonly protocol: string;
}

export interface JudgedModel {
  readonly id: string;
  readonly variant: string;
}

function columnOf(question: BinaryQuestion, prediction: ScoreMatrix, finding: string, part: Part): Column {
  const items = itemsOf(question.items, part);
  const read = scoreReader(prediction);
  return {
    finding,
    predicted: prediction.columns.includes(finding),
    targets: targetsOf(items, finding, question.target),
    scores: Float64Array.from(items, (item) => read(item.id, finding)),
  };
}

function judge(question: BinaryQuestion, prediction: ScoreMatrix, finding: string): JudgedColumn {
  const column = columnOf(question, prediction, finding, question.dataset.evaluate);
  const scored = scoredRows(column.targets, column.scores);
  const { threshold: policy } = question;
  const tuning = columnOf(question, prediction, finding, policy.on);
  const threshold = applyThreshold(policy, scoredRows(tuning.targets, tuning.scores));
  const decisions = threshold.reason === undefined ? decide(scored.scores, threshold.value) : undefined;
  return { column, scored, threshold, decisions };
}

interface RowFrame {
  readonly question: BinaryQuestion;
  readonly model: JudgedModel;
  readonly items: readonly Item[];
  readonly failed: ReadonlyMap<number, string>;
}

function predictionRows({ question, model, items, failed }: RowFrame, judged: JudgedColumn): PredictionRow[] {
  const { column, threshold } = judged;
  return items.map((item, row) => {
    const score = column.scores[row]!;
    const scored = !Number.isNaN(score);
    return {
      dataset: question.dataset.id,
      task: question.task,
      model: model.id,
      variant: model.variant,
      part: item.part,
      patient: item.study.patientId,
      study: item.study.id,
      item: item.id,
      finding: column.finding,
      target: column.targets[row]! < 0 ? null : column.targets[row]!,
      score: scored ? score : null,
      decision: scored && threshold.reason === undefined ? Number(score >= threshold.value) : null,
      rank: null,
      candidates: null,
      failure: scored ? null : (failed.get(row) ?? 'no scores for this finding in the predictions'),
    };
  });
}

/** Rows are the judged items in the order of the dataset, whatever the order of the prediction. */
export function evaluateScores(
  question: BinaryQuestion,
  model: JudgedModel,
  prediction: ScoreMatrix,
  metrics: readonly MetricDefinition[],
): Evaluation {
  const { dataset, findings } = question;
  const items = itemsOf(question.items, dataset.evaluate);
  const judged = findings.map((finding) => judge(question, prediction, finding));
  const columns = judged.map(({ column }) => column);
  const failed = failedItems(prediction, items, columns);
  const frame: MeasureFrame = {
    part: dataset.evaluate,
    protocol: question.protocol,
    thresholdProtocol: thresholdProtocol(question.threshold),
  };
  const binary = metrics.filter(isBinary);
  const measures = judged.flatMap((column) => findingMeasures(binary, column, frame));
  const patients = items.map((item) => item.study.patientId);
  const targets = new Map(columns.map((column) => [column.finding, column.targets]));
  const set = findingSet(targets, patients, question.minimumPatients);
  const macro = binary.map((metric) => {
    const own = measures.filter((measure) => measure.metric === metric);
    return macroMeasure(metric, own, set, frame);
  });
  const means = question.means ? [...macro, ...microMeasures(binary, judged, set, frame)] : [];
  const rowFrame = { question, model, items, failed };
  return {
    patients,
    nFailed: failed.size,
    failedRows: [...failed.keys()],
    measures: [...measures, ...means],
    predictions: judged.flatMap((column) => predictionRows(rowFrame, column)),
    alarms: scoreAlarms(question, model, {
      judged: judged.filter(({ column }) => set.findings.includes(column.finding)),
      measures,
    }),
  };
}
