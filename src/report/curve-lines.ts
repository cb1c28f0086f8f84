/** Lines of ROC and precision–recall charts: every vertex that changes the drawing, and no other. */
import type { ScoredTargets } from '../core/metric.ts';
import { precisionRecallCurve, rocCurve } from '../lib/stats/operating-points.ts';

/** Vertices of a curve, x ascending. */
export interface CurveLine {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Drops vertices that lie on the straight line between their neighbours. */
function withoutCollinear(line: CurveLine): CurveLine {
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < line.x.length; i++) {
    const last = x.length - 1;
    if (last >= 1) {
      const turn =
        (x[last]! - x[last - 1]!) * (line.y[i]! - y[last]!) - (y[last]! - y[last - 1]!) * (line.x[i]! - x[last]!);
      if (Math.abs(turn) < 1e-12) {
        x.pop();
        y.pop();
      }
    }
    x.push(line.x[i]!);
    y.push(line.y[i]!);
  }
  return { x, y };
}

/** True positive rate over false positive rate from (0, 0) to (1, 1); empty where a class is absent. */
export function rocLine(sample: ScoredTargets): CurveLine {
  const curve = rocCurve(sample);
  const x = [...curve.falsePositiveRate];
  const y = [...curve.truePositiveRate];
  return [...x, ...y].some(Number.isNaN) ? { x: [], y: [] } : withoutCollinear({ x, y });
}

/** Precision over recall, one vertex per recall above 0, to be drawn with the step before it; empty without positives. */
export function precisionRecallLine(sample: ScoredTargets): CurveLine {
  const curve = precisionRecallCurve(sample);
  const x: number[] = [];
  const y: number[] = [];
  for (let i = curve.recall.length - 1; i >= 0; i--) {
    // Falling thresholds: the first point of a recall has its highest precision.
    if (!(curve.recall[i]! > (x.at(-1) ?? 0))) continue;
    x.push(curve.recall[i]!);
    y.push(curve.precision[i]!);
  }
  return { x, y };
}
