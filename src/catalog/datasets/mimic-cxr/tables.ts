/** Tables of MIMIC-CXR and MIMIC-CXR-JPG: which are there, and their rows one at a time. */
import { join } from 'node:path';
import type { Context } from '../../../core/context.ts';
import { DataError } from '../../../core/errors.ts';
import { type RowVisitor, type VisitedTable, visitRows } from '../../../lib/csv-rows.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';

/**
 * File names without `.csv` or `.csv.gz`; versions differ between releases. `patients` is MIMIC-IV's table of people,
 * `sectioned` what MIT-LCP/mimic-cxr:txt/create_section_files.py writes.
 */
const TABLE_NAMES = {
  metadata: /^mimic-cxr-2\.\d+\.\d+-metadata$/,
  split: /^mimic-cxr-2\.\d+\.\d+-split$/,
  chexpert: /^mimic-cxr-2\.\d+\.\d+-chexpert$/,
  negbio: /^mimic-cxr-2\.\d+\.\d+-negbio$/,
  'test-set': /^mimic-cxr-2\.\d+\.\d+-test-set-label(ed|s)$/,
  records: /^cxr-record-list$/,
  studies: /^cxr-study-list$/,
  sectioned: /^mimic_cxr_sectioned$/,
  patients: /^patients$/,
} as const;

export type TableName = keyof typeof TABLE_NAMES;

/** Absolute path of each table that is there. */
export type TablePaths = ReadonlyMap<TableName, string>;

export interface Release {
  readonly root: string;
  /** Names in the root. */
  readonly names: readonly string[];
  readonly tables: TablePaths;
  readonly context: Context;
}

/** How many folders a download may put around the release, as `physionet.org/files/mimic-cxr-jpg/2.1.0`. */
const DEEPEST = 5;

/** Goes down while a folder holds nothing but one other. @throws DataError where a table is there twice */
export async function openRelease(root: string, context: Context): Promise<Release> {
  let here = root;
  for (let depth = 0; ; depth++) {
    const names = [...(await context.files.names(here))].sort();
    const tables = findTables(here, names);
    const [only] = names;
    const isShell = tables.size === 0 && names.length === 1 && depth < DEEPEST && !/^p\d\d$/.test(only!);
    if (!isShell || !(await context.files.isDirectory(join(here, only!))))
      return { root: here, names, tables, context };
    here = join(here, only!);
  }
}

function findTables(folder: string, names: readonly string[]): TablePaths {
  const tables = new Map<TableName, string>();
  for (const name of names) {
    const stem = name.toLowerCase().replace(/\.csv(\.gz)?$/, '');
    if (stem.length === name.length) continue;
    const table = (Object.keys(TABLE_NAMES) as TableName[]).find((key) => TABLE_NAMES[key].test(stem));
    if (table === undefined) continue;
    const earlier = tables.get(table);
    if (earlier !== undefined)
      throw new DataError(
        `cannot choose the ${table} table, expected one, got ${earlier.slice(folder.length + 1)} and ${name} (${folder})`,
        'keep the one that is meant in this folder: a table and its unpacked copy may differ',
      );
    tables.set(table, join(folder, name));
  }
  return tables;
}

export interface TableColumns {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/** Visits the rows of a table that is there; rows of another width are counted. @throws DataError as `visitRows` */
export async function visitTable(
  { table, columns, tally }: { table: TableName; columns: TableColumns; tally: ProblemTally },
  { tables, root, context }: Release,
  visit: RowVisitor,
): Promise<VisitedTable> {
  const path = tables.get(table)!;
  const source = path.slice(root.length + 1);
  const visited = visitRows(await context.files.readText(path), { source, ...columns }, visit);
  for (const { item, problem } of visited.problems) tally.add(problem, item);
  return visited;
}

/** `10000032`, also as a spreadsheet may leave it (`10000032.0`); undefined for anything else. */
export function readId(cell: string): number | undefined {
  const match = /^(\d{8})(?:\.0*)?$/.exec(cell);
  return match ? Number(match[1]) : undefined;
}
