/** `medvlm models`: what can be run, and how to get its weights. */
import type { Command } from 'commander';
import { catalog } from '../../catalog/index.ts';
import { ConfigError } from '../../core/errors.ts';
import type { ModelDefinition } from '../../core/model.ts';
import { didYouMean } from '../../core/nearest.ts';
import { printJson, printLines } from './environment.ts';
import { table } from './table.ts';

export function addModels(program: Command): void {
  const models = program.command('models').description('the model registry');
  models
    .command('list')
    .description('models that can be imported')
    .option('--json', 'one JSON document on stdout')
    .action((options: { json?: boolean }) => {
      const all = [...catalog.models.values()];
      if (options.json) printJson(all.map(({ name, version, card }) => ({ name, version, ...card })));
      else
        printLines(
          table(
            ['name', 'architecture', 'licence'],
            all.map(({ name, card }) => [name, card.architecture, card.licence]),
          ),
        );
    });
  models
    .command('show')
    .description("a model's card: licence, training exposure, how to get its weights")
    .argument('<name>')
    .option('--json', 'one JSON document on stdout')
    .action((name: string, options: { json?: boolean }) => {
      const model = catalog.models.get(name);
      if (!model) throw new ConfigError(`models: unknown model "${name}"`, didYouMean(name, catalog.models.keys()));
      if (options.json) printJson({ name: model.name, version: model.version, ...model.card });
      else printLines(cardLines(model));
    });
}

function cardLines({ name, version, card }: ModelDefinition): string[] {
  const exposure = Object.entries(card.exposure).map(([dataset, state]) => `${dataset}: ${state}`);
  return [
    `${card.title} (${name}, importer version ${version})`,
    `architecture  ${card.architecture}`,
    `licence       ${card.licence}`,
    `citation      ${card.citation}`,
    `weights       ${card.weights}`,
    `exposure      ${exposure.join('; ') || 'unknown'}`,
    ...card.notes.map((note) => `note          ${note}`),
  ];
}
