/** The table beside the XML files that says what Open-i's layout has no place for: patient, sex, age, site, views, truth. */
import { CHEXPERT_FINDINGS, type LabelState } from '../../core/study.ts';
import { imageNames } from './open-i-xml.ts';
import type { PhantomStudy } from './study.ts';

export const SIDECAR_COLUMNS = ['uid', 'patient', 'sex', 'age', 'site', 'views', 'synthetic', ...CHEXPERT_FINDINGS];

/** One row per study; `views` lists the views of its images, joined by `+`. No cell needs quoting. */
export function sidecarCsv(studies: readonly PhantomStudy[]): string {
  const rows = studies.map((study) =>
    [
      study.uid,
      study.patientId,
      study.body.sex,
      study.body.ageYears,
      study.site,
      study.views.join('+'),
      'yes',
      ...CHEXPERT_FINDINGS.map((finding) => study.truth[finding]),
    ].join(','),
  );
  return `${[SIDECAR_COLUMNS.join(','), ...rows].join('\n')}\n`;
}

/** Kaggle's `indiana_projections.csv`: uid, filename, projection. */
export function projectionsCsv(studies: readonly PhantomStudy[]): string {
  const rows = studies.flatMap((study) =>
    imageNames(study).map((name, i) => {
      const projection = study.views[i] === 'frontal' ? 'Frontal' : 'Lateral';
      return `${study.uid},${name.replace(/^CXR/, '')}.dcm.png,${projection}`;
    }),
  );
  return `${['uid,filename,projection', ...rows].join('\n')}\n`;
}

export interface SidecarRow {
  readonly uid: string;
  readonly patient: string;
  readonly sex: 'female' | 'male';
  readonly age: number;
  readonly site: string;
  readonly truth: Readonly<Record<string, LabelState>>;
}

const STATES: readonly string[] = ['present', 'absent', 'uncertain', 'unmentioned'] satisfies LabelState[];

/** Reads the table back by uid. @throws RangeError that names the line which does not fit */
export function readSidecar(text: string): ReadonlyMap<string, SidecarRow> {
  const [header = '', ...lines] = text.trimEnd().split(/\r?\n/);
  if (header !== SIDECAR_COLUMNS.join(',')) throw new RangeError('line 1: unexpected columns');
  const rows = new Map<string, SidecarRow>();
  lines.forEach((line, index) => {
    const cells = line.split(',');
    const [uid, patient, sex, age, site] = cells as [string, string, 'female' | 'male', string, string];
    const states = cells.slice(7);
    if (cells.length !== SIDECAR_COLUMNS.length || states.some((state) => !STATES.includes(state))) {
      throw new RangeError(`line ${index + 2}: expected ${SIDECAR_COLUMNS.length} cells, got ${cells.length}`);
    }
    const truth = Object.fromEntries(CHEXPERT_FINDINGS.map((finding, i) => [finding, states[i] as LabelState]));
    rows.set(uid, { uid, patient, sex, age: Number(age), site, truth });
  });
  return rows;
}
