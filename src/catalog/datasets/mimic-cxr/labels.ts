/** Label tables: 1 present, 0 absent, -1 uncertain, blank unmentioned, one row for each study. */
import { named, quoted } from '../../../core/data-use.ts';
import { DataError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/nearest.ts';
import { CHEXPERT_FINDINGS, type LabelState } from '../../../core/study.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';
import { type Release, readId, visitTable } from './tables.ts';

export type Labels = Readonly<Record<string, LabelState>>;
export type LabelSource = 'chexpert' | 'negbio' | 'test-set';

/** By study number. Studies of equal labels share one object. */
export type StudyLabels = ReadonlyMap<number, Labels>;

/** The radiologist's table of the test set may say Airspace Opacity for Lung Opacity. */
const ALIAS: Readonly<Record<string, string>> = { 'Lung Opacity': 'Airspace Opacity' };

export async function readLabels(table: LabelSource, release: Release, tally: ProblemTally): Promise<StudyLabels> {
  const labels = new Map<number, Labels>();
  const known = new Map<string, Labels>();
  const source = release.tables.get(table)!.slice(release.root.length + 1);
  const columns = { required: ['study_id'], optional: [...CHEXPERT_FINDINGS, ...Object.values(ALIAS)] };
  const { columns: written } = await visitTable({ table, columns, tally }, release, (cells, number) => {
    const study = readId(cells[0]!);
    const item = `${source}, row ${number}`;
    if (study === undefined) return tally.add('row left out: study_id is no number of 8 digits', item);
    const key = cells.slice(1).join('|');
    const read = known.get(key) ?? labelsOf(cells.slice(1), item);
    known.set(key, read);
    const earlier = labels.get(study);
    if (earlier === undefined) labels.set(study, read);
    else tally.add(earlier === read ? 'row repeats an earlier one' : 'study has labels already: the first count', item);
  });
  tellMissingColumns(written, source, tally);
  return labels;
}

/** @throws DataError where the table speaks of no finding */
function tellMissingColumns(columns: readonly string[], source: string, tally: ProblemTally): void {
  const missing = CHEXPERT_FINDINGS.filter((name) => !columns.includes(name) && !columns.includes(ALIAS[name] ?? name));
  if (missing.length === CHEXPERT_FINDINGS.length)
    throw new DataError(
      `table has no label, expected a column for each of ${missing.length} findings, got none (${source})`,
      didYouMean('Cardiomegaly', columns.map(named)),
    );
  if (missing.length > 0) tally.add(`lacks ${missing.join(', ')}: unmentioned in every study`, source);
}

const STATES: Readonly<Record<string, LabelState>> = {
  '': 'unmentioned',
  '1': 'present',
  '0': 'absent',
  '-1': 'uncertain',
};

/** @param cells of the findings, then of the aliases */
function labelsOf(cells: readonly string[], place: string): Labels {
  const aliases = Object.keys(ALIAS);
  const byFinding = CHEXPERT_FINDINGS.map((finding, index) => {
    const alias = aliases.indexOf(finding);
    const cell = cells[index]! === '' && alias >= 0 ? cells[CHEXPERT_FINDINGS.length + alias]! : cells[index]!;
    return [finding, stateOf(cell, finding, place)] as const;
  });
  return Object.fromEntries(byFinding);
}

/** A spreadsheet may write `1`, `1.0` or `1,0`. */
function stateOf(cell: string, finding: string, place: string): LabelState {
  const state = STATES[cell.replace(/[.,]0*$/, '')];
  if (state !== undefined) return state;
  throw new DataError(
    `label "${finding}", expected 1, 0, -1 or blank, got ${quoted(cell)} (${place})`,
    'copy the table again: a program may have changed it, or this is a table of predictions',
  );
}
