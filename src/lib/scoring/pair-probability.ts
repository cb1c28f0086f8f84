/**
 * Zero-shot score of one class from its prompts. With negative prompts p = e^pos / (e^pos + e^neg) on cosines, without a
 * logit scale (rajpurkarlab/CheXzero:zero_shot.py; Tiu et al. 2022, doi:10.1038/s41551-022-00936-9); without them
 * p = sigmoid(logit scale · cosine) (RyanWangZf/MedCLIP:medclip/modeling_medclip.py, evaluator.py; Wang et al. 2022, arXiv:2210.10163).
 */
import type { PromptAggregation, PromptPair } from '../../core/prompts.ts';
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

/** Vectors of which the one nearest to an image gives the similarity of the class. */
type Side = readonly Float64Array[];

function mean(vectors: Side): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  return sum.map((value) => value / vectors.length);
}

/** The mean of cosines is the product with the mean of the unit vectors, which is not made a unit vector. */
const AGGREGATIONS: Readonly<Record<PromptAggregation, (units: Side) => Side | undefined>> = {
  'mean-embedding': (units) => {
    const unit = unitVector(mean(units));
    return unit && [unit];
  },
  'mean-similarity': (units) => [mean(units)],
  'maximum-similarity': (units) => units,
};

/** Undefined where there is no text, or one has no usable embedding. */
function sideOf(texts: readonly string[], lookup: EmbeddingLookup, aggregation: PromptAggregation): Side | undefined {
  if (texts.length === 0) return undefined;
  const units: Float64Array[] = [];
  for (const embedding of lookup.prompts(texts)) {
    const unit = embedding && unitVector(embedding);
    if (!unit) return undefined;
    units.push(unit);
  }
  return AGGREGATIONS[aggregation](units);
}

/** What a class is scored with, for one checkpoint. */
export interface PromptVectors {
  readonly positive: Side;
  /** Absent where the class has no negative prompts. */
  readonly negative?: Side;
  readonly logitScale: number;
}

/** Undefined where one of the texts has no usable embedding, or the class has no positive prompt. */
export function promptVectors(
  pair: PromptPair,
  lookup: EmbeddingLookup,
  aggregation: PromptAggregation = 'mean-embedding',
): PromptVectors | undefined {
  const { logitScale = 1 } = lookup;
  const positive = sideOf(pair.positive, lookup, aggregation);
  if (pair.negative.length === 0) return positive && { positive, logitScale };
  const negative = sideOf(pair.negative, lookup, aggregation);
  return positive && negative && { positive, negative, logitScale };
}

function similarity(image: Float64Array, side: Side): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const vector of side) most = Math.max(most, dot(image, vector));
  return most;
}

/** Probability in (0, 1): softmax over the two similarities, or sigmoid of the scaled one. @param image unit vector */
export function promptProbability(image: Float64Array, { positive, negative, logitScale }: PromptVectors): number {
  const own = similarity(image, positive);
  if (!negative) return 1 / (1 + Math.exp(-logitScale * own));
  return 1 / (1 + Math.exp(similarity(image, negative) - own));
}
