/** Tables of a run with small cells taken out: a row stays, with null and a reason, where its absence would hide that it exists. */
import type { AnchorOutcome } from '../core/anchors.ts';
import type { Leaderboard, ReportData, ReportedDataset } from '../core/report-data.ts';
import type { Alarm, Comparison, Result } from '../core/result.ts';
import { type CellRow, type HiddenCell, hiddenBy } from '../lib/small-cells.ts';
import type { FinishedRun } from './export-run.ts';
import { placeless } from './export-suite.ts';

/** A result whose counts may be withheld. */
export interface SharedResult extends Omit<Result, 'n' | 'nFailed'> {
  readonly n: number | null;
  readonly nFailed: number | null;
}

export interface SharedTables {
  readonly results: readonly SharedResult[];
  readonly comparisons: readonly Comparison[];
  readonly leaderboards: readonly Leaderboard[];
  readonly alarms: readonly Alarm[];
  readonly anchors: readonly AnchorOutcome[] | undefined;
}

const reasonFor = (minimum: number) => `suppressed: a count below ${minimum}, or one that would tell it`;

/** The set of a mean says which findings have five patients or more: withheld where a finding is. */
const withoutSet = (protocol: string) => protocol.replace(/;macro=[^;]*/, ';macro=withheld');

interface Rules {
  readonly isHidden: (row: CellRow) => boolean;
  /** Whether anything of a question is hidden. */
  readonly isTouched: (row: { readonly dataset: string; readonly task: string }) => boolean;
  /** Names of hidden findings, which reasons of other rows may speak of. */
  readonly findings: readonly string[];
  readonly minimum: number;
}

function rulesOf(hidden: readonly HiddenCell[], minimum: number): Rules {
  return {
    isHidden: hiddenBy(hidden),
    isTouched: ({ dataset, task }) => hidden.some((cell) => cell.dataset === dataset && cell.task === task),
    findings: hidden.flatMap(({ finding }) => finding ?? []),
    minimum,
  };
}

function sharedResult(row: Result, { isHidden, isTouched, findings, minimum }: Rules): SharedResult {
  const protocol = isTouched(row) ? withoutSet(row.protocol) : row.protocol;
  if (!isHidden(row)) {
    const tells = row.reason !== undefined && findings.some((finding) => row.reason!.includes(finding));
    return { ...row, protocol, ...(tells && { reason: 'undefined' }) };
  }
  const nothing = { value: null, ciLow: null, ciHigh: null, n: null, nPositive: null, nFailed: null };
  return { ...row, ...nothing, protocol, reason: reasonFor(minimum) };
}

function sharedAnchor(anchor: AnchorOutcome, { isHidden, minimum }: Rules): AnchorOutcome {
  if (!isHidden(anchor)) return anchor;
  const nothing = { ours: null, ciLow: null, ciHigh: null, difference: null, n: null };
  return { ...anchor, ...nothing, verdict: 'not computed', reason: reasonFor(minimum) };
}

export function sharedTables(run: FinishedRun, hidden: readonly HiddenCell[], minimum: number): SharedTables {
  const rules = rulesOf(hidden, minimum);
  const isShown = (row: CellRow) => !rules.isHidden(row);
  return {
    results: run.results.map((row) => sharedResult(row, rules)),
    comparisons: run.comparisons.filter((row) => isShown(row) && row.n >= minimum),
    leaderboards: run.leaderboards.filter(isShown),
    alarms: run.alarms.filter(isShown),
    anchors: run.anchors?.map((anchor) => sharedAnchor(anchor, rules)),
  };
}

function sharedDataset(dataset: ReportedDataset, minimum: number): ReportedDataset {
  const enough = (count: number) => (count < minimum ? Number.NaN : count);
  const { patients, studies, images } = dataset;
  const isSmall = patients < minimum;
  return {
    ...dataset,
    patients: enough(patients),
    studies: isSmall ? Number.NaN : enough(studies),
    images: isSmall ? Number.NaN : enough(images),
    problems: [],
  };
}

/** The report without any single item: no predictions, so no curves either. `suite` is the shareable suite as YAML. */
export function sharedReport(
  run: FinishedRun,
  tables: SharedTables,
  {
    hidden,
    minimum,
    suite,
  }: { readonly hidden: readonly HiddenCell[]; readonly minimum: number; readonly suite: string },
): ReportData {
  const { report } = run;
  const { results, anchors, ...rest } = tables;
  const isWhole = (row: SharedResult): row is Result => row.n !== null && row.nFailed !== null;
  const withheld = hidden.map(({ dataset, task, finding, subgroup }) => ({
    what: [dataset, task, finding, subgroup].filter((part) => part !== null).join(' × '),
    reason: reasonFor(minimum),
  }));
  return {
    ...report,
    ...rest,
    ...(anchors && { anchors }),
    provenance: placeless(report.provenance),
    suite: { ...report.suite, text: suite },
    datasets: report.datasets.map((dataset) => sharedDataset(dataset, minimum)),
    results: results.filter(isWhole),
    predictions: [],
    skipped: [...report.skipped, ...withheld],
    thumbnails: new Map(),
    reports: new Map(),
  };
}
