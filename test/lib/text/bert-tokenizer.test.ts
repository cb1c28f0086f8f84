// WordPiece and CLIP's BPE against transformers and open_clip (scripts/reference/bert_tokens_golden.py).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/core/digest.ts';
import { ModelError } from '../../../src/core/errors.ts';
import { bertTokenizer } from '../../../src/lib/text/bert-tokenizer.ts';
import { clipTokenizer, parseMerges } from '../../../src/lib/text/clip-tokenizer.ts';
import { createTokenizer, encodeTexts, type Tokenizer } from '../../../src/lib/text/encode.ts';
import { type ReadTokenizer, wordPieceTokenizer } from '../../../src/lib/text/wordpiece.ts';
import { sharedPath } from '../../shared-data.ts';

interface Golden {
  readonly vocabulary: readonly string[];
  readonly texts: readonly string[];
  readonly kinds: Readonly<Record<string, { readonly config: object; readonly ids: readonly number[][] }>>;
  readonly cleaned: readonly number[][];
  readonly clip: readonly number[][];
  readonly long: Readonly<Record<'uncased' | 'cased' | 'clip', string>>;
  readonly cut: readonly number[][];
  readonly reports: Readonly<Record<string, string | number>>;
}

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const golden: Golden = JSON.parse(readFileSync(at('../../golden/text/wordpiece.json'), 'utf8'));
const vocabulary = `${golden.vocabulary.join('\n')}\n`;
const uncased = { do_lower_case: true };

const made = ({ tokenizer, config }: Pick<ReadTokenizer, 'tokenizer' | 'config'>) => createTokenizer(tokenizer, config);
const idsOf = (tokenizer: Tokenizer, texts: readonly string[]) => texts.map((text) => tokenizer.encode(text).ids);

/** Of each row its length and its ids, as little-endian int32. */
function digest(rows: readonly (readonly number[])[]): string {
  const values = Int32Array.from(rows.flatMap((row) => [row.length, ...row]));
  return sha256(new Uint8Array(values.buffer));
}

function clip(): Tokenizer {
  const packed = readFileSync(at('../../../assets/clip/bpe_simple_vocab_16e6.txt.gz'));
  return made(clipTokenizer(parseMerges(gunzipSync(packed).toString()), 49408));
}

/** The words of `LONG` in scripts/reference/nasty_texts.py. */
function longText(): string {
  const words = ['no', 'focal', 'consolidation', 'XXXX,', 'pleural', 'effusion.', 'naïve', '3.5', 'cm'];
  return Array.from({ length: 10000 }, (_, i) => words[(i * i) % 9]).join(' ');
}

/** Texts whose cleaning takes all of ftfy or of html.unescape: wide and narrow forms, rare entities, mojibake. */
const BEYOND_RULES = [/[\uFF01-\uFF9F]/, /&eacute;/, /Ã/];
const beyondRules = (text: string) => BEYOND_RULES.some((pattern) => pattern.test(text));

describe('nasty texts have the ids of transformers', () => {
  test.each(Object.entries(golden.kinds))('%s', (_, { config, ids }) => {
    expect(idsOf(made(wordPieceTokenizer(vocabulary, config)), golden.texts)).toEqual(ids);
  });

  test('cut to 16 tokens, the end token last', () => {
    const { endId, padId, ...read } = wordPieceTokenizer(vocabulary, uncased);
    const { ids, lengths } = encodeTexts(made(read), golden.texts, { contextLength: 16, padId, endId });
    const rows = golden.texts.map((_, i) => Array.from(ids.subarray(16 * i, 16 * i + lengths[i]!), Number));
    expect(rows).toEqual(golden.cut);
  });
});

describe('nasty texts have the ids of open_clip, unless they need all of ftfy', () => {
  const cleaning = 'open-clip';
  test('WordPiece with its cleaning', () => {
    const tokenizer = made(wordPieceTokenizer(vocabulary, uncased, { cleaning }));
    const differing = golden.texts.filter((text, i) => `${tokenizer.encode(text).ids}` !== `${golden.cleaned[i]}`);
    expect(differing).toEqual(golden.texts.filter(beyondRules));
  });

  test("CLIP's BPE; the special tokens have OpenAI's names, not open_clip's", () => {
    const tokenizer = clip();
    const differing = golden.texts.filter((text, i) => `${tokenizer.encode(text).ids}` !== `${golden.clip[i]}`);
    expect(differing).toEqual(golden.texts.filter((text) => beyondRules(text) || text.includes('<|startoftext|>')));
  });
});

test('10,000 words: the ids of the reference, each in less than a second', () => {
  const text = longText();
  const tokenizers = {
    uncased: made(wordPieceTokenizer(vocabulary, uncased)),
    cased: made(wordPieceTokenizer(vocabulary, { do_lower_case: false })),
    clip: clip(),
  };
  for (const [kind, tokenizer] of Object.entries(tokenizers)) {
    const start = performance.now();
    const ids = tokenizer.encode(text).ids;
    expect(performance.now() - start).toBeLessThan(1000);
    expect(digest([ids]), kind).toBe(golden.long[kind as keyof typeof golden.long]);
  }
});

/** Characters and pieces as scripts/reference/bert_tokens_golden.py makes them of the reports, all of them ASCII. */
function reportVocabulary(texts: readonly string[]): readonly string[] {
  const characters = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  const words = new Set(texts.flatMap((text) => text.match(/[A-Za-z]+/g) ?? []));
  for (const word of [...words]) words.add(word.toLowerCase());
  const pieces = new Set<string>();
  for (const word of words) {
    for (let length = 2; length <= Math.min(8, word.length); length++) pieces.add(word.slice(0, length));
    if (word.length === 1) pieces.add(word);
    for (let i = 1; i < word.length - 2; i++) pieces.add(`##${word.slice(i, i + 3)}`);
  }
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  return [...new Set([...special, ...characters.flatMap((c) => [c, `##${c}`]), ...[...pieces].sort()])];
}

const releasePath = sharedPath('data/iu-xray/indiana_reports.csv');

describe('reports of IU X-ray have the ids of the reference', () => {
  const read = () => {
    const { data } = Papa.parse<Record<string, string>>(readFileSync(releasePath!, 'utf8'), {
      header: true,
      skipEmptyLines: true,
    });
    return data.map((row) => ['indication', 'comparison', 'findings', 'impression'].map((name) => row[name]).join(' '));
  };
  test.runIf(releasePath)('WordPiece, cased and uncased, and with the cleaning of open_clip', () => {
    const texts = read();
    const entries = reportVocabulary(texts).join('\n');
    expect(texts.length).toBe(golden.reports.count);
    expect(texts.length).toBeGreaterThanOrEqual(3000);
    expect(sha256(entries)).toBe(golden.reports.vocabulary);
    const ids = (lower: boolean, cleaning?: 'open-clip') =>
      idsOf(made(wordPieceTokenizer(entries, { do_lower_case: lower }, cleaning ? { cleaning } : {})), texts);
    expect(digest(ids(true))).toBe(golden.reports.uncased);
    expect(digest(ids(false))).toBe(golden.reports.cased);
    expect(digest(ids(true, 'open-clip'))).toBe(golden.reports['uncased, cleaned']);
  });

  test.runIf(releasePath)("CLIP's BPE", () => {
    expect(digest(idsOf(clip(), read()))).toBe(golden.reports.clip);
  });
});

describe('vocab.txt', () => {
  const files = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', '', '##b', 'a', 'c\u2028d'];
  const vocabOf = (text: string) =>
    (wordPieceTokenizer(text, uncased).tokenizer as { model: { vocab: Record<string, number> } }).model.vocab;

  test('a line is an entry whatever ends it; of equal entries the last counts', () => {
    const expected = { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, '': 5, '##b': 6, a: 7, 'c\u2028d': 8 };
    for (const text of [files.join('\n'), `${files.join('\n')}\n`, files.join('\r\n'), `\uFEFF${files.join('\n')}`]) {
      expect(vocabOf(text)).toEqual(expected);
    }
  });

  test('ids of padding and end, and the length that the repository names', () => {
    const read = wordPieceTokenizer(files.join('\n'), { ...uncased, model_max_length: 77 });
    expect(read).toMatchObject({ padId: 0, endId: 3, maximumLength: 77 });
    expect(wordPieceTokenizer(files.join('\n'), { ...uncased, model_max_length: 1e30 })).not.toHaveProperty(
      'maximumLength',
    );
  });

  test('special tokens by other names', () => {
    const config = { ...uncased, cls_token: { content: '<s>' }, sep_token: '</s>' };
    const read = wordPieceTokenizer('[PAD]\n[UNK]\n<s>\n</s>\na\n', config);
    expect(made(read).encode('a <s> A').ids).toEqual([2, 4, 2, 4, 3]);
  });

  test('a missing special token is refused by name', () => {
    expect(() => wordPieceTokenizer('[PAD]\n[UNK]\n[CLS]\na\n', uncased)).toThrow(/\[SEP\]/);
  });

  test.each([undefined, {}, { do_lower_case: null }, { do_lower_case: 'true' }, { strip_accents: true }])(
    'lower-casing is not guessed: %j',
    (config) => {
      expect(() => wordPieceTokenizer(vocabulary, config)).toThrow(ModelError);
      expect(() => wordPieceTokenizer(vocabulary, config)).toThrow(/do_lower_case/);
    },
  );
});

describe('which file counts', () => {
  const plain = (lowercase: boolean) => {
    const { tokenizer } = wordPieceTokenizer(vocabulary, { do_lower_case: lowercase });
    const normalizer = { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null };
    return { ...tokenizer, normalizer: { ...normalizer, lowercase }, pre_tokenizer: { type: 'BertPreTokenizer' } };
  };

  test.each([true, false])('tokenizer.json, lower-casing %s, made exact: nasty texts', (lowercase) => {
    const read = bertTokenizer({ tokenizerJson: plain(lowercase), vocabulary, config: { do_lower_case: lowercase } });
    const expected = golden.kinds[lowercase ? 'uncased' : 'cased']!.ids;
    expect(idsOf(made(read), golden.texts)).toEqual(expected);
    expect(read).toMatchObject({ padId: 0, endId: 3 });
  });

  test('vocab.txt alone', () => {
    const read = bertTokenizer({ vocabulary, config: uncased });
    expect(read).toEqual(wordPieceTokenizer(vocabulary, uncased));
  });

  test('contradictions and absences are refused', () => {
    const lower = plain(true);
    expect(() => bertTokenizer({ tokenizerJson: lower, config: { do_lower_case: false } })).toThrow(/do_lower_case/);
    expect(() => bertTokenizer({ tokenizerJson: lower, vocabulary: `x\n${vocabulary}` })).toThrow(/vocab\.txt/);
    expect(() => bertTokenizer({ tokenizerJson: { ...lower, model: { type: 'BPE' } } })).toThrow(/WordPiece, got BPE/);
    expect(() => bertTokenizer({ tokenizerJson: null })).toThrow(ModelError);
    expect(() => bertTokenizer({ config: uncased })).toThrow(/tokenizer\.json or vocab\.txt/);
  });
});
