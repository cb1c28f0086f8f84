/** Brier score and negative log-likelihood of probabilities. */
import type { ScoredTargets, Statistic } from '../../core/metric.ts';

/** Weighted mean of a loss per row; NaN without weight, and where a score is no probability. */
function prepareMeanLoss(input: ScoredTargets, loss: (target: number, probability: number) => number): Statistic {
  const { targets, scores } = input;
  const valid = scores.every((score) => score >= 0 && score <= 1);
  const losses = scores.map((score, row) => loss(targets[row]!, score));
  return (weights) => {
    if (!valid) return Number.NaN;
    let sum = 0;
    let total = 0;
    for (let row = 0; row < losses.length; row++) {
      const weight = weights ? weights[row]! : 1;
      sum += weight * losses[row]!;
      total += weight;
    }
    return total > 0 ? sum / total : Number.NaN;
  };
}

/** Mean squared distance of probability and outcome. Source: Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2. */
export function prepareBrier(input: ScoredTargets): Statistic {
  return prepareMeanLoss(input, (target, probability) => (probability - target) ** 2);
}

/**
 * Mean negative natural logarithm of the probability given to the outcome. Probabilities are kept `clip` away from 0 and
 * 1, so that one certain mistake is not infinite; the default is scikit-learn's (machine epsilon).
 */
export function prepareNegativeLogLikelihood(input: ScoredTargets, clip = Number.EPSILON): Statistic {
  return prepareMeanLoss(input, (target, probability) => {
    const kept = Math.min(Math.max(probability, clip), 1 - clip);
    return -Math.log(target === 1 ? kept : 1 - kept);
  });
}
