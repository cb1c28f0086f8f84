/** A declared threshold, chosen on scores of its own part. */
import type { DeclaredThreshold } from '../../core/declared-threshold.ts';
import { ConfigError } from '../../core/errors.ts';
import type { DatasetView } from '../../core/task.ts';
import { chooseThreshold, type Threshold, type ThresholdPolicy, thresholdPolicyId } from '../stats/threshold.ts';
import type { ScoredRows } from './columns.ts';

function policyOf({ policy, value }: DeclaredThreshold): ThresholdPolicy {
  if (policy === 'youden' || policy === 'f1') return { kind: policy };
  return { kind: policy, value: value! };
}

/** For example `threshold=youden@validation` or `threshold=fixed=0.5`. */
export function thresholdProtocol(declared: DeclaredThreshold): string {
  const part = declared.policy === 'fixed' ? '' : `@${declared.on}`;
  return `threshold=${thresholdPolicyId(policyOf(declared))}${part}`;
}

/** @throws ConfigError where the threshold would be chosen on the part that is judged */
export function refuseJudgedPart(declared: DeclaredThreshold, dataset: DatasetView): void {
  if (declared.policy === 'fixed' || declared.on !== dataset.evaluate) return;
  throw new ConfigError(
    `threshold, expected a part that is not judged, got "${declared.on}" (dataset ${dataset.id} is judged on it)`,
    `set threshold.on to "${declared.on === 'train' ? 'validation' : 'train'}", or use a fixed threshold`,
  );
}

/** The threshold of a policy on the labelled and scored rows of its part. */
export function applyThreshold(declared: DeclaredThreshold, tuning: ScoredRows): Threshold {
  if (declared.policy !== 'fixed' && tuning.rows.length === 0) {
    return { value: Number.NaN, reason: `threshold undefined: no labelled and scored items in ${declared.on}` };
  }
  const chosen = chooseThreshold(policyOf(declared), tuning);
  if (chosen.reason === undefined) return chosen;
  return { value: chosen.value, reason: `threshold undefined: ${chosen.reason} (${declared.on})` };
}
