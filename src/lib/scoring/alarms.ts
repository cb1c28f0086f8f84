/** What a reader must know before trusting a score: an inverted prompt, decisions of one class, scores that cannot be ranked. */
import type { Alarm } from '../../core/result.ts';
import type { DatasetView, Measure } from '../../core/task.ts';
import type { JudgedColumn } from './measures.ts';

/** Below this an AUROC is too far under 0.5 for a model that merely fails: an inverted prompt is the usual cause. */
export const INVERTED_AUROC = 0.35;

interface AlarmQuestion {
  readonly task: string;
  readonly dataset: DatasetView;
}

function inversion(measure: Measure | undefined): string | undefined {
  const value = measure?.value();
  if (value === undefined || !(value < INVERTED_AUROC)) return undefined;
  return `AUROC ${value.toFixed(3)} is below ${INVERTED_AUROC}: an inverted prompt or label is the usual cause`;
}

function oneClass({ decisions, threshold }: JudgedColumn): string | undefined {
  if (!decisions || decisions.length === 0) return undefined;
  const positive = decisions.reduce((sum, decision) => sum + decision, 0);
  if (positive !== 0 && positive !== decisions.length) return undefined;
  const side = positive === 0 ? 'negative' : 'positive';
  return `all ${decisions.length} decisions are ${side} at threshold ${threshold.value.toPrecision(4)}`;
}

/** A sigmoid of large logits rounds to 1, and what is equal has no order. */
function saturation({ scored: { scores } }: JudgedColumn): string | undefined {
  const atEnds = ([0, 1] as const).map((end) => scores.reduce((count, score) => count + (score === end ? 1 : 0), 0));
  const [end, count] = atEnds[0]! > atEnds[1]! ? [0, atEnds[0]!] : [1, atEnds[1]!];
  if (scores.length < 2 || count * 2 <= scores.length) return undefined;
  return `${count} of ${scores.length} scores are exactly ${end}: they cannot be ranked, and rank metrics say little`;
}

/** @param judged the findings with enough patients: few positives are on any side of any line by chance */
export function scoreAlarms(
  { task, dataset }: AlarmQuestion,
  model: { readonly id: string },
  { judged, measures }: { readonly judged: readonly JudgedColumn[]; readonly measures: readonly Measure[] },
): Alarm[] {
  return judged.flatMap((column) => {
    const { finding } = column.column;
    const auroc = measures.find((measure) => measure.finding === finding && measure.metric.name === 'auroc');
    return [inversion(auroc), oneClass(column), saturation(column)]
      .filter((message) => message !== undefined)
      .map((message) => ({ dataset: dataset.id, task, model: model.id, finding, message }));
  });
}
