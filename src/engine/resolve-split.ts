/** Parts of a dataset's studies under a split that a user names: a plug-in's own, a drawn one, or a manifest file of ids. */
import { basename } from 'node:path';
import type { Context } from '../core/context.ts';
import { mayShow } from '../core/data-use.ts';
import type { DataProblem, DatasetDefinition, OpenDataset, Part } from '../core/dataset.ts';
import { ConfigError, DataError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Study } from '../core/study.ts';
import { DRAWN_SPLITS, isDrawnSplit, splitByName } from '../lib/drawn-splits.ts';
import { readManifest, splitDigest } from '../lib/split-manifest.ts';
import { assertPatientDisjoint } from '../lib/splits.ts';

export interface ResolvedSplit {
  /** A manifest is named by its file alone, so that a result does not depend on the folder it lay in. */
  readonly name: string;
  readonly digest: string;
  readonly parts: readonly Part[];
  readonly problems: readonly DataProblem[];
}

export interface SplitRequest {
  readonly name: string;
  readonly context: Context;
  readonly mayLeak?: boolean;
}

export const isManifest = (name: string) => /\.csv(\.gz)?$/i.test(name);

/** @throws ConfigError with the nearest name where a dataset has no such split */
export function requireSplitName(definition: DatasetDefinition, name: string): void {
  if (isManifest(name) || isDrawnSplit(name) || definition.splits.includes(name)) return;
  const known = [...definition.splits, ...DRAWN_SPLITS];
  throw new ConfigError(`suite: dataset "${definition.name}" has no split "${name}"`, didYouMean(name, known));
}

/**
 * @param name as written; a manifest's path is absolute. @param mayLeak leaves a patient in two parts of a manifest to an audit
 * @throws ConfigError, DataError
 */
export async function resolveSplit(
  definition: DatasetDefinition,
  opened: OpenDataset,
  { name, context, mayLeak = false }: SplitRequest,
): Promise<ResolvedSplit> {
  requireSplitName(definition, name);
  const { studies } = opened;
  const { parts, problems } = isManifest(name)
    ? readManifest(await context.files.readText(name), name, { studies, dataset: definition.name })
    : { parts: splitByName(opened, name), problems: [] };
  if (!mayLeak) requireDisjoint(definition, studies, parts);
  return { name: isManifest(name) ? basename(name) : name, digest: splitDigest(studies, parts), parts, problems };
}

/** The id of the patient is told of open data alone. */
function requireDisjoint({ name, tier }: DatasetDefinition, studies: readonly Study[], parts: readonly Part[]): void {
  try {
    assertPatientDisjoint(studies, parts);
  } catch (cause) {
    if (mayShow(tier, 'ids') || !(cause instanceof DataError)) throw cause;
    throw new DataError(
      `split is not disjoint by patient, expected one part per patient, got a patient in two (${name})`,
      'medvlm datasets check counts them; --show-ids tells which',
    );
  }
}
