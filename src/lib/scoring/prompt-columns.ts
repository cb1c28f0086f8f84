/** Findings to prompt pairs of a named set. */
import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { PromptSet } from '../../core/prompts.ts';
import type { PairColumn } from './predict-pairs.ts';

/** In place of a prompt set where predictions were made elsewhere: nothing is embedded. */
export const NO_PROMPTS = 'none';

/** The set `name@version`. @throws ConfigError with the nearest known name */
export function promptSet(id: string, sets: ReadonlyMap<string, PromptSet>): PromptSet {
  const set = sets.get(id);
  if (set) return set;
  throw new ConfigError(`unknown prompt set, expected name@version, got "${id}"`, didYouMean(id, sets.keys()));
}

/** One column per finding. @throws ConfigError where the set has no prompts for a finding */
export function promptColumns(set: PromptSet, findings: readonly string[]): PairColumn[] {
  return findings.map((name) => {
    const pair = set.prompts[name];
    if (pair) return { name, pair };
    throw new ConfigError(
      `prompts ${set.name}@${set.version}, expected a pair for every finding, got none for "${name}"`,
      "list the findings to judge in the task's options, or choose another prompt set",
    );
  });
}

/** The texts of each class, which are encoded together. */
export function promptGroups(columns: readonly PairColumn[]): (readonly string[])[] {
  return columns.flatMap(({ pair }) => [pair.positive, pair.negative]).filter((texts) => texts.length > 0);
}
