/** BERT's tokenizer from whichever files a repository has: tokenizer.json, or vocab.txt with tokenizer_config.json. */
import { ModelError } from '../../core/errors.ts';
import {
  cleanConfig,
  exactNormalizer,
  exactPreTokenizer,
  maximumLength,
  type ReadTokenizer,
  type Settings,
  settingsOf,
  specialIds,
  specialTokens,
  type WordPieceOptions,
  wordPieceTokenizer,
} from './wordpiece.ts';

export interface BertFiles {
  /** Parsed tokenizer.json. */
  readonly tokenizerJson?: unknown;
  /** Content of vocab.txt. */
  readonly vocabulary?: string | undefined;
  /** Parsed tokenizer_config.json. */
  readonly config?: unknown;
}

/**
 * tokenizer.json is taken where there is one, else vocab.txt.
 * @throws ModelError where neither is there, where tokenizer.json is not BERT's, where the files contradict one another, and
 * as `wordPieceTokenizer`
 */
export function bertTokenizer(files: BertFiles, options: WordPieceOptions = {}): ReadTokenizer {
  if (files.tokenizerJson !== undefined) return fromTokenizerJson(files, options);
  if (files.vocabulary !== undefined) return wordPieceTokenizer(files.vocabulary, files.config, options);
  throw new ModelError(
    'tokenizer, expected tokenizer.json or vocab.txt beside the weights, got neither',
    "fetch them from the model's repository too",
  );
}

interface WordPieceJson extends Settings {
  readonly normalizer: Settings & { readonly lowercase: boolean };
  readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly type: string };
}

function fromTokenizerJson({ tokenizerJson, vocabulary, config }: BertFiles, options: WordPieceOptions): ReadTokenizer {
  const json = requireBert(tokenizerJson);
  const { normalizer, model } = json;
  const settings = settingsOf(config);
  requireSame('do_lower_case', settings.do_lower_case, normalizer.lowercase);
  requireSame('strip_accents', settings.strip_accents ?? undefined, normalizer.strip_accents ?? settings.strip_accents);
  requireSame('tokenize_chinese_chars', settings.tokenize_chinese_chars, normalizer.handle_chinese_chars);
  const vocab = new Map(Object.entries(model.vocab));
  if (vocabulary !== undefined) requireSameVocabulary(vocab, vocabulary, normalizer.lowercase);
  const ids = specialIds(vocab, specialTokens(settings));
  const tokenizer = {
    ...json,
    truncation: null,
    padding: null,
    normalizer: exactNormalizer(normalizer, options),
    pre_tokenizer: exactPreTokenizer(normalizer.handle_chinese_chars === true),
  };
  return { tokenizer, config: cleanConfig(settings, normalizer.lowercase), ...ids, ...maximumLength(settings) };
}

function typeOf(part: unknown): unknown {
  return (part as { type?: unknown } | null | undefined)?.type;
}

function requireBert(json: unknown): WordPieceJson {
  const { normalizer, pre_tokenizer, model } = (json ?? {}) as Settings;
  const expected: readonly (readonly [string, unknown, string])[] = [
    ['model', model, 'WordPiece'],
    ['normalizer', normalizer, 'BertNormalizer'],
    ['pre-tokenizer', pre_tokenizer, 'BertPreTokenizer'],
  ];
  for (const [name, part, type] of expected) {
    if (typeOf(part) === type) continue;
    throw new ModelError(`tokenizer.json, expected the ${name} ${type}, got ${String(typeOf(part) ?? 'none')}`);
  }
  const { lowercase } = normalizer as Settings;
  const { vocab } = model as Settings;
  if (typeof lowercase === 'boolean' && vocab !== null && typeof vocab === 'object') return json as WordPieceJson;
  throw new ModelError(
    'tokenizer.json, expected a vocabulary and a normalizer that says whether it lower-cases, got none',
  );
}

/** A setting of tokenizer_config.json that is absent contradicts nothing. */
function requireSame(name: string, configured: unknown, actual: unknown): void {
  if (configured === undefined || configured === actual) return;
  throw new ModelError(
    `tokenizer files contradict one another: ${name} is ${String(configured)} in tokenizer_config.json, ${String(actual)} in tokenizer.json`,
    'remove the file that is not of this model',
  );
}

function requireSameVocabulary(vocab: ReadonlyMap<string, number>, text: string, lowercase: boolean): void {
  const { tokenizer } = wordPieceTokenizer(text, { do_lower_case: lowercase });
  const other = (tokenizer as WordPieceJson).model.vocab;
  const differs = Object.keys(other).length !== vocab.size || [...vocab].some(([token, id]) => other[token] !== id);
  if (!differs) return;
  throw new ModelError(
    `tokenizer files contradict one another: vocab.txt has ${Object.keys(other).length} entries, tokenizer.json ${vocab.size}, not the same`,
    'remove the file that is not of this model',
  );
}
