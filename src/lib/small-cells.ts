/** Small cells: which results rest on so few people that they could point at one, directly or by subtraction. */
import type { Result } from '../core/result.ts';

/** People behind a finding of a question, counted in the predictions. */
export interface PatientCount {
  readonly dataset: string;
  readonly task: string;
  readonly finding: string;
  /** Patients with any row; with a row of either target; the fewest that some model has a score for. */
  readonly patients: number;
  readonly positive: number;
  readonly negative: number;
  readonly fewestScored: number;
}

/** What a row of any table speaks of. */
export interface CellRow {
  readonly dataset: string;
  readonly task: string;
  readonly finding: string | null;
  readonly subgroup?: string | null;
}

export interface HiddenCell extends Required<CellRow> {
  /** `small`: fewer than the minimum. `complementary`: a total and the other cells would tell a small one. */
  readonly why: 'small' | 'complementary';
}

const MEANS: readonly string[] = ['macro', 'micro'];
const keyOf = ({ dataset, task, finding, subgroup = null }: CellRow) =>
  JSON.stringify([dataset, task, finding, subgroup]);

interface Cell extends Required<CellRow> {
  /** The smallest count that the cell would tell. */
  readonly size: number;
  /** The smaller side in patients, which decides whether a mean includes the finding. */
  readonly side: number;
}

/** `image-to-report (labels)` judges the queries of `image-to-report`. */
const asPredicted = (finding: string | null) => finding?.replace(/ \(labels\)$/, '') ?? null;

function countsOf({ n, nPositive }: Result): number[] {
  return nPositive === null ? [n] : [n, nPositive, n - nPositive];
}

function cellsOf(results: readonly Result[], patients: readonly PatientCount[]): Map<string, Cell> {
  const people = new Map(patients.map((count) => [keyOf(count), count]));
  const cells = new Map<string, Cell>();
  for (const row of results) {
    const { dataset, task, finding, subgroup } = row;
    const isMean = finding !== null && MEANS.includes(finding);
    const count = people.get(keyOf({ dataset, task, finding: asPredicted(finding), subgroup }));
    // Of a ranking nothing is positive or negative.
    const sides = !count || row.nPositive === null ? [] : [count.positive, count.negative];
    const persons = count ? [count.patients, count.fewestScored, ...sides] : [];
    const own = isMean ? countsOf(row) : [...countsOf(row), ...persons];
    const earlier = cells.get(keyOf(row))?.size ?? Number.POSITIVE_INFINITY;
    const size = Math.min(earlier, ...own);
    cells.set(keyOf(row), {
      dataset,
      task,
      finding,
      subgroup,
      size,
      side: sides.length > 0 ? Math.min(...sides) : size,
    });
  }
  return cells;
}

/** Findings of a mean: `macro=9of14#…` says how many, and they are those with the most patients on the smaller side. */
function membersOf(findings: readonly Cell[], means: readonly Result[]): readonly Cell[] | undefined {
  const named = means
    .map(({ protocol }) => /;macro=(\d+)of\d+#/.exec(protocol)?.[1])
    .find((found) => found !== undefined);
  if (named === undefined) return undefined;
  return [...findings].sort((a, b) => b.side - a.side).slice(0, Number(named));
}

type Hidden = Map<string, HiddenCell>;

function hide({ dataset, task, finding, subgroup }: Required<CellRow>, why: HiddenCell['why'], hidden: Hidden): void {
  const cell = { dataset, task, finding, subgroup };
  if (!hidden.has(keyOf(cell))) hidden.set(keyOf(cell), { ...cell, why });
}

/** One hidden part of a shown total is the total minus the rest: the smallest other part is hidden too, else the total. */
function protectTotal(parts: readonly Cell[], totals: readonly Required<CellRow>[], hidden: Hidden): void {
  const isHidden = (cell: CellRow) => hidden.has(keyOf(cell));
  if (totals.every(isHidden) || parts.filter(isHidden).length !== 1) return;
  const [next] = parts.filter((part) => !isHidden(part)).sort((a, b) => a.size - b.size);
  for (const cell of next ? [next] : totals) hide(cell, 'complementary', hidden);
}

/** Findings under their macro and micro means, in the whole and in every subgroup. */
function protectMeans(cells: readonly Cell[], results: readonly Result[], hidden: Hidden): void {
  const scopes = groupBy(cells, ({ dataset, task, subgroup }) => JSON.stringify([dataset, task, subgroup]));
  for (const scope of scopes) {
    const means = scope.filter(({ finding }) => finding !== null && MEANS.includes(finding));
    const findings = scope.filter((cell) => !means.includes(cell));
    const keys = new Set(means.map(keyOf));
    const members = membersOf(
      findings,
      results.filter((row) => keys.has(keyOf(row))),
    );
    if (members) protectTotal(members, means, hidden);
    else if (findings.some((cell) => hidden.has(keyOf(cell))))
      for (const mean of means) hide(mean, 'complementary', hidden);
  }
}

/** Subgroups `sex=female`, `sex=male` … under the whole; where the whole is hidden, so are they. */
function protectSubgroups(cells: readonly Cell[], hidden: Hidden): void {
  const parts = cells.filter(({ subgroup }) => subgroup !== null);
  const dimension = ({ subgroup }: Cell) => subgroup!.split('=')[0]!;
  for (const siblings of groupBy(parts, (cell) => keyOf({ ...cell, subgroup: dimension(cell) }))) {
    const whole = { ...siblings[0]!, subgroup: null };
    if (hidden.has(keyOf(whole))) for (const part of siblings) hide(part, 'complementary', hidden);
    else protectTotal(siblings, [whole], hidden);
  }
}

function groupBy<Row>(rows: readonly Row[], nameOf: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]);
  return [...groups.values()];
}

/**
 * Cells (dataset, task, finding, subgroup) that must not be passed on: those with fewer than `minimum` items, positives,
 * negatives or patients, and those by which such a one could be worked out from a total (complementary suppression,
 * Hundepool et al. 2012, Statistical Disclosure Control, section 4). Zero counts as small.
 */
export function hiddenCells(
  results: readonly Result[],
  patients: readonly PatientCount[],
  minimum: number,
): readonly HiddenCell[] {
  const cells = [...cellsOf(results, patients).values()];
  const hidden: Hidden = new Map();
  for (const cell of cells) if (cell.size < minimum) hide(cell, 'small', hidden);
  for (let before = -1; before !== hidden.size; ) {
    before = hidden.size;
    protectMeans(cells, results, hidden);
    protectSubgroups(cells, hidden);
  }
  return [...hidden.values()];
}

/** Whether a row speaks of a hidden cell. */
export function hiddenBy(cells: readonly HiddenCell[]): (row: CellRow) => boolean {
  const keys = new Set(cells.map(keyOf));
  return (row) => keys.has(keyOf(row)) || keys.has(keyOf({ ...row, finding: asPredicted(row.finding) }));
}
