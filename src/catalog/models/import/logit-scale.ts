/** The temperature that a contrastive model learned. */
import { ModelError } from '../../../core/errors.ts';
import type { WeightSource } from '../../../lib/onnx/weights.ts';

/**
 * exp(`logit_scale`); CLIP keeps it below 100 in training, and a float32 cannot hold it from a logarithm of 89 on.
 * @throws ModelError where the weight is no such logarithm
 */
export function learnedScale(weights: WeightSource): number {
  const logarithm = weights.read('logit_scale')[0]!;
  const scale = Math.exp(logarithm);
  if (scale > 0 && logarithm < 88) return scale;
  throw new ModelError(
    `weight logit_scale, expected the logarithm of a temperature, got ${logarithm}`,
    'the file is damaged or of another model',
  );
}
