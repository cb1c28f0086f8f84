/** Splits by patient: which part of a split a patient belongs to, and the law that no patient is in two. */
import type { Part } from '../core/dataset.ts';
import { sha256 } from '../core/digest.ts';
import { DataError } from '../core/errors.ts';
import type { Study } from '../core/study.ts';

/**
 * A number in [0, 1) that depends on the salt and the patient alone: the first 32 bits of SHA-256 of `salt:patientId`.
 * Adding or removing other patients never moves it.
 */
export function patientFraction(salt: string, patientId: string): number {
  return Number.parseInt(sha256(`${salt}:${patientId}`).slice(0, 8), 16) / 0x1_0000_0000;
}

/** Split `patient-v1`: 70 % of patients train, 10 % validation, 20 % test, by the hash of `patient-v1:patientId`. */
export function patientPart(patientId: string): Part {
  const fraction = patientFraction('patient-v1', patientId);
  if (fraction < 0.7) return 'train';
  return fraction < 0.8 ? 'validation' : 'test';
}

/** Part of each study under `patient-v1`. */
export function patientSplit(studies: readonly Study[]): readonly Part[] {
  return studies.map((study) => patientPart(study.patientId));
}

/** Splits that need nothing but the studies: offered by every dataset. `all-test-v1` judges everything; no part is left. */
export const GENERAL_SPLITS: ReadonlyMap<string, (studies: readonly Study[]) => readonly Part[]> = new Map([
  ['patient-v1', patientSplit],
  ['all-test-v1', (studies) => studies.map(() => 'test' as const)],
]);

/**
 * Keeps a given division honest: where a patient occurs in several parts, only the studies in the part that comes first in
 * `order` stay; the others become `excluded`.
 */
export function excludeRecurringPatients(
  studies: readonly Study[],
  parts: readonly Part[],
  order: readonly Part[] = ['train', 'validation', 'test'],
): readonly Part[] {
  const home = new Map<string, Part>();
  for (const part of order)
    studies.forEach(({ patientId }, index) => {
      if (parts[index] === part && !home.has(patientId)) home.set(patientId, part);
    });
  return studies.map(({ patientId }, index) => (home.get(patientId) === parts[index] ? parts[index]! : 'excluded'));
}

/** @throws DataError that names the first patient found in two parts; `excluded` counts as none */
export function assertPatientDisjoint(studies: readonly Study[], parts: readonly Part[]): void {
  if (studies.length !== parts.length)
    throw new DataError(`split does not fit, expected ${studies.length} parts, got ${parts.length}`);
  const home = new Map<string, Part>();
  studies.forEach(({ patientId }, index) => {
    const part = parts[index]!;
    if (part === 'excluded') return;
    const other = home.get(patientId) ?? part;
    if (other !== part)
      throw new DataError(
        `split is not disjoint by patient, expected one part per patient, got ${other} and ${part} (patient ${patientId})`,
        'scores on such a split are too good: use another split',
      );
    home.set(patientId, part);
  });
}
