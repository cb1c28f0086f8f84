/** Plug-in lists to look-up tables. A file may export one definition or a family of them. */
import type { Catalog } from '../core/catalog.ts';
import type { DatasetDefinition } from '../core/dataset.ts';
import type { MetricDefinition } from '../core/metric.ts';
import type { ModelDefinition } from '../core/model.ts';
import type { PromptSet } from '../core/prompts.ts';
import type { TaskDefinition } from '../core/task.ts';

type OneOrMany<Plugin> = Plugin | readonly Plugin[];

export interface PluginLists {
  // biome-ignore lint/suspicious/noExplicitAny: each entry has its own options, checked by its own schema
  readonly datasets: readonly OneOrMany<DatasetDefinition<any>>[];
  // biome-ignore lint/suspicious/noExplicitAny: each entry has its own options, checked by its own schema
  readonly models: readonly OneOrMany<ModelDefinition<any>>[];
  // biome-ignore lint/suspicious/noExplicitAny: each entry has its own options, checked by its own schema
  readonly tasks: readonly OneOrMany<TaskDefinition<any>>[];
  readonly metrics: readonly OneOrMany<MetricDefinition>[];
  readonly prompts: readonly OneOrMany<PromptSet>[];
}

/** @throws Error where two plug-ins of a kind have one name: a bug in the catalog */
export function collectCatalog(lists: PluginLists): Catalog {
  return {
    datasets: byName('dataset', lists.datasets, ({ name }) => name),
    models: byName('model', lists.models, ({ name }) => name),
    tasks: byName('task', lists.tasks, ({ name }) => name),
    metrics: byName('metric', lists.metrics, ({ name }) => name),
    prompts: byName('prompt set', lists.prompts, ({ name, version }) => `${name}@${version}`),
  };
}

function byName<Plugin>(
  kind: string,
  entries: readonly OneOrMany<Plugin>[],
  nameOf: (plugin: Plugin) => string,
): ReadonlyMap<string, Plugin> {
  const table = new Map<string, Plugin>();
  for (const plugin of entries.flat() as Plugin[]) {
    if (table.has(nameOf(plugin))) throw new Error(`catalog: two ${kind}s are named "${nameOf(plugin)}"`);
    table.set(nameOf(plugin), plugin);
  }
  return table;
}
