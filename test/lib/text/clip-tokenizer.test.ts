// CLIP's tokens against open_clip, and the vocabulary rule for smaller embeddings.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { clipTokenizer, parseMerges } from '../../../src/lib/text/clip-tokenizer.ts';
import { createTokenizer, encodeTexts } from '../../../src/lib/text/encode.ts';

interface Case {
  readonly text: string;
  readonly ids: number[];
  readonly length: number;
}

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const golden = JSON.parse(readFileSync(at('../../golden/text/clip-tokens.json'), 'utf8'));
const cases: readonly Case[] = golden.cases;
const merges = parseMerges(
  gunzipSync(readFileSync(at('../../../assets/clip/bpe_simple_vocab_16e6.txt.gz'))).toString(),
);
const clip = clipTokenizer(merges, 49408);
const tokenizer = createTokenizer(clip.tokenizer, clip.config);
const options = { contextLength: 77, padId: 0, endId: clip.endId };

function idsOf(text: string): number[] {
  const { ids, mask } = encodeTexts(tokenizer, [text], options);
  return Array.from(ids, Number).filter((_, i) => mask[i] === 1n);
}

describe('the tokens of open_clip', () => {
  test.each(cases.map((entry): [string, Case] => [JSON.stringify(entry.text.slice(0, 40)), entry]))(
    '%s',
    (_, entry) => {
      expect(idsOf(entry.text)).toEqual(entry.ids);
    },
  );

  test('survive the JSON file that a bundle holds', () => {
    const read = createTokenizer(JSON.parse(JSON.stringify(clip.tokenizer)), JSON.parse(JSON.stringify(clip.config)));
    const texts = cases.map(({ text }) => text);
    expect(encodeTexts(read, texts, options)).toEqual(encodeTexts(tokenizer, texts, options));
  });

  test('texts that only the full ftfy can clean still give a row that ends in the end token', () => {
    for (const { text } of golden.approximate as Case[]) {
      const ids = idsOf(text);
      expect([ids[0], ids.at(-1)]).toEqual([49406, 49407]);
      expect(ids.length).toBeGreaterThan(2);
    }
  });
});

describe('encodeTexts', () => {
  test('pads, masks, cuts and counts what it cut', () => {
    const texts = cases.map(({ text }) => text);
    const { ids, mask, truncated } = encodeTexts(tokenizer, texts, options);
    expect(ids).toHaveLength(texts.length * 77);
    expect(truncated).toBe(cases.filter(({ length }) => length > 77).length);
    expect(truncated).toBeGreaterThanOrEqual(2);
    cases.forEach(({ length }, row) => {
      const rowMask = mask.subarray(row * 77, row * 77 + 77);
      expect(rowMask.filter((flag) => flag === 1n)).toHaveLength(Math.min(77, length));
      if (length > 77) expect(ids[row * 77 + 76]).toBe(49407n);
      else expect(ids.subarray(row * 77 + length, row * 77 + 77).every((id) => id === 0n)).toBe(true);
    });
  });

  test('without an end id the cut text simply stops', () => {
    const { ids } = encodeTexts(tokenizer, ['finding '.repeat(100)], { contextLength: 8, padId: 0 });
    expect(ids[7]).not.toBe(49407n);
  });

  test('no texts give no rows', () => {
    expect(encodeTexts(tokenizer, [], options)).toEqual({
      ids: new BigInt64Array(0),
      mask: new BigInt64Array(0),
      lengths: new Int32Array(0),
      truncated: 0,
    });
  });
});

describe('smaller vocabularies', () => {
  test.each(golden.smaller.cases as { vocabulary: number; ids: number[][] }[])(
    '$vocabulary rows give the tokens of open_clip with as many merges',
    ({ vocabulary, ids }) => {
      const made = clipTokenizer(merges, vocabulary);
      const { contextLength, texts } = golden.smaller;
      const small = createTokenizer(made.tokenizer, made.config);
      const got = encodeTexts(small, texts, { contextLength, padId: 0, endId: made.endId });
      expect(Array.from(got.ids, Number)).toEqual(ids.flat());
    },
  );

  test.each([514, 515, 640, 4096, 49408])('%i rows use as many ids, start and end last', (vocabulary) => {
    const made = clipTokenizer(merges, vocabulary);
    const small = createTokenizer(made.tokenizer, made.config);
    expect([made.startId, made.endId]).toEqual([vocabulary - 2, vocabulary - 1]);
    expect(small.get_vocab().size).toBe(vocabulary);
    const { ids } = encodeTexts(small, ['No pneumothorax, don’t worry: 42!'], { ...options, endId: made.endId });
    expect(ids[0]).toBe(BigInt(vocabulary - 2));
    expect(ids.filter((id) => id === BigInt(vocabulary - 1))).toHaveLength(1);
    expect(ids.every((id) => id < BigInt(vocabulary))).toBe(true);
  });

  test('514 rows spell bytes: "ab" is a, then b at the end of a word', () => {
    const made = clipTokenizer(merges, 514);
    const { ids } = encodeTexts(createTokenizer(made.tokenizer, made.config), ['ab'], { contextLength: 4, padId: 0 });
    expect(Array.from(ids, Number)).toEqual([512, 97 - 33, 256 + 98 - 33, 513]);
  });

  test.each([0, 513, 49409])('%i rows are refused', (vocabulary) => {
    expect(() => clipTokenizer(merges, vocabulary)).toThrow('token_embedding.weight');
  });

  test('another file is no merge list', () => {
    expect(() => parseMerges('#version\na b\n')).toThrow("CLIP's merge list");
  });
});
