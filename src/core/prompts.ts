/** Prompt sets: versioned data that turn findings into texts. */

/** Positive and negative texts of one class; without negative ones the score is the model's own logit for the positive. */
export interface PromptPair {
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

/**
 * How several texts of a class become one score. `mean-embedding`: embeddings are normalised, averaged, normalised.
 * `mean-similarity`, `maximum-similarity`: of the texts' cosines.
 */
export type PromptAggregation = 'mean-embedding' | 'mean-similarity' | 'maximum-similarity';

export interface PromptSet {
  /** For example `chexzero-pair`. */
  readonly name: string;
  readonly version: string;
  readonly source: string;
  /** `mean-embedding` unless given. */
  readonly aggregation?: PromptAggregation;
  /** Finding (or `frontal` / `lateral` for views) to texts. */
  readonly prompts: Readonly<Record<string, PromptPair>>;
}

export function definePrompts(set: PromptSet): PromptSet {
  return set;
}
