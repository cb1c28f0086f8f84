/** Who and how: sex and age by patients, views, acquisition. */
import type { Study } from '../../core/study.ts';
import { categories, distribution } from './distribution.ts';
import type { AcquisitionField, Category, PeoplePicture } from './eda-data.ts';
import { proportion } from './proportions.ts';

const SHOWN_VALUES = 10;

/** The first study of each patient, in the order of the studies: independent rows. */
export function onePerPatient(studies: readonly Study[]): readonly Study[] {
  const seen = new Set<string>();
  return studies.filter(({ patientId }) => !seen.has(patientId) && seen.add(patientId));
}

export function peoplePicture(studies: readonly Study[]): PeoplePicture {
  const people = onePerPatient(studies);
  const ages = (of: readonly Study[]) =>
    distribution(of.flatMap(({ ageYears }) => (isAge(ageYears) ? [ageYears] : [])));
  const perPatient = new Map<string, number>();
  for (const { patientId } of studies) perPatient.set(patientId, (perPatient.get(patientId) ?? 0) + 1);
  return {
    sex: categories(people.map(({ sex, patientId }) => ({ name: sex ?? 'not stated', patient: patientId }))),
    age: ages(people),
    ageBySex: ['female', 'male'].map((name) => ({ sex: name, age: ages(people.filter(({ sex }) => sex === name)) })),
    studiesPerPatient: distribution([...perPatient.values()], { whole: true }),
    imagesPerStudy: distribution(
      studies.map(({ images }) => images.length),
      { whole: true },
    ),
  };
}

/** Ages that cannot be are left to the audit. */
export function isAge(age: number | undefined): age is number {
  return age !== undefined && age >= 0 && age <= 120;
}

export function viewCategories(studies: readonly Study[]): readonly Category[] {
  return categories(
    studies.flatMap(({ images, patientId }) => images.map(({ view }) => ({ name: view, patient: patientId }))),
  );
}

/** Every field that some study states, by name; a field that is another for nearly every study, such as a date, is only counted. */
export function acquisitionFields(studies: readonly Study[]): readonly AcquisitionField[] {
  const fields = [...new Set(studies.flatMap(({ acquisition }) => Object.keys(acquisition)))].sort();
  return fields.map((field) => {
    const stating = studies.filter(({ acquisition }) => acquisition[field] !== undefined);
    const rows = stating.map(({ acquisition, patientId }) => ({ name: acquisition[field]!, patient: patientId }));
    const distinct = new Set(rows.map(({ name }) => name)).size;
    const isCategory = distinct <= SHOWN_VALUES || distinct * 10 <= rows.length;
    return {
      field,
      stated: proportion(stating.length, studies.length),
      distinct,
      values: isCategory ? categories(rows, SHOWN_VALUES) : [],
    };
  });
}
