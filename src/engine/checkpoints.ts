/** Which checkpoints a suite's model means: paths, digests of what was imported, or what its name alone stands for. */
import { join, resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import type { ModelDefinition } from '../core/model.ts';
import type { SuiteModel } from '../core/suite.ts';
import { type Bundle, openBundle, reopenBundle } from './bundles.ts';
import { checkpointPaths, findImported } from './imports.ts';

/** Absolute path of a checkpoint, or of the bundle that was imported from one. */
export type Checkpoint = { readonly source: string } | { readonly imported: string };

export interface CheckpointRequest {
  readonly definition: ModelDefinition;
  readonly from: SuiteModel['from'];
  /** Every default explicit. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Folder that relative paths start from. */
  readonly base: string;
}

/** `sha256:` and the first digits of the digest that `medvlm models show` prints. */
const DIGEST = /^sha256:([0-9a-f]{8,64})$/;

/**
 * In the order of the ensemble. Nothing is read or hashed yet.
 * @param models folder of the bundles
 * @throws ModelError where one is not there; ConfigError where it is not clear which is meant
 */
export async function findCheckpoints(
  { definition, from, options, base }: CheckpointRequest,
  models: string,
  context: Context,
): Promise<readonly Checkpoint[]> {
  const imported = async (digest?: string): Promise<Checkpoint[]> => {
    const { bundles } = await findImported({ definition, options, digest }, models, context.files);
    return bundles.map((name) => ({ imported: join(models, name) }));
  };
  if (from === undefined) return imported();
  const found: Checkpoint[] = [];
  for (const named of [from].flat()) {
    const digest = DIGEST.exec(named)?.[1];
    const sources = digest === undefined ? [resolve(base, named)] : [];
    if (digest !== undefined) found.push(...(await imported(digest)));
    else
      found.push(...(await checkpointPaths({ definition, sources, options }, context)).map((source) => ({ source })));
  }
  return found;
}

/** @throws ModelError where it cannot be imported, or its bundle is damaged */
export async function openCheckpoint(
  checkpoint: Checkpoint,
  { definition, options }: Pick<CheckpointRequest, 'definition' | 'options'>,
  { models, context }: { readonly models: string; readonly context: Context },
): Promise<Bundle> {
  if ('imported' in checkpoint) return reopenBundle(checkpoint.imported, context);
  return openBundle({ definition, source: checkpoint.source, options }, models, context);
}
