/** Rules about studies alone: impossible values, contradictions, unknown views, missing reports. */
import type { Study } from '../../core/study.ts';
import { type Found, found, type IssueCode } from './issues.ts';

export const OLDEST_YEARS = 120;
const STATES: ReadonlySet<string> = new Set(['present', 'absent', 'uncertain', 'unmentioned']);
/** CheXpert allows devices beside No Finding. */
const NO_FINDING = 'No Finding';
const BESIDE_NO_FINDING: ReadonlySet<string> = new Set([NO_FINDING, 'Support Devices']);

/** @param findings that the dataset declares */
export function studyIssues(studies: readonly Study[], findings: readonly string[]): readonly Found[] {
  const declared = new Set(findings);
  const rules: readonly (readonly [IssueCode, (study: Study) => boolean])[] = [
    ['age-impossible', ({ ageYears }) => ageYears !== undefined && !(ageYears >= 0 && ageYears <= OLDEST_YEARS)],
    ['date-impossible', hasImpossibleDate],
    ['label-undeclared', ({ labels }) => Object.keys(labels).some((finding) => !declared.has(finding))],
    ['label-invalid', ({ labels }) => Object.values(labels).some((state) => !STATES.has(state))],
    ['label-contradicts', contradictsItself],
  ];
  const hasReports = studies.some(hasText);
  return [
    ...rules.flatMap(([code, isWrong]) =>
      found(
        code,
        studies.filter(isWrong).map(({ id }) => id),
      ),
    ),
    ...found('sex-contradicts', patientsOfTwoSexes(studies)),
    ...found(
      'view-unknown',
      studies.flatMap(({ images }) => images.filter(({ view }) => view === 'unknown').map(({ id }) => id)),
    ),
    ...found('report-missing', hasReports ? studies.filter((study) => !hasText(study)).map(({ id }) => id) : []),
  ];
}

function hasText({ report }: Study): boolean {
  return report.findings !== undefined || report.impression !== undefined;
}

/** Acquisition values called a date: `18991231`, `1899-12-31`. De-identified releases shift dates by up to two centuries ahead. */
function hasImpossibleDate({ acquisition }: Study): boolean {
  return Object.entries(acquisition).some(([name, value]) => {
    const year = /date/i.test(name) ? /^(\d{4})-?\d{2}-?\d{2}/.exec(value)?.[1] : undefined;
    return year !== undefined && (Number(year) < 1900 || Number(year) > 2300);
  });
}

function contradictsItself({ labels }: Study): boolean {
  if (labels[NO_FINDING] !== 'present') return false;
  return Object.entries(labels).some(([finding, state]) => state === 'present' && !BESIDE_NO_FINDING.has(finding));
}

function patientsOfTwoSexes(studies: readonly Study[]): readonly string[] {
  const known = new Map<string, string>();
  return studies.flatMap(({ patientId, sex }) => {
    if (sex === undefined) return [];
    const earlier = known.get(patientId) ?? sex;
    known.set(patientId, earlier);
    return earlier === sex ? [] : [patientId];
  });
}
