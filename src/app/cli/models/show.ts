/** `medvlm models show NAME`: the whole card, the importer's options, and what is imported. */
import type { Command } from 'commander';
import { catalog } from '../../../catalog/index.ts';
import type { ModelDefinition } from '../../../core/model.ts';
import { type Imported, listImported } from '../../../engine/imports.ts';
import { describeOptions, type OptionDescription } from '../../../engine/model-options.ts';
import { type ModelState, modelStates } from '../../../engine/model-registry.ts';
import { parameterCount } from '../../../engine/quantities.ts';
import { pick } from '../../../engine/suite-file.ts';
import { publishedLines, publishedNumbers } from '../../anchors.ts';
import { openEnvironment, printJson, printLines } from '../environment.ts';
import { stateText } from './list.ts';

export function addShow(models: Command): void {
  models
    .command('show')
    .description("a model's card: state, licence, training exposure, how to get its weights, options of its importer")
    .argument('<name>', 'as in medvlm models list')
    .option('--json', 'one JSON document on stdout')
    .action(async (name: string, given: { json?: boolean }) => {
      const definition: ModelDefinition = pick('model', name, catalog.models);
      const { home, context } = openEnvironment();
      const [state] = await modelStates([definition], home.models, context.files);
      const all = await listImported(home.models, context.files);
      const imported = all.filter(({ model }) => model === name);
      const options = describeOptions(definition);
      const { version, card } = definition;
      const published = await publishedNumbers(context.files);
      const ofModel = published.filter(({ model }) => model === name);
      if (given.json) printJson({ name, version, state, ...card, options, imported, published: ofModel });
      else
        printLines([
          ...cardLines(definition, state!),
          ...options.map(optionLine),
          ...publishedLines(ofModel),
          ...imported.flatMap((entry) => importedLines(entry, definition)),
        ]);
    });
}

function cardLines(definition: ModelDefinition, state: ModelState): string[] {
  const { name, version, card } = definition;
  const exposure = Object.entries(card.exposure).map(([dataset, seen]) => `${dataset}: ${seen}`);
  return [
    `${card.title} (${name}, importer version ${version})`,
    `state         ${stateText(state)}`,
    `architecture  ${card.architecture}`,
    `parameters    ${parameterCount(card.parameters)}`,
    `licence       ${card.licence}`,
    `citation      ${card.citation}`,
    `weights       ${card.weights}`,
    ...(card.downloads ?? []).map(({ url, file }) => `download      ${file} from ${url}`),
    ...importLine(definition),
    `exposure      ${exposure.join('; ') || 'unknown'}`,
    ...card.notes.map((note) => `note          ${note}`),
  ];
}

function importLine({ name, card, ...definition }: ModelDefinition): string[] {
  if (!definition.import) return [];
  return [`import        medvlm models import ${name} ${card.access === 'download' ? '--download' : '--from PATH'}`];
}

function optionLine({ name, values, isRequired, default: fallback, description }: OptionDescription): string {
  const need = isRequired ? ' (required)' : fallback === undefined ? '' : ` (default ${JSON.stringify(fallback)})`;
  return `option        ${name}=${values}${need}${description ? `: ${description}` : ''}`;
}

function importedLines({ sourceDigest, sourceName, options, ...entry }: Imported, { version }: ModelDefinition) {
  const given = Object.entries(options).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const age = entry.importerVersion === version ? '' : ` by importer version ${entry.importerVersion}, not usable now`;
  return [
    `imported      ${sourceName}, sha256 ${sourceDigest.slice(0, 12)}…${given.length > 0 ? `, ${given.join(' ')}` : ''}${age}`,
    ...entry.bundles.map((bundle) => `  bundle      ${bundle}`),
  ];
}
