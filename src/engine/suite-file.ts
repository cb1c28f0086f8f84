/** Suite files: YAML text → a strict `Suite`, with overrides, and the nearest name for a misspelt one. */
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type SuiteAnchor, suiteAnchor } from '../core/anchors.ts';
import type { Catalog } from '../core/catalog.ts';
import { ConfigError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { type Suite, suiteDataset, suiteModel, suiteSchema, suiteTask } from '../core/suite.ts';
import { requireSplitName } from './resolve-split.ts';

const STATISTICS_KEYS = ['replicates', 'confidence'];

/**
 * Paths stay as typed, so that a suite has the same digest on every machine.
 * @param text the YAML; @param path where it came from, for errors
 * @param overrides `key.path=value` strings; values are YAML scalars or flow collections
 * @throws ConfigError for bad YAML, an unknown key or a value out of range
 */
export function parseSuite(text: string, path: string, overrides: readonly string[] = []): Suite {
  const raw = parseYaml(text, path);
  if (!isContainer(raw) || Array.isArray(raw)) {
    const got = raw === null ? 'nothing' : Array.isArray(raw) ? 'a list' : 'a single value';
    throw new ConfigError(
      `suite: expected keys such as "name" and "datasets", got ${got} (${path})`,
      'see docs/suites.md',
    );
  }
  for (const override of overrides) applyOverride(raw, override);
  const parsed = suiteSchema.safeParse(raw);
  if (!parsed.success) throw suiteError(parsed.error, raw, path);
  return parsed.data;
}

function parseYaml(text: string, path: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const error = document.errors[0];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new ConfigError(`suite: not valid YAML, ${error.message.split('\n')[0]} (${path}:${line}:${col})`);
  }
  return plainValue(document, `suite: not valid YAML (${path})`);
}

/** Aliases are opened, but not without bound. */
function plainValue(document: ReturnType<typeof parseDocument>, what: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    if (cause instanceof ReferenceError) throw new ConfigError(what, 'an alias repeats too much, or names no anchor');
    throw cause;
  }
}

/**
 * Value of a `key=value` argument: a YAML scalar or flow collection.
 * @param option what the user typed it after, for errors. @throws ConfigError
 */
export function parseAssignment(text: string, option: string): readonly [key: string, value: unknown] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new ConfigError(`${option}: expected key=value, got "${text}"`, `for example ${option} seed=7`);
  const document = parseDocument(text.slice(equals + 1));
  const error = document.errors[0];
  if (error) {
    const reason = error.message.split('\n')[0]!.replace(/ at line .*$/, '');
    throw new ConfigError(
      `${option}: the value is not valid YAML, ${reason} (${text})`,
      'quote text that holds : [ ] { }',
    );
  }
  return [text.slice(0, equals), plainValue(document, `${option}: the value is not valid YAML (${text})`)];
}

type Container = Record<string, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Lists take the index of an item that is there, or the next one. */
function mayHold(node: Container, key: string): boolean {
  if (Array.isArray(node)) return /^\d+$/.test(key) && Number(key) <= node.length;
  return Object.hasOwn(node, key) || !(key in node); // never what every object inherits
}

function applyOverride(raw: Container, override: string): void {
  const [path, value] = parseAssignment(override, '--set');
  const keys = path.split('.');
  let node = raw;
  for (const [depth, key] of keys.entries()) {
    if (!mayHold(node, key)) refuseOverride(path, node);
    if (depth === keys.length - 1) node[key] = value;
    else {
      node[key] ??= {};
      const below = node[key];
      if (!isContainer(below)) refuseOverride(path, node);
      node = below;
    }
  }
}

function refuseOverride(path: string, node: Container): never {
  const hint = Array.isArray(node)
    ? `the list there has ${node.length} items, counted from 0: datasets.0.root=…`
    : 'for example seed=7 or datasets.0.root=/data';
  throw new ConfigError(`--set: "${path}" does not lead to a value of the suite`, hint);
}

/** A misspelt key shows up as a missing one too: the misspelling is what helps. */
function tellingIssue({ issues }: z.ZodError): z.core.$ZodIssue {
  return issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
}

function suiteError(error: z.ZodError, raw: unknown, path: string): ConfigError {
  const issue = tellingIssue(error);
  const where = `${path}${issue.path.length > 0 ? `: ${issue.path.join('.')}` : ''}`;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    return new ConfigError(`suite: unknown key "${key}" (${where})`, didYouMean(key, knownKeys(issue.path)));
  }
  if (issue.code === 'invalid_type' && valueAt(issue, raw) === undefined)
    return new ConfigError(`suite: missing, expected ${issue.expected} (${where})`, 'see docs/suites.md');
  return new ConfigError(
    `suite: ${lowerCase(issue.message)} (${where})`,
    nearestChoice(issue, raw) ?? 'see docs/suites.md',
  );
}

function valueAt({ path }: z.core.$ZodIssue, raw: unknown): unknown {
  return path.reduce<unknown>((node, key) => (node as Record<PropertyKey, unknown> | null)?.[key], raw);
}

/** Keys of the suite at the place of an issue. */
function knownKeys([section]: readonly PropertyKey[]): readonly string[] {
  const schemas: Readonly<Record<PropertyKey, readonly string[]>> = {
    datasets: Object.keys(suiteDataset.shape),
    models: Object.keys(suiteModel.shape),
    tasks: Object.keys(suiteTask.shape),
    statistics: STATISTICS_KEYS,
    anchors: Object.keys(suiteAnchor.shape),
  };
  return (section === undefined ? undefined : schemas[section]) ?? Object.keys(suiteSchema.shape);
}

const lowerCase = (message: string) => message.charAt(0).toLowerCase() + message.slice(1);

/** Where a value is one of few words, the nearest of them to what was given. */
function nearestChoice(issue: z.core.$ZodIssue, raw: unknown): string | undefined {
  if (issue.code !== 'invalid_value') return undefined;
  const given = valueAt(issue, raw);
  return typeof given === 'string' ? didYouMean(given, issue.values.map(String)) : undefined;
}

/** Looks a plug-in up by name. @throws ConfigError with the nearest name */
export function pick<Plugin>(kind: string, name: string, known: ReadonlyMap<string, Plugin>): Plugin {
  const found = known.get(name);
  if (found) return found;
  throw new ConfigError(`unknown ${kind} "${name}"`, didYouMean(name, known.keys()));
}

/** Of a model that offers no choice. */
const NO_OPTIONS = z.strictObject({});

const optionNames = (schema: z.ZodType) =>
  'shape' in schema ? `options: ${Object.keys(schema.shape as object).join(', ')}` : undefined;

/** Checks an `options` object against a plug-in's own schema; defaults become explicit. @throws ConfigError */
export function parseOptions<Options>(kind: string, name: string, schema: z.ZodType<Options>, raw: unknown): Options {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = tellingIssue(parsed.error);
  const where = [`${kind} ${name}`, 'options', ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = 'shape' in schema && issue.path.length === 0 ? Object.keys(schema.shape as object) : [];
    throw new ConfigError(`suite: unknown option "${issue.keys[0]}" (${where})`, didYouMean(issue.keys[0]!, keys));
  }
  throw new ConfigError(
    `suite: ${lowerCase(issue.message)} (${where})`,
    nearestChoice(issue, raw) ?? optionNames(schema),
  );
}

/** The suite with every default of every plug-in explicit: what is stored, and what is hashed. @throws ConfigError */
export function resolveSuite(suite: Suite, catalog: Catalog): Suite {
  const datasets = suite.datasets.map((entry) => {
    const plugin = pick('dataset', entry.use, catalog.datasets);
    const options = parseOptions('dataset', entry.use, plugin.options, entry.options) as Record<string, unknown>;
    const split = entry.split ?? plugin.splits[0]!;
    requireSplitName(plugin, split);
    return { ...entry, id: entry.id ?? entry.use, split, options };
  });
  const tasks = suite.tasks.map((entry) => {
    const plugin = pick('task', entry.use, catalog.tasks);
    return {
      ...entry,
      options: parseOptions('task', entry.use, plugin.options, entry.options) as Record<string, unknown>,
    };
  });
  const models = suite.models.map((entry) => {
    const schema = pick('model', entry.use, catalog.models).options ?? NO_OPTIONS;
    const options = parseOptions('model', entry.use, schema, entry.options) as Record<string, unknown>;
    return { ...entry, options };
  });
  refuseDuplicates(
    'dataset',
    datasets.map((entry) => entry.id),
  );
  refuseDuplicates(
    'model',
    suite.models.map((entry) => entry.id),
  );
  refuseDuplicates(
    'task',
    tasks.map((entry) => entry.id ?? entry.use),
  );
  const ids = { dataset: datasets, model: models, task: tasks.map((entry) => ({ id: entry.id ?? entry.use })) };
  for (const anchor of suite.anchors ?? []) refuseUnknownIds(anchor, ids);
  return { ...suite, datasets, models, tasks };
}

type AnchorKey = 'dataset' | 'model' | 'task';

/** @throws ConfigError where an anchor names what the suite does not run */
function refuseUnknownIds(
  anchor: SuiteAnchor,
  entries: Readonly<Record<AnchorKey, readonly { readonly id?: string | undefined }[]>>,
): void {
  for (const [kind, known] of Object.entries(entries) as [AnchorKey, readonly { id?: string }[]][]) {
    const ids = known.map(({ id }) => id!);
    if (ids.includes(anchor[kind])) continue;
    throw new ConfigError(
      `suite: an anchor names the ${kind} "${anchor[kind]}", which the suite does not run`,
      didYouMean(anchor[kind], ids),
    );
  }
}

function refuseDuplicates(kind: string, ids: readonly string[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw new ConfigError(`suite: two ${kind}s have the id "${repeated}"`, 'give each its own `id:`');
  }
}
