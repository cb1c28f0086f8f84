/** Finds out which form of the Indiana collection a folder holds and reads its records. */
import { basename, join } from 'node:path';
import type { Context, FileEntry } from '../../../core/context.ts';
import type { DataProblem } from '../../../core/dataset.ts';
import { DataError } from '../../../core/errors.ts';
import type { View } from '../../../core/study.ts';
import { readProjections, readReports } from './kaggle.ts';
import { type IuRecord, readOpenI } from './open-i.ts';

export interface ReleaseRequest {
  readonly root: string;
  readonly entries: readonly FileEntry[];
  readonly form: 'auto' | 'open-i' | 'kaggle';
  readonly context: Context;
  /** What to download, for errors. */
  readonly obtain: string;
}

export interface Release {
  readonly records: readonly IuRecord[];
  /** View by image id; empty where no projections table is beside the reports. */
  readonly views: ReadonlyMap<string, View>;
  readonly problems: readonly DataProblem[];
}

const REPORTS = 'indiana_reports.csv';
const PROJECTIONS = 'indiana_projections.csv';

/** @throws DataError where the folder holds no form, a table cannot be read, or an id occurs twice */
export async function readRelease(request: ReleaseRequest): Promise<Release> {
  const { form, entries } = request;
  const kaggle = form === 'kaggle' || (form === 'auto' && find(entries, REPORTS) !== undefined);
  return kaggle ? readTables(request) : readXmlFiles(request);
}

function find(entries: readonly FileEntry[], name: string): string | undefined {
  return entries.find(({ path }) => new RegExp(`^${name}(\\.gz)?$`, 'i').test(basename(path)))?.path;
}

function required({ root, entries, obtain }: ReleaseRequest, name: string): string {
  const path = find(entries, name);
  if (path !== undefined) return join(root, path);
  throw new DataError(`release is incomplete, expected ${name}, got no such file (${root})`, obtain);
}

async function readTables(request: ReleaseRequest): Promise<Release> {
  const { files } = request.context;
  const [reportsPath, projectionsPath] = [required(request, REPORTS), required(request, PROJECTIONS)];
  const projections = readProjections(await files.readText(projectionsPath), PROJECTIONS);
  const reports = readReports(await files.readText(reportsPath), REPORTS, projections);
  const known = new Set(reports.records.map(({ uid }) => uid));
  const orphans = [...projections.files.keys()].filter((uid) => !known.has(uid)).length;
  const problems = [...projections.problems, ...reports.problems];
  if (orphans > 0) problems.push({ item: PROJECTIONS, problem: `${orphans} studies with images have no report row` });
  return { records: reports.records, views: projections.views, problems };
}

async function readXmlFiles(request: ReleaseRequest): Promise<Release> {
  const { root, entries, context, obtain } = request;
  const paths = entries.map(({ path }) => path).filter((path) => /\.xml$/i.test(path));
  if (paths.length === 0)
    throw new DataError(`folder holds no release, expected *.xml or ${REPORTS}, got neither (${root})`, obtain);
  const problems: DataProblem[] = [];
  const records = await readRecords(request, paths, problems);
  if (records.length === 0)
    throw new DataError(
      `no report can be read, expected eCitation XML, got ${paths.length} other files (${root})`,
      obtain,
    );
  const projectionsPath = find(entries, PROJECTIONS);
  if (projectionsPath === undefined) {
    const problem = 'not found: Open-i files do not tell frontal from lateral, so views are unknown';
    return { records, views: new Map(), problems: [...problems, { item: PROJECTIONS, problem }] };
  }
  const projections = readProjections(await context.files.readText(join(root, projectionsPath)), PROJECTIONS);
  return { records, views: projections.views, problems: [...problems, ...projections.problems] };
}

async function readRecords(
  { root, context }: ReleaseRequest,
  paths: readonly string[],
  problems: DataProblem[],
): Promise<IuRecord[]> {
  const records = new Map<string, { record: IuRecord; path: string }>();
  for (let start = 0; start < paths.length; start += 64) {
    const batch = paths.slice(start, start + 64);
    const texts = await Promise.all(batch.map((path) => readOrProblem(context, join(root, path))));
    batch.forEach((path, index) => {
      const record =
        texts[index] === undefined ? 'cannot be read as UTF-8 text' : readOpenI(texts[index], basename(path));
      if (typeof record === 'string') problems.push({ item: path, problem: record });
      else {
        refuseRepeatedReport(records.get(record.uid)?.path, path, record.uid);
        records.set(record.uid, { record, path });
      }
    });
  }
  return [...records.values()].map(({ record }) => record);
}

/** A file that cannot be read fails singly, like one that is malformed. */
async function readOrProblem(context: Context, path: string): Promise<string | undefined> {
  try {
    return await context.files.readText(path);
  } catch (cause) {
    if (cause instanceof DataError) return undefined;
    throw cause;
  }
}

function refuseRepeatedReport(earlier: string | undefined, path: string, uid: string): void {
  if (earlier !== undefined)
    throw new DataError(
      `report occurs twice, expected distinct uids, got "${uid}" in ${earlier} and ${path}`,
      'keep one of the two files, or name the folder of one copy as root',
    );
}
