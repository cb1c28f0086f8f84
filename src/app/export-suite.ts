/** A suite and a manifest as they may be passed on: no folders, no addresses, no hosts. */
import { basename } from 'node:path';
import type { Suite } from '../core/suite.ts';

/** A folder or file by its last name, an address not at all; Windows paths too. */
function withoutPlace(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return '(address)';
  return /[\\/]/.test(text) ? basename(text.replaceAll('\\', '/')) : text;
}

/** Every string inside a value. */
function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((entry) => mapStrings(entry, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapStrings(entry, change)]));
}

/** The same value without folders and addresses. */
export const placeless = <Value>(value: Value) => mapStrings(value, withoutPlace) as Value;

/** Leaves out where data lie; of weights and split manifests the file name stays, of an acknowledgement the host goes. */
export function shareableSuite(suite: Suite): Suite {
  return {
    ...suite,
    datasets: suite.datasets.map(({ root: _, ...dataset }) => ({
      ...dataset,
      ...(dataset.split !== undefined && { split: withoutPlace(dataset.split) }),
      options: placeless(dataset.options),
    })),
    models: suite.models.map((model) => ({
      ...model,
      ...(model.from !== undefined && { from: placeless(model.from) }),
      options: placeless(model.options),
    })),
    tasks: suite.tasks.map((task) => ({ ...task, options: placeless(task.options) })),
    ...(suite.acknowledge && { acknowledge: suite.acknowledge.map(withoutHost) }),
  };
}

/** `I may send credentialed data to HOST` without the host. */
export const withoutHost = (sentence: string) => sentence.replace(/ to \S+$/, ' to (host)');

interface RunManifest {
  readonly [key: string]: unknown;
  readonly machine?: Readonly<Record<string, unknown>>;
  readonly dataUse?: { readonly tiers: Readonly<Record<string, string>>; readonly acknowledged: readonly string[] };
}

/** Facts of a run's manifest that name no person, place or network. What is not listed here stays at home. */
const SHARED_FACTS = [
  ...(['suite', 'version', 'packages', 'datasets', 'models', 'prompts', 'seed', 'plugins', 'gitRevision'] as const),
  ...(['items', 'peakResidentBytes', 'wallSeconds'] as const),
];
/** The kernel's name is the administrator's choice. */
const SHARED_MACHINE = ['platform', 'architecture', 'processor', 'cores', 'memoryBytes', 'node'];

export function shareableManifest(manifest: RunManifest): Record<string, unknown> {
  const picked = (from: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
    Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]]));
  const { dataUse, machine } = manifest;
  return {
    ...placeless(picked(manifest, SHARED_FACTS)),
    ...(machine && { machine: picked(machine, SHARED_MACHINE) }),
    ...(dataUse && { dataUse: { ...dataUse, acknowledged: dataUse.acknowledged.map(withoutHost) } }),
  };
}
