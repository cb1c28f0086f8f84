/** CLIP's tokenizer from the files of a Hugging Face repository: tokenizer.json, or vocab.json with merges.txt. */
import { ModelError } from '../../core/errors.ts';
import { type ClipCleaning, type ClipTokenizer, clipTokenizer } from './clip-tokenizer.ts';

type Merges = readonly (readonly [string, string])[];

export interface ClipFiles {
  /** Parsed tokenizer.json. */
  readonly tokenizerJson?: unknown;
  /** Parsed vocab.json. */
  readonly vocabulary?: unknown;
  /** Content of merges.txt. */
  readonly merges?: string | undefined;
}

export interface ClipFilesOptions {
  /** Rows of the token embedding. */
  readonly rows: number;
  /** CLIP's published merges, taken where the repository has no tokenizer files. */
  readonly published: Merges;
  readonly cleaning?: ClipCleaning;
}

/**
 * A tokenizer of CLIP's kind with the merges of these files; its ids must be those that CLIP gives to its merges.
 * @throws ModelError where the files do not describe such a tokenizer, or not one for `rows` rows
 */
export function clipTokenizerFromFiles(
  files: ClipFiles,
  { rows, published, cleaning }: ClipFilesOptions,
): ClipTokenizer {
  const { merges, vocabulary } = read(files);
  const made = clipTokenizer(merges ?? published, rows, cleaning);
  if (vocabulary !== undefined)
    requireSameIds((made.tokenizer as { model: { vocab: Vocabulary } }).model.vocab, vocabulary);
  return made;
}

type Vocabulary = Readonly<Record<string, number>>;

function read({ tokenizerJson, vocabulary, merges }: ClipFiles): { merges?: Merges; vocabulary?: Vocabulary } {
  if (tokenizerJson === undefined) {
    return {
      ...(merges === undefined ? {} : { merges: pairs(merges.split(/\r?\n/), 'merges.txt') }),
      ...(vocabulary === undefined ? {} : { vocabulary: requireVocabulary(vocabulary, 'vocab.json') }),
    };
  }
  const { model } = (tokenizerJson ?? {}) as { model?: { type?: unknown; merges?: unknown; vocab?: unknown } };
  if (model?.type !== 'BPE' || !Array.isArray(model.merges)) {
    throw new ModelError(
      `tokenizer.json, expected a model of type BPE with merges, got ${String(model?.type ?? 'none')}`,
    );
  }
  return {
    merges: pairs(model.merges, 'tokenizer.json'),
    vocabulary: requireVocabulary(model.vocab, 'tokenizer.json'),
  };
}

function requireVocabulary(vocabulary: unknown, file: string): Vocabulary {
  if (vocabulary !== null && typeof vocabulary === 'object' && !Array.isArray(vocabulary))
    return vocabulary as Vocabulary;
  throw new ModelError(`${file}, expected an object from token to id, got something else`);
}

/** Lines `left right`, or pairs; a header and empty lines are left out. */
function pairs(lines: readonly unknown[], file: string): Merges {
  const split = lines.map((line) => (typeof line === 'string' ? line.trim().split(' ') : line));
  const kept = split.filter((line) => !(Array.isArray(line) && (line[0] === '' || line[0] === '#version:')));
  const faulty = kept.findIndex((pair) => !Array.isArray(pair) || pair.length !== 2);
  if (faulty < 0) return kept as [string, string][];
  throw new ModelError(`${file}, expected pairs of tokens to merge, got something else (merge ${faulty + 1})`);
}

function requireSameIds(expected: Vocabulary, got: Vocabulary): void {
  const tokens = new Set([...Object.keys(expected), ...Object.keys(got)]);
  const differing = [...tokens].filter((token) => expected[token] !== got[token]);
  if (differing.length === 0) return;
  throw new ModelError(
    `CLIP's vocabulary, expected ids in the order of its merges for ${Object.keys(expected).length} rows, got another order or size (${differing.length} tokens differ)`,
    'this checkpoint was trained with another tokenizer',
  );
}
