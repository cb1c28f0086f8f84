/** Model bundles under `models/`: imported once per checkpoint content and importer version, checked whenever opened. */
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Context } from '../core/context.ts';
import { digestOf } from '../core/digest.ts';
import { ModelError } from '../core/errors.ts';
import { type ModelDefinition, type ModelManifest, modelManifest } from '../core/model.ts';
import { type BundleRecord, RECORD_FILE, RECORD_FORMAT, readBundleRecord } from './bundle-record.ts';
import { digestFiles } from './file-digests.ts';
import { fileError } from './file-errors.ts';
import { removeAbandoned, temporaryName } from './temporary.ts';

export const MANIFEST = 'model.json';
const DECLARED = 'predictions that you made elsewhere can be judged: medvlm score';

export interface Bundle {
  readonly directory: string;
  readonly manifest: ModelManifest;
  /** SHA-256 over the checkpoint's bytes. */
  readonly sourceDigest: string;
  /** False where the bundle was there already. */
  readonly isNew: boolean;
}

/** Which checkpoint, and what its importer is asked for. */
export interface BundleRequest {
  readonly definition: ModelDefinition;
  /** Absolute path of a checkpoint file or folder. */
  readonly source: string;
  /** Every default explicit. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The bundle of a checkpoint, imported where it is missing or damaged.
 * @throws ModelError
 */
export async function openBundle(request: BundleRequest, models: string, context: Context): Promise<Bundle> {
  const { definition, source, options } = request;
  const sourceDigest = await digestSource(definition, source, context);
  const key = digestOf({ model: definition.name, version: definition.version, options, sourceDigest }).slice(0, 16);
  const directory = join(models, `${definition.name}-${key}`);
  const found = await readWhole(directory, context);
  if (found) return { directory, manifest: found, sourceDigest, isNew: false };
  const manifest = await importInto({ ...request, sourceDigest }, directory, context);
  return { directory, manifest, sourceDigest, isNew: true };
}

/**
 * A bundle that was imported earlier, whose checkpoint may be gone.
 * @throws ModelError where it is missing or damaged
 */
export async function reopenBundle(directory: string, context: Context): Promise<Bundle> {
  const manifest = await readWhole(directory, context);
  const record = await readBundleRecord(directory, context.files);
  if (manifest && record) return { directory, manifest, sourceDigest: record.sourceDigest, isNew: false };
  const got = (await context.files.exists(directory)) ? 'a damaged one' : 'none';
  throw new ModelError(`model bundle, expected what was imported, got ${got} (${directory})`, 'import the model again');
}

interface IdentifiedRequest extends BundleRequest {
  readonly sourceDigest: string;
}

/** Imports into a folder of its own and renames it at the end: a bundle is whole or not there, whoever else imports it. */
async function importInto(request: IdentifiedRequest, directory: string, context: Context): Promise<ModelManifest> {
  const { definition, source, options } = request;
  if (await context.files.exists(directory)) context.log(`model bundle is damaged (${directory})`);
  context.log(`importing ${definition.name} from ${source}`);
  await removeAbandoned(dirname(directory));
  const staging = join(dirname(directory), temporaryName(basename(directory)));
  try {
    const imported = await definition.import!({ source, directory: staging, options, context });
    const manifest = Object.keys(options).length > 0 ? { ...imported, options } : imported;
    const write = (name: string, value: unknown) =>
      context.files.write(join(staging, name), `${JSON.stringify(value, null, 2)}\n`);
    await write(RECORD_FILE, recordOf(request));
    await write(MANIFEST, manifest);
    return (await publish(staging, directory, context)) ?? manifest;
  } catch (cause) {
    throw cause instanceof ModelError ? located(cause, source) : cause;
  } finally {
    // Where it cannot even be looked for, that is no news beside what went wrong before.
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

function recordOf({ definition, source, options, sourceDigest }: IdentifiedRequest): BundleRecord {
  const { name: model, version: importerVersion } = definition;
  return { format: RECORD_FORMAT, model, importerVersion, options, sourceDigest, sourceName: basename(source) };
}

/** Says which file an error is about, where the importer's own words do not. */
function located(error: ModelError, source: string): ModelError {
  return error.message.includes(basename(source)) ? error : new ModelError(`${error.message} (${source})`, error.hint);
}

/** @returns the manifest of a whole bundle that another run put there meanwhile */
async function publish(staging: string, directory: string, context: Context): Promise<ModelManifest | undefined> {
  try {
    await rename(staging, directory);
    return undefined;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw fileError('cannot write folder', directory, cause);
  }
  const other = await readWhole(directory, context);
  if (other) return other;
  await rm(directory, { recursive: true, force: true });
  await rename(staging, directory);
  return undefined;
}

/** The manifest where it is there and every file still has its digest; undefined where the bundle must be made again. */
async function readWhole(directory: string, context: Context): Promise<ModelManifest | undefined> {
  if (!(await context.files.exists(directory))) return undefined;
  const manifest = await readManifest(join(directory, MANIFEST), context);
  const names = Object.keys(manifest?.files ?? {});
  const memory = { scope: directory, cache: context.cacheDirectory, files: context.files };
  const { digests } = await digestFiles(
    names.map((name) => join(directory, name)),
    memory,
  );
  if (manifest && names.every((name) => digests.get(join(directory, name)) === manifest.files[name])) return manifest;
  return undefined;
}

/** Undefined where it is not there, or not as this version writes it. */
async function readManifest(path: string, { files }: Context): Promise<ModelManifest | undefined> {
  if (!(await files.exists(path))) return undefined;
  const text = await files.readText(path);
  try {
    return modelManifest.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** @param dimension of embeddings that the bundle's graphs gave. @throws ModelError where its manifest says otherwise */
export function requireDimension(dimension: number, { manifest: { name, embeddingDimension } }: Bundle): void {
  if (dimension === embeddingDimension) return;
  const expected = `expected embeddings of ${embeddingDimension} numbers as its manifest says`;
  throw new ModelError(`model ${name}: ${expected}, got ${dimension}`, 'correct "embeddingDimension" in model.json');
}

/** @throws ModelError where the model is only declared */
export function requireImporter(definition: ModelDefinition): void {
  if (definition.import) return;
  throw new ModelError(`${definition.name}: expected a model that can be run, got one that is only declared`, DECLARED);
}

/** @throws ModelError, with the way to the weights, where they are not there or the model cannot be run at all */
export async function requireWeights(
  definition: ModelDefinition,
  source: string,
  files: Context['files'],
): Promise<void> {
  requireImporter(definition);
  if (await files.exists(source)) return;
  throw new ModelError(`${definition.name}: weights not found (${source})`, definition.card.weights);
}

/** Of one checkpoint, file or folder, over names and contents. @throws ModelError where a file cannot be read */
export async function digestSource(definition: ModelDefinition, source: string, context: Context): Promise<string> {
  const { files } = context;
  const isFolder = await files.isDirectory(source);
  const names = isFolder ? (await files.list(source)).map(({ path }) => path) : [''];
  const paths = names.map((name) => (name ? join(source, name) : source));
  const { digests, failures } = await digestFiles(paths, { scope: source, cache: context.cacheDirectory, files });
  const [failed] = failures;
  if (failed) {
    const [path, reason] = failed;
    throw new ModelError(`${definition.name}: weights: ${reason} (${path})`, 'check the permissions of the file');
  }
  return digestOf(names.map((name, index) => [name, digests.get(paths[index]!)]));
}
