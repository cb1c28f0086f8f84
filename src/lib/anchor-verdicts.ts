/** Holds results against published numbers. */
import type { AnchorOutcome, AnchorVerdict, SuiteAnchor } from '../core/anchors.ts';
import type { Result } from '../core/result.ts';

/** Slack for decimal fractions: 0.705 − 0.7 is a little more than 0.005 in binary. */
const ROUNDING = 1e-9;

type Range = readonly [low: number, high: number];

/** The rule of `AnchorVerdict`; without an interval of ours only the tolerance decides. */
export function anchorVerdict(anchor: SuiteAnchor, ours: number, interval: Range | undefined): AnchorVerdict {
  if (Math.abs(ours - anchor.value) <= anchor.tolerance + ROUNDING) return 'reproduced';
  const [low, high] = anchor.interval ?? [anchor.value, anchor.value];
  if (interval && interval[0] <= high && low <= interval[1]) return 'compatible';
  return 'differs';
}

function resultOf(anchor: SuiteAnchor, results: readonly Result[]): Result | undefined {
  return results.find(
    (row) =>
      row.model === anchor.model &&
      row.dataset === anchor.dataset &&
      row.task === anchor.task &&
      row.finding === anchor.finding &&
      row.metric === anchor.metric &&
      row.subgroup === null &&
      row.corruption === null,
  );
}

const NO_RESULT = 'no such result in this run';

/** One outcome per anchor, in their order. */
export function judgeAnchors(anchors: readonly SuiteAnchor[], results: readonly Result[]): AnchorOutcome[] {
  return anchors.map((anchor) => {
    const row = resultOf(anchor, results);
    const { ciLow = null, ciHigh = null, n = null, exposure = null } = row ?? {};
    if (row === undefined || row.value === null) {
      const reason = row === undefined ? NO_RESULT : (row.reason ?? 'undefined');
      const none = { ours: null, ciLow: null, ciHigh: null, difference: null };
      return { ...anchor, ...none, verdict: 'not computed', n, exposure, reason };
    }
    const interval = ciLow === null || ciHigh === null ? undefined : ([ciLow, ciHigh] as const);
    const verdict = anchorVerdict(anchor, row.value, interval);
    return { ...anchor, verdict, ours: row.value, ciLow, ciHigh, difference: row.value - anchor.value, n, exposure };
  });
}
