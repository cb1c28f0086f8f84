/** Splits drawn by hash from the studies alone, for any dataset: redrawn patient splits, class-balanced test sets. */
import type { OpenDataset, Part } from '../core/dataset.ts';
import { sha256 } from '../core/digest.ts';
import { DataError } from '../core/errors.ts';
import type { Study } from '../core/study.ts';
import { patientFraction } from './splits.ts';

/** The five findings of CheXpert's competition. Source: Irvin et al. 2019, doi:10.1609/aaai.v33i01.3301590. */
export const FIVE_FINDINGS = ['Atelectasis', 'Cardiomegaly', 'Consolidation', 'Edema', 'Pleural Effusion'] as const;

/** What users can write besides a plug-in's own names, for lists and for the nearest name. */
export const DRAWN_SPLITS: readonly string[] = ['redrawn-1-v1', '5x200-v1'];

const REDRAWN = /^redrawn-([1-9]\d{0,3})-v1$/;
const BALANCED = /^5x([1-9]\d{0,4})-v1$/;

export function isDrawnSplit(name: string): boolean {
  return REDRAWN.test(name) || BALANCED.test(name);
}

/** Parts under a plug-in's own split or one drawn here. @throws ConfigError, DataError */
export function splitByName(opened: OpenDataset, name: string): readonly Part[] {
  const balanced = BALANCED.exec(name);
  if (balanced) return balancedSplit(opened.studies, Number(balanced[1]));
  return REDRAWN.test(name) ? redrawnSplit(opened.studies, name) : opened.split(name);
}

/** `redrawn-K-v1`: as `patient-v1` (70/10/20 of patients), drawn anew for every K from the hash of `redrawn-K-v1:PATIENT`. */
function redrawnSplit(studies: readonly Study[], name: string): readonly Part[] {
  return studies.map(({ patientId }) => {
    const fraction = patientFraction(name, patientId);
    return fraction < 0.7 ? 'train' : fraction < 0.8 ? 'validation' : 'test';
  });
}

/**
 * `5xN-v1`: test is N studies of each of the five findings, with that one present and none of the other four present or
 * uncertain, all of distinct patients. Other studies of these patients are excluded; of the other patients one eighth is
 * validation, the rest train. After the construction of CheXpert 5x200: Huang et al. 2021, doi:10.1109/ICCV48922.2021.00391.
 * @throws DataError where a finding has fewer than N such patients left
 */
export function balancedSplit(studies: readonly Study[], perFinding: number): readonly Part[] {
  const salt = `5x${perFinding}-v1`;
  const chosen = chooseBalanced(studies, perFinding, salt);
  const patients = new Set([...chosen].map((index) => studies[index]!.patientId));
  return studies.map(({ patientId }, index) => {
    if (chosen.has(index)) return 'test';
    if (patients.has(patientId)) return 'excluded';
    return patientFraction(salt, patientId) < 1 / 8 ? 'validation' : 'train';
  });
}

/** The rarest finding chooses first, so that a patient with several films is not spent on a frequent one. */
function chooseBalanced(studies: readonly Study[], perFinding: number, salt: string): ReadonlySet<number> {
  const candidates = FIVE_FINDINGS.map((finding) => ({ finding, indices: [] as number[] }));
  for (const [index, study] of studies.entries())
    candidates.find(({ finding }) => finding === onlyFinding(study))?.indices.push(index);
  candidates.sort((a, b) => a.indices.length - b.indices.length);
  const chosen = new Set<number>();
  const patients = new Set<string>();
  for (const { finding, indices } of candidates) {
    const keys = new Map(indices.map((index) => [index, sha256(`${salt}:${studies[index]!.id}`)]));
    indices.sort((a, b) => (keys.get(a)! < keys.get(b)! ? -1 : 1));
    let taken = 0;
    for (const index of indices) {
      if (taken === perFinding) break;
      if (patients.has(studies[index]!.patientId)) continue;
      patients.add(studies[index]!.patientId);
      chosen.add(index);
      taken++;
    }
    if (taken < perFinding) throw tooFew(finding, taken, perFinding);
  }
  return chosen;
}

function tooFew(finding: string, taken: number, wanted: number): DataError {
  return new DataError(
    `split 5x${wanted}-v1 needs exclusive positives, expected ${wanted} patients with ${finding} alone of the five findings, got ${taken}`,
    taken > 0 ? `a smaller balanced set may do, for example 5x${taken}-v1` : 'this dataset cannot give a balanced set',
  );
}

/** The one of the five that is present, where no other of them is present or uncertain. */
function onlyFinding({ labels }: Study): string | undefined {
  const open = FIVE_FINDINGS.filter((finding) => labels[finding] === 'present' || labels[finding] === 'uncertain');
  return open.length === 1 && labels[open[0]!] === 'present' ? open[0] : undefined;
}
