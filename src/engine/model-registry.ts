/** What of the catalog's models is ready on this machine. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files } from '../core/context.ts';
import type { Access, ModelDefinition } from '../core/model.ts';
import { type BundleRecord, readBundleRecord } from './bundle-record.ts';
import { listImported } from './imports.ts';

export interface ModelState {
  readonly access: Access;
  /** Checkpoints (or ensembles) imported by name, which suites need not say where they are. */
  readonly imported: number;
  /** Of these, those that another version of the importer made. */
  readonly outdated: number;
  /** Bundles on disk, those that runs made from a suite's `from` among them. */
  readonly bundles: number;
}

export interface BundleOnDisk {
  readonly directory: string;
  /** Undefined where a version before records made it. */
  readonly record: BundleRecord | undefined;
}

/** Folders under `models/` that hold a bundle, sorted; hidden ones are unfinished. */
export async function listBundles(models: string, files: Files): Promise<readonly BundleOnDisk[]> {
  const names = (await readdir(models).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
  const found: BundleOnDisk[] = [];
  for (const name of names) {
    const directory = join(models, name);
    if (name === 'imported' || !(await files.isDirectory(directory))) continue;
    found.push({ directory, record: await readBundleRecord(directory, files) });
  }
  return found;
}

/** In the order of the definitions. */
export async function modelStates(
  definitions: readonly ModelDefinition[],
  models: string,
  files: Files,
): Promise<readonly ModelState[]> {
  const imported = await listImported(models, files);
  const bundles = await listBundles(models, files);
  return definitions.map(({ name, version, card }) => {
    const ours = imported.filter(({ model }) => model === name);
    const current = ours.filter(({ importerVersion }) => importerVersion === version).length;
    const onDisk = bundles.filter(({ record }) => record?.model === name && record.importerVersion === version).length;
    return { access: card.access, imported: current, outdated: ours.length - current, bundles: onDisk };
  });
}
