/** Ranks the models of a question; models that the corrected paired test cannot tell from a group's leader share its rank. */
import type { Leaderboard, LeaderboardEntry } from '../core/report-data.ts';
import type { Comparison, Result } from '../core/result.ts';
import type { Headline } from '../core/task.ts';

/** Two models are told apart below this corrected p-value. */
const SIGNIFICANCE = 0.05;

interface Contest {
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly baselines: ReadonlySet<string>;
}

/** Best first; undefined values last; ties by name. */
function order(a: Result, b: Result): number {
  if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
  const difference = a.better === 'higher' ? b.value - a.value : a.value - b.value;
  return difference || (a.model < b.model ? -1 : 1);
}

/** Whether the test tells two models apart; a test that could not be made does not. */
function isToldApart(a: string, b: string, comparisons: readonly Comparison[]): boolean {
  const found = comparisons.find(
    ({ modelA, modelB }) => (modelA === a && modelB === b) || (modelA === b && modelB === a),
  );
  return found?.pAdjusted !== undefined && found.pAdjusted !== null && found.pAdjusted < SIGNIFICANCE;
}

/** Rank of each ranked model: its place, or that of the leader it cannot be told from (1, 1, 3). */
function ranks(models: readonly string[], comparisons: readonly Comparison[]): Map<string, number> {
  const rankOf = new Map<string, number>();
  let leader = 0;
  models.forEach((model, place) => {
    if (place > leader && isToldApart(models[leader]!, model, comparisons)) leader = place;
    rankOf.set(model, leader + 1);
  });
  return rankOf;
}

function entryOf(result: Result, rank: number | null, baseline: boolean): LeaderboardEntry {
  const { model, variant, value, ciLow, ciHigh, exposure } = result;
  const entry = { model, variant, value, ciLow, ciHigh, rank, baseline };
  return exposure === undefined ? entry : { ...entry, exposure };
}

function leaderboard({ finding, metric }: Headline, contest: Contest): Leaderboard | undefined {
  const concerns = (row: { finding: string | null; metric: string }) =>
    row.finding === finding && row.metric === metric;
  const results = contest.results.filter(concerns).sort(order);
  const first = results[0];
  if (!first) return undefined;
  const ranked = results.filter(({ model, value }) => value !== null && !contest.baselines.has(model));
  const comparisons = contest.comparisons.filter(concerns);
  const rankOf = ranks(
    ranked.map(({ model }) => model),
    comparisons,
  );
  const entries = results.map((result) =>
    entryOf(result, rankOf.get(result.model) ?? null, contest.baselines.has(result.model)),
  );
  return { dataset: first.dataset, task: first.task, metric, finding, better: first.better, entries };
}

/**
 * One leaderboard per headline that has results. Baselines stand unranked at the place of their value.
 * @param contest results and comparisons of one question, and the ids of its baselines
 */
export function leaderboards(headlines: readonly Headline[], contest: Contest): Leaderboard[] {
  return headlines.flatMap((headline) => leaderboard(headline, contest) ?? []);
}
