/**
 * CLIP's byte-level BPE as a Hugging Face tokenizer, built from the published merge list.
 * Source: openai/CLIP:clip/simple_tokenizer.py.
 */
import { ModelError } from '../../core/errors.ts';
import { cleaningNormalizers } from './clip-cleaning.ts';

export const START_TOKEN = '<|startoftext|>';
export const END_TOKEN = '<|endoftext|>';

/** Each byte alone and each byte that ends a word. */
const BYTE_TOKENS = 512;
const SPECIAL_TOKENS = 2;
/** Merges of the published list that CLIP itself uses. */
const MAXIMUM_MERGES = 49152 - 256 - 2;

/** What is done to a text first: CLIP's own way, which open_clip shares, or that of transformers' CLIPTokenizer. */
export type ClipCleaning = 'clip' | 'transformers';

export interface ClipTokenizer {
  /** Content of tokenizer.json. */
  readonly tokenizer: object;
  /** Content of tokenizer_config.json. */
  readonly config: object;
  readonly startId: number;
  readonly endId: number;
}

/**
 * Reads CLIP's merge list (its first line is a header) and drops what CLIP leaves unused.
 * @throws ModelError where it is another file
 */
export function parseMerges(text: string): readonly (readonly [string, string])[] {
  const merges = text
    .split('\n')
    .slice(1, 1 + MAXIMUM_MERGES)
    .map((line) => line.trim().split(' '));
  if (merges.length !== MAXIMUM_MERGES || merges.some((pair) => pair.length !== 2))
    throw new ModelError(`CLIP's merge list, expected ${MAXIMUM_MERGES} pairs after its header, got another file`);
  return merges as [string, string][];
}

/** One printable character for each byte: printable Latin-1 stands for itself, the others follow from U+0100. */
function byteCharacters(): readonly string[] {
  const isPrintable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const printable = bytes.filter(isPrintable).map((byte) => String.fromCodePoint(byte));
  const others = bytes.filter((byte) => !isPrintable(byte)).map((_, i) => String.fromCodePoint(256 + i));
  return [...printable, ...others];
}

/**
 * Tokenizer of a checkpoint whose token embedding has `vocabulary` rows: the first `vocabulary − 514` merges. For 49408
 * rows this is CLIP's own vocabulary. Ids: 256 bytes, 256 bytes that end a word, merges in order, start, end.
 * @throws ModelError where no such vocabulary exists
 */
export function clipTokenizer(
  merges: readonly (readonly [string, string])[],
  vocabulary: number,
  cleaning: ClipCleaning = 'clip',
): ClipTokenizer {
  const mergeCount = vocabulary - BYTE_TOKENS - SPECIAL_TOKENS;
  if (mergeCount < 0 || mergeCount > merges.length)
    throw new ModelError(
      `weight token_embedding.weight, expected ${BYTE_TOKENS + SPECIAL_TOKENS} to ${BYTE_TOKENS + SPECIAL_TOKENS + merges.length} rows for CLIP's vocabulary, got ${vocabulary}`,
      'this checkpoint was trained with another tokenizer',
    );
  const used = merges.slice(0, mergeCount);
  const characters = byteCharacters();
  const tokens = [...characters, ...characters.map((letter) => `${letter}</w>`), ...used.map((pair) => pair.join(''))];
  const [startId, endId] = [vocabulary - 2, vocabulary - 1];
  const vocab = Object.fromEntries([...tokens, START_TOKEN, END_TOKEN].map((token, id) => [token, id]));
  const model = {
    type: 'BPE',
    unk_token: END_TOKEN,
    continuing_subword_prefix: '',
    end_of_word_suffix: '</w>',
    vocab,
    merges: used,
  };
  const steps = cleaning === 'clip' ? clipSteps() : transformersSteps();
  const tokenizer = { ...tokenizerJson(startId, endId), ...steps, model };
  return { tokenizer, config: tokenizerConfig(), startId, endId };
}

function tokenizerJson(startId: number, endId: number): object {
  const special = (id: number, content: string) => {
    return { id, content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(startId, START_TOKEN), special(endId, END_TOKEN)],
    post_processor: {
      type: 'TemplateProcessing',
      single: [specialPart(START_TOKEN), { Sequence: { id: 'A', type_id: 0 } }, specialPart(END_TOKEN)],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: {
        [START_TOKEN]: { id: START_TOKEN, ids: [startId], tokens: [START_TOKEN] },
        [END_TOKEN]: { id: END_TOKEN, ids: [endId], tokens: [END_TOKEN] },
      },
    },
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  };
}

function specialPart(id: string): object {
  return { SpecialToken: { id, type_id: 0 } };
}

const WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

function steps(normalizers: readonly object[], pattern: string, use_regex: boolean): object {
  return {
    normalizer: { type: 'Sequence', normalizers: [...normalizers, { type: 'Lowercase' }] },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex },
      ],
    },
  };
}

function clipSteps(): object {
  return steps(cleaningNormalizers(), WORDS, false);
}

/** transformers lower-cases letter by letter, where JavaScript makes a final sigma, and splits what it has split again. */
function transformersSteps(): object {
  const normalizers = [
    { type: 'NFC' },
    { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
    { type: 'Replace', pattern: { String: 'Σ' }, content: 'σ' },
  ];
  return steps(normalizers, `<\\|startoftext\\|>|<\\|endoftext\\|>|${WORDS}`, true);
}

function tokenizerConfig(): object {
  return {
    tokenizer_class: 'CLIPTokenizer',
    bos_token: START_TOKEN,
    eos_token: END_TOKEN,
    unk_token: END_TOKEN,
    clean_up_tokenization_spaces: false,
  };
}
