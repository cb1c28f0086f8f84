// MedCLIP's prompts and their arithmetic against the authors' own code.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/digest.ts';
import type { PromptAggregation } from '../../src/core/prompts.ts';
import { listItems } from '../../src/lib/scoring/items.ts';
import { predictPairs } from '../../src/lib/scoring/predict-pairs.ts';
import { promptColumns, promptGroups, promptProtocol } from '../../src/lib/scoring/prompt-columns.ts';
import { promptProduct } from '../../src/lib/scoring/prompt-product.ts';
import { promptSets, toyDataset, toyLookup } from '../toy-dataset.ts';

interface Described {
  readonly count: number;
  readonly distinct: number;
  readonly sha256: string;
}

interface Case {
  readonly logitScale: number;
  readonly ensemble: boolean;
  readonly classes: readonly string[];
  /** [images, classes] */
  readonly scores: readonly (readonly number[])[];
}

interface Golden {
  readonly sets: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly arithmetic: {
    readonly images: readonly (readonly number[])[];
    readonly texts: Readonly<Record<string, readonly (readonly number[])[]>>;
    readonly cases: readonly Case[];
  };
}

const path = fileURLToPath(new URL('../golden/text/medclip-prompts.json', import.meta.url));
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;

describe('prompt sets', () => {
  test.each(Object.keys(golden.sets))('%s holds what the authors’ code makes, in its order', (name) => {
    const { prompts } = promptSets.get(`${name}@1`)!;
    const wanted = Object.entries(golden.sets[name]!);
    expect(Object.keys(prompts)).toHaveLength(wanted.length);
    for (const [finding, { count, distinct, sha256: digest }] of wanted) {
      const { positive, negative } = prompts[finding === 'COVID' ? 'COVID-19' : finding]!;
      expect([positive.length, new Set(positive).size, negative.length]).toEqual([count, distinct, 0]);
      expect(sha256(positive.join('\n'))).toBe(digest);
    }
  });

  test('the five classes have the published numbers of prompts', () => {
    const counts = Object.values(promptSets.get('medclip-chexpert@1')!.prompts).map(({ positive }) => positive.length);
    expect(counts).toEqual([210, 15, 192, 18, 54]);
  });

  test('an empty slot leaves its spaces', () => {
    expect(promptProduct([['', 'a'], ['b'], ['', 'c']])).toEqual([' b ', ' b c', 'a b ', 'a b c']);
  });
});

const aggregationOf = ({ ensemble }: Case): PromptAggregation => (ensemble ? 'mean-similarity' : 'maximum-similarity');

interface Checkpoint {
  readonly logitScale: number | undefined;
  readonly texts?: Golden['arithmetic']['texts'];
}

function lookupOf({ logitScale, texts = golden.arithmetic.texts }: Checkpoint) {
  const { images } = golden.arithmetic;
  return {
    ...toyLookup({
      image: (id) => Float32Array.from(images[Number(id.split('/')[0])]!),
      text: (text) => {
        const [name, place] = text.split(' ') as [string, string];
        return Float32Array.from(texts[name]![Number(place)]!);
      },
    }),
    logitScale,
  };
}

/** Scores of the golden's images; `negative` names a class whose texts are the negative ones of every class. */
function scoresOf(given: Case, members: readonly Checkpoint[], negative = '') {
  const { images, texts } = golden.arithmetic;
  const named = (name: string) => (texts[name] ?? []).map((_, place) => `${name} ${place}`);
  const items = listItems(
    toyDataset(
      images.map((_, i) => ({ id: `${i}` })),
      [],
    ),
    {
      unit: 'image',
      views: 'all',
      parts: ['test'],
    },
  );
  const columns = given.classes.map((name) => ({
    name,
    pair: { positive: named(name), negative: named(negative) },
    aggregation: aggregationOf(given),
  }));
  return predictPairs(items, columns, members.map(lookupOf));
}

describe('arithmetic', () => {
  test.each(golden.arithmetic.cases)('scale $logitScale, ensemble $ensemble', (given) => {
    const { values } = scoresOf(given, [given]);
    for (const [place, value] of given.scores.flat().entries()) expect(values[place]).toBeCloseTo(value, 10);
  });

  test('without a logit scale it is 1', () => {
    const [given] = golden.arithmetic.cases;
    expect(scoresOf(given!, [{ logitScale: undefined }]).values).toEqual(scoresOf(given!, [{ logitScale: 1 }]).values);
  });

  test('an ensemble of checkpoints averages scores, each with its own scale', () => {
    const [first, second] = [1, 100].map(
      (scale) => golden.arithmetic.cases.find((own) => own.ensemble && Math.round(own.logitScale) === scale)!,
    ) as [Case, Case];
    const { values } = scoresOf(first, [first, second]);
    const wanted = first.scores.map((row, image) => row.map((score, c) => (score + second.scores[image]![c]!) / 2));
    for (const [place, value] of wanted.flat().entries()) expect(values[place]).toBeCloseTo(value, 10);
    const texts = { ...golden.arithmetic.texts, one: [golden.arithmetic.texts.one![0]!.map(() => 0)] };
    const broken = scoresOf(first, [first, { logitScale: 1, texts }]).values;
    const none = first.classes.indexOf('one');
    for (const [place, value] of wanted.flat().entries())
      expect(Number.isNaN(broken[place])).toBe(place % first.classes.length === none || Number.isNaN(value));
  });

  test('a text without an embedding leaves its class undefined, and no other', () => {
    const [given] = golden.arithmetic.cases;
    const { texts } = golden.arithmetic;
    const broken = { ...texts, three: [texts.three![0]!, texts.three![1]!.map(() => Number.NaN), texts.three![2]!] };
    const { values } = scoresOf(given!, [{ logitScale: given!.logitScale, texts: broken }]);
    const column = given!.classes.indexOf('three');
    for (const [place, value] of given!.scores.flat().entries()) {
      if (place % given!.classes.length === column) expect(values[place]).toBeNaN();
      else expect(values[place]).toBeCloseTo(value, 10);
    }
  });

  test.each([true, false])('with negatives it is the softmax over the two similarities, ensemble %s', (ensemble) => {
    const given = golden.arithmetic.cases.find((own) => own.ensemble === ensemble && own.logitScale === 1)!;
    const { values } = scoresOf(given, [{ logitScale: 14 }], 'one');
    const logit = (p: number) => Math.log(p / (1 - p)); // the similarity itself, since the scale is 1
    const none = given.classes.indexOf('one');
    given.scores.forEach((row, image) => {
      row.forEach((score, c) => {
        const wanted = 1 / (1 + Math.exp(logit(row[none]!) - logit(score)));
        expect(values[image * row.length + c]).toBeCloseTo(wanted, 10);
      });
    });
  });
});

describe('samples', () => {
  const set = promptSets.get('medclip-chexpert@1')!;
  const findings = Object.keys(set.prompts);
  const sampleOf = (size: number, seed: number) => promptGroups(promptColumns(set, findings, { size, seed }));

  test('each class gives its share, drawn without replacement and kept in order', () => {
    for (const [place, texts] of sampleOf(10, 1).entries()) {
      const all = set.prompts[findings[place]!]!.positive;
      expect(texts).toHaveLength(10);
      const places = texts.map((text) => all.indexOf(text));
      expect(places.every((found) => found >= 0)).toBe(true);
      // The authors' duplicate may be drawn twice; distinct texts may not.
      for (const text of texts)
        expect(texts.filter((other) => other === text).length).toBeLessThanOrEqual(
          all.filter((other) => other === text).length,
        );
    }
  });

  test('the seed decides, and a class that has no more keeps all', () => {
    expect(sampleOf(10, 1)).toEqual(sampleOf(10, 1));
    expect(sampleOf(10, 1)).not.toEqual(sampleOf(10, 2));
    expect(sampleOf(15, 1)[1]).toEqual(set.prompts.Cardiomegaly!.positive);
    expect(sampleOf(500, 1)).toEqual(promptGroups(promptColumns(set, findings)));
  });

  test('every text is drawn about as often', () => {
    const all = set.prompts.Edema!.positive;
    const counts = new Map(all.map((text) => [text, 0]));
    for (let seed = 0; seed < 900; seed++)
      for (const text of promptColumns(set, ['Edema'], { size: 4, seed })[0]!.pair.positive)
        counts.set(text, counts.get(text)! + 1);
    // 900 · 4 / 18 = 200 expected, standard deviation 12.5
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(62);
  });

  test('the protocol says which, and how texts become a score', () => {
    expect(promptProtocol('medclip-chexpert@1', promptColumns(set, ['Edema']), { size: 10, seed: 3 })).toBe(
      'prompts=medclip-chexpert@1;prompt-sample=10 of each class by seed 3;score=sigmoid of mean-similarity × logit scale (1 where the model has none)',
    );
    const pairs = promptSets.get('chexzero-pair@1')!;
    expect(promptProtocol('chexzero-pair@1', promptColumns(pairs, ['Edema']))).toBe('prompts=chexzero-pair@1');
  });

  test('a finding without official prompts is refused', () => {
    expect(() => promptColumns(set, ['Fracture'])).toThrow(
      'expected prompts for every finding, got none for "Fracture"',
    );
  });
});
