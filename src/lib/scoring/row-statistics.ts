/** Metrics over some of an evaluation's rows: what they share under a replicate is done once for all of them. */
import type { DecidedTargets, DecisionMetric, ScoreMetric } from '../../core/metric.ts';
import type { Measure, TwoStepStatistic } from '../../core/task.ts';
import { isPlaceable } from '../stats/lanes.ts';

type Summarize = TwoStepStatistic['summarize'];

/** Rows of one finding, or of several pooled. */
export interface StepRows {
  /** The evaluation's row of each entry; may repeat. */
  readonly rows: Int32Array;
  readonly targets: Uint8Array;
  readonly scores: Float64Array;
  /** Undefined where there is no threshold. */
  readonly decisions: Uint8Array | undefined;
}

/** One row per cell: true negative, false positive, false negative, true positive. */
const CELLS: DecidedTargets = { targets: Uint8Array.of(0, 0, 1, 1), decisions: Uint8Array.of(0, 1, 0, 1) };

/** Picks the multiplicities of some of the evaluation's rows. */
export function gatherRows(rows: Int32Array): Summarize {
  const gathered = new Float64Array(rows.length);
  return (weights) => {
    if (!weights) return gathered.fill(1);
    for (let i = 0; i < rows.length; i++) gathered[i] = weights[rows[i]!]!;
    return gathered;
  };
}

/** Multiplicities of the four cells: the sums of those of their entries. */
function countCells({ targets, decisions }: DecidedTargets, rows: Int32Array): Summarize {
  const cells = Array.from(CELLS.targets, (target, cell) =>
    rows.filter((_, at) => targets[at] === target && decisions[at] === CELLS.decisions[cell]),
  );
  const counts = new Float64Array(cells.length);
  return (weights) => {
    for (let cell = 0; cell < cells.length; cell++) {
      const members = cells[cell]!;
      let sum = weights ? 0 : members.length;
      if (weights) for (let i = 0; i < members.length; i++) sum += weights[members[i]!]!;
      counts[cell] = sum;
    }
    return counts;
  };
}

/** How a measure is asked for its value. */
export type RowStatistic = Pick<Measure, 'value' | 'steps'>;

export const UNDEFINED_STATISTIC: RowStatistic = { value: () => Number.NaN };

/**
 * Statistics over these rows that take multiplicities over all of the evaluation's rows. A decision metric does not see
 * the order of rows, so it is prepared on the four cells, whose multiplicities are counted once for all such metrics. A
 * score metric that can be placed reads the multiplicities where they lie; any other has them picked once for all.
 * @returns the undefined statistic for a decision metric where there are no decisions
 */
export function rowStatistics(input: StepRows): (metric: ScoreMetric | DecisionMetric) => RowStatistic {
  const { rows, targets, scores, decisions } = input;
  const weigh = gatherRows(rows);
  const count = decisions && countCells({ targets, decisions }, rows);
  return (metric) => {
    if (metric.input === 'decisions') {
      return count ? stepwise({ summarize: count, read: metric.prepare(CELLS) }) : UNDEFINED_STATISTIC;
    }
    const statistic = metric.prepare({ targets, scores });
    if (isPlaceable(statistic)) return { value: statistic.onRows(rows) };
    return stepwise({ summarize: weigh, read: statistic });
  };
}

/** A measure that asks in two steps. */
export function stepwise(steps: TwoStepStatistic): RowStatistic {
  return { value: (weights) => steps.read(steps.summarize(weights)), steps };
}
