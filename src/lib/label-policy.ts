/** Label policies as data: what a label state means for a score. The datasets never decide it. */
import { ConfigError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import type { LabelState, Study } from '../core/study.ts';

/** 1 positive, 0 negative, null: the row is left out for this finding. */
export type Target = 0 | 1 | null;

export interface LabelPolicy {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly targets: Readonly<Record<LabelState, Target>>;
}

/**
 * The named policies by `name@version`. u-ignore, u-zeros and u-ones: Irvin et al. 2019, section 3.1,
 * doi:10.1609/aaai.v33i01.3301590. "Unmentioned is negative" is the usual reading of report labels.
 */
const policies: readonly LabelPolicy[] = [
  {
    name: 'uncertain-ignored',
    version: '1',
    description: 'uncertain rows are left out; unmentioned is negative',
    targets: { present: 1, absent: 0, uncertain: null, unmentioned: 0 },
  },
  {
    name: 'u-zeros',
    version: '1',
    description: 'uncertain is negative; unmentioned is negative',
    targets: { present: 1, absent: 0, uncertain: 0, unmentioned: 0 },
  },
  {
    name: 'u-ones',
    version: '1',
    description: 'uncertain is positive; unmentioned is negative',
    targets: { present: 1, absent: 0, uncertain: 1, unmentioned: 0 },
  },
  {
    name: 'explicit-only',
    version: '1',
    description: 'only present and absent count; uncertain and unmentioned rows are left out',
    targets: { present: 1, absent: 0, uncertain: null, unmentioned: null },
  },
  {
    name: 'explicit-u-zeros',
    version: '1',
    description: 'uncertain is negative; unmentioned rows are left out',
    targets: { present: 1, absent: 0, uncertain: 0, unmentioned: null },
  },
  {
    name: 'explicit-u-ones',
    version: '1',
    description: 'uncertain is positive; unmentioned rows are left out',
    targets: { present: 1, absent: 0, uncertain: 1, unmentioned: null },
  },
];

export const LABEL_POLICIES: ReadonlyMap<string, LabelPolicy> = new Map(
  policies.map((policy) => [`${policy.name}@${policy.version}`, policy]),
);

/** The policy `name@version`. @throws ConfigError with the nearest known name */
export function labelPolicy(id: string): LabelPolicy {
  const policy = LABEL_POLICIES.get(id);
  if (policy) return policy;
  const known = [...LABEL_POLICIES.keys()];
  throw new ConfigError(`unknown label policy, expected one of ${known.length}, got "${id}"`, didYouMean(id, known));
}

/** Target of a study for a finding; a finding that the study does not list is `unmentioned`. */
export function targetOf(policy: LabelPolicy, study: Study, finding: string): Target {
  return policy.targets[study.labels[finding] ?? 'unmentioned'];
}
