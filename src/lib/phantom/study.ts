/** A phantom patient's studies: condition, truth, views and report of each. */
import { rng } from '../../core/rng.ts';
import type { ReportSections } from '../../core/study.ts';
import type { PhantomView } from './acquisition.ts';
import type { Body, Condition } from './condition.ts';
import { courseOf } from './course.ts';
import { type PhantomPatient, phantomPatient, type Site } from './population.ts';
import { writeReport } from './report.ts';
import { type Incidental, incidentalOf, type Truth, truthOf } from './truth.ts';

export interface PhantomStudy {
  /** Number of the report, unique over seeds below a million patients. */
  readonly uid: number;
  readonly patientId: string;
  readonly seed: number;
  /** Names the study's streams of randomness. */
  readonly key: string;
  readonly site: Site;
  readonly body: Body;
  readonly condition: Condition;
  readonly incidental: readonly Incidental[];
  readonly truth: Truth;
  readonly views: readonly PhantomView[];
  readonly report: Required<ReportSections>;
}

/** Studies of patient `index` of a seed, in order of time. */
export function phantomStudies(seed: number, index: number): readonly PhantomStudy[] {
  const patient = phantomPatient(seed, index);
  const conditions = courseOf(patient);
  return conditions.map((condition, visit) => studyOf(patient, visit, { condition, earlier: conditions[visit - 1] }));
}

function studyOf(
  patient: PhantomPatient,
  visit: number,
  { condition, earlier }: { condition: Condition; earlier: Condition | undefined },
): PhantomStudy {
  const { seed, index } = patient;
  const key = `${index}/${visit}`;
  const ageYears = Math.floor(patient.ageYears + patient.visits[visit]!);
  const body: Body = { ...patient.build, sex: patient.sex, ageYears, key: String(index) };
  const incidental = incidentalOf(body, { seed, key: String(index) });
  const truth = truthOf(condition, incidental, { seed, key });
  const supine = condition.devices.includes('endotracheal tube');
  const lateral = !supine && rng(seed, 'phantom views', key).next() < 0.86;
  return {
    uid: (seed * 1_000_000 + index) * 10 + visit + 1,
    patientId: patient.id,
    seed,
    key,
    site: patient.site,
    body,
    condition,
    incidental,
    truth,
    views: lateral ? ['frontal', 'lateral'] : ['frontal'],
    report: writeReport({ patient, body, condition, truth, incidental, earlier, lateral, key }),
  };
}
