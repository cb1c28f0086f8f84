/** The noun that every dataset yields: one radiographic examination. */

export type View = 'frontal' | 'lateral' | 'unknown';

/** What a label source says of a finding in a study. What "uncertain" means for a score is a label policy's choice. */
export type LabelState = 'present' | 'absent' | 'uncertain' | 'unmentioned';

export type Sex = 'female' | 'male';

export interface StudyImage {
  /** Unique within the dataset, stable across machines (never an absolute path). */
  readonly id: string;
  readonly view: View;
  /** Absolute path of the file. May not exist: the item then fails singly. */
  readonly path: string;
}

/** Sections of a radiology report; absent where the report has none. */
export interface ReportSections {
  readonly indication?: string;
  readonly comparison?: string;
  readonly findings?: string;
  readonly impression?: string;
}

export interface Study {
  readonly id: string;
  readonly patientId: string;
  readonly images: readonly StudyImage[];
  readonly report: ReportSections;
  /** Finding name to state; a finding that is missing here is `unmentioned`. */
  readonly labels: Readonly<Record<string, LabelState>>;
  readonly sex?: Sex;
  /** Age at the study in years. */
  readonly ageYears?: number;
  /** Free acquisition metadata: site, projection, device … Used as subgroups. */
  readonly acquisition: Readonly<Record<string, string>>;
}

/** The 14 CheXpert observations. Source: Irvin et al. 2019, doi:10.1609/aaai.v33i01.3301590, table 1. */
export const CHEXPERT_FINDINGS = [
  'No Finding',
  'Enlarged Cardiomediastinum',
  'Cardiomegaly',
  'Lung Opacity',
  'Lung Lesion',
  'Edema',
  'Consolidation',
  'Pneumonia',
  'Atelectasis',
  'Pneumothorax',
  'Pleural Effusion',
  'Pleural Other',
  'Fracture',
  'Support Devices',
] as const;
