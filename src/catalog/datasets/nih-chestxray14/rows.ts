/** Rows of the ChestX-ray14 table to people and labels. */
import type { DataProblem } from '../../../core/dataset.ts';
import { DataError } from '../../../core/errors.ts';
import type { LabelState, Sex } from '../../../core/study.ts';
import { columnIndex, parseTable, type Table } from '../../../lib/csv.ts';
import { type NihLabels, nihLabels } from './labels.ts';

export interface NihRow {
  /** As in the table, for example `00000001_000.png`. */
  readonly imageIndex: string;
  readonly patientId: string;
  readonly labels: Readonly<Record<string, LabelState>>;
  readonly sex: Sex | undefined;
  readonly ageYears: number | undefined;
  readonly projection: 'PA' | 'AP' | undefined;
}

export interface NihTable {
  readonly rows: readonly NihRow[];
  readonly problems: readonly DataProblem[];
}

const COLUMNS = [
  'Image Index',
  'Finding Labels',
  'Patient ID',
  'Patient Age',
  'Patient Gender',
  'View Position',
] as const;

/**
 * Reads the table by column names. Two names of the official header contain an unquoted comma (`OriginalImage[Width,Height]`)
 * and so are four columns; where a program has quoted them since, they are split again.
 * @throws DataError for a missing column, or an image with two rows that contradict each other
 */
export function readRows(text: string, source: string): NihTable {
  const table = parseTable(text, source, { header: (columns) => columns.flatMap((name) => name.split(',')) });
  const at = COLUMNS.map((name) => columnIndex(table, name));
  const problems = [...table.problems];
  const unknown = new Map<string, number>();
  const rows: NihRow[] = [];
  const read = new Map<string, NihLabels>(); // 112,120 rows have some 800 distinct label cells
  for (const cells of distinctRows(table, at, problems)) {
    const { labels, unknown: names } = read.get(cells[1]!) ?? nihLabels(cells[1]!);
    read.set(cells[1]!, { labels, unknown: names });
    for (const name of names) unknown.set(name, (unknown.get(name) ?? 0) + 1);
    rows.push({ imageIndex: cells[0]!, patientId: cells[2]!, labels, ...person(cells, problems) });
  }
  for (const [name, count] of [...unknown].sort())
    problems.push({ item: `label "${name}"`, problem: `unknown to the release, ignored (${count} rows)` });
  return { rows, problems };
}

/** Equal rows of one image count once, so that a table that lists copies of a file can be read. */
function distinctRows(table: Table, at: readonly number[], problems: DataProblem[]): readonly (readonly string[])[] {
  const seen = new Map<string, { cells: readonly string[]; number: number }>();
  table.rows.forEach((row, index) => {
    const cells = at.map((column) => row[column]!.trim());
    const [id, number] = [cells[0]!, table.numbers[index]!];
    const earlier = seen.get(id);
    if (earlier === undefined) seen.set(id, { cells, number });
    else if (cells.every((cell, column) => cell === earlier.cells[column]))
      problems.push({ item: id, problem: `row ${number} repeats row ${earlier.number}` });
    else
      throw new DataError(
        `rows contradict each other, expected one row per image, got ${earlier.number} and ${number} for "${id}" (${table.source})`,
        'keep one of the two rows',
      );
  });
  return [...seen.values()].map(({ cells }) => cells);
}

function person(cells: readonly string[], problems: DataProblem[]): Pick<NihRow, 'sex' | 'ageYears' | 'projection'> {
  const [item, , , age, gender, position] = cells as readonly [string, string, string, string, string, string];
  const ageYears = readAge(age);
  if (ageYears === undefined) problems.push({ item, problem: 'age is not a number of years up to 110: left out' });
  const sex = gender === 'M' ? 'male' : gender === 'F' ? 'female' : undefined;
  if (sex === undefined) problems.push({ item, problem: 'gender is neither M nor F: left out' });
  const projection = position === 'PA' || position === 'AP' ? position : undefined;
  if (projection === undefined) problems.push({ item, problem: 'view position is neither PA nor AP: view is unknown' });
  return { sex, ageYears, projection };
}

const UNIT_YEARS: Readonly<Record<string, number>> = { '': 1, Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 };

/** `60`, `060Y`, `011M`, `003D`, in years; undefined for anything else and above 110 (the 2017 table has ages such as 413). */
export function readAge(text: string): number | undefined {
  const match = /^(\d{1,4})([YMWD]?)$/i.exec(text);
  if (!match) return undefined;
  const years = Number(match[1]) * UNIT_YEARS[match[2]!.toUpperCase()]!;
  return years <= 110 ? years : undefined;
}
