/** `medvlm models list`: what can be run, what needs weights, what cannot be had. */
import type { Command } from 'commander';
import { catalog } from '../../../catalog/index.ts';
import type { ModelDefinition } from '../../../core/model.ts';
import { type ModelState, modelStates } from '../../../engine/model-registry.ts';
import { parameterCount } from '../../../engine/quantities.ts';
import { openEnvironment, printJson, printLines } from '../environment.ts';
import { table } from '../table.ts';

/** Of a licence's prose, what stands in a column. */
const LICENCE_WIDTH = 22;

export function addList(models: Command): void {
  models
    .command('list')
    .description('models by state: ready, weights needed, not to be had; with licence and training exposure')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: { json?: boolean }) => {
      const { home, context } = openEnvironment();
      const all: ModelDefinition[] = [...catalog.models.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      const states = await modelStates(all, home.models, context.files);
      if (options.json) {
        printJson(all.map(({ name, version, card }, index) => ({ name, version, state: states[index], ...card })));
        return;
      }
      const rows = all.map((model, index) => row(model, states[index]!));
      printLines([
        ...table(['name', 'state', 'parameters', 'licence', 'trained or tuned on'], rows),
        '',
        'medvlm models show NAME: the whole card, and how to get the weights',
      ]);
    });
}

function row({ name, card }: ModelDefinition, state: ModelState): string[] {
  return [name, stateText(state), parameterCount(card.parameters), firstClause(card.licence), exposureText(card)];
}

export function stateText({ access, imported, bundles, outdated }: ModelState): string {
  if (imported > 0) return `ready: ${imported} imported`;
  if (outdated > 0) return 'outdated: import again';
  if (bundles > 0) return `ready with from: ${bundles}`;
  if (access === 'download') return 'weights needed: --download';
  if (access === 'by-hand') return 'weights needed: by hand';
  return access === 'unpublished' ? 'weights unpublished' : 'declared only';
}

/** Up to the first comma, semicolon or bracket, cut at the end of a word where that is still long. */
export function firstClause(text: string): string {
  const clause = text.split(/[;,(]/)[0]!.trim();
  if (clause.length <= LICENCE_WIDTH) return clause;
  return `${clause.slice(0, LICENCE_WIDTH).replace(/\s+\S*$/, '')}…`;
}

function exposureText({ exposure }: ModelDefinition['card']): string {
  const seen = Object.entries(exposure).filter(([, state]) => state === 'trained' || state === 'tuned');
  if (seen.length > 0) return seen.map(([dataset]) => dataset).join(', ');
  const states = Object.values(exposure);
  return states.length > 0 && states.every((state) => state === 'clean') ? 'none' : 'unknown';
}
