/** Scores of one prediction laid beside the targets of a dataset: matched by item id, whatever the order of either. */
import type { Part } from '../../core/dataset.ts';
import type { ScoreMatrix } from '../../core/task.ts';
import type { Target } from '../label-policy.ts';
import type { Item } from './items.ts';

export type TargetOf = (item: Item, finding: string) => Target;

/** One finding over the judged items. */
export interface Column {
  readonly finding: string;
  /** False where the prediction has no such column. */
  readonly predicted: boolean;
  /** Per judged item: 0, 1, or −1 where the label policy leaves it out. */
  readonly targets: Int8Array;
  /** Per judged item; NaN where it failed. */
  readonly scores: Float64Array;
}

/** Rows that count for a finding: with a target and a score. */
export interface ScoredRows {
  /** Ascending indices of judged items. */
  readonly rows: Int32Array;
  readonly targets: Uint8Array;
  readonly scores: Float64Array;
  readonly positives: number;
}

/** Looks a score up by item id and finding; NaN where there is none. */
export function scoreReader(prediction: ScoreMatrix): (item: string, finding: string) => number {
  const rowOf = new Map(prediction.items.map((item, row) => [item, row]));
  const columnOf = new Map(prediction.columns.map((name, column) => [name, column]));
  return (item, finding) => {
    const row = rowOf.get(item);
    const column = columnOf.get(finding);
    if (row === undefined || column === undefined) return Number.NaN;
    return prediction.values[row * prediction.columns.length + column]!;
  };
}

/** Targets of a finding, −1 where the policy leaves the item out. */
export function targetsOf(items: readonly Item[], finding: string, target: TargetOf): Int8Array {
  return Int8Array.from(items, (item) => target(item, finding) ?? -1);
}

/** Items of one part. */
export function itemsOf(items: readonly Item[], part: Part): Item[] {
  return items.filter((item) => item.part === part);
}

export function scoredRows(targets: Int8Array, scores: Float64Array): ScoredRows {
  const rows = Int32Array.from(targets.keys()).filter((row) => targets[row]! >= 0 && !Number.isNaN(scores[row]!));
  const kept = Uint8Array.from(rows, (row) => targets[row]!);
  let positives = 0;
  for (const target of kept) positives += target;
  return { rows, targets: kept, scores: Float64Array.from(rows, (row) => scores[row]!), positives };
}

/** Indices of items without a score in a column that the prediction has, with the reason. */
export function failedItems(
  prediction: ScoreMatrix,
  items: readonly Item[],
  columns: readonly Column[],
): ReadonlyMap<number, string> {
  const predicted = columns.filter((column) => column.predicted);
  const failed = new Map<number, string>();
  const known = new Set(prediction.items);
  items.forEach((item, row) => {
    const missing =
      (columns.length > 0 && predicted.length === 0) || predicted.some((column) => Number.isNaN(column.scores[row]!));
    if (!missing) return;
    const otherwise = known.has(item.id) ? 'no score' : 'no prediction for this item';
    failed.set(row, prediction.failures.get(item.id) ?? otherwise);
  });
  return failed;
}
