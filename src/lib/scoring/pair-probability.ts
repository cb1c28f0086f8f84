/**
 * Zero-shot scores by prompt pairs: p = e^pos / (e^pos + e^neg) on cosines, without a logit scale.
 * Source: rajpurkarlab/CheXzero:zero_shot.py; Tiu et al. 2022, doi:10.1038/s41551-022-00936-9.
 */
import type { PromptPair } from '../../core/prompts.ts';
import type { EmbeddingLookup } from '../../core/task.ts';

/** The vector divided by its L2 norm, in float64; undefined where the norm is zero or not finite. */
export function unitVector(vector: ArrayLike<number>): Float64Array | undefined {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
  const norm = Math.sqrt(sum);
  if (!(norm > 0) || !Number.isFinite(norm)) return undefined;
  const unit = new Float64Array(vector.length);
  for (let i = 0; i < unit.length; i++) unit[i] = vector[i]! / norm;
  return unit;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Mean of the texts' unit vectors, made a unit vector; undefined where a text has no usable embedding. */
function promptVector(texts: readonly string[], lookup: EmbeddingLookup): Float64Array | undefined {
  let sum: Float64Array | undefined;
  for (const embedding of lookup.prompts(texts)) {
    const unit = embedding && unitVector(embedding);
    if (!unit) return undefined;
    sum ??= new Float64Array(unit.length);
    for (let i = 0; i < unit.length; i++) sum[i]! += unit[i]!;
  }
  return sum && unitVector(sum);
}

export interface PairVectors {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** Vectors of a prompt pair; undefined where one of its texts has no usable embedding. */
export function pairVectors(pair: PromptPair, lookup: EmbeddingLookup): PairVectors | undefined {
  const positive = promptVector(pair.positive, lookup);
  const negative = promptVector(pair.negative, lookup);
  return positive && negative && { positive, negative };
}

/** Softmax over the two cosines, in (0, 1). @param image unit vector */
export function pairProbability(image: Float64Array, pair: PairVectors): number {
  return 1 / (1 + Math.exp(dot(image, pair.negative) - dot(image, pair.positive)));
}
