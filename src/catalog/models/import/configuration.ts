/** Configuration files that were published beside weights: read, and held against what an importer supports. */
import type { z } from 'zod';
import { ModelError } from '../../../core/errors.ts';
import type { Weights } from './weights.ts';

/**
 * The settings of a JSON file beside the weights; undefined where there is none.
 * @param schema what the importer supports: literals for what it assumes, strict objects where an unknown setting matters
 * @throws ModelError naming the first setting that is not supported, and its value
 */
export async function readConfiguration<Settings>(
  weights: Pick<Weights, 'sibling' | 'where'>,
  name: string,
  schema: z.ZodType<Settings>,
): Promise<Settings | undefined> {
  const text = await weights.sibling(name);
  if (text === undefined) return undefined;
  const raw = parseJson(text, name, weights.where);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw unsupported(parsed.error.issues[0]!, { raw, name, where: weights.where });
}

/** As `readConfiguration`, for a file that must be there. @param remedy what to do where it is not */
export async function requireConfiguration<Settings>(
  weights: Pick<Weights, 'sibling' | 'where'>,
  { name, remedy }: { readonly name: string; readonly remedy: string },
  schema: z.ZodType<Settings>,
): Promise<Settings> {
  const found = await readConfiguration(weights, name, schema);
  if (found !== undefined) return found;
  throw new ModelError(`${name}, expected it beside the weights, got none (${weights.where})`, remedy);
}

function parseJson(text: string, name: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelError(`${name}, expected JSON, got other text (${where})`, 'download the file again');
  }
}

interface Place {
  readonly raw: unknown;
  readonly name: string;
  readonly where: string;
}

function unsupported(issue: z.core.$ZodIssue, { raw, name, where }: Place): ModelError {
  const path = issue.path.map(String);
  const hint =
    'this importer knows the published model; a model of another make is not imported as if it were that one';
  if (issue.code === 'unrecognized_keys')
    return new ModelError(
      `${name}: setting ${[...path, issue.keys[0]!].join('.')}, expected none of that name, got one that the importer does not know (${where})`,
      hint,
    );
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], raw);
  const expected =
    issue.code === 'invalid_value'
      ? issue.values.map(shown).join(' or ')
      : issue.message.replace(/^(Invalid input|Too (small|big)): expected (number to be )?/, '');
  return new ModelError(
    `${name}: ${path.join('.') || 'top level'}, expected ${expected}, got ${shown(value)} (${where})`,
    hint,
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
