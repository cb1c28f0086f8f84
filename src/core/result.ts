/** The rows that leave a run: results, comparisons and predictions. Undefined is null with a reason, never 0. */

import type { Exposure } from './model.ts';

export interface Result {
  readonly model: string;
  readonly variant: string;
  readonly dataset: string;
  readonly split: string;
  readonly task: string;
  readonly corruption: string | null;
  readonly severity: number | null;
  readonly seed: number;
  readonly subgroup: string | null;
  /** Finding, or "macro" / "micro" for means over findings, or null for metrics of the whole task. */
  readonly finding: string | null;
  readonly metric: string;
  readonly value: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly n: number;
  readonly nPositive: number | null;
  readonly nFailed: number;
  readonly better: 'higher' | 'lower';
  /** `;`-joined `key=value` ids of split, prompts, labels, threshold, bootstrap … */
  readonly protocol: string;
  /** Present where value or interval is null. */
  readonly reason?: string;
  /** What the model saw of the dataset; null for baselines, absent in rows of older runs. */
  readonly exposure?: Exposure | null;
}

/** A paired test between two models on the same rows. */
export interface Comparison {
  readonly dataset: string;
  readonly split: string;
  readonly task: string;
  readonly finding: string | null;
  readonly metric: string;
  readonly modelA: string;
  readonly modelB: string;
  /** Value of A minus value of B. */
  readonly difference: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly pValue: number | null;
  /** Holm-corrected over the pairs of models within (dataset, task, finding, metric). */
  readonly pAdjusted: number | null;
  readonly method: 'delong' | 'paired-bootstrap';
  readonly n: number;
}

/** Something a reader must know before trusting a number: an inverted prompt, one-class predictions, few positives. */
export interface Alarm {
  readonly dataset: string;
  readonly task: string;
  readonly model: string;
  readonly finding: string | null;
  readonly message: string;
}

/** One item × finding (zero-shot, view), or one query (retrieval). */
export interface PredictionRow {
  readonly dataset: string;
  readonly task: string;
  readonly model: string;
  readonly variant: string;
  readonly part: string;
  readonly patient: string;
  readonly study: string;
  /** Image or study id that was judged; for retrieval the query. */
  readonly item: string;
  /** Finding or class; for retrieval the direction, `image-to-report` or `report-to-image`. */
  readonly finding: string;
  readonly target: number | null;
  readonly score: number | null;
  readonly decision: number | null;
  /** Retrieval: rank of the best relevant candidate. */
  readonly rank: number | null;
  /** Retrieval: ids of the first candidates, best first, `|`-joined. */
  readonly candidates: string | null;
  /** Why the item has no score. */
  readonly failure: string | null;
}
