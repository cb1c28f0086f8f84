/** Named splits of ChestX-ray14: the official lists, the folders that a copy is sorted into, and the patient hash. */
import type { Part } from '../../../core/dataset.ts';
import { ConfigError, DataError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/nearest.ts';
import type { Study } from '../../../core/study.ts';
import {
  assertPatientDisjoint,
  excludeRecurringPatients,
  GENERAL_SPLITS,
  patientFraction,
} from '../../../lib/splits.ts';

export const NIH_SPLITS = [...GENERAL_SPLITS.keys(), 'official-v1', 'folder-v1', 'folder-evaluation-v1'];

export interface SplitSources {
  readonly studies: readonly Study[];
  /** Path of each study's image relative to the root, by study index. */
  readonly imagePaths: readonly string[];
  /** Image names of train_val_list.txt and test_list.txt; undefined where the file is absent. */
  readonly trainValidation: ReadonlySet<string> | undefined;
  readonly test: ReadonlySet<string> | undefined;
}

/** @throws ConfigError for an unknown name, DataError where the release lacks what the split needs */
export function nihSplit(name: string, sources: SplitSources): readonly Part[] {
  const parts = namedParts(name, sources);
  assertPatientDisjoint(sources.studies, parts);
  return parts;
}

function namedParts(name: string, sources: SplitSources): readonly Part[] {
  const general = GENERAL_SPLITS.get(name);
  if (general) return general(sources.studies);
  if (name === 'official-v1') return officialParts(sources);
  if (name === 'folder-v1') return excludeRecurringPatients(sources.studies, folderParts(sources));
  if (name === 'folder-evaluation-v1') return keepEvaluation(sources.studies, folderParts(sources));
  throw new ConfigError(
    `unknown split of nih-chestxray14, expected one of ${NIH_SPLITS.join(', ')}, got "${name}"`,
    didYouMean(name, NIH_SPLITS),
  );
}

/**
 * test_list.txt is test. Of train_val_list.txt, the patients whose hash of `nih-official-v1:patientId` falls into the first
 * eighth are validation, the others train: the release itself names no validation part. Images on neither list are excluded.
 */
function officialParts({ studies, trainValidation, test }: SplitSources): readonly Part[] {
  if (!trainValidation || !test)
    throw new DataError(
      'split official-v1 needs its lists, expected train_val_list.txt and test_list.txt, got no such file below root',
      'copy them from the release, or use split: patient-v1',
    );
  return studies.map(({ images, patientId }) => {
    const name = images[0]!.id;
    if (test.has(name)) return 'test';
    if (!trainValidation.has(name)) return 'excluded';
    return patientFraction('nih-official-v1', patientId) < 1 / 8 ? 'validation' : 'train';
  });
}

const FOLDER_PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  valid: 'validation',
  val: 'validation',
  validation: 'validation',
  test: 'test',
};

/** Part by the innermost folder called train, valid, val, validation or test. */
function folderParts(sources: SplitSources): readonly Part[] {
  const given = sources.imagePaths.map(folderPart);
  if (given.every((part) => part === 'excluded'))
    throw new DataError(
      'a split by folder needs sorted images, expected folders named train, valid or test, got none below root',
      'use split: patient-v1',
    );
  return given;
}

/** The other way round: the evaluated parts stay whole, and training loses the patients that recur in them. */
function keepEvaluation(studies: readonly Study[], given: readonly Part[]): readonly Part[] {
  return excludeRecurringPatients(studies, given, ['test', 'validation', 'train']);
}

function folderPart(path: string): Part {
  const folders = path.toLowerCase().split('/').slice(0, -1).reverse();
  const named = folders.find((folder) => Object.hasOwn(FOLDER_PARTS, folder));
  return named === undefined ? 'excluded' : FOLDER_PARTS[named]!;
}

/** How many studies lie in a part's folder and are excluded because their patient is in an earlier part. */
export function countRecurring(sources: SplitSources): number {
  const given = sources.imagePaths.map(folderPart);
  const kept = excludeRecurringPatients(sources.studies, given);
  return given.filter((part, index) => part !== kept[index]).length;
}
