/** The findings that a mean runs over: those with enough positives and negatives, named by count and digest. */
import { digestOf } from '../../core/digest.ts';

export interface FindingSet {
  readonly findings: readonly string[];
  /** `9of14#1a2b3c4d`: how many of how many, and the first 8 digits of the SHA-256 of their sorted names. */
  readonly id: string;
}

/**
 * The set is a property of the labels alone, so that all models share it.
 * @param targets per finding: 0, 1 or −1 for each judged item
 */
export function findingSet(targets: ReadonlyMap<string, Int8Array>, minimum: number): FindingSet {
  const findings = [...targets.keys()].filter((finding) => {
    const counts = [0, 0];
    for (const target of targets.get(finding)!) if (target >= 0) counts[target]! += 1;
    return counts[0]! >= minimum && counts[1]! >= minimum;
  });
  const digest = digestOf([...findings].sort()).slice(0, 8);
  return { findings, id: `${findings.length}of${targets.size}#${digest}` };
}
