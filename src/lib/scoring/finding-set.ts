/** The findings that a mean runs over: those with enough positive and negative patients, named by count and digest. */
import { digestOf } from '../../core/digest.ts';

export interface FindingSet {
  readonly findings: readonly string[];
  /** `9of14#1a2b3c4d`: how many of how many, and the first 8 digits of the SHA-256 of their sorted names. */
  readonly id: string;
}

/** Number of patients that have an item with this target. */
function patientsWith(target: 0 | 1, targets: Int8Array, patients: readonly string[]): number {
  return new Set(patients.filter((_, row) => targets[row] === target)).size;
}

/**
 * The set is a property of the labels alone, so that all models share it. Patients are counted, not items: a mean over a
 * finding that only a few patients have is undefined in many bootstrap replicates, and its interval with it.
 * @param targets per finding: 0, 1 or −1 for each judged item
 * @param patients of each judged item
 */
export function findingSet(
  targets: ReadonlyMap<string, Int8Array>,
  patients: readonly string[],
  minimum: number,
): FindingSet {
  const hasEnough = (own: Int8Array) => ([0, 1] as const).every((side) => patientsWith(side, own, patients) >= minimum);
  const findings = [...targets.keys()].filter((finding) => hasEnough(targets.get(finding)!));
  const digest = digestOf([...findings].sort()).slice(0, 8);
  return { findings, id: `${findings.length}of${targets.size}#${digest}` };
}
