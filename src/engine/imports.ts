/** What `medvlm models import` brought in: one bundle, or an ensemble of them, under which a suite may name a model alone. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Context, Files } from '../core/context.ts';
import { canonicalJson, digestOf } from '../core/digest.ts';
import { ConfigError, ModelError } from '../core/errors.ts';
import type { ModelDefinition } from '../core/model.ts';
import { bundleRecord, readJsonAs } from './bundle-record.ts';
import { type Bundle, openBundle, requireImporter, requireWeights } from './bundles.ts';
import { recordCanaries } from './canaries.ts';

const FORMAT = 'medvlm-imported@1';

const imported = bundleRecord.extend({
  format: z.literal(FORMAT),
  /** Folders of the bundles beside the folder of this file, in the order of the ensemble. */
  bundles: z.array(z.string()).min(1),
});

export type Imported = z.infer<typeof imported>;

export interface ImportSources {
  readonly definition: ModelDefinition;
  /** Absolute paths of checkpoint files or folders. */
  readonly sources: readonly string[];
  /** Every default explicit. */
  readonly options: Readonly<Record<string, unknown>>;
}

const folderOf = (models: string) => join(models, 'imported');

/**
 * Absolute paths of single checkpoints: a folder of an ensemble is opened into its files.
 * @throws ModelError where one is not there
 */
export async function checkpointPaths({ definition, sources }: ImportSources, context: Context): Promise<string[]> {
  const opened: string[] = [];
  for (const source of sources) {
    await requireWeights(definition, source, context.files);
    if (definition.members && (await context.files.isDirectory(source)))
      opened.push(...(await definition.members(source, context)));
    else opened.push(source);
  }
  return opened;
}

export interface ImportOutcome {
  readonly imported: Imported;
  readonly bundles: readonly Bundle[];
}

/**
 * Imports what is not imported yet, records what it gives for the canary inputs, and writes down that these checkpoints
 * are what the model's name stands for.
 * @throws ModelError
 */
export async function importModel(request: ImportSources, models: string, context: Context): Promise<ImportOutcome> {
  const { definition, sources, options } = request;
  const bundles: Bundle[] = [];
  for (const source of await checkpointPaths(request, context))
    bundles.push(await openBundle({ definition, source, options }, models, context));
  for (const bundle of bundles) await recordCanaries(bundle, context);
  const digests = bundles.map((bundle) => bundle.sourceDigest);
  const entry: Imported = {
    format: FORMAT,
    model: definition.name,
    importerVersion: definition.version,
    options,
    sourceDigest: digests.length === 1 ? digests[0]! : digestOf(digests),
    sourceName: sources.map((source) => basename(source)).join(', '),
    bundles: bundles.map((bundle) => basename(bundle.directory)),
  };
  const { model, importerVersion, sourceDigest } = entry;
  const key = digestOf({ model, importerVersion, options, sourceDigest }).slice(0, 16);
  const path = join(folderOf(models), `${model}-${key}.json`);
  if ((await readJsonAs(imported, path, context.files)) === undefined)
    await context.files.write(path, `${JSON.stringify(entry, null, 2)}\n`);
  return { imported: entry, bundles };
}

/** Everything that was imported by name, sorted by file name. Entries of another version of the program are left out. */
export async function listImported(models: string, files: Files): Promise<readonly Imported[]> {
  const folder = folderOf(models);
  const names = await readdir(folder).catch(() => []);
  const entries: Imported[] = [];
  for (const name of names.filter((found) => /^[^.].*\.json$/.test(found)).sort()) {
    const entry = await readJsonAs(imported, join(folder, name), files);
    if (entry) entries.push(entry);
  }
  return entries;
}

/** One line that leads to the weights of a model. */
export function howToImport({ name, card }: ModelDefinition): string {
  if (card.access === 'download') return `medvlm models import ${name} --download`;
  if (card.access === 'by-hand') return `${card.weights}; then: medvlm models import ${name} --from PATH`;
  return card.weights;
}

const shown = (options: unknown) => canonicalJson(options).replaceAll('"', '');

export interface ImportedRequest extends Pick<ImportSources, 'definition' | 'options'> {
  /** First digits of the checkpoint's digest, where several were imported. */
  readonly digest?: string | undefined;
}

/** Checkpoints that a suite may mean by the model's name, or by name and digest. */
export async function importedCandidates(
  { definition, options, digest = '' }: ImportedRequest,
  models: string,
  files: Files,
): Promise<readonly Imported[]> {
  return (await listImported(models, files)).filter(
    (entry) =>
      entry.model === definition.name &&
      entry.importerVersion === definition.version &&
      canonicalJson(entry.options) === canonicalJson(options) &&
      entry.sourceDigest.startsWith(digest),
  );
}

/**
 * What a suite's model without `from` stands for.
 * @throws ModelError where nothing fitting was imported; ConfigError where several checkpoints were
 */
export async function findImported(request: ImportedRequest, models: string, files: Files): Promise<Imported> {
  requireImporter(request.definition);
  const candidates = await importedCandidates(request, models, files);
  const [first, second] = candidates;
  if (second) throw ambiguous(request.definition, candidates);
  if (first) return first;
  throw missing(request, await listImported(models, files));
}

function ambiguous({ name }: ModelDefinition, entries: readonly Imported[]): ConfigError {
  const listed = entries.map(({ sourceDigest, sourceName }) => `${sourceDigest.slice(0, 12)} (${sourceName})`);
  return new ConfigError(
    `${name}: expected one imported checkpoint, got ${entries.length}: ${listed.join('; ')}`,
    `say which, for example from: sha256:${entries[0]!.sourceDigest.slice(0, 12)}`,
  );
}

/** Why nothing fits, and what to do about it. */
function missing({ definition, options, digest }: ImportedRequest, all: readonly Imported[]): ModelError {
  const { name, version } = definition;
  const what = `${name}: no weights are imported`;
  const ours = all.filter(({ model }) => model === name);
  const sameOptions = ours.filter((entry) => canonicalJson(entry.options) === canonicalJson(options));
  if (ours.length === 0) return new ModelError(what, howToImport(definition));
  if (sameOptions.some(({ importerVersion }) => importerVersion === version))
    return new ModelError(`${what} with the SHA-256 ${digest}…`, `medvlm models show ${name} lists what is imported`);
  if (sameOptions.length > 0)
    return new ModelError(
      `${what} by importer version ${version}, only by an older one`,
      `import them again: ${howToImport(definition)}`,
    );
  const got = ours.map((entry) => shown(entry.options)).join(', ');
  return new ModelError(
    `${what} with the options ${shown(options)}, only with ${got}`,
    `medvlm models import ${name} --option key=value …, or the same options in the suite`,
  );
}
