/** `medvlm models verify`: is a bundle what was imported, does it still run, and does it give the known embeddings? */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Context } from '../core/context.ts';
import { MedvlmError } from '../core/errors.ts';
import { type ModelDefinition, type ModelManifest, modelManifest } from '../core/model.ts';
import { readInitializers } from '../lib/onnx/initializers.ts';
import { type BundleRecord, readJsonAs } from './bundle-record.ts';
import { MANIFEST } from './bundles.ts';
import {
  agreement,
  type CanaryEmbeddings,
  embedCanaries,
  readKnownCanaries,
  readRecordedCanaries,
} from './canaries.ts';
import { dryImport } from './dry-import.ts';
import { fileDigest } from './file-digests.ts';
import { importOptions } from './model-options.ts';
import type { BundleOnDisk } from './model-registry.ts';
import { byteCount } from './quantities.ts';

export interface Check {
  readonly name: string;
  /** `none`: there is nothing to compare with. */
  readonly outcome: 'pass' | 'fail' | 'none';
  readonly found: string;
}

/** Canary embeddings that agree less are a failure. */
const COSINE_LIMIT = 0.99999;

export interface VerifyRequest {
  readonly bundle: BundleOnDisk;
  /** Undefined where the catalog has no model of that name any more. */
  readonly definition: ModelDefinition | undefined;
}

/** Every check of one bundle, in order; those that would run a damaged graph are left out. */
export async function verifyBundle(request: VerifyRequest, context: Context): Promise<readonly Check[]> {
  const { directory } = request.bundle;
  const manifest = await readJsonAs(modelManifest, join(directory, MANIFEST), context.files);
  if (!manifest) return [{ name: 'manifest', outcome: 'fail', found: `${MANIFEST} is missing or is none` }];
  const checks: Check[] = [pass('manifest', `${manifest.architecture}`), recordCheck(request)];
  const files = await guarded('files', () => checkFiles(directory, manifest));
  checks.push(files);
  if (files.outcome === 'fail')
    return [...checks, { name: 'graphs', outcome: 'none', found: 'not run: files are damaged' }];
  checks.push(await guarded('weights', () => checkWeights(directory, manifest, context)));
  return [...checks, ...(await checkCanaries(request, manifest, context))];
}

const pass = (name: string, found: string): Check => ({ name, outcome: 'pass', found });
const fail = (name: string, found: string): Check => ({ name, outcome: 'fail', found });
const none = (name: string, found: string): Check => ({ name, outcome: 'none', found });

/** What a check cannot read is a failure of it, not of the command. */
async function guarded(name: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (cause) {
    return fail(name, reasonOf(cause));
  }
}

/** In one line. */
function reasonOf(cause: unknown): string {
  if (cause instanceof MedvlmError || (cause as NodeJS.ErrnoException).code !== undefined)
    return (cause as Error).message;
  throw cause;
}

function recordCheck({ bundle: { record }, definition }: VerifyRequest): Check {
  const name = 'checkpoint';
  if (!record) return none(name, 'made by a version that kept no record');
  const { importerVersion, sourceName, sourceDigest } = record;
  const from = `${sourceName}, sha256 ${sourceDigest.slice(0, 12)}…, every key accounted for by importer version ${importerVersion}`;
  if (definition?.version === importerVersion) return pass(name, from);
  return none(name, `${from}; the importer of now is version ${definition?.version ?? 'unknown'}: import again`);
}

/** Reads every byte: no memory of earlier digests is trusted here. */
async function checkFiles(directory: string, { files }: ModelManifest): Promise<Check> {
  const names = Object.keys(files);
  let bytes = 0;
  for (const name of names) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (!found) return fail('files', `${name} is missing`);
    bytes += found.size;
    if ((await fileDigest(path)) !== files[name])
      return fail('files', `${name} has another SHA-256 than when it was imported`);
  }
  return pass('files', `${names.length} files, ${byteCount(bytes)}, SHA-256 as imported`);
}

/** Every tensor of every graph has its bytes, as many as its shape asks for, inside the file that holds them. */
async function checkWeights(
  directory: string,
  { vision, text, parameters }: ModelManifest,
  { files }: Context,
): Promise<Check> {
  const sizes = new Map<string, number>();
  let tensors = 0;
  let values = 0;
  for (const graph of [vision?.graph, text?.graph]) {
    if (graph === undefined) continue;
    for (const { name, shape, file, offset, length, expectedBytes } of readInitializers(
      await files.read(join(directory, graph)),
    )) {
      if (length === undefined) continue;
      if (expectedBytes !== undefined && length !== expectedBytes)
        return fail('weights', `${graph}: ${name} [${shape}] needs ${expectedBytes} bytes, has ${length}`);
      if (file !== undefined && !sizes.has(file)) sizes.set(file, (await stat(join(directory, file))).size);
      if (file !== undefined && offset + length > sizes.get(file)!)
        return fail('weights', `${graph}: ${name} [${shape}] ends beyond ${file}`);
      tensors += 1;
      values += shape.reduce((product, extent) => product * extent, 1);
    }
  }
  const published = parameters === undefined ? '' : `; ${parameters.toLocaleString('en')} weights in the checkpoint`;
  return pass('weights', `${tensors} tensors of ${values.toLocaleString('en')} values have their bytes${published}`);
}

async function checkCanaries(request: VerifyRequest, manifest: ModelManifest, context: Context): Promise<Check[]> {
  const { directory, record } = request.bundle;
  let now: CanaryEmbeddings;
  try {
    now = await embedCanaries({ directory, manifest }, context);
  } catch (cause) {
    return [fail('graphs', reasonOf(cause))];
  }
  const vector = Object.values(now.images ?? now.texts ?? {})[0] ?? [];
  const towers = [now.images && 'images', now.texts && 'texts'].filter(Boolean).join(' and ');
  const isRight = vector.length === manifest.embeddingDimension;
  const found = `${towers} to ${vector.length} numbers`;
  const graphs = isRight
    ? pass('graphs', found)
    : fail('graphs', `${found}, the manifest says ${manifest.embeddingDimension}`);
  const known = record && (await readKnown(record, request.definition, context));
  const recorded = await readRecordedCanaries(directory, context.files);
  return [
    graphs,
    compared('known canaries', known, now) ??
      none('known canaries', 'the reference embeddings of this checkpoint are not known here'),
    compared('recorded canaries', recorded, now) ??
      none('recorded canaries', 'none: a run imported this bundle; medvlm models import records them'),
  ];
}

async function readKnown(
  { model, sourceDigest, options }: BundleRecord,
  definition: ModelDefinition | undefined,
  context: Context,
): Promise<CanaryEmbeddings | undefined> {
  if (!definition) return undefined;
  const resolve = (raw: Record<string, unknown>) => importOptions(definition, raw);
  return readKnownCanaries({ model, sourceDigest, options, resolve }, context);
}

function compared(name: string, expected: CanaryEmbeddings | undefined, now: CanaryEmbeddings): Check | undefined {
  if (!expected) return undefined;
  const { inputs, cosine, difference } = agreement(expected, now);
  const found = `${inputs} inputs, smallest cosine ${cosine.toFixed(7)}, largest difference ${difference.toExponential(0)}`;
  return cosine >= COSINE_LIMIT ? pass(name, found) : fail(name, `${found}, expected at least ${COSINE_LIMIT}`);
}

/**
 * Imports the checkpoint once more without keeping anything: the same bytes come out, so every key and every value of it
 * went where the bundle has them.
 * @param source absolute path of the checkpoint that the bundle was made from
 */
export async function checkAgainstCheckpoint(
  { bundle: { directory, record }, definition }: VerifyRequest,
  source: string,
  context: Context,
): Promise<Check> {
  return guarded('reimport', async () => {
    const manifest = await readJsonAs(modelManifest, join(directory, MANIFEST), context.files);
    if (!manifest || !record || !definition?.import) return fail('reimport', 'the bundle has no manifest or no record');
    const { files } = await dryImport({ definition, source, options: record.options }, directory, context);
    const other = Object.keys({ ...files, ...manifest.files }).find((name) => files[name] !== manifest.files[name]);
    if (other !== undefined) return fail('reimport', `${basename(source)} gives another ${other} now`);
    return pass(
      'reimport',
      `${basename(source)} gives the same ${Object.keys(files).length} files again, byte by byte`,
    );
  });
}
