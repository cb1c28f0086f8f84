/** Published numbers that a run can be held against, and what became of them. */
import { z } from 'zod';
import type { Exposure } from './model.ts';

/**
 * How sure we are of a published number. `verified`: read in the authors' repository, figure or issue. `table`: copied from the
 * paper by a third party. `reported`: recalled from the paper and not checked again.
 */
export const anchorTag = z.enum(['verified', 'table', 'reported']);

const interval = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low <= high, { message: 'an interval starts with its lower end' });

const published = {
  metric: z.string().min(1),
  /** On the scale of our metric: a share, not a percentage. */
  value: z.number(),
  interval: interval.optional(),
  /** OWNER/REPO:path, issue or DOI, and the table. */
  source: z.string().min(1),
  tag: anchorTag,
  note: z.string().min(1).optional(),
};

/** A published number that a suite computes: `model`, `dataset` and `task` are ids of the suite. */
export const suiteAnchor = z.strictObject({
  model: z.string(),
  dataset: z.string(),
  task: z.string(),
  /** As in results: a finding, `macro`, `micro`, or null for the whole task. */
  finding: z.string().nullable(),
  ...published,
  /** Largest difference that counts as the same number. */
  tolerance: z.number().nonnegative(),
});

export type SuiteAnchor = z.infer<typeof suiteAnchor>;

/** A published number as the literature names it, and where it can be run, or what is missing. */
export const publishedNumber = z
  .strictObject({
    /** Plug-in name; null for models that this tool does not know. */
    model: z.string().nullable(),
    /** What was judged, where it is not the published model itself: a variant, a baseline, another model. */
    of: z.string().optional(),
    dataset: z.string(),
    task: z.string(),
    finding: z.string().nullable(),
    ...published,
    /** Suite of `suites/anchors/` that computes it. */
    suite: z.string().optional(),
    /** What is missing before it can be run here. */
    needs: z.string().optional(),
  })
  .refine(({ suite, needs }) => (suite === undefined) !== (needs === undefined), {
    message: 'a published number has either a suite or what it needs',
  });

/** Content of a file of published numbers. */
export const publishedNumberList = z.array(publishedNumber);

export type PublishedNumber = z.infer<typeof publishedNumber>;

/**
 * `reproduced`: within the tolerance. `compatible`: the intervals overlap (a published number without an interval is a
 * point). `differs`: neither. `not computed`: this run has no value.
 */
export type AnchorVerdict = 'reproduced' | 'compatible' | 'differs' | 'not computed';

export interface AnchorOutcome extends SuiteAnchor {
  readonly verdict: AnchorVerdict;
  /** What this run computed; null where it did not. */
  readonly ours: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Ours minus the published value. */
  readonly difference: number | null;
  readonly n: number | null;
  /** What the model saw of the dataset. */
  readonly exposure: Exposure | null;
  /** Present where nothing was computed. */
  readonly reason?: string;
}
