/** Problems of large releases, one line for each kind: the first item by name, the others counted. */
import type { DataProblem } from '../core/dataset.ts';

export interface ProblemTally {
  /** @param item id, path or row, never content */
  add(problem: string, item: string): void;
  count(problem: string): number;
  /** In the order in which the kinds were met first. */
  problems(): readonly DataProblem[];
}

export function problemTally(): ProblemTally {
  const kinds = new Map<string, { first: string; count: number }>();
  return {
    add(problem, item) {
      const known = kinds.get(problem);
      if (known) known.count++;
      else kinds.set(problem, { first: item, count: 1 });
    },
    count: (problem) => kinds.get(problem)?.count ?? 0,
    problems: () =>
      [...kinds].map(([problem, { first, count }]) => ({
        item: count === 1 ? first : `${first} and ${count - 1} more`,
        problem,
      })),
  };
}
