/** What a prediction without a model is worth: chance, and the prevalence of each finding. */
import { rng } from '../../core/rng.ts';
import type { DatasetView, Prediction, ScoreMatrix } from '../../core/task.ts';
import { itemsOf, type TargetOf, targetsOf } from './columns.ts';
import { type Item, type ItemSelection, listItems } from './items.ts';

export interface Baseline {
  readonly name: string;
  readonly prediction: Prediction;
}

export interface BaselineQuestion {
  readonly dataset: DatasetView;
  readonly items: readonly Item[];
  readonly findings: readonly string[];
  readonly target: TargetOf;
  readonly selection: Omit<ItemSelection, 'parts'>;
  readonly seed: number;
}

function matrix(question: BaselineQuestion, score: (item: Item, finding: string) => number): ScoreMatrix {
  const { items, findings } = question;
  return {
    kind: 'scores',
    columns: findings,
    items: items.map((item) => item.id),
    values: Float64Array.from(items.flatMap((item) => findings.map((finding) => score(item, finding)))),
    failures: new Map(),
  };
}

/** Share of positives among labelled items; NaN without any. */
function prevalenceOf(items: readonly Item[], finding: string, target: TargetOf): number {
  const labelled = targetsOf(items, finding, target).filter((value) => value >= 0);
  return labelled.reduce((sum, value) => sum + value, 0) / labelled.length;
}

/** Everything but the judged part and what the split leaves out; empty where all is judged. */
function itemsNotJudged(question: BaselineQuestion): Item[] {
  const parts = (['train', 'validation', 'test'] as const).filter((part) => part !== question.dataset.evaluate);
  return listItems(question.dataset, { ...question.selection, parts });
}

/**
 * `chance`: a uniform score of its own for every item and finding. `prevalence`: for every item the share of positives
 * outside the judged part; where there is nothing outside it, inside it, and the name says so.
 */
export function scoreBaselines(question: BaselineQuestion): Baseline[] {
  const { dataset, findings, target, seed } = question;
  const outside = itemsNotJudged(question);
  const source = outside.length > 0 ? outside : itemsOf(question.items, dataset.evaluate);
  const prevalence = new Map(findings.map((finding) => [finding, prevalenceOf(source, finding, target)]));
  const name = outside.length > 0 ? 'prevalence' : `prevalence-of-${dataset.evaluate}`;
  const chance = (item: Item, finding: string) => rng(seed, 'chance', `${item.id}\u0000${finding}`).next();
  return [
    { name: 'chance', prediction: matrix(question, chance) },
    { name, prediction: matrix(question, (_, finding) => prevalence.get(finding)!) },
  ];
}
