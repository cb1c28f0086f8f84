/** A model's import options on the command line: `--option key=value`, parsed by the plug-in's own schema. */
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import type { ModelDefinition } from '../core/model.ts';
import { parseAssignment, parseOptions } from './suite-file.ts';

const NO_OPTIONS = z.strictObject({});

/** `key=value` arguments, each value a YAML scalar or flow collection. @throws ConfigError */
export function parseAssignments(given: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(given.map((text) => parseAssignment(text, '--option')));
}

/** Every default explicit. @throws ConfigError that names the option */
export function importOptions(definition: ModelDefinition, raw: Record<string, unknown>): Record<string, unknown> {
  try {
    return parseOptions('model', definition.name, definition.options ?? NO_OPTIONS, raw) as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    const hint = describeOptions(definition).length > 0 ? cause.hint : 'this model takes no options';
    throw new ConfigError(cause.message.replace(/^suite: /, '--option: '), hint);
  }
}

interface Property {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Property[];
}

export interface OptionDescription {
  readonly name: string;
  readonly isRequired: boolean;
  /** Words that may be given, or the kind of value. */
  readonly values: string;
  readonly default?: unknown;
  readonly description?: string;
}

/** What an importer may be asked for, from its schema. */
export function describeOptions({ options = NO_OPTIONS }: ModelDefinition): readonly OptionDescription[] {
  const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as {
    readonly properties?: Readonly<Record<string, Property>>;
    readonly required?: readonly string[];
  };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    isRequired: schema.required?.includes(name) ?? false,
    values: valuesOf(property),
    ...(property.default !== undefined && { default: property.default }),
    ...(property.description !== undefined && { description: property.description }),
  }));
}

function valuesOf(property: Property): string {
  if (property.enum) return property.enum.join(' | ');
  if (property.const !== undefined) return String(property.const);
  if (property.anyOf) return property.anyOf.map(valuesOf).join(' | ');
  return property.type ?? 'value';
}
