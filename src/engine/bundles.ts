/** Model bundles under `models/`: imported once per checkpoint content and importer version, checked whenever opened. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../core/context.ts';
import { digestOf } from '../core/digest.ts';
import { ModelError } from '../core/errors.ts';
import { type ModelDefinition, type ModelManifest, modelManifest } from '../core/model.ts';
import { digestFiles } from './file-digests.ts';

export interface Bundle {
  readonly directory: string;
  readonly manifest: ModelManifest;
  /** SHA-256 over the checkpoint's bytes. */
  readonly sourceDigest: string;
}

/**
 * The bundle of a checkpoint, imported where it is missing. A bundle without manifest (a killed import) is made anew.
 * @param source absolute path of a checkpoint file or folder
 * @throws ModelError
 */
export async function openBundle(
  definition: ModelDefinition,
  source: string,
  models: string,
  context: Context,
): Promise<Bundle> {
  const sourceDigest = await digestSource(definition, source, context);
  const key = digestOf({ model: definition.name, version: definition.version, sourceDigest }).slice(0, 16);
  const directory = join(models, `${definition.name}-${key}`);
  const manifest = (await readWhole(directory, context)) ?? (await importInto(definition, source, directory, context));
  return { directory, manifest, sourceDigest };
}

async function importInto(
  definition: ModelDefinition,
  source: string,
  directory: string,
  context: Context,
): Promise<ModelManifest> {
  context.log(`importing ${definition.name} from ${source}`);
  await rm(directory, { recursive: true, force: true });
  const manifest = await definition.import(source, directory, context);
  await context.files.write(join(directory, 'model.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** The manifest where it is there and every file still has its digest; undefined where the bundle must be made again. */
async function readWhole(directory: string, context: Context): Promise<ModelManifest | undefined> {
  const manifestPath = join(directory, 'model.json');
  if (!(await context.files.exists(manifestPath))) return undefined;
  const manifest = await readManifest(manifestPath, context);
  const names = Object.keys(manifest.files);
  const memory = { scope: directory, cache: context.cacheDirectory, files: context.files };
  const { digests } = await digestFiles(
    names.map((name) => join(directory, name)),
    memory,
  );
  const damaged = names.find((name) => digests.get(join(directory, name)) !== manifest.files[name]);
  if (damaged === undefined) return manifest;
  context.log(`model bundle is damaged and will be imported again (${join(directory, damaged)})`);
  return undefined;
}

async function digestSource(definition: ModelDefinition, source: string, context: Context): Promise<string> {
  const { files } = context;
  if (!(await files.exists(source))) {
    throw new ModelError(`${definition.name}: weights not found (${source})`, definition.card.weights);
  }
  const isFolder = await files.isDirectory(source);
  const names = isFolder ? (await files.list(source)).map(({ path }) => path) : [''];
  const paths = names.map((name) => (name ? join(source, name) : source));
  const { digests, failures } = await digestFiles(paths, { scope: source, cache: context.cacheDirectory, files });
  const failed = [...failures.keys()][0];
  if (failed) throw new ModelError(`${definition.name}: weights cannot be read (${failed})`);
  return digestOf(names.map((name, index) => [name, digests.get(paths[index]!)]));
}

async function readManifest(path: string, context: Context): Promise<ModelManifest> {
  const parsed = modelManifest.safeParse(JSON.parse(await context.files.readText(path)));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new ModelError(
    `model bundle: ${issue.path.join('.')}: ${issue.message} (${path})`,
    'delete the folder to import again',
  );
}
