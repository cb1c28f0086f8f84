/** Findings to prompts of a named set: which texts, how they are joined, and how the protocol says so. */
import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { PromptPair, PromptSet } from '../../core/prompts.ts';
import { rng } from '../../core/rng.ts';
import type { PromptColumn } from './predict-pairs.ts';

/** In place of a prompt set where predictions were made elsewhere: nothing is embedded. */
export const NO_PROMPTS = 'none';

/** Some of each class's texts, drawn without replacement. */
export interface PromptSample {
  /** Texts of a class; classes with no more keep all. */
  readonly size: number;
  readonly seed: number;
}

/** The set `name@version`. @throws ConfigError with the nearest known name */
export function promptSet(id: string, sets: ReadonlyMap<string, PromptSet>): PromptSet {
  const set = sets.get(id);
  if (set) return set;
  throw new ConfigError(`unknown prompt set, expected name@version, got "${id}"`, didYouMean(id, sets.keys()));
}

/** `size` of the texts in their order, each subset equally likely; the seed, the class and its side decide. */
function sampled(texts: readonly string[], { size, seed }: PromptSample, item: string): readonly string[] {
  if (texts.length <= size) return texts;
  const { integer } = rng(seed, 'prompts', item);
  const places = texts.map((_, place) => place);
  for (let i = 0; i < size; i++) {
    const other = i + integer(places.length - i);
    [places[i], places[other]] = [places[other]!, places[i]!];
  }
  const chosen = places.slice(0, size).sort((a, b) => a - b);
  return chosen.map((place) => texts[place]!);
}

function samplePair({ positive, negative }: PromptPair, sample: PromptSample, name: string): PromptPair {
  return {
    positive: sampled(positive, sample, name),
    negative: sampled(negative, sample, `no ${name}`),
  };
}

/** One column per finding. @throws ConfigError where the set has no prompts for a finding */
export function promptColumns(set: PromptSet, findings: readonly string[], sample?: PromptSample): PromptColumn[] {
  return findings.map((name) => {
    const pair = set.prompts[name];
    if (pair && pair.positive.length > 0) {
      const aggregation = set.aggregation ?? 'mean-embedding';
      return { name, pair: sample ? samplePair(pair, sample, name) : pair, aggregation };
    }
    throw new ConfigError(
      `prompts ${set.name}@${set.version}, expected prompts for every finding, got none for "${name}"`,
      "list the findings to judge in the task's options, or choose another prompt set",
    );
  });
}

/** The texts of each class, which are encoded together. */
export function promptGroups(columns: readonly PromptColumn[]): (readonly string[])[] {
  return columns.flatMap(({ pair }) => [pair.positive, pair.negative]).filter((texts) => texts.length > 0);
}

/**
 * What the protocol says of prompts: the set; the sample, where one is drawn; how texts are joined and become a score, where
 * that is not the softmax over a pair of mean embeddings.
 */
export function promptProtocol(id: string, columns: readonly PromptColumn[], sample?: PromptSample): string {
  const kinds = columns.map(({ pair, aggregation }) => {
    if (pair.negative.length > 0) return aggregation === 'mean-embedding' ? '' : `softmax of the pair's ${aggregation}`;
    return `sigmoid of ${aggregation} × logit scale (1 where the model has none)`;
  });
  const scores = [...new Set(kinds)].filter((kind) => kind !== '');
  const drawn = sample ? [`prompt-sample=${sample.size} of each class by seed ${sample.seed}`] : [];
  const said = scores.length > 0 ? [`score=${scores.join(' or ')}`] : [];
  return [`prompts=${id}`, ...drawn, ...said].join(';');
}
