/** A split as a table of ids that others who hold the data can use: `study,part`, or digests of ids where data is not open. */
import { mayShow, quoted } from '../core/data-use.ts';
import type { AccessTier, DataProblem, Part } from '../core/dataset.ts';
import { sha256 } from '../core/digest.ts';
import { DataError } from '../core/errors.ts';
import type { Study } from '../core/study.ts';
import { columnIndex, parseTable, refuseRepeatedIds } from './csv.ts';

const ID = 'study';
const HASHED_ID = 'study_sha256';
const PARTS: ReadonlySet<string> = new Set<Part>(['train', 'validation', 'test', 'excluded']);

/** SHA-256 over the sorted `study:part` lines, first 12 hexadecimal digits. */
export function splitDigest(studies: readonly Study[], parts: readonly Part[]): string {
  const lines = studies.map((study, index) => `${study.id}:${parts[index]}`).sort();
  return sha256(lines.join('\n')).slice(0, 12);
}

/** First 32 hexadecimal digits of SHA-256 of `DATASET:STUDY`. It hides an id from readers, not from someone who tries all ids. */
function hashedId(dataset: string, id: string): string {
  return sha256(`${dataset}:${id}`).slice(0, 32);
}

export interface ManifestSource {
  /** Name of the dataset plug-in. */
  readonly dataset: string;
  readonly tier: AccessTier;
}

/** CSV with one row per study, in the order of the studies; ids of data that is not open are hashed. */
export function writeManifest(studies: readonly Study[], parts: readonly Part[], source: ManifestSource): string {
  const showsIds = mayShow(source.tier, 'ids');
  const rows = studies.map(({ id }, index) => [showsIds ? id : hashedId(source.dataset, id), parts[index]!]);
  if (!showsIds) rows.sort((a, b) => (a[0]! < b[0]! ? -1 : 1)); // the order would tell the ids
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[[showsIds ? ID : HASHED_ID, 'part'], ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

export interface ManifestParts {
  readonly parts: readonly Part[];
  readonly problems: readonly DataProblem[];
}

/**
 * Reads parts back, whether or not they are disjoint by patient. Studies without a row are excluded; rows without a study are
 * a problem.
 * @param path where the text came from, for errors
 * @throws DataError for a missing column, an unknown part, a repeated id, or no study in common
 */
export function readManifest(
  text: string,
  path: string,
  { studies, dataset }: { readonly studies: readonly Study[]; readonly dataset: string },
): ManifestParts {
  const table = parseTable(text, path);
  const isHashed = table.columns.includes(HASHED_ID);
  const idColumn = isHashed ? HASHED_ID : ID;
  refuseRepeatedIds(table, idColumn);
  const [id, part] = [columnIndex(table, idColumn), columnIndex(table, 'part')];
  const listed = new Map<string, Part>();
  table.rows.forEach((row, index) => {
    listed.set(row[id]!, partOf(row[part]!.trim(), `${path}, row ${table.numbers[index]}`));
  });
  let found = 0;
  const parts = studies.map((study): Part => {
    const given = listed.get(isHashed ? hashedId(dataset, study.id) : study.id);
    if (given !== undefined) found++;
    return given ?? 'excluded';
  });
  if (found === 0)
    throw new DataError(
      `split manifest names no study of the release, expected ids of ${dataset}, got ${table.rows.length} others (${path})`,
      isHashed ? 'ids are hashed with the name of the dataset they were written for' : 'is it for another dataset?',
    );
  return { parts, problems: [...table.problems, ...unmatched(table.rows.length - found, studies.length - found)] };
}

function partOf(text: string, where: string): Part {
  if (PARTS.has(text)) return text as Part;
  throw new DataError(`unknown part, expected ${[...PARTS].join(', ')}, got ${quoted(text)} (${where})`);
}

function unmatched(rows: number, studies: number): readonly DataProblem[] {
  const problems: DataProblem[] = [];
  if (rows > 0) problems.push({ item: 'split manifest', problem: `${rows} ids are not in this release` });
  if (studies > 0) problems.push({ item: 'split manifest', problem: `${studies} studies are not listed: excluded` });
  return problems;
}
