/** Prediction rows of score tasks as samples for curves and histograms. */
import type { ScoredTargets } from '../core/metric.ts';
import type { PredictionRow } from '../core/result.ts';
import { type CurveInput, orderScores } from '../lib/stats/curve-bands.ts';
import type { NamedModel } from './naming.ts';
import { isNumber } from './numbers.ts';
import type { TaskEvaluation } from './report-index.ts';

/** Rows of one model and finding that have a score and a target of 0 or 1. */
export function scoredRows(evaluation: TaskEvaluation, model: NamedModel, finding: string): readonly PredictionRow[] {
  return evaluation
    .rowsOf(model.key, finding)
    .filter((row) => isNumber(row.score) && (row.target === 0 || row.target === 1));
}

/** Index of every patient of an evaluation: all models and findings share it, so that they can share replicates. */
export function patientIndex(evaluation: TaskEvaluation): ReadonlyMap<string, number> {
  const patients = new Set<string>();
  for (const rows of evaluation.rows.values()) for (const row of rows) patients.add(row.patient);
  return new Map([...patients].sort().map((patient, i) => [patient, i]));
}

export function scoredTargets(rows: readonly PredictionRow[]): ScoredTargets {
  return { targets: Uint8Array.from(rows, (row) => row.target!), scores: Float64Array.from(rows, (row) => row.score!) };
}

/** Patients on either side that a finding needs to enter a mean curve: the zero-shot task's own default. */
export const FEWEST_IN_MEAN = 5;

/** Patients with a positive row, or with a negative row, whichever are fewer. */
export function fewestPatients(rows: readonly PredictionRow[]): number {
  const patientsOf = (side: number) =>
    new Set(rows.filter((row) => row.target === side).map((row) => row.patient)).size;
  return Math.min(patientsOf(0), patientsOf(1));
}

export function curveInput(rows: readonly PredictionRow[], patients: ReadonlyMap<string, number>): CurveInput {
  const { targets, scores } = scoredTargets(rows);
  return {
    ordered: orderScores(targets, scores),
    inMean: fewestPatients(rows) >= FEWEST_IN_MEAN,
    clusters: Int32Array.from(rows, (row) => patients.get(row.patient)!),
  };
}

/**
 * Threshold behind the decisions, where they tell one: half-way between the highest score decided 0 and the lowest decided 1.
 * Undefined where all decisions agree, are missing, or do not follow the score.
 */
export function decisionThreshold(rows: readonly PredictionRow[]): number | undefined {
  let highestNegative = -Infinity;
  let lowestPositive = Infinity;
  for (const { score, decision } of rows) {
    if (decision === 0) highestNegative = Math.max(highestNegative, score!);
    if (decision === 1) lowestPositive = Math.min(lowestPositive, score!);
  }
  if (!Number.isFinite(highestNegative) || !Number.isFinite(lowestPositive) || highestNegative > lowestPositive)
    return undefined;
  return (highestNegative + lowestPositive) / 2;
}
