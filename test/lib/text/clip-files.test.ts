// CLIP's tokenizer from the files of a Hugging Face repository (scripts/reference/clip_transformers_golden.py).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { clipTokenizerFromFiles } from '../../../src/lib/text/clip-files.ts';
import { type ClipTokenizer, clipTokenizer, parseMerges } from '../../../src/lib/text/clip-tokenizer.ts';
import { createTokenizer } from '../../../src/lib/text/encode.ts';

interface Golden {
  readonly texts: readonly string[];
  readonly ids: readonly number[][];
  readonly small: { readonly merges: string; readonly vocabulary: object; readonly ids: readonly number[][] };
}

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const golden: Golden = JSON.parse(readFileSync(at('../../golden/text/clip-transformers.json'), 'utf8'));
const packed = readFileSync(at('../../../assets/clip/bpe_simple_vocab_16e6.txt.gz'));
const published = parseMerges(gunzipSync(packed).toString());
const { merges, vocabulary } = golden.small;
const rows = Object.keys(vocabulary).length;

function idsOf({ tokenizer, config }: ClipTokenizer, texts: readonly string[]): number[][] {
  const made = createTokenizer(tokenizer, config);
  return texts.map((text) => made.encode(text).ids);
}

describe('nasty texts have the ids of transformers', () => {
  test('published merges, where the repository has no tokenizer', () => {
    const made = clipTokenizerFromFiles({}, { rows: 49408, published, cleaning: 'transformers' });
    expect(idsOf(made, golden.texts)).toEqual(golden.ids);
  });

  test('vocab.json and merges.txt', () => {
    const made = clipTokenizerFromFiles({ vocabulary, merges }, { rows, published: [], cleaning: 'transformers' });
    expect(idsOf(made, golden.texts.slice(0, golden.small.ids.length))).toEqual(golden.small.ids);
  });
});

test.each([
  ['lines', (pair: readonly string[]) => pair.join(' ')],
  ['pairs', (pair: readonly string[]) => pair],
])('tokenizer.json with its merges as %s gives the tokenizer of merges.txt', (_, written) => {
  const pairs = merges.trim().split('\n').slice(1);
  const tokenizerJson = { model: { type: 'BPE', vocab: vocabulary, merges: pairs.map((p) => written(p.split(' '))) } };
  const made = clipTokenizerFromFiles({ tokenizerJson }, { rows, published: [] });
  expect(made).toEqual(
    clipTokenizerFromFiles({ vocabulary, merges: merges.replaceAll('\n', '\r\n') }, { rows, published: [] }),
  );
  expect(made).toEqual(clipTokenizer(published, rows));
});

describe('refused', () => {
  const read =
    (files: Parameters<typeof clipTokenizerFromFiles>[0], asked = rows) =>
    () =>
      clipTokenizerFromFiles(files, { rows: asked, published });

  test('a vocabulary whose ids are not those of its merges', () => {
    const swapped = { ...vocabulary, a: 65, b: 64 };
    expect(read({ vocabulary: swapped, merges })).toThrow(/2 tokens differ/);
    expect(read({ vocabulary: { ...vocabulary, extra: rows }, merges })).toThrow(/1 tokens differ/);
  });
  test('more rows than merges give tokens', () => {
    expect(read({ vocabulary, merges }, rows + 1)).toThrow(/token_embedding\.weight/);
  });
  test('files that are something else', () => {
    expect(read({ tokenizerJson: { model: { type: 'WordPiece' } } })).toThrow(/type BPE.*got WordPiece/);
    expect(read({ tokenizerJson: null })).toThrow(/got none/);
    expect(read({ merges: '#version: 0.2\na b\na b c\n' })).toThrow(/merges\.txt.*merge 2/);
    expect(read({ vocabulary: [] })).toThrow(/vocab\.json/);
  });
});
