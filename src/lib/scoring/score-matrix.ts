/** Narrows a prediction to a score matrix. */
import { DataError } from '../../core/errors.ts';
import type { Prediction, ScoreMatrix } from '../../core/task.ts';

/** @throws DataError where the prediction is of another kind */
export function judgedScores(prediction: Prediction): ScoreMatrix {
  if (prediction.kind === 'scores') return prediction;
  throw new DataError(`prediction, expected scores per item and finding, got ${prediction.kind}`);
}
