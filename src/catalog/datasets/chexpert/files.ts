/** Files of a CheXpert release below its folder: which tables there are, and the images by patient, study and name. */
import { basename } from 'node:path';
import type { FileEntry } from '../../../core/context.ts';
import type { Part } from '../../../core/dataset.ts';
import { ConfigError, DataError } from '../../../core/errors.ts';
import { type StudyPath, studyPath } from './tables.ts';

export type TablePart = Exclude<Part, 'excluded'>;

/** Names of the tables in the releases; the test labels came under several. */
const TABLE_NAMES: Readonly<Record<TablePart, readonly string[]>> = {
  train: ['train.csv'],
  validation: ['valid.csv'],
  test: ['test.csv', 'test_labels.csv', 'groundtruth.csv'],
};

/** Option that names a part's table. */
export const TABLE_OPTION: Readonly<Record<TablePart, 'train' | 'valid' | 'test'>> = {
  train: 'train',
  validation: 'valid',
  test: 'test',
};

export interface TableChoice {
  readonly train?: string | undefined;
  readonly valid?: string | undefined;
  readonly test?: string | undefined;
}

/** Path of each part's table relative to the root. @throws DataError where several could be meant, or a named one is absent */
export function findTables(entries: readonly FileEntry[], chosen: TableChoice): ReadonlyMap<TablePart, string> {
  const tables = new Map<TablePart, string>();
  for (const part of Object.keys(TABLE_NAMES) as TablePart[]) {
    const option = TABLE_OPTION[part];
    const named = chosen[option];
    const found = entries
      .map(({ path }) => path)
      .filter((path) => (named === undefined ? isTableOf(part, path) : path === named));
    if (named !== undefined && found.length === 0)
      throw new ConfigError(`options.${option}, expected a table below root, got no such file ("${named}")`);
    if (found.length > 1)
      throw new DataError(
        `cannot choose the ${part} table, expected one, got ${[...found].sort().join(' and ')}`,
        `set options.${option} to the one that is meant, or name a folder that holds one release as root`,
      );
    if (found[0] !== undefined) tables.set(part, found[0]);
  }
  return tables;
}

function isTableOf(part: TablePart, path: string): boolean {
  const name = basename(path).toLowerCase().replace(/\.gz$/, '');
  return TABLE_NAMES[part].includes(name);
}

/** Study → image name (lower case) → path relative to the root. Studies as `studyKey` has them. */
export type ImageFiles = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Lower-case `patient00001/study1`: patients have one number over all parts of the release. */
export const studyKey = ({ patient, study }: StudyPath) => `${patient}/${study}`.toLowerCase();

/** @throws DataError where one image lies in two folders, as with the full and the small release side by side */
export function indexImages(entries: readonly FileEntry[]): ImageFiles {
  const index = new Map<string, Map<string, string>>();
  for (const { path } of entries) {
    const named = studyPath(path);
    if (named?.image === undefined) continue;
    const key = studyKey(named);
    const images = index.get(key) ?? new Map<string, string>();
    const earlier = images.get(named.image.toLowerCase());
    if (earlier !== undefined)
      throw new DataError(
        `image is ambiguous, expected one file of a name, got ${[earlier, path].sort().join(' and ')}`,
        'name CheXpert-v1.0 or CheXpert-v1.0-small as root, not the folder that holds both',
      );
    images.set(named.image.toLowerCase(), path);
    index.set(key, images);
  }
  return index;
}
