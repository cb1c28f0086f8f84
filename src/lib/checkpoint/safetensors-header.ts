/**
 * The JSON header of a safetensors file, read by its own grammar alone, so that neither depth nor number of values can do
 * harm and a repeated key is seen. Source: huggingface/safetensors:README.md (format).
 */
import { ModelError } from '../../core/errors.ts';
import { printable } from './printable.ts';

export interface TensorEntry {
  readonly name: string;
  /** As the file calls it: F32, BF16 … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte and the byte behind the last, from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of the file. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

const MAXIMUM_ENTRIES = 100_000;
const MAXIMUM_AXES = 64;

interface Scanner {
  readonly text: string;
  readonly where: string;
  position: number;
}

/** @throws ModelError where the text is no such header */
export function parseHeader(text: string, where: string): SafetensorsHeader {
  const scanner: Scanner = { text, where, position: 0 };
  const entries: TensorEntry[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  members(scanner, (name) => {
    if (name === '__metadata__') metadata = parseMetadata(scanner);
    else if (entries.push(parseEntry(scanner, name)) > MAXIMUM_ENTRIES)
      throw broken(scanner, `at most ${MAXIMUM_ENTRIES} tensors, got more`);
  });
  skipSpace(scanner);
  if (scanner.position !== text.length) throw broken(scanner, 'nothing behind its last brace, got more');
  return { entries, metadata };
}

function broken({ position, where }: Scanner, expectation: string): ModelError {
  return new ModelError(
    `safetensors header at character ${position}, expected ${expectation} (${where})`,
    'the file is damaged or not a safetensors file: download it again',
  );
}

function skipSpace(scanner: Scanner): void {
  const space = /[ \t\r\n]*/y;
  space.lastIndex = scanner.position;
  space.test(scanner.text);
  scanner.position = space.lastIndex;
}

/** Whether `character` comes next; then it is passed. */
function accept(scanner: Scanner, character: string): boolean {
  skipSpace(scanner);
  if (scanner.text[scanner.position] !== character) return false;
  scanner.position++;
  return true;
}

function require(scanner: Scanner, character: string): void {
  if (!accept(scanner, character)) throw broken(scanner, `${character}, got something else`);
}

/** Found by its last quote alone, since a pattern would keep a place to return to for every character. */
function string(scanner: Scanner): string {
  const { text, position } = scanner;
  require(scanner, '"');
  const start = scanner.position - 1;
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  if (end >= 0) scanner.position = end + 1;
  try {
    return JSON.parse(text.slice(start, scanner.position)) as string;
  } catch {
    throw broken({ ...scanner, position }, 'a string, got something else');
  }
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first--;
  return (at - first) % 2 === 1;
}

function natural(scanner: Scanner): number {
  skipSpace(scanner);
  const digits = /(?:0|[1-9]\d{0,18})(?![\d.eE])/y;
  digits.lastIndex = scanner.position;
  const value = Number(digits.exec(scanner.text)?.[0]);
  if (!Number.isSafeInteger(value)) throw broken(scanner, 'a natural number below 2^53, got something else');
  scanner.position = digits.lastIndex;
  return value;
}

/** An object whose members `visit` reads, each key once. */
function members(scanner: Scanner, visit: (key: string) => void): void {
  require(scanner, '{');
  const keys = new Set<string>();
  if (accept(scanner, '}')) return;
  do {
    const key = string(scanner);
    if (keys.has(key)) throw broken(scanner, `each key once, got ${printable(key)} twice`);
    keys.add(key);
    require(scanner, ':');
    visit(key);
  } while (accept(scanner, ','));
  require(scanner, '}');
}

function naturals(scanner: Scanner): readonly number[] {
  require(scanner, '[');
  const values: number[] = [];
  if (accept(scanner, ']')) return values;
  do {
    if (values.push(natural(scanner)) > MAXIMUM_AXES)
      throw broken(scanner, `at most ${MAXIMUM_AXES} numbers, got more`);
  } while (accept(scanner, ','));
  require(scanner, ']');
  return values;
}

function parseMetadata(scanner: Scanner): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  members(scanner, (key) => metadata.set(key, string(scanner)));
  return metadata;
}

function parseEntry(scanner: Scanner, name: string): TensorEntry {
  let dtype: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  members(scanner, (key) => {
    if (key === 'dtype') dtype = string(scanner);
    else if (key === 'shape') shape = naturals(scanner);
    else if (key === 'data_offsets') offsets = naturals(scanner);
    else throw broken(scanner, `dtype, shape and data_offsets, got ${printable(key)}`);
  });
  if (dtype === undefined || shape === undefined || offsets?.length !== 2)
    throw broken(scanner, `dtype, shape and two data_offsets of ${printable(name)}, got less`);
  return { name, dtype, shape, begin: offsets[0]!, end: offsets[1]! };
}
