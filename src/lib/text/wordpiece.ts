/** BERT's WordPiece as a Hugging Face tokenizer, from a repository's vocab.txt and tokenizer_config.json. */
import { ModelError } from '../../core/errors.ts';
import { cleaningNormalizers } from './clip-cleaning.ts';

/** What a text tower needs to turn texts into ids. */
export interface ReadTokenizer {
  /** Content of tokenizer.json. */
  readonly tokenizer: object;
  /** Content of tokenizer_config.json. */
  readonly config: object;
  readonly padId: number;
  /** Id of the token that ends a text, kept last where a text is cut. */
  readonly endId: number;
  /** Most tokens of a text that the repository names. */
  readonly maximumLength?: number;
}

export interface WordPieceOptions {
  /** `open-clip`: texts are cleaned first as CLIP's are, which open_clip does for every tokenizer. */
  readonly cleaning?: 'open-clip';
}

export type Settings = Readonly<Record<string, unknown>>;

/** Names of the special tokens as the configuration gives them, BERT's own where it is silent. */
export interface SpecialTokens {
  readonly pad: string;
  readonly unknown: string;
  readonly start: string;
  readonly end: string;
  readonly mask: string;
}

/** transformers writes 10^30 where a repository names no length. */
const NO_LENGTH = 1e6;
/** Words of more characters are unknown. Source: huggingface/tokenizers (WordPiece). */
const MAXIMUM_WORD = 100;

/**
 * The tokenizer of transformers' BertTokenizer for the same two files.
 *
 * `vocabulary` is read as transformers reads vocab.txt: one entry a line, the id is the line's number, LF, CRLF or CR end a
 * line, white space within a line belongs to the entry, an empty line is an entry, and of equal entries the last one counts.
 * A byte-order mark is dropped; transformers keeps it and loses the first entry.
 * @param config parsed tokenizer_config.json; `do_lower_case` must be in it, since the vocabulary alone does not tell
 * @throws ModelError where it does not say whether texts are lower-cased, or where a special token is not in the vocabulary
 */
export function wordPieceTokenizer(vocabulary: string, config: unknown, options: WordPieceOptions = {}): ReadTokenizer {
  const settings = settingsOf(config);
  const lowercase = requireLowercase(settings);
  const vocab = readVocabulary(vocabulary);
  const names = specialTokens(settings);
  const ids = specialIds(vocab, names);
  const normalizer = {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: settings.tokenize_chinese_chars ?? true,
    strip_accents: settings.strip_accents ?? null,
    lowercase,
  };
  const model = {
    type: 'WordPiece',
    unk_token: names.unknown,
    continuing_subword_prefix: '##',
    max_input_chars_per_word: MAXIMUM_WORD,
    vocab: Object.fromEntries(vocab),
  };
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocab, names),
    normalizer: exactNormalizer(normalizer, options),
    pre_tokenizer: exactPreTokenizer(normalizer.handle_chinese_chars === true),
    post_processor: postProcessor(names, ids),
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model,
  };
  return { tokenizer, config: cleanConfig(settings, lowercase), ...ids, ...maximumLength(settings) };
}

/** @throws ModelError where the configuration is no JSON object */
export function settingsOf(config: unknown): Settings {
  if (config === undefined) return {};
  if (config !== null && typeof config === 'object' && !Array.isArray(config)) return config as Settings;
  throw new ModelError(
    `tokenizer_config.json, expected a JSON object, got ${config === null ? 'null' : typeof config}`,
  );
}

function requireLowercase({ do_lower_case }: Settings): boolean {
  if (typeof do_lower_case === 'boolean') return do_lower_case;
  throw new ModelError(
    `tokenizer_config.json, expected do_lower_case true or false, got ${do_lower_case === undefined ? 'none' : typeof do_lower_case}`,
    'put {"do_lower_case": true} (or false, as the model was trained) into tokenizer_config.json beside vocab.txt',
  );
}

function readVocabulary(text: string): ReadonlyMap<string, number> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return new Map(lines.map((line, id) => [line, id]));
}

export function specialTokens(settings: Settings): SpecialTokens {
  const named = (key: string, otherwise: string) => {
    const value = settings[key];
    const content = value !== null && typeof value === 'object' ? (value as { content?: unknown }).content : value;
    return typeof content === 'string' ? content : otherwise;
  };
  return {
    pad: named('pad_token', '[PAD]'),
    unknown: named('unk_token', '[UNK]'),
    start: named('cls_token', '[CLS]'),
    end: named('sep_token', '[SEP]'),
    mask: named('mask_token', '[MASK]'),
  };
}

/** @throws ModelError where one of those that BERT cannot do without is not in the vocabulary */
export function specialIds(vocab: ReadonlyMap<string, number>, names: SpecialTokens) {
  const idOf = (token: string) => {
    const id = vocab.get(token);
    if (id !== undefined) return id;
    throw new ModelError(
      `vocabulary of ${vocab.size} entries, expected the special token ${token}, got none`,
      'is this the vocab.txt of a BERT model?',
    );
  };
  idOf(names.unknown);
  return { padId: idOf(names.pad), startId: idOf(names.start), endId: idOf(names.end) };
}

function addedTokens(vocab: ReadonlyMap<string, number>, names: SpecialTokens): object[] {
  return Object.values(names)
    .filter((content) => vocab.has(content))
    .map((content) => ({ id: vocab.get(content)!, content, ...SPECIAL }))
    .sort((a, b) => a.id - b.id);
}

const SPECIAL = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };

function postProcessor({ start, end }: SpecialTokens, { startId, endId }: { startId: number; endId: number }): object {
  const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const first = [special(start, 0), { Sequence: { id: 'A', type_id: 0 } }, special(end, 0)];
  return {
    type: 'TemplateProcessing',
    single: first,
    pair: [...first, { Sequence: { id: 'B', type_id: 1 } }, special(end, 1)],
    special_tokens: {
      [start]: { id: start, ids: [startId], tokens: [start] },
      [end]: { id: end, ids: [endId], tokens: [end] },
    },
  };
}

/**
 * BERT's normalizer with what @huggingface/tokenizers does otherwise than huggingface/tokenizers said in rules: which
 * characters are controls, and lower-casing letter by letter, where JavaScript turns a capital sigma at the end of a word
 * into a final one. White space is left to the pre-tokenizer.
 */
export function exactNormalizer(
  normalizer: { readonly lowercase: boolean; readonly clean_text?: unknown },
  { cleaning }: WordPieceOptions,
): object {
  const controls = { type: 'Replace', pattern: { Regex: CONTROLS }, content: '' };
  const sigma = { type: 'Replace', pattern: { String: 'Σ' }, content: 'σ' };
  const normalizers = [
    ...(cleaning === 'open-clip' ? cleaningNormalizers() : []),
    ...(normalizer.clean_text === false ? [] : [controls]),
    ...(normalizer.lowercase ? [sigma] : []),
    { ...normalizer, clean_text: false, handle_chinese_chars: false },
  ];
  return { type: 'Sequence', normalizers };
}

/** Characters that came to Unicode after the tables of the reference are not controls to it. */
const CONTROLS =
  '(?![\\t\\n\\r\\x{890}\\x{891}\\x{8E2}\\x{110CD}\\x{13430}-\\x{1343F}])[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\x{FFFD}]';

/** Source: huggingface/tokenizers (normalizers/bert.rs), its gap from U+2B820 included. */
const IDEOGRAPHS =
  '\\x{3400}-\\x{4DBF}\\x{4E00}-\\x{9FFF}\\x{F900}-\\x{FAFF}\\x{20000}-\\x{2A6DF}\\x{2A700}-\\x{2B81F}\\x{2B920}-\\x{2CEAF}\\x{2F800}-\\x{2FA1F}';
const PUNCTUATION = '!-\\/:-@\\[-`{-~\\p{P}\\x{166D}\\x{111C9}';
/** Punctuation that came to Unicode after the tables of the reference. */
const LATE_PUNCTUATION =
  '\\x{61D}\\x{9FD}\\x{A76}\\x{C77}\\x{C84}\\x{1B4E}\\x{1B4F}\\x{1B7D}-\\x{1B7F}\\x{2E43}-\\x{2E4F}\\x{2E52}-\\x{2E5D}';

/** BERT's pre-tokenizer as one pattern; each mark of punctuation, and each ideograph, is a word of its own. */
export function exactPreTokenizer(separatesIdeographs: boolean): object {
  const apart = separatesIdeographs ? PUNCTUATION + IDEOGRAPHS : PUNCTUATION;
  const words = `(?:[^\\s${apart}]|[${LATE_PUNCTUATION}])+|[${apart}]`;
  return { type: 'Split', pattern: { Regex: words }, behavior: 'Removed', invert: true };
}

/** Only what describes the tokenizer: other keys change what @huggingface/tokenizers does, unlike transformers. */
export function cleanConfig(settings: Settings, lowercase: boolean): object {
  return {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: lowercase,
    ...Object.fromEntries(
      Object.entries(specialTokens(settings)).map(([name, token]) => [`${CONFIG_KEYS[name]}_token`, token]),
    ),
    clean_up_tokenization_spaces: false,
  };
}

const CONFIG_KEYS: Readonly<Record<string, string>> = {
  pad: 'pad',
  unknown: 'unk',
  start: 'cls',
  end: 'sep',
  mask: 'mask',
};

export function maximumLength({ model_max_length: length }: Settings): { maximumLength?: number } {
  return typeof length === 'number' && length < NO_LENGTH ? { maximumLength: length } : {};
}
