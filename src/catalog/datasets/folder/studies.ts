/** Rows of one's own table → studies, as the mapping says. */
import { named } from '../../../core/data-use.ts';
import type { Part } from '../../../core/dataset.ts';
import { ConfigError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/nearest.ts';
import type { LabelState, ReportSections, Study, StudyImage } from '../../../core/study.ts';
import type { Table } from '../../../lib/csv.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';
import { reportOf, splitSections } from '../../../lib/text/free-text-sections.ts';
import { readSections, SECTION_NAMES } from '../../../lib/text/report-sections.ts';
import { readAge } from '../nih-chestxray14/rows.ts';
import { labelReader, partOf, sexOf, viewOf } from './cells.ts';
import type { ImageIndex } from './images.ts';
import type { Mapping } from './mapping.ts';

export interface FolderSources {
  readonly table: Table;
  readonly mapping: Mapping;
  readonly images: ImageIndex;
  readonly missingImages: 'keep' | 'drop';
  readonly tally: ProblemTally;
}

export interface FolderStudies {
  readonly studies: readonly Study[];
  readonly findings: readonly string[];
  /** By study id. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** Cell of a mapped column in a row, trimmed; empty where the mapping names none. */
type Cell = (row: readonly string[], column: string | undefined) => string;

interface Growing {
  readonly study: Study;
  readonly images: StudyImage[];
  readonly part: Part;
}

/** @throws ConfigError for a column that the table lacks, DataError for a label that means nothing */
export function folderStudies(sources: FolderSources): FolderStudies {
  const { table, mapping, tally } = sources;
  const cell = cellReader(table);
  const reading = { ...sources, cell, labels: labelsReader(sources, cell), owners: new Map<string, string>() };
  const made = new Map<string, Growing>();
  for (const [index, row] of table.rows.entries())
    addRow(row, `${table.source}, row ${table.numbers[index]}`, { reading, made });
  if (mapping.patient === undefined) tally.add('no column of patients: each study counts as one', 'mapping');
  const byId = (a: StudyImage, b: StudyImage) => (a.id < b.id ? -1 : 1);
  const studies = [...made.values()].map(({ study, images }) => ({ ...study, images: images.sort(byId) }));
  return { studies, findings: findingsOf(mapping), parts: new Map([...made].map(([id, { part }]) => [id, part])) };
}

interface Reading extends FolderSources {
  readonly cell: Cell;
  readonly labels: ReturnType<typeof labelsReader>;
  /** Image id → study id. */
  readonly owners: Map<string, string>;
}

interface Rows {
  readonly reading: Reading;
  readonly made: Map<string, Growing>;
}

function addRow(row: readonly string[], where: string, { reading, made }: Rows): void {
  const { mapping, tally, cell, owners, missingImages } = reading;
  const written = imageCell(row, mapping, cell);
  const found = written === '' ? undefined : reading.images.find(written);
  const id = cell(row, mapping.study) || (found?.id ?? '');
  const patientId = cell(row, mapping.patient) || id;
  const earlier = made.get(id);
  const fault = found && rowFault({ id, patientId, owner: owners.get(found.id), earlier });
  if (found === undefined) tally.add('row left out: it names no image', where);
  else if (fault) tally.add(`row left out: ${fault}`, where);
  if (found === undefined || fault) return;
  if (!found.isThere) tally.add('image is not on disk', written);
  if (!found.isThere && missingImages === 'drop') return;
  owners.set(found.id, id);
  const image = { id: found.id, view: viewOf(cell(row, mapping.view)), path: found.path };
  const grown = studyOf(row, where, { reading, id, patientId, image });
  if (earlier === undefined) made.set(id, grown);
  else
    extend(earlier, grown, () => tally.add('study has other labels or another part already: the first count', where));
}

interface RowIds {
  readonly id: string;
  readonly patientId: string;
  readonly owner: string | undefined;
  readonly earlier: Growing | undefined;
}

function rowFault({ id, patientId, owner, earlier }: RowIds): string | undefined {
  if (earlier && earlier.study.patientId !== patientId) return 'its study belongs to another patient';
  if (owner === undefined) return undefined;
  return owner === id ? 'its image has a row already' : 'its image belongs to another study';
}

function extend(earlier: Growing, row: Growing, tell: () => void): void {
  earlier.images.push(...row.images);
  if (earlier.part !== row.part || !sameLabels(earlier.study.labels, row.study.labels)) tell();
}

interface RowStudy {
  readonly reading: Reading;
  readonly id: string;
  readonly patientId: string;
  readonly image: StudyImage;
}

function studyOf(row: readonly string[], where: string, { reading, id, patientId, image }: RowStudy): Growing {
  const { mapping, cell, tally } = reading;
  const images = [image];
  const study: Study = {
    id,
    patientId,
    images,
    report: reportOfRow(row, mapping, cell),
    labels: reading.labels(row, where),
    ...personOf(row, { mapping, cell, where, tally }),
    acquisition: acquisitionOf(row, mapping, cell),
  };
  return { study, images, part: readPart(cell(row, mapping.split), where, tally) };
}

function cellReader(table: Table): Cell {
  const known = new Map<string, number>();
  return (row, column) => {
    if (column === undefined) return '';
    const index = known.get(column) ?? table.columns.indexOf(column);
    if (index < 0)
      throw new ConfigError(
        `mapping, expected a column of ${table.source}, got "${column}"`,
        didYouMean(column, table.columns.map(named)),
      );
    known.set(column, index);
    return row[index]!.trim();
  };
}

function imageCell(row: readonly string[], { image }: Mapping, cell: Cell): string {
  if (!image!.includes('{')) return cell(row, image);
  return image!.replace(/\{([^}]*)\}/g, (_, column: string) => cell(row, column));
}

const labelColumns = ({ labels = [] }: Mapping): readonly (readonly [finding: string, column: string])[] =>
  Array.isArray(labels) ? labels.map((name) => [name, name] as const) : Object.entries(labels);

const findingsOf = (mapping: Mapping) => labelColumns(mapping).map(([finding]) => finding);

function labelsReader({ mapping }: FolderSources, cell: Cell) {
  const columns = labelColumns(mapping);
  const read = labelReader(mapping.values);
  return (row: readonly string[], where: string): Readonly<Record<string, LabelState>> =>
    Object.fromEntries(columns.map(([finding, column]) => [finding, read(cell(row, column), { finding, where })]));
}

function sameLabels(a: Study['labels'], b: Study['labels']): boolean {
  return Object.keys(a).every((finding) => a[finding] === b[finding]);
}

function readPart(written: string, where: string, tally: ProblemTally): Part {
  const part = partOf(written);
  if (part === undefined) tally.add('part is not train, validation or test: excluded', where);
  return part ?? 'excluded';
}

interface RowContext {
  readonly mapping: Mapping;
  readonly cell: Cell;
  readonly where: string;
  readonly tally: ProblemTally;
}

function personOf(
  row: readonly string[],
  { mapping, cell, where, tally }: RowContext,
): Pick<Study, 'sex' | 'ageYears'> {
  const [age, sex] = [cell(row, mapping.age).replace(/^(\d+)[.,]0*$/, '$1'), cell(row, mapping.sex)];
  const ageYears = readAge(age);
  if (age !== '' && ageYears === undefined) tally.add('age is not a number of years up to 110: left out', where);
  const read = sexOf(sex);
  if (sex !== '' && read === undefined) tally.add('sex is neither F nor M: left out', where);
  return { ...(read === undefined ? {} : { sex: read }), ...(ageYears === undefined ? {} : { ageYears }) };
}

/** Columns of sections count before those found in a whole report. */
function reportOfRow(row: readonly string[], mapping: Mapping, cell: Cell): ReportSections {
  const whole = cell(row, mapping.report);
  const found = whole === '' ? {} : reportOf(splitSections(whole));
  const own = SECTION_NAMES.map((name) => [name, cell(row, mapping[name])] as const).filter(([, text]) => text !== '');
  return { ...found, ...readSections(Object.fromEntries(own)).report };
}

function acquisitionOf(row: readonly string[], { acquisition = [], view }: Mapping, cell: Cell) {
  const named = acquisition.map((column) => [column, cell(row, column)] as const);
  const projection = /^(AP|PA)\b/i.exec(cell(row, view))?.[1]?.toUpperCase();
  const filled = named.filter(([, value]) => value !== '');
  return { ...(projection === undefined ? {} : { projection }), ...Object.fromEntries(filled) };
}
