/** The table of images → studies with their films. The best table that is there counts: metadata, split, then the record list. */
import { DataError } from '../../../core/errors.ts';
import type { View } from '../../../core/study.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';
import { type Release, readId, type TableName, visitTable } from './tables.ts';
import { viewOf } from './views.ts';

export interface Film {
  readonly dicom: string;
  readonly view: View;
  /** Shared by all films of equal acquisition. */
  readonly acquisition: Readonly<Record<string, string>>;
  /** Absolute path; set when the disk was asked. */
  path: string;
  isThere: boolean;
}

export interface MimicStudy {
  readonly patient: number;
  readonly study: number;
  readonly films: Film[];
  /** Year of the (shifted) study date; undefined where the table has none. */
  readonly year: number | undefined;
}

/** By study number, in the order of the table. */
export type MimicStudies = ReadonlyMap<number, MimicStudy>;

const SOURCES: readonly TableName[] = ['metadata', 'split', 'records'];

const OPTIONAL = [
  'ViewPosition',
  'ViewCodeSequence_CodeMeaning',
  'PerformedProcedureStepDescription',
  'PatientOrientationCodeSequence_CodeMeaning',
  'StudyDate',
];

/** @throws DataError where no table of images is there */
export async function readFilms(release: Release, tally: ProblemTally): Promise<MimicStudies> {
  const table = SOURCES.find((name) => release.tables.has(name));
  if (table === undefined)
    throw new DataError(
      `no table of images, expected mimic-cxr-2.0.0-metadata.csv.gz, its split or cxr-record-list.csv.gz, got none (${release.root})`,
      'name the folder that holds the tables as root',
    );
  const source = release.tables.get(table)!.slice(release.root.length + 1);
  const studies = new Map<number, MimicStudy>();
  const owners = new Map<string, number>();
  const acquisitionOf = acquisitionReader();
  const columns = { required: ['dicom_id', 'subject_id', 'study_id'], optional: OPTIONAL };
  await visitTable({ table, columns, tally }, release, (cells, number) => {
    const [dicom, subject, name, position, code, procedure, orientation, date] = cells as readonly string[] & FilmCells;
    const leaveOut = (problem: string) => tally.add(`row left out: ${problem}`, `${source}, row ${number}`);
    const [patient, study] = [readId(subject), readId(name)];
    if (patient === undefined || study === undefined || !/^[0-9a-f-]{8,64}$/i.test(dicom))
      return leaveOut('subject_id and study_id are numbers of 8 digits, dicom_id is hexadecimal');
    const owner = owners.get(dicom);
    if (owner !== undefined)
      return leaveOut(owner === study ? 'its image has a row already' : 'its image belongs to another study');
    const made = studies.get(study) ?? {
      patient,
      study,
      films: [],
      year: yearOf(date, tally, `${source}, row ${number}`),
    };
    if (made.patient !== patient) return leaveOut('its study belongs to another patient');
    owners.set(dicom, study);
    const acquisition = acquisitionOf(position, procedure, orientation);
    made.films.push({ dicom, view: viewOf(position, code), acquisition, path: '', isThere: false });
    studies.set(study, made);
  });
  if (table !== 'metadata')
    tally.add('not there: views and acquisition are unknown', 'mimic-cxr-2.0.0-metadata.csv.gz');
  return studies;
}

type FilmCells = [string, string, string, string, string, string, string, string];

/** Dates are shifted to years from 2100 on; anything before 1900 is damage, for example by a spreadsheet. */
function yearOf(date: string, tally: ProblemTally, item: string): number | undefined {
  if (date === '') return undefined;
  const match = /^(\d{4})(\d\d)(\d\d)(?:\.0*)?$|^(\d{4})-(\d\d)-(\d\d)\b/.exec(date);
  const year = match ? Number(match[1] ?? match[4]) : Number.NaN;
  if (year >= 1900) return year;
  tally.add('study date is no YYYYMMDD from 1900 on: left out', item);
  return undefined;
}

function acquisitionReader() {
  const known = new Map<string, Readonly<Record<string, string>>>();
  return (projection: string, procedure: string, orientation: string) => {
    const key = `${projection}|${procedure}|${orientation}`;
    const made = known.get(key) ?? filled({ projection, procedure, orientation });
    known.set(key, made);
    return made;
  };
}

function filled(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
}
