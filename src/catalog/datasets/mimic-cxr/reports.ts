/** Reports by study: from the tree of text files, or from the table of sections that the authors' own code writes. */
import { dirname, isAbsolute, join } from 'node:path';
import { ConfigError, DataError } from '../../../core/errors.ts';
import type { ReportSections } from '../../../core/study.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';
import { reportOf, splitSections } from '../../../lib/text/free-text-sections.ts';
import { readSections } from '../../../lib/text/report-sections.ts';
import { groupOf } from './disk.ts';
import type { MimicStudies, MimicStudy } from './images.ts';
import { type Release, visitTable } from './tables.ts';

/** `auto`: the table of sections if it is there, else the tree if it is there. */
export type ReportChoice = 'auto' | 'none' | 'tree' | 'sectioned';

export interface ReportRequest {
  readonly choice: ReportChoice;
  /** Folder that holds `files/p10/…`, absolute or below the root. */
  readonly folder: string | undefined;
  readonly studies: MimicStudies;
  readonly tally: ProblemTally;
}

/** By study number. */
export type Reports = ReadonlyMap<number, ReportSections>;

/** @throws ConfigError where the reports that were asked for are not there */
export async function readReports(request: ReportRequest, release: Release): Promise<Reports> {
  const { choice, tally, folder } = request;
  if (choice === 'none') return new Map();
  if (choice === 'sectioned' || (choice === 'auto' && folder === undefined && release.tables.has('sectioned'))) {
    if (!release.tables.has('sectioned')) throw missing('mimic_cxr_sectioned.csv', release.root);
    return readSectioned(request, release);
  }
  const base = await findTree(release, folder);
  if (base !== undefined) return readTree(base, request, release);
  if (choice === 'tree' || folder !== undefined)
    throw missing('files/p10/p10000032/s50414267.txt and the like', release.root);
  tally.add('not there: studies have no report', 'reports');
  return new Map();
}

function missing(what: string, root: string): ConfigError {
  return new ConfigError(
    `reports, expected ${what}, got none (${root})`,
    'unpack mimic-cxr-reports.zip of MIMIC-CXR here, name its folder by options.reportFolder, or set options.reports to none',
  );
}

/** Where the groups of reports are: beside the films, or in a folder of their own. */
async function findTree({ root, names, context }: Release, folder: string | undefined): Promise<string | undefined> {
  const { files } = context;
  const places = folder === undefined ? ['mimic-cxr-reports', 'reports', '.'] : [folder];
  for (const place of places) {
    if (folder === undefined && place !== '.' && !names.includes(place)) continue;
    const absolute = isAbsolute(place) ? place : join(root, place);
    for (const base of [join(absolute, 'files'), absolute]) {
      const group = (await files.isDirectory(base))
        ? (await files.names(base)).find((name) => /^p1\d$/.test(name))
        : undefined;
      if (group !== undefined && (await hasReports(join(base, group), files))) return base;
    }
  }
  return undefined;
}

/** Whether one of the first patients has a text file: the tree of films alone looks the same above. */
async function hasReports(group: string, files: Release['context']['files']): Promise<boolean> {
  for (const patient of (await files.names(group)).slice(0, 20)) {
    if (!/^p\d{8}$/.test(patient)) continue;
    if ((await files.names(join(group, patient))).some((name) => /^s\d{8}\.txt$/i.test(name))) return true;
  }
  return false;
}

const AT_ONCE = 64;

async function readTree(base: string, { studies, tally }: ReportRequest, { context }: Release): Promise<Reports> {
  const reports = new Map<number, ReportSections>();
  const groups = new Set(await context.files.names(base));
  const all = [...studies.values()];
  const wanted = all.filter(({ patient }) => groups.has(groupOf(patient)));
  let absent = all.length - wanted.length;
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const read = await Promise.all(
      wanted.slice(start, start + AT_ONCE).map((study) => readReport(base, study, context, tally)),
    );
    for (const [study, report] of read)
      if (report) reports.set(study, report);
      else absent++;
    if (start % (AT_ONCE * 64) === 0) context.progress('reports', start, wanted.length);
  }
  if (absent > 0) tally.add(`${absent} of ${all.length} studies have none on disk`, 'reports');
  return reports;
}

async function readReport(
  base: string,
  { patient, study }: MimicStudy,
  { files }: Release['context'],
  tally: ProblemTally,
): Promise<readonly [number, ReportSections | undefined]> {
  const path = join(base, groupOf(patient), `p${patient}`, `s${study}.txt`);
  try {
    const split = splitSections(await files.readText(path));
    for (const { fault } of split.faults) tally.add(`report: ${fault}`, `s${study}`);
    return [study, reportOf(split)];
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    const isThere = (await files.names(dirname(path)).catch((): readonly string[] => [])).includes(`s${study}.txt`);
    if (isThere) tally.add('report cannot be read as text', `s${study}`);
    return [study, isThere ? {} : undefined];
  }
}

/** Columns study, impression, findings, last_paragraph, comparison: the last paragraph stands in for missing findings and impression. */
async function readSectioned({ studies, tally }: ReportRequest, release: Release): Promise<Reports> {
  const reports = new Map<number, ReportSections>();
  const columns = { required: ['study', 'impression', 'findings'], optional: ['last_paragraph', 'comparison'] };
  await visitTable({ table: 'sectioned', columns, tally }, release, (cells, number) => {
    const match = /^s?(\d{8})(?:\.txt)?$/.exec(cells[0]!);
    if (!match) return tally.add('row left out: study is not of the form s50414267', `sectioned, row ${number}`);
    const study = Number(match[1]);
    if (!studies.has(study)) return tally.add('report of a study without images is left out', `s${study}`);
    const [, impression, findings, last, comparison] = cells.map(ownCopy);
    const isBare = impression === '' && findings === '';
    const { report } = readSections({
      impression: impression!,
      findings: isBare ? last! : findings!,
      comparison: comparison!,
    });
    reports.set(study, report);
  });
  const absent = [...studies.keys()].filter((study) => !reports.has(study)).length;
  if (absent > 0) tally.add(`${absent} of ${studies.size} studies have no row`, 'mimic_cxr_sectioned.csv');
  return reports;
}

/** Wrapped lines joined. The new string does not keep the whole table in memory. */
const ownCopy = (cell: string) => cell.split(/\s+/).join(' ').trim();
