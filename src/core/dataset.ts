/** A dataset plug-in reads an official release layout. It never resizes and never decides what "uncertain" means. */
import type { z } from 'zod';
import type { Context } from './context.ts';
import type { Study } from './study.ts';

/** open: anyone; registered: after registration; credentialed: under a signed data-use agreement. */
export type AccessTier = 'open' | 'registered' | 'credentialed';

export type Part = 'train' | 'validation' | 'test' | 'excluded';

/** Something wrong with one item of a release; the run goes on, and the item is counted. */
export interface DataProblem {
  /** Id or relative path of the item, never its content. */
  readonly item: string;
  readonly problem: string;
}

export interface OpenDataset {
  /** Sorted by id; ids unique. */
  readonly studies: readonly Study[];
  /** SHA-256 over what determines the studies: tables, reports, mapping versions. Not the pixels. */
  readonly digest: string;
  readonly problems: readonly DataProblem[];
  /** Where the data themselves say so: instead of the definition's. */
  readonly tier?: AccessTier;
  readonly findings?: readonly string[];
  /** Part of each study (by index) under a named split. Patient-disjoint. @throws ConfigError for an unknown name */
  split(name: string): readonly Part[];
}

export interface DatasetDefinition<Options = unknown> {
  readonly name: string;
  /** Bumped whenever the same release would yield other studies or labels. */
  readonly version: string;
  readonly title: string;
  readonly tier: AccessTier;
  readonly licence: string;
  readonly citation: string;
  /** True where the images are computer-made: said in every report. */
  readonly synthetic: boolean;
  /** Findings the labels speak of, in the order in which reports show them. */
  readonly findings: readonly string[];
  /** Names of splits; the first is the default. */
  readonly splits: readonly string[];
  readonly options: z.ZodType<Options>;
  /** What to fetch and how the folder should look, for errors and `datasets list`. */
  readonly obtain: string;
  /** @param root absolute folder of the release; undefined for a dataset that makes itself. @throws DataError */
  open(root: string | undefined, options: Options, context: Context): Promise<OpenDataset>;
}

export function defineDataset<Options>(definition: DatasetDefinition<Options>): DatasetDefinition<Options> {
  return definition;
}
