/** From stored embeddings to results: predict, evaluate, bootstrap, compare. Needs no model, no images. */
import type { Catalog } from '../core/catalog.ts';
import type { Context } from '../core/context.ts';
import type { Leaderboard } from '../core/report-data.ts';
import type { Alarm, Comparison, PredictionRow, Result } from '../core/result.ts';
import type { Evaluation, Prediction } from '../core/task.ts';
import { embeddingLookup } from './lookup.ts';
import { obstacle, type Prepared, type Question } from './prepare.ts';
import { similaritySearch } from './similarity.ts';

/** A model, a baseline or stored predictions, as it takes part in a question. */
export interface Contestant {
  readonly id: string;
  readonly variant: string;
  readonly isBaseline: boolean;
}

export interface Entry extends Contestant {
  readonly prediction: Prediction;
}

export interface Failure {
  readonly dataset: string;
  readonly item: string;
  readonly reason: string;
}

export interface Judged {
  readonly contestants: readonly Contestant[];
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly leaderboards: readonly Leaderboard[];
  readonly alarms: readonly Alarm[];
  readonly predictions: readonly PredictionRow[];
  readonly failures: readonly Failure[];
  /** Distinct items that some model was asked about, and those of them that failed. */
  readonly items: { readonly total: number; readonly failed: number };
}

export type { Evaluation };
