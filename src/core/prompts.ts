/** Prompt sets: versioned data that turn findings into texts. */

/** Positive and negative texts of one class. Several texts are an ensemble: embeddings are normalised, averaged, normalised. */
export interface PromptPair {
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

export interface PromptSet {
  /** For example `chexzero-pair`. */
  readonly name: string;
  readonly version: string;
  readonly source: string;
  /** Finding (or `frontal` / `lateral` for views) to texts. */
  readonly prompts: Readonly<Record<string, PromptPair>>;
}

export function definePrompts(set: PromptSet): PromptSet {
  return set;
}
