/** The Kaggle form of the Indiana collection: a table of reports and a table of images with their projections. */
import type { DataProblem } from '../../../core/dataset.ts';
import type { View } from '../../../core/study.ts';
import { columnOf, parseTable, refuseRepeatedIds } from '../../../lib/csv.ts';
import { imageId } from './images.ts';
import type { IuRecord } from './open-i.ts';

export interface Projections {
  /** View by image id. */
  readonly views: ReadonlyMap<string, View>;
  /** File names as the table has them, by uid, in table order. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly DataProblem[];
}

/** Reads `indiana_projections.csv` (uid, filename, projection). @throws DataError */
export function readProjections(text: string, source: string): Projections {
  const table = parseTable(text, source);
  refuseRepeatedIds(table, 'filename');
  const uids = columnOf(table, 'uid');
  const projections = columnOf(table, 'projection');
  const views = new Map<string, View>();
  const files = new Map<string, string[]>();
  const problems = [...table.problems];
  columnOf(table, 'filename').forEach((name, index) => {
    const uid = uids[index]!.trim();
    const view = readView(projections[index]!);
    if (view === 'unknown')
      problems.push({ item: imageId(name), problem: 'projection is neither Frontal nor Lateral' });
    views.set(imageId(name), view);
    files.set(uid, [...(files.get(uid) ?? []), name.trim()]);
  });
  return { views, files, problems };
}

function readView(projection: string): View {
  const name = projection.trim().toLowerCase();
  return name === 'frontal' || name === 'lateral' ? name : 'unknown';
}

export interface Reports {
  readonly records: readonly IuRecord[];
  readonly problems: readonly DataProblem[];
}

/**
 * Reads `indiana_reports.csv` (uid, MeSH, Problems, indication, comparison, findings, impression). `Problems` holds the headings
 * of `MeSH` and is read only where `MeSH` is empty. @throws DataError
 */
export function readReports(text: string, source: string, projections: Projections): Reports {
  const table = parseTable(text, source);
  refuseRepeatedIds(table, 'uid');
  const column = (name: string) => columnOf(table, name);
  const [uids, mesh, problems] = [column('uid'), column('MeSH'), column('Problems')];
  const [indication, comparison] = [column('indication'), column('comparison')];
  const [findings, impression] = [column('findings'), column('impression')];
  const records = uids.map((written, index) => {
    const uid = written.trim();
    return {
      uid,
      sections: {
        indication: indication[index]!,
        comparison: comparison[index]!,
        findings: findings[index]!,
        impression: impression[index]!,
      },
      mesh: (mesh[index]!.trim() || problems[index]!).split(';'),
      images: (projections.files.get(uid) ?? []).map((name) => ({ name, caption: '' })),
    };
  });
  return { records, problems: table.problems };
}
