/** A task is a question: what must be embedded, how embeddings become predictions, which statistics judge them. Pure. */
import type { z } from 'zod';
import type { AccessTier, Part } from './dataset.ts';
import type { MetricDefinition, Statistic } from './metric.ts';
import type { PromptSet } from './prompts.ts';
import type { Alarm, PredictionRow } from './result.ts';
import type { Study, StudyImage } from './study.ts';

/** A dataset as a task sees it: opened, split named and hashed. */
export interface DatasetView {
  /** Id in the suite (the dataset's name unless renamed). */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly tier: AccessTier;
  readonly findings: readonly string[];
  readonly studies: readonly Study[];
  /** Part of each study, by index. */
  readonly parts: readonly Part[];
  /** `name:part#digest` of the split that is evaluated. */
  readonly split: { readonly name: string; readonly digest: string };
  /** Part that is judged; thresholds are chosen on another part. */
  readonly evaluate: Part;
}

export interface TaskRequest<Options = unknown> {
  readonly dataset: DatasetView;
  readonly options: Options;
  readonly seed: number;
  /** Prompt sets of the catalog by `name@version`. */
  readonly promptSets: ReadonlyMap<string, PromptSet>;
}

/** What must be embedded: distinct images (by id), distinct texts, and groups of prompts. */
export interface Needs {
  readonly images: readonly StudyImage[];
  /** Texts that stand alone. */
  readonly texts: readonly string[];
  /** Texts that are encoded together (the prompts of one class): some models pad each to the longest of them. */
  readonly prompts: readonly (readonly string[])[];
}

/** Stored embeddings of one checkpoint. Null where the item failed; vectors are as the tower gave them, not normalised. */
export interface EmbeddingLookup {
  image(id: string): Float32Array | null;
  text(text: string): Float32Array | null;
  /** One vector per text of a group that `Needs.prompts` named. */
  prompts(texts: readonly string[]): readonly (Float32Array | null)[];
  /** exp(logit_scale) of the model; absent where it has none or nobody knows it. */
  readonly logitScale?: number | undefined;
  /** Why an image failed. */
  failure(id: string): string | undefined;
}

/** Exact similarity search, done by the engine with the runtime's matrix product. */
export interface SimilaritySearch {
  /**
   * @param queries L2-normalised rows [n, dimension]; @param corpus [m, dimension], row-major
   * @returns indices of the k most similar corpus rows of each query [n, k], ties by lower index, and their similarities
   */
  topK(queries: Float32Array, corpus: Float32Array, dimension: number, k: number): Promise<TopK>;
  /** How many corpus rows lie above, and how many within 1e-6 of, each query's threshold similarity [n]. */
  countAbove(
    queries: Float32Array,
    corpus: Float32Array,
    dimension: number,
    thresholds: Float32Array,
  ): Promise<{ readonly above: Int32Array; readonly tied: Int32Array }>;
}

export interface TopK {
  readonly indices: Int32Array;
  readonly similarities: Float32Array;
  readonly k: number;
}

/** Scores [items, columns], row-major; NaN where the item failed. */
export interface ScoreMatrix {
  readonly kind: 'scores';
  readonly columns: readonly string[];
  readonly items: readonly string[];
  readonly values: Float64Array;
  readonly failures: ReadonlyMap<string, string>;
}

/** Rankings of candidates for each query, one entry per direction. */
export interface Rankings {
  readonly kind: 'rankings';
  readonly directions: readonly DirectionRanking[];
}

export interface DirectionRanking {
  readonly direction: 'image-to-report' | 'report-to-image';
  readonly queries: readonly string[];
  readonly candidates: readonly string[];
  /** Mid-rank of the best exact answer and of the best label-aware answer, NaN where the query failed or has none. */
  readonly firstRelevantRank: Float64Array;
  readonly firstLabelRelevantRank: Float64Array;
  /** Candidate indices of the first `depth` places [queries, depth]. */
  readonly top: Int32Array;
  readonly depth: number;
  readonly failures: ReadonlyMap<string, string>;
}

export type Prediction = ScoreMatrix | Rankings;

/** `read(summarize(weights))`. The summary may be overwritten by the next call of the same function. */
export interface TwoStepStatistic {
  readonly summarize: (weights?: Float64Array) => Float64Array;
  readonly read: (summary: Float64Array) => number;
}

/** One number to be bootstrapped. `value` takes multiplicities over the evaluation's rows. */
export interface Measure {
  readonly finding: string | null;
  readonly metric: MetricDefinition;
  /** Full name where the metric is a family member, for example `recall@5`. Defaults to the metric's name. */
  readonly name?: string;
  readonly n: number;
  readonly nPositive: number | null;
  /** Failed rows among those the measure speaks of; the evaluation's unless given. */
  readonly nFailed?: number;
  readonly protocol: string;
  readonly value: Statistic;
  /** Measures of the same evaluation whose unweighted mean this one is: a bootstrap then need not ask them twice. */
  readonly members?: readonly Measure[];
  /** `value(weights)` in two steps, where several measures share the first: a bootstrap then does it once for all of them. */
  readonly steps?: TwoStepStatistic;
  /** Why `value()` is NaN. */
  readonly reason?: string;
  /** Scores behind a ranking measure, for DeLong: rows index into the evaluation's rows. */
  readonly scored?: { readonly rows: Int32Array; readonly targets: Uint8Array; readonly scores: Float64Array };
}

/** Everything that judging one model's prediction gives. All models of one (dataset, task) share the same rows. */
export interface Evaluation {
  /** Patient of each row: the unit of resampling. */
  readonly patients: readonly string[];
  readonly nFailed: number;
  /** Rows that have no prediction: a paired comparison leaves out the rows that either model failed on. */
  readonly failedRows?: readonly number[];
  readonly measures: readonly Measure[];
  readonly predictions: readonly PredictionRow[];
  readonly alarms: readonly Alarm[];
}

/** A number that a leaderboard ranks by. */
export interface Headline {
  readonly finding: string | null;
  readonly metric: string;
}

export interface TaskDefinition<Options = unknown> {
  readonly name: string;
  readonly version: string;
  /** What leaderboards rank by, the most telling first. */
  readonly headlines?: readonly Headline[];
  readonly options: z.ZodType<Options>;
  needs(request: TaskRequest<Options>): Needs;
  /** @param members one lookup per checkpoint of an ensemble; a single model has one. */
  predict(
    request: TaskRequest<Options>,
    members: readonly EmbeddingLookup[],
    search: SimilaritySearch,
  ): Promise<Prediction>;
  /** Chance and prevalence, judged like models. */
  baselines(request: TaskRequest<Options>): readonly { readonly name: string; readonly prediction: Prediction }[];
  evaluate(
    request: TaskRequest<Options>,
    model: { readonly id: string; readonly variant: string },
    prediction: Prediction,
    metrics: readonly MetricDefinition[],
  ): Evaluation;
}

export function defineTask<Options>(definition: TaskDefinition<Options>): TaskDefinition<Options> {
  return definition;
}
