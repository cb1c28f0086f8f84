/** A suite says what to run. Parsed strictly: an unknown key is refused; every default becomes explicit in the run folder. */
import { z } from 'zod';
import { suiteAnchor } from './anchors.ts';
import { ACKNOWLEDGEMENT } from './data-use.ts';

const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'letters, digits, ".", "_", "+" and "-" only');

export const suiteDataset = z.strictObject({
  /** Name of the dataset plug-in. */
  use: z.string(),
  /** Name in results; the plug-in's name unless given. */
  id: id.optional(),
  /** Folder of the official release, relative to the suite file. */
  root: z.string().optional(),
  /** Name of the split, or a manifest of ids (CSV, relative to the suite file); the plug-in's first unless given. */
  split: z.string().optional(),
  evaluate: z.enum(['validation', 'test', 'train']).default('test'),
  options: z.record(z.string(), z.unknown()).default({}),
});

export const suiteModel = z.strictObject({
  /** Name in results. */
  id,
  /** Name of the model plug-in. */
  use: z.string(),
  /**
   * Checkpoint file or folder, relative to the suite file, or `sha256:` and the first digits of the digest of one that was
   * imported; several make an ensemble. Without it, what
   * `medvlm models import` brought in last.
   */
  from: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  options: z.record(z.string(), z.unknown()).default({}),
  /** What these weights saw of each dataset (by plug-in name), where it is not what the plug-in's card says. */
  exposure: z.record(z.string(), z.enum(['trained', 'tuned', 'clean', 'unknown'])).optional(),
  /** Said of the model in the report. */
  note: z.string().optional(),
});

export const suiteTask = z.strictObject({
  /** Name of the task plug-in. */
  use: z.string(),
  /** Name in results; the plug-in's name unless given. A task that is asked twice needs two. */
  id: id.optional(),
  options: z.record(z.string(), z.unknown()).default({}),
});

export const suiteSchema = z.strictObject({
  name: id,
  version: z.int().nonnegative().default(1),
  description: z.string().default(''),
  seed: z.int().nonnegative().default(0),
  datasets: z.array(suiteDataset).min(1),
  models: z.array(suiteModel).min(1),
  tasks: z.array(suiteTask).min(1),
  /** Published numbers that the results are held against. */
  anchors: z.array(suiteAnchor).optional(),
  statistics: z
    .strictObject({
      /** Bootstrap replicates over patients. */
      replicates: z.int().min(0).default(2000),
      confidence: z.number().gt(0).lt(1).default(0.95),
    })
    .prefault({}),
  /** `I may send TIER data to HOST`, word for word: lets what is not open data go to another machine. */
  acknowledge: z
    .array(z.string().regex(ACKNOWLEDGEMENT, 'expected "I may send credentialed data to HOST", or registered'))
    .optional(),
  /** The run ends with exit code 5 where a larger share of items failed. */
  maximumFailedShare: z.number().min(0).max(1).default(0.02),
});

export type Suite = z.infer<typeof suiteSchema>;
export type SuiteDataset = z.infer<typeof suiteDataset>;
export type SuiteModel = z.infer<typeof suiteModel>;
