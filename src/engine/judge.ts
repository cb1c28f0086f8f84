/** From stored embeddings to results: predict, evaluate, bootstrap, compare. Needs no model, no images. */
import type { Catalog } from '../core/catalog.ts';
import type { Context } from '../core/context.ts';
import type { Exposure } from '../core/model.ts';
import type { Leaderboard } from '../core/report-data.ts';
import type { Alarm, Comparison, PredictionRow, Result } from '../core/result.ts';
import type { Suite } from '../core/suite.ts';
import type { Evaluation, Prediction, SimilaritySearch } from '../core/task.ts';
import { compareModels } from './compare.ts';
import { replicateQuestion, resultsOf } from './evaluate.ts';
import { leaderboards } from './leaderboard.ts';
import { embeddingLookup } from './lookup.ts';
import { obstacle, type Prepared, type Question } from './prepare.ts';
import { createSimilaritySearch } from './similarity.ts';

/** Baselines have no weights. */
const BASELINE_VARIANT = 'none';

/** A model, a baseline or stored predictions, as it takes part in a question. */
export interface Contestant {
  readonly id: string;
  readonly variant: string;
  readonly isBaseline: boolean;
}

export interface Entry extends Contestant {
  readonly prediction: Prediction;
}

export interface Failure {
  readonly dataset: string;
  readonly item: string;
  readonly reason: string;
}

export interface Judged {
  readonly contestants: readonly Contestant[];
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly leaderboards: readonly Leaderboard[];
  readonly alarms: readonly Alarm[];
  readonly predictions: readonly PredictionRow[];
  readonly failures: readonly Failure[];
  /** Distinct items that some model was asked about, and those of them that failed. */
  readonly items: { readonly total: number; readonly failed: number };
}

/** Predictions made elsewhere take part under their own ids. */
export interface StoredEntry extends Entry {
  readonly question: Question;
}

/** @param stored predictions made elsewhere, judged beside the models */
export async function judge(
  prepared: Prepared,
  catalog: Catalog,
  context: Context,
  stored: readonly StoredEntry[] = [],
): Promise<Judged> {
  const search = createSimilaritySearch();
  try {
    const answers: Answer[] = [];
    for (const [index, question] of prepared.questions.entries()) {
      const label = `judging ${question.dataset.view.id} ${question.id}`;
      context.progress(label, index, prepared.questions.length);
      const entries = await contest(question, prepared, search);
      const own = stored.filter((entry) => entry.question === question);
      answers.push(answer(question, [...entries, ...own], prepared, catalog));
    }
    context.progress('judging', 1, 1);
    return gather(answers, prepared);
  } finally {
    await search.dispose();
  }
}

/** Predictions of the models that can answer, then the baselines. */
async function contest(question: Question, prepared: Prepared, search: SimilaritySearch): Promise<Entry[]> {
  const { task, request, dataset } = question;
  const entries: Entry[] = [];
  for (const model of prepared.models) {
    if (obstacle(model, question)) continue;
    const lookups = model.members.map((member) => embeddingLookup(dataset, member));
    const prediction = await task.predict(request, lookups, search);
    entries.push({ id: model.id, variant: model.variant, isBaseline: false, prediction });
  }
  const baselines = task.baselines(request).map(({ name, prediction }) => ({
    id: name,
    variant: BASELINE_VARIANT,
    isBaseline: true,
    prediction,
  }));
  return [...entries, ...baselines];
}

interface Answer {
  readonly contestants: readonly Contestant[];
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly leaderboards: readonly Leaderboard[];
  readonly evaluations: readonly Evaluation[];
  readonly alarms: readonly Alarm[];
}

function answer(question: Question, entries: readonly Entry[], { suite }: Prepared, catalog: Catalog): Answer {
  const { id, task, request } = question;
  const metrics = [...catalog.metrics.values()];
  const models = entries.map(({ prediction, ...contestant }) => ({
    ...contestant,
    evaluation: named(id, task.evaluate(request, contestant, prediction, metrics)),
  }));
  const frame = { dataset: request.dataset, task: id, seed: suite.seed, statistics: suite.statistics };
  const replicated = replicateQuestion(frame, models);
  const exposures = new Map(
    entries.map((entry) => [entry.id, exposureOf(entry, request.dataset.name, { suite, catalog })]),
  );
  const results = resultsOf(replicated).map((row) => ({ ...row, exposure: exposures.get(row.model) ?? null }));
  const comparisons = compareModels(replicated);
  const baselines = new Set(entries.filter((entry) => entry.isBaseline).map((entry) => entry.id));
  return {
    contestants: entries.map(({ id, variant, isBaseline }) => ({ id, variant, isBaseline })),
    results,
    comparisons,
    leaderboards: leaderboards(task.headlines ?? [], { results, comparisons, baselines }),
    evaluations: models.map((model) => model.evaluation),
    // A baseline is one-class or wrong by design: no news.
    alarms: models.filter((model) => !model.isBaseline).flatMap((model) => model.evaluation.alarms),
  };
}

/** The evaluation under the task's name in the suite. */
function named(task: string, evaluation: Evaluation): Evaluation {
  const first = evaluation.predictions[0] ?? evaluation.alarms[0];
  if (first === undefined || first.task === task) return evaluation;
  const renamed = <Row extends { readonly task: string }>(rows: readonly Row[]) =>
    rows.map((row) => ({ ...row, task }));
  return { ...evaluation, predictions: renamed(evaluation.predictions), alarms: renamed(evaluation.alarms) };
}

/** What a contestant saw of a dataset: as the suite or the card says; unknown for predictions made elsewhere. */
function exposureOf(
  { id, isBaseline }: Contestant,
  dataset: string,
  { suite, catalog }: { readonly suite: Suite; readonly catalog: Catalog },
): Exposure | null {
  if (isBaseline) return null;
  const entry = suite.models.find((model) => model.id === id);
  const card = entry && catalog.models.get(entry.use)?.card;
  return (entry?.exposure ?? card?.exposure)?.[dataset] ?? 'unknown';
}

function gather(answers: readonly Answer[], prepared: Prepared): Judged {
  const contestants = new Map(answers.flatMap((one) => one.contestants).map((entry) => [entry.id, entry]));
  const evaluations = answers.flatMap((one) => one.evaluations);
  const failures = failuresOf(prepared);
  return {
    contestants: [...contestants.values()].sort((a, b) => Number(a.isBaseline) - Number(b.isBaseline)),
    results: answers.flatMap((one) => one.results),
    comparisons: answers.flatMap((one) => one.comparisons),
    leaderboards: answers.flatMap((one) => one.leaderboards),
    alarms: answers.flatMap((one) => one.alarms),
    predictions: evaluations.flatMap((evaluation) => evaluation.predictions),
    failures,
    items: {
      total: prepared.datasets.reduce((count, { paths }) => count + paths.size, 0),
      failed: new Set(failures.map(({ dataset, item }) => `${dataset}\n${item}`)).size,
    },
  };
}

/** Images that could not be read, or that a model gave no vector for; each once, whatever the number of models. */
function failuresOf({ datasets, models }: Prepared): Failure[] {
  const members = models.flatMap((model) => model.members);
  return datasets.flatMap((dataset) => {
    const lookups = members.map((member) => embeddingLookup(dataset, member));
    return [...dataset.paths].flatMap(([item, path]) => {
      const unread = dataset.digests.failures.get(path);
      const reason = unread ?? lookups.map((lookup) => lookup.failure(item)).find((found) => found !== undefined);
      return reason === undefined ? [] : [{ dataset: dataset.view.id, item, reason }];
    });
  });
}
