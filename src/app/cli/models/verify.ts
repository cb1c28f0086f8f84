/** `medvlm models verify [NAME]`: are bundles what was imported, do they run, do they give the known embeddings? */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { catalog } from '../../../catalog/index.ts';
import { ConfigError, ModelError } from '../../../core/errors.ts';
import type { ModelDefinition } from '../../../core/model.ts';
import { digestSource } from '../../../engine/bundles.ts';
import { checkpointPaths, howToImport } from '../../../engine/imports.ts';
import { type BundleOnDisk, listBundles } from '../../../engine/model-registry.ts';
import { pick } from '../../../engine/suite-file.ts';
import { type Check, checkAgainstCheckpoint, verifyBundle } from '../../../engine/verify-bundle.ts';
import { type Environment, openEnvironment, printJson, printLines } from '../environment.ts';

interface Verified {
  readonly bundle: string;
  readonly model: string | undefined;
  readonly isSound: boolean;
  readonly checks: readonly Check[];
}

export function addVerify(models: Command): void {
  models
    .command('verify')
    .description('digests, graphs, weights and canary embeddings of what is imported: pass or FAIL')
    .argument('[name]', 'as in medvlm models list; all models unless given')
    .option('--from <path...>', 'the checkpoints: also import them once more, and compare byte by byte')
    .option('--json', 'one JSON document on stdout')
    .action(async (name: string | undefined, given: { from?: string[]; json?: boolean }) => {
      const definition: ModelDefinition | undefined =
        name === undefined ? undefined : pick('model', name, catalog.models);
      if (given.from && !definition) throw new ConfigError('models verify: --from needs the name of the model');
      const environment = openEnvironment();
      const sources = definition && (await checkpointsByDigest(definition, given.from ?? [], environment));
      const bundles = await findBundles(definition, environment);
      const verified: Verified[] = [];
      for (const bundle of bundles) verified.push(await verify(bundle, sources, environment));
      if (given.json) printJson(verified);
      else printLines(verified.length > 0 ? verified.flatMap(lines) : ['nothing is imported yet: medvlm models list']);
      refuseFaults(verified);
    });
}

async function checkpointsByDigest(definition: ModelDefinition, from: readonly string[], { context }: Environment) {
  const sources = from.map((path) => resolve(path));
  const byDigest = new Map<string, string>();
  for (const source of await checkpointPaths({ definition, sources, options: {} }, context))
    byDigest.set(await digestSource(definition, source, context), source);
  return byDigest;
}

async function findBundles(definition: ModelDefinition | undefined, { home, context }: Environment) {
  const all = await listBundles(home.models, context.files);
  if (!definition) return all;
  const ours = all.filter(({ directory, record }) =>
    record ? record.model === definition.name : basename(directory).startsWith(`${definition.name}-`),
  );
  if (ours.length > 0) return ours;
  throw new ModelError(`${definition.name}: nothing is imported`, howToImport(definition));
}

async function verify(
  bundle: BundleOnDisk,
  sources: ReadonlyMap<string, string> | undefined,
  { context, signal }: Environment,
): Promise<Verified> {
  signal.throwIfAborted();
  const request = { bundle, definition: bundle.record && catalog.models.get(bundle.record.model) };
  const checks = [...(await verifyBundle(request, context))];
  const source = sources?.get(bundle.record?.sourceDigest ?? '');
  if (source !== undefined) checks.push(await checkAgainstCheckpoint(request, source, context));
  const isSound = checks.every(({ outcome }) => outcome !== 'fail');
  return { bundle: bundle.directory, model: bundle.record?.model, isSound, checks };
}

const MARKS = { pass: 'pass', fail: 'FAIL', none: '–   ' };

function lines({ bundle, checks }: Verified): string[] {
  return [
    basename(bundle),
    ...checks.map(({ name, outcome, found }) => `  ${MARKS[outcome]}  ${name.padEnd(17)}  ${found}`),
  ];
}

function refuseFaults(verified: readonly Verified[]): void {
  const faulty = verified.filter(({ isSound }) => !isSound);
  if (faulty.length === 0) return;
  throw new ModelError(
    `models verify: ${faulty.length} of ${verified.length} bundles failed`,
    `remove and import again: ${faulty.map(({ bundle }) => bundle).join(', ')}`,
  );
}
