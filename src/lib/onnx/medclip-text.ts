/**
 * MedCLIP's text tower: BERT whose layers 1, 2 and last are averaged, pooled over the tokens and projected.
 * Source: RyanWangZf/MedCLIP:medclip/modeling_medclip.py, MedCLIPTextModel; Wang et al. 2022, arXiv:2210.10163.
 */
import { ModelError } from '../../core/errors.ts';
import { type BertDimensions, bertTextGraph, maskedMean, meanOverPositions, type Pooling } from './bert.ts';
import { float32Scalar, type Graph } from './graph.ts';
import { Add, MatMul, Mul } from './operators.ts';
import { transposedWeight, type WeightSource } from './weights.ts';

/** `published`: over all positions, padding included. `masked-mean`: over the tokens alone. */
export type MedclipPooling = 'published' | 'masked-mean';

export interface MedclipTextRequest {
  readonly dimensions: BertDimensions;
  readonly weights: WeightSource;
  /** Of the encoder's slots, with its final dot. */
  readonly prefix: string;
  /** Name of the projection [embedding, width], without bias. */
  readonly projection: string;
  readonly pooling: MedclipPooling;
}

/**
 * `ids` and `mask` [batch, length] int64 to `embedding` [batch, dimension], not normalised. Padding is never attended to, but
 * the published pooling counts it: the embedding depends on how far a text is padded.
 * @throws ModelError for a tower of fewer than two layers
 */
export function medclipTextGraph(request: MedclipTextRequest): Graph {
  const { dimensions, weights, prefix, projection, pooling } = request;
  if (dimensions.layers < 2)
    throw new ModelError(`layers of the text tower, expected at least 2, got ${dimensions.layers}`);
  const pool: Pooling = (graph, states, mask) => {
    const sum = Add(graph, Add(graph, states[1]!, states[2]!), states.at(-1)!);
    const pooled = pooling === 'published' ? meanOverPositions(graph, sum) : maskedMean(graph, sum, mask);
    const mean = Mul(graph, pooled, float32Scalar(graph, 1 / 3));
    return MatMul(graph, mean, transposedWeight(graph, weights, projection));
  };
  return bertTextGraph({ name: 'medclip-text', weights, prefix }, dimensions, pool);
}
