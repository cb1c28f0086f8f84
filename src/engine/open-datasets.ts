/** Opens the datasets of a suite: the plug-in's studies, the named split and its digest, an optional limit. */
import { resolve } from 'node:path';
import type { Catalog } from '../core/catalog.ts';
import type { Context } from '../core/context.ts';
import type { DataProblem, DatasetDefinition, Part } from '../core/dataset.ts';
import { sha256 } from '../core/digest.ts';
import { DataError } from '../core/errors.ts';
import type { Study } from '../core/study.ts';
import type { SuiteDataset } from '../core/suite.ts';
import type { DatasetView } from '../core/task.ts';
import { isManifest, resolveSplit } from './resolve-split.ts';
import { pick } from './suite-file.ts';

export interface LoadedDataset {
  readonly definition: DatasetDefinition;
  readonly view: DatasetView;
  /** SHA-256 of what determines the studies. */
  readonly digest: string;
  readonly problems: readonly DataProblem[];
}

/**
 * @param root absolute folder of the release; @param base absolute folder that a split manifest's path starts from
 * @param limit keeps at most this many studies of each part, chosen by the digest of their ids
 * @throws DataError where the evaluated part is empty
 */
export async function loadDataset(
  entry: SuiteDataset,
  {
    root,
    base,
    limit,
  }: { readonly root: string | undefined; readonly base: string; readonly limit: number | undefined },
  catalog: Catalog,
  context: Context,
): Promise<LoadedDataset> {
  const definition = pick('dataset', entry.use, catalog.datasets);
  if (root !== undefined && !(await context.files.isDirectory(root)))
    throw new DataError(
      `dataset ${entry.id ?? entry.use}: root, expected a folder, got none (${root})`,
      definition.obtain,
    );
  const opened = await definition.open(root, entry.options, context);
  const splitName = entry.split ?? definition.splits[0]!;
  const name = isManifest(splitName) ? resolve(base, splitName) : splitName;
  const split = await resolveSplit(definition, opened, { name, context });
  const { parts } = split;
  const kept = limited(opened.studies, parts, limit);
  const view: DatasetView = {
    id: entry.id ?? entry.use,
    name: definition.name,
    version: definition.version,
    tier: opened.tier ?? definition.tier,
    findings: opened.findings ?? definition.findings,
    studies: kept.map((index) => opened.studies[index]!),
    parts: kept.map((index) => parts[index]!),
    split: { name: split.name, digest: split.digest },
    evaluate: entry.evaluate,
  };
  if (!view.parts.includes(entry.evaluate)) {
    throw new DataError(
      `dataset ${view.id}: no study in part "${entry.evaluate}" of split "${splitName}" (${entry.root ?? 'generated'})`,
      `choose another split (${definition.splits.join(', ')}) or another part in the suite`,
    );
  }
  return { definition, view, digest: opened.digest, problems: [...opened.problems, ...split.problems] };
}

/** Indices to keep, ascending. By digest of the id, so that a limit is a sample and not the head of a sorted list. */
function limited(studies: readonly Study[], parts: readonly Part[], limit: number | undefined): number[] {
  const all = studies.map((_, index) => index);
  if (limit === undefined) return all;
  const order = all.map((index) => ({ index, key: sha256(studies[index]!.id) }));
  order.sort((a, b) => (a.key < b.key ? -1 : 1));
  const taken = new Map<Part, number>();
  const kept = order.filter(({ index }) => {
    const count = (taken.get(parts[index]!) ?? 0) + 1;
    taken.set(parts[index]!, count);
    return count <= limit;
  });
  return kept.map(({ index }) => index).sort((a, b) => a - b);
}
