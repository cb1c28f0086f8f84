/** Tables of CheXpert: train.csv and valid.csv name images, the test labels name images or studies. Columns by name. */
import { quoted } from '../../../core/data-use.ts';
import type { DataProblem } from '../../../core/dataset.ts';
import { DataError } from '../../../core/errors.ts';
import { CHEXPERT_FINDINGS, type LabelState, type Sex, type View } from '../../../core/study.ts';
import { columnIndex, parseTable, type Table } from '../../../lib/csv.ts';

export type Labels = Readonly<Record<string, LabelState>>;

/** `patient00001/study1`, and the image below it where the table names one. Case as in the table. */
export interface StudyPath {
  readonly patient: string;
  readonly study: string;
  readonly image: string | undefined;
}

export interface ChexpertRow extends StudyPath {
  /** Path as written, for images that are not on disk. */
  readonly path: string;
  /** Rows with equal labels share one object. */
  readonly labels: Labels;
  readonly sex: Sex | undefined;
  readonly ageYears: number | undefined;
  readonly view: View;
  readonly projection: string | undefined;
  /** As a spreadsheet counts: the header is row 1. */
  readonly number: number;
}

export interface ChexpertTable {
  readonly source: string;
  readonly rows: readonly ChexpertRow[];
  readonly problems: readonly DataProblem[];
}

const PATH = /(?:^|\/)(patient\d+)\/(study\d+)(?:\/([^/]+\.jpe?g))?\/?$/i;

/** The end of a path, whatever folders are before it; undefined where it names no study. */
export function studyPath(path: string): StudyPath | undefined {
  const match = PATH.exec(path.trim().replaceAll('\\', '/'));
  return match ? { patient: match[1]!, study: match[2]!, image: match[3] } : undefined;
}

/** Frontal or lateral by the end of an image's name, which the release gives every file. */
export function viewOfName(image: string): View {
  const match = /_(frontal|lateral)\.jpe?g$/i.exec(image);
  return match ? (match[1]!.toLowerCase() as View) : 'unknown';
}

const STATES: Readonly<Record<string, LabelState>> = {
  '': 'unmentioned',
  '1': 'present',
  '0': 'absent',
  '-1': 'uncertain',
};

/**
 * @param source path of the table, for errors
 * @throws DataError for a table without Path or Study, without one of the 14 findings, or with another label than 1, 0, −1, blank
 */
export function readTable(text: string, source: string): ChexpertTable {
  const table = parseTable(text, source);
  const key = columnIndex(table, table.columns.includes('Study') ? 'Study' : 'Path');
  const labelsOf = labelReader(table);
  const person = personReader(table);
  const problems = [...table.problems];
  const rows: ChexpertRow[] = [];
  table.rows.forEach((cells, index) => {
    const number = table.numbers[index]!;
    const path = cells[key]!.trim();
    const named = studyPath(path);
    if (named === undefined)
      problems.push({ item: `${source}, row ${number}`, problem: 'row left out: no path of the form patientN/studyN' });
    else rows.push({ ...named, path, labels: labelsOf(cells, number), ...person(cells, named.image), number });
  });
  return { source, rows, problems };
}

function labelReader(table: Table): (cells: readonly string[], number: number) => Labels {
  const columns = CHEXPERT_FINDINGS.map((finding) => [finding, columnIndex(table, finding)] as const);
  const known = new Map<string, Labels>(); // 223,414 rows have far fewer distinct label sets
  return (cells, number) => {
    const key = columns.map(([, column]) => cells[column]!).join('|');
    const earlier = known.get(key);
    if (earlier) return earlier;
    const labels = Object.fromEntries(
      columns.map(([finding, column]) => [finding, stateOf(cells[column]!, { finding, number, source: table.source })]),
    );
    known.set(key, labels);
    return labels;
  };
}

interface Place {
  readonly finding: string;
  readonly number: number;
  readonly source: string;
}

function stateOf(cell: string, { finding, number, source }: Place): LabelState {
  const value = cell.trim().replace(/^\+?(-?\d+)\.0*$/, '$1');
  const state = Object.hasOwn(STATES, value) ? STATES[value] : undefined;
  if (state !== undefined) return state;
  throw new DataError(
    `label "${finding}", expected 1, 0, -1 or blank, got ${quoted(cell.trim())} (${source}, row ${number})`,
    'copy the table again: a program may have changed it, or this is a table of predictions',
  );
}

type Person = Pick<ChexpertRow, 'sex' | 'ageYears' | 'view' | 'projection'>;

/** The test labels have none of these columns; the name of the image tells the view then. */
function personReader(table: Table): (cells: readonly string[], image: string | undefined) => Person {
  const at = ['Sex', 'Age', 'Frontal/Lateral', 'AP/PA'].map((name) => table.columns.indexOf(name));
  return (cells, image) => {
    const [sex, age, view, projection] = at.map((column) => (column < 0 ? '' : cells[column]!.trim()));
    const years = /^\d{1,3}(\.0*)?$/.test(age!) ? Number(age) : Number.NaN;
    return {
      sex: sex === 'Female' ? 'female' : sex === 'Male' ? 'male' : undefined,
      ageYears: years <= 110 ? years : undefined,
      view: view === 'Frontal' ? 'frontal' : view === 'Lateral' ? 'lateral' : viewOfName(image ?? ''),
      projection: projection === '' ? undefined : projection,
    };
  };
}
