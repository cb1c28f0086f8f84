/** Suite files: YAML text → a strict `Suite`, with overrides, and the nearest name for a misspelt one. */
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Catalog } from '../core/catalog.ts';
import { ConfigError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { type Suite, suiteDataset, suiteModel, suiteSchema, suiteTask } from '../core/suite.ts';

const KNOWN_KEYS = [suiteSchema, suiteDataset, suiteModel, suiteTask].flatMap((schema) => Object.keys(schema.shape));
const STATISTICS_KEYS = ['replicates', 'confidence'];

/**
 * Paths stay as typed, so that a suite has the same digest on every machine.
 * @param text the YAML; @param path where it came from, for errors
 * @param overrides `key.path=value` strings; values are YAML scalars or flow collections
 * @throws ConfigError for bad YAML, an unknown key or a value out of range
 */
export function parseSuite(text: string, path: string, overrides: readonly string[] = []): Suite {
  const raw = parseYaml(text, path);
  for (const override of overrides) applyOverride(raw, override);
  const parsed = suiteSchema.safeParse(raw);
  if (!parsed.success) throw suiteError(parsed.error, path);
  return parsed.data;
}

function parseYaml(text: string, path: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const error = document.errors[0];
  if (!error) return document.toJS({ maxAliasCount: 100 });
  const { line, col } = lines.linePos(error.pos[0]);
  throw new ConfigError(`suite: not valid YAML, ${error.message.split('\n')[0]} (${path}:${line}:${col})`);
}

function applyOverride(raw: unknown, override: string): void {
  const equals = override.indexOf('=');
  if (equals < 1) throw new ConfigError(`--set: expected key=value, got "${override}"`, 'for example --set seed=7');
  const keys = override.slice(0, equals).split('.');
  let node = raw as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    node[key] ??= {};
    node = node[key] as Record<string, unknown>;
    if (node === null || typeof node !== 'object') {
      throw new ConfigError(
        `--set: "${keys.join('.')}" does not lead to a value`,
        'lists take indices: datasets.0.root=…',
      );
    }
  }
  node[keys.at(-1)!] = parseDocument(override.slice(equals + 1)).toJS();
}

function suiteError(error: z.ZodError, path: string): ConfigError {
  // A misspelt key shows up as a missing one too: the misspelling is what helps.
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0]!;
  const where = `${path}${issue.path.length > 0 ? `: ${issue.path.join('.')}` : ''}`;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const known = issue.path[0] === 'statistics' ? STATISTICS_KEYS : KNOWN_KEYS;
    return new ConfigError(`suite: unknown key "${key}" (${where})`, didYouMean(key, known));
  }
  return new ConfigError(`suite: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)} (${where})`);
}

/** Looks a plug-in up by name. @throws ConfigError with the nearest name */
export function pick<Plugin>(kind: string, name: string, known: ReadonlyMap<string, Plugin>): Plugin {
  const found = known.get(name);
  if (found) return found;
  throw new ConfigError(`suite: unknown ${kind} "${name}"`, didYouMean(name, known.keys()));
}

/** Checks an `options` object against a plug-in's own schema; defaults become explicit. @throws ConfigError */
export function parseOptions<Options>(kind: string, name: string, schema: z.ZodType<Options>, raw: unknown): Options {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = [`${kind} ${name}`, 'options', ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = 'shape' in schema ? Object.keys(schema.shape as object) : [];
    throw new ConfigError(`suite: unknown option "${issue.keys[0]}" (${where})`, didYouMean(issue.keys[0]!, keys));
  }
  throw new ConfigError(`suite: ${issue.message} (${where})`);
}

/** The suite with every default of every plug-in explicit: what is stored, and what is hashed. @throws ConfigError */
export function resolveSuite(suite: Suite, catalog: Catalog): Suite {
  const datasets = suite.datasets.map((entry) => {
    const plugin = pick('dataset', entry.use, catalog.datasets);
    const options = parseOptions('dataset', entry.use, plugin.options, entry.options) as Record<string, unknown>;
    const split = entry.split ?? plugin.splits[0]!;
    if (!plugin.splits.includes(split)) {
      throw new ConfigError(`suite: dataset "${entry.use}" has no split "${split}"`, didYouMean(split, plugin.splits));
    }
    return { ...entry, id: entry.id ?? entry.use, split, options };
  });
  const tasks = suite.tasks.map((entry) => {
    const plugin = pick('task', entry.use, catalog.tasks);
    return {
      ...entry,
      options: parseOptions('task', entry.use, plugin.options, entry.options) as Record<string, unknown>,
    };
  });
  for (const entry of suite.models) pick('model', entry.use, catalog.models);
  refuseDuplicates(
    'dataset',
    datasets.map((entry) => entry.id),
  );
  refuseDuplicates(
    'model',
    suite.models.map((entry) => entry.id),
  );
  return { ...suite, datasets, tasks };
}

function refuseDuplicates(kind: string, ids: readonly string[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw new ConfigError(`suite: two ${kind}s have the id "${repeated}"`, 'give each its own `id:`');
  }
}
