/** The plug-ins as one value: the engine receives it, and never imports the catalog. */
import type { DatasetDefinition } from './dataset.ts';
import type { MetricDefinition } from './metric.ts';
import type { ModelDefinition } from './model.ts';
import type { PromptSet } from './prompts.ts';
import type { TaskDefinition } from './task.ts';

export interface Catalog {
  // biome-ignore lint/suspicious/noExplicitAny: each entry has its own options, checked by its own schema
  readonly datasets: ReadonlyMap<string, DatasetDefinition<any>>;
  // biome-ignore lint/suspicious/noExplicitAny: each entry has its own options, checked by its own schema
  readonly models: ReadonlyMap<string, ModelDefinition<any>>;
  // biome-ignore lint/suspicious/noExplicitAny: each entry has its own options, checked by its own schema
  readonly tasks: ReadonlyMap<string, TaskDefinition<any>>;
  readonly metrics: ReadonlyMap<string, MetricDefinition>;
  /** By `name@version`. */
  readonly prompts: ReadonlyMap<string, PromptSet>;
}
