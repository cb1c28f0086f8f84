/** `medvlm models import NAME`: the authors' file becomes a bundle that suites can name by the model alone. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { catalog } from '../../../catalog/index.ts';
import { ConfigError } from '../../../core/errors.ts';
import type { ModelDefinition } from '../../../core/model.ts';
import { type Bundle, requireImporter } from '../../../engine/bundles.ts';
import { downloadWeights, requireDownloads } from '../../../engine/downloads.ts';
import { dryImport } from '../../../engine/dry-import.ts';
import { checkpointPaths, howToImport, importedCandidates, importModel } from '../../../engine/imports.ts';
import { peakResidentBytes } from '../../../engine/machine.ts';
import { importOptions, parseAssignments } from '../../../engine/model-options.ts';
import { byteCount, parameterCount } from '../../../engine/quantities.ts';
import { pick } from '../../../engine/suite-file.ts';
import { stopwatch } from '../../stopwatch.ts';
import { collect, type Environment, openEnvironment, printJson, printLines, type Transfers } from '../environment.ts';

interface ImportArguments {
  readonly from?: readonly string[];
  readonly download?: boolean;
  readonly offline?: boolean;
  readonly option?: readonly string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addImport(models: Command): void {
  models
    .command('import <name>')
    .description("reads the authors' weights into a bundle; suites may then name the model without `from`")
    .option('--from <path...>', 'file or folder of the weights as published; several make an ensemble')
    .option('--download', 'fetch the weights from the address on the card, where a program can')
    .option('--offline', 'ask nothing of the network (also MEDVLM_OFFLINE=1): what was fetched before is used')
    .option('--option <key=value>', "option of the model's importer: medvlm models show NAME lists them", collect)
    .option('--dry-run', 'read and check everything, keep nothing')
    .option('--json', 'one JSON document on stdout')
    .action(async (name: string, given: ImportArguments) => {
      const definition: ModelDefinition = pick('model', name, catalog.models);
      requireImporter(definition);
      refuseContradiction(definition, given);
      const options = importOptions(definition, parseAssignments(given.option ?? []));
      const environment = openEnvironment();
      const sources = await findSources(definition, given, environment);
      const request = { definition, sources, options };
      const outcome = await (given.dryRun ? tryImport : doImport)(request, environment);
      if (given.json) printJson(outcome.document);
      else printLines(outcome.lines);
    });
}

/** Told before options are asked for that nobody could use. @throws ConfigError, ModelError */
function refuseContradiction(definition: ModelDefinition, { from, download }: ImportArguments): void {
  if (from && download)
    throw new ConfigError(`models import ${definition.name}: expected --from or --download, got both`);
  if (download) requireDownloads(definition);
}

async function findSources(
  definition: ModelDefinition,
  { from, download, offline }: ImportArguments,
  environment: Environment & Transfers,
): Promise<string[]> {
  const { name } = definition;
  if (from) return from.map((path) => resolve(path));
  if (!download)
    throw new ConfigError(
      `models import ${name}: expected --from PATH or --download, got neither`,
      howToImport(definition),
    );
  const { home, context, signal, progressOfBytes } = environment;
  const isOffline = offline === true || isSet(process.env.MEDVLM_OFFLINE);
  const { files, log } = context;
  return [await downloadWeights(definition, { home, files, log, signal, progress: progressOfBytes, isOffline })];
}

const isSet = (value: string | undefined) => value !== undefined && !['', '0', 'false', 'no'].includes(value);

interface Request {
  readonly definition: ModelDefinition;
  readonly sources: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

interface Outcome {
  readonly document: unknown;
  readonly lines: readonly string[];
}

async function doImport(request: Request, { home, context }: Environment): Promise<Outcome> {
  const timer = stopwatch(() => performance.now());
  const { imported, bundles } = await importModel(request, home.models, context);
  timer.lap('reading');
  const seconds = timer.seconds().reading!;
  const described = await Promise.all(bundles.map(describeBundle));
  const isNew = bundles.some((bundle) => bundle.isNew);
  const peakBytes = peakResidentBytes() ?? null;
  const peak = peakBytes === null ? '' : `, peak memory ${byteCount(peakBytes)}`;
  const { model, options, sourceDigest } = imported;
  const candidates = await importedCandidates(request, home.models, context.files);
  const from = candidates.length > 1 ? `from: sha256:${sourceDigest.slice(0, 12)}` : undefined;
  return {
    document: { model, options, sourceDigest, isNew, seconds, peakBytes, bundles: described },
    lines: [
      ...described.flatMap(bundleLines),
      isNew ? `imported in ${seconds.toFixed(1)} s${peak}` : 'nothing to do: imported already',
      from
        ? `${candidates.length} checkpoints of ${model} are imported: a suite says which, ${from}`
        : `a suite may name ${model} without "from"`,
    ],
  };
}

async function describeBundle({ directory, manifest, sourceDigest, isNew }: Bundle) {
  const { name, architecture, parameters, embeddingDimension, files } = manifest;
  const sizes = await Promise.all(Object.keys(files).map(async (file) => (await stat(join(directory, file))).size));
  const bytes = sizes.reduce((total, size) => total + size, 0);
  return { name, architecture, parameters, embeddingDimension, bytes, sourceDigest, isNew, directory };
}

function bundleLines(bundle: Awaited<ReturnType<typeof describeBundle>>): string[] {
  return [
    bundle.name,
    `  architecture  ${bundle.architecture}`,
    `  parameters    ${parameterCount(bundle.parameters)}, embeddings of ${bundle.embeddingDimension} numbers`,
    `  checkpoint    sha256 ${bundle.sourceDigest.slice(0, 12)}…`,
    `  bundle        ${byteCount(bundle.bytes)} in ${bundle.directory}`,
  ];
}

async function tryImport(request: Request, { home, context }: Environment): Promise<Outcome> {
  const { definition, options } = request;
  const found = [];
  for (const source of await checkpointPaths(request, context)) {
    const { files: _, ...checked } = await dryImport(
      { definition, source, options },
      join(home.models, definition.name),
      context,
    );
    found.push({ source, ...checked });
  }
  return {
    document: { dryRun: true, model: definition.name, options, checkpoints: found },
    lines: [
      ...found.flatMap(({ source, architecture, parameters, embeddingDimension, bytes }) => [
        source,
        `  architecture  ${architecture}`,
        `  parameters    ${parameterCount(parameters)}, embeddings of ${embeddingDimension} numbers`,
        `  bundle        would be ${byteCount(bytes)}`,
      ]),
      'every key and value was checked; nothing was kept (--dry-run)',
    ],
  };
}
