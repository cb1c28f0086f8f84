/** Rows of the CheXpert tables and files on disk → studies with their part, and what is wrong with either. */
import { join } from 'node:path';
import type { DataProblem } from '../../../core/dataset.ts';
import { DataError } from '../../../core/errors.ts';
import type { Study, StudyImage } from '../../../core/study.ts';
import { type ImageFiles, studyKey, type TablePart } from './files.ts';
import { type ChexpertRow, type ChexpertTable, viewOfName } from './tables.ts';

export interface StudySources {
  readonly root: string;
  readonly tables: ReadonlyMap<TablePart, ChexpertTable>;
  readonly files: ImageFiles;
  /** `view1`: the first image of each study alone. */
  readonly images: 'all' | 'view1';
  readonly missingImages: 'keep' | 'drop';
}

export interface BuiltStudies {
  readonly studies: readonly Study[];
  /** By study id. */
  readonly parts: ReadonlyMap<string, TablePart>;
  readonly problems: readonly DataProblem[];
}

interface Group {
  readonly part: TablePart;
  readonly source: string;
  readonly rows: ChexpertRow[];
}

/** @throws DataError where a study stands in two tables, or an image in two rows with other labels */
export function buildStudies(sources: StudySources): BuiltStudies {
  const problems: DataProblem[] = [...sources.tables.values()].flatMap((table) => table.problems);
  const groups = groupRows(sources.tables);
  const missing = new Map<TablePart, { listed: number; missing: number }>();
  const studies: Study[] = [];
  const parts = new Map<string, TablePart>();
  for (const [id, group] of groups) {
    const counts = missing.get(group.part) ?? { listed: 0, missing: 0 };
    missing.set(group.part, counts);
    const images = imagesOf(group, sources).filter(({ image, isThere }) => {
      counts.listed++;
      if (!isThere) counts.missing++;
      return (isThere || sources.missingImages === 'keep') && isWanted(image, sources.images);
    });
    if (images.length === 0 && sources.missingImages === 'drop') continue;
    studies.push(studyOf(id, group, images, problems));
    parts.set(id, group.part);
  }
  for (const [part, { listed, missing: absent }] of missing)
    if (absent > 0) problems.push({ item: `${part} images`, problem: `${absent} of ${listed} are not on disk` });
  const extra = [...sources.files.keys()].filter((key) => !groups.has(key)).length;
  if (extra > 0) problems.push({ item: 'images', problem: `${extra} studies on disk have no row and are left out` });
  return { studies, parts, problems };
}

function groupRows(tables: StudySources['tables']): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const [part, { source, rows }] of tables) {
    for (const row of rows) {
      const id = studyKey(row);
      const group = groups.get(id) ?? { part, source, rows: [] };
      if (group.part !== part)
        throw new DataError(
          `study is in two parts, expected distinct studies, got "${id}" in ${group.source} and ${source}`,
          'keep the table that is meant; CheXpert numbers its patients through',
        );
      if (!isRepeated(row, group)) group.rows.push(row);
      groups.set(id, group);
    }
  }
  return groups;
}

function isRepeated(row: ChexpertRow, { rows, source }: Group): boolean {
  const earlier = rows.find(({ image }) => image?.toLowerCase() === row.image?.toLowerCase());
  if (earlier === undefined) return false;
  if (earlier.labels === row.labels) return true;
  throw new DataError(
    `rows contradict each other, expected one row per item, got ${earlier.number} and ${row.number} for "${row.path}" (${source})`,
    'keep one of the two rows',
  );
}

interface FoundImage {
  readonly image: StudyImage;
  readonly isThere: boolean;
  readonly projection: string | undefined;
}

/** Images that the table names; where it names studies alone, those on disk, or the first frontal that every study has. */
function imagesOf({ rows }: Group, { root, files }: StudySources): FoundImage[] {
  const id = studyKey(rows[0]!);
  const onDisk = files.get(id) ?? new Map<string, string>();
  const found = rows.flatMap((row): FoundImage[] => {
    if (row.image !== undefined) {
      const path = onDisk.get(row.image.toLowerCase());
      const image = { id: `${id}/${row.image}`, view: row.view, path: join(root, path ?? row.path) };
      return [{ image, isThere: path !== undefined, projection: row.projection }];
    }
    const names = onDisk.size > 0 ? [...onDisk.keys()] : ['view1_frontal.jpg'];
    return names.map((name) => {
      const path = onDisk.get(name);
      const image = { id: `${id}/${name}`, view: viewOfName(name), path: join(root, path ?? `${row.path}/${name}`) };
      return { image, isThere: path !== undefined, projection: undefined };
    });
  });
  return found.sort((a, b) => (a.image.id < b.image.id ? -1 : 1));
}

function isWanted({ id }: StudyImage, images: StudySources['images']): boolean {
  return images === 'all' || /\/view1_[^/]*$/i.test(id);
}

function studyOf(id: string, group: Group, found: readonly FoundImage[], problems: DataProblem[]): Study {
  const first = group.rows[0]!;
  if (group.rows.some(({ labels }) => labels !== first.labels))
    problems.push({ item: id, problem: `its images have other labels: those of row ${first.number} count` });
  const frontal = found.find(({ image }) => image.view === 'frontal') ?? found[0];
  return {
    id,
    patientId: first.patient.toLowerCase(),
    images: found.map(({ image }) => image),
    report: {},
    labels: first.labels,
    ...(first.sex === undefined ? {} : { sex: first.sex }),
    ...(first.ageYears === undefined ? {} : { ageYears: first.ageYears }),
    acquisition: frontal?.projection === undefined ? {} : { projection: frontal.projection },
  };
}
