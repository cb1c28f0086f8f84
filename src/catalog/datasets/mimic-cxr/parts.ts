/** Smaller tables joined by number: the official split by study, MIMIC-IV's people by patient. */
import type { Part } from '../../../core/dataset.ts';
import { ConfigError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/nearest.ts';
import type { Sex, Study } from '../../../core/study.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';
import { assertPatientDisjoint, GENERAL_SPLITS } from '../../../lib/splits.ts';
import { type Release, readId, visitTable } from './tables.ts';

export const MIMIC_SPLITS = ['official-v1', ...GENERAL_SPLITS.keys()];

const PARTS: Readonly<Record<string, Part>> = { train: 'train', validate: 'validation', test: 'test' };

/** Official part by study number; undefined where the table is not there. */
export async function readParts(release: Release, tally: ProblemTally): Promise<ReadonlyMap<number, Part> | undefined> {
  if (!release.tables.has('split')) {
    tally.add('not there: the split official-v1 cannot be used', 'mimic-cxr-2.0.0-split.csv.gz');
    return undefined;
  }
  const parts = new Map<number, Part>();
  await visitTable(
    { table: 'split', columns: { required: ['study_id', 'split'] }, tally },
    release,
    (cells, number) => {
      const study = readId(cells[0]!);
      const part = PARTS[cells[1]!.toLowerCase()];
      if (study === undefined || part === undefined)
        return tally.add('row left out: expected a study_id and train, validate or test', `split, row ${number}`);
      const earlier = parts.get(study);
      if (earlier === undefined) parts.set(study, part);
      else if (earlier !== part) tally.add('study has a part already: the first counts', `split, row ${number}`);
    },
  );
  return parts;
}

/** @param studies those of the dataset, whose ids are `s` and the study number @throws ConfigError, DataError */
export function mimicSplit(
  name: string,
  studies: readonly Study[],
  parts: ReadonlyMap<number, Part> | undefined,
): readonly Part[] {
  const general = GENERAL_SPLITS.get(name);
  if (general) return general(studies);
  if (name !== 'official-v1')
    throw new ConfigError(
      `unknown split of MIMIC-CXR, expected one of ${MIMIC_SPLITS.join(', ')}, got "${name}"`,
      didYouMean(name, MIMIC_SPLITS),
    );
  if (parts === undefined)
    throw new ConfigError(
      'split official-v1, expected mimic-cxr-2.0.0-split.csv.gz beside the other tables, got none',
      `copy it there from MIMIC-CXR-JPG, or choose ${[...GENERAL_SPLITS.keys()].join(' or ')}`,
    );
  const official = studies.map(({ id }) => parts.get(Number(id.slice(1))) ?? 'excluded');
  assertPatientDisjoint(studies, official);
  return official;
}

export interface Person {
  readonly sex: Sex | undefined;
  /** Age in the anchor year, in years. Above 89 the release says 91. */
  readonly anchorAge: number | undefined;
  readonly anchorYear: number;
}

const PERSON_COLUMNS = ['subject_id', 'gender', 'anchor_age', 'anchor_year'];

/** People by patient number, for the patients given; none where MIMIC-IV's table is not beside the others. */
export async function readPeople(
  patients: ReadonlySet<number>,
  release: Release,
  tally: ProblemTally,
): Promise<ReadonlyMap<number, Person>> {
  const people = new Map<number, Person>();
  if (!release.tables.has('patients')) return people;
  await visitTable({ table: 'patients', columns: { required: PERSON_COLUMNS }, tally }, release, (cells) => {
    const patient = readId(cells[0]!);
    if (patient === undefined || !patients.has(patient)) return;
    const sex = cells[1] === 'F' ? 'female' : cells[1] === 'M' ? 'male' : undefined;
    const age = /^\d{1,3}(\.0*)?$/.test(cells[2]!) ? Number(cells[2]) : Number.NaN;
    if (!(age <= 110)) tally.add('anchor_age is not a number of years up to 110: left out', `p${patient}`);
    people.set(patient, { sex, anchorAge: age <= 110 ? age : undefined, anchorYear: Number(cells[3]) });
  });
  return people;
}

/** Age at a study of that (shifted) year, in years. */
export function ageAt(person: Person | undefined, year: number | undefined): number | undefined {
  if (person?.anchorAge === undefined || year === undefined) return undefined;
  const age = person.anchorAge + year - person.anchorYear;
  return age >= 0 && age <= 110 ? age : undefined;
}
