/** The picture of a dataset: numbers by hand, and datasets with almost nothing in them. */
import { expect, test } from 'vitest';
import type { AccessTier, DatasetDefinition, Part } from '../../../src/core/dataset.ts';
import type { Study } from '../../../src/core/study.ts';
import { categories, distribution } from '../../../src/lib/eda/distribution.ts';
import { describeDatasets, type EdaInput } from '../../../src/lib/eda/eda.ts';
import { type ImageOutcome, imageFacts } from '../../../src/lib/eda/image-facts.ts';
import { orderByHash, robustZ, type SampledImage } from '../../../src/lib/eda/pixel-picture.ts';
import { wordsOf } from '../../../src/lib/eda/report-picture.ts';

const FINDINGS = ['No Finding', 'Edema', 'Pneumonia'];

function definition(tier: AccessTier = 'open', name = 'toy'): DatasetDefinition {
  return {
    ...{ name, version: '1', title: 'Toy', tier, licence: 'none', citation: 'nobody', synthetic: false },
    ...{ findings: FINDINGS, splits: ['toy'], obtain: '' },
    options: undefined as never,
    open: () => Promise.reject(new Error('not opened here')),
  };
}

const study = (id: string, change: Partial<Study> = {}): Study => ({
  id,
  patientId: `p${id}`,
  images: [{ id: `${id}.png`, view: 'frontal', path: '' }],
  report: {},
  labels: {},
  acquisition: {},
  ...change,
});

function film(level: number): ImageOutcome {
  const data = Uint8Array.from({ length: 400 }, (_, i) => Math.min(255, level + (i % 20)));
  return {
    state: 'decoded',
    digest: `d${level}`,
    bytes: 1,
    bits: 8,
    facts: imageFacts({ width: 20, height: 20, channels: 1, data }),
  };
}

function input(
  studies: readonly Study[],
  change: { tier?: AccessTier; parts?: Part[]; outcomes?: ImageOutcome[]; name?: string } = {},
): EdaInput {
  const { outcomes } = change;
  const images = outcomes?.map(
    (outcome, i): SampledImage => ({ id: `${studies[i]!.id}.png`, patient: studies[i]!.patientId, study: i, outcome }),
  );
  const parts = change.parts ?? studies.map(() => 'test' as const);
  return {
    definition: definition(change.tier, change.name),
    opened: { studies, digest: 'abc', problems: [], split: () => parts },
    split: { name: 'toy', digest: 'def', parts },
    images,
  };
}

const describe = (...args: Parameters<typeof input>) => describeDatasets([input(...args)], 0).datasets[0]!;

test('labels: frequency, uncertainty, imbalance and association by hand', () => {
  const { labels } = describe([
    study('a', { labels: { Edema: 'present', Pneumonia: 'present', 'No Finding': 'absent' } }),
    study('b', { labels: { Edema: 'present', Pneumonia: 'uncertain' } }),
    study('c', { labels: { Edema: 'absent', 'No Finding': 'present' } }),
    study('d'),
  ]);
  const edema = labels.findings[1]!;
  expect(edema).toMatchObject({ present: 2, absent: 1, uncertain: 0, unmentioned: 1, imbalance: 1 });
  expect(edema.prevalence).toMatchObject({ count: 2, total: 4, share: 0.5 });
  expect(edema.prevalence.low).toBeCloseTo(0.15, 2); // Wilson for 2 of 4: 0.150 to 0.850
  expect(labels.findings[2]).toMatchObject({ uncertainty: { count: 1, total: 2 }, imbalance: 3 });
  expect(labels.perStudy).toEqual([2, 1, 1]);
  expect(labels.associated).toEqual(FINDINGS);
  const { phi, both, oddsRatio } = labels.association[1]![2]!; // 1 both, 1 Edema alone, 0 Pneumonia alone, 2 neither
  expect(both).toBe(1);
  expect(phi).toBeCloseTo(1 / Math.sqrt(3), 5);
  expect(oddsRatio).toBeCloseTo((1.5 * 2.5) / (1.5 * 0.5), 5);
});

test('people once per patient; an age that cannot be is not counted', () => {
  const { people } = describe([
    study('a', { patientId: 'p', ageYears: 40, sex: 'female' }),
    study('b', { patientId: 'p', ageYears: 44, sex: 'female' }),
    study('c', { ageYears: 999, sex: 'male' }),
    study('d'),
  ]);
  expect(people.age).toMatchObject({ n: 1, mean: 40 });
  expect(people.sex.map(({ name, share }) => [name, share.count, share.total])).toEqual([
    ['female', 1, 3],
    ['male', 1, 3],
    ['not stated', 1, 3],
  ]);
  expect(people.studiesPerPatient).toMatchObject({ low: 1, width: 1, counts: [2, 1] });
});

test('reports: words, vocabulary, redaction, sentences', () => {
  expect(wordsOf('No X-ray of 12 ribs; patient’s left-sided rib.')).toEqual([
    'no',
    'x-ray',
    'of',
    '12',
    'ribs',
    'patient’s',
    'left-sided',
    'rib',
  ]);
  const { reports } = describe([
    study('a', { report: { findings: 'Lungs are clear. Heart XXXX normal.', impression: '1. No acute disease.' } }),
    study('b', { report: { findings: 'Lungs are  clear.\nLungs are clear.' } }),
    study('c', { report: { indication: 'Cough.' } }),
  ]);
  expect(reports.sections.map(({ share }) => share.count)).toEqual([1, 0, 2, 1]);
  expect(reports.words).toMatchObject({ n: 2, quantiles: [6, 6.2, 7, 8, 9, 9.8, 10] });
  expect(reports.vocabulary).toMatchObject({ tokens: 16, types: 9, redacted: 0.0625, heaps: null });
  expect(reports.sentences).toHaveLength(1); // twice in one report is one report
  expect(reports.sentences![0]).toMatchObject({ name: 'lungs are clear', share: { count: 2, total: 2 } });
});

test('exposure outliers: robust, the farthest first, inverted films apart', () => {
  expect(robustZ([1, 2, 3, 4, 100])).toEqual([-2, -1, 0, 1, 97].map((d) => d / 1.4826));
  expect(robustZ([5, 5, 5, 9])).toEqual([0, 0, 0, 0]);
  const studies = Array.from({ length: 21 }, (_, i) => study(String(i).padStart(2, '0')));
  const outcomes = studies.map((_, i) => film(i < 19 ? 100 + i : 20));
  const data = Uint8Array.from({ length: 400 }, (_, i) =>
    i % 20 > 0 && i % 20 < 19 && i >= 20 && i < 380 ? 100 : 250,
  );
  outcomes[20] = {
    state: 'decoded',
    digest: 'x',
    bytes: 1,
    facts: imageFacts({ width: 20, height: 20, channels: 1, data }),
  };
  const { pixels } = describe(studies, { outcomes });
  expect(pixels!.outliers.map(({ kind, image }) => [kind, image])).toEqual([
    ['inverted', '20.png'],
    ['dark', '19.png'],
  ]);
  expect(pixels!.density).toHaveLength(32);
  expect(pixels!.bits.map(({ name, share }) => [name, share.count])).toEqual([
    ['8 bits', 20],
    ['not stated', 1],
  ]);
});

test('drift: a difference is found, its size told, and many equal rows cost power', () => {
  const studies = Array.from({ length: 400 }, (_, i) =>
    study(String(i), {
      ageYears: 30 + (i % 40),
      labels: { Edema: i < 200 && i % 2 === 0 ? 'present' : 'absent' },
      report: { findings: 'a b c' },
    }),
  );
  const parts = studies.map((_, i): Part => (i < 200 ? 'train' : 'test'));
  const { comparisons } = describeDatasets([input(studies, { parts })], 0);
  expect(comparisons.map(({ a, b }) => [a, b])).toEqual([['train', 'test']]);
  const row = (what: string) => comparisons[0]!.rows.find((entry) => entry.what === what)!;
  expect(row('Edema')).toMatchObject({ a: 0.5, b: 0, nA: 200, nB: 200, test: 'chi-squared' });
  expect(row('Edema').adjusted!).toBeLessThan(1e-20);
  expect(row('age, years')).toMatchObject({ a: 49.5, b: 49.5, p: 1, adjusted: 1, unit: 'median' });
  expect(row('Pneumonia')).toMatchObject({ effect: null, p: null, adjusted: null });
  expect(comparisons[0]!.rows.map(({ what }) => what)).not.toContain('sex'); // nobody states it
});

test('dataset against dataset: the findings that both declare', () => {
  const { comparisons } = describeDatasets([input([study('a')]), input([study('b')], { name: 'other' })], 0);
  expect(comparisons.map(({ a, b, kind }) => [a, b, kind])).toEqual([['toy', 'other', 'datasets']]);
  expect(comparisons[0]!.rows.slice(0, 3).map(({ what }) => what)).toEqual(FINDINGS);
});

test('almost nothing: no study, one study, one class, no images, broken images', () => {
  const cases: EdaInput[] = [
    input([]),
    input([study('a', { images: [] })], { outcomes: [] }),
    input([study('a', { labels: { Edema: 'present' }, ageYears: 5 }), study('b', { labels: { Edema: 'present' } })]),
    input([study('a'), study('b')], {
      outcomes: [{ state: 'missing' }, { state: 'corrupt', failure: '', digest: '', bytes: 0 }],
    }),
    input([study('a', { patientId: 'p' }), study('b', { patientId: 'p' })], { parts: ['train', 'train'] }),
  ];
  for (const entry of cases) {
    const text = JSON.stringify(describeDatasets([entry], 0));
    expect(text).not.toMatch(/NaN|Infinity/);
    const reparsed = JSON.parse(text);
    expect(reparsed).toEqual(describeDatasets([entry], 0)); // no NaN that JSON turned to null
  }
  expect(describe([study('a'), study('b')], { outcomes: [{ state: 'missing' }, film(9)] }).pixels).toMatchObject({
    sampled: 1,
    missing: 1,
    decoded: 1,
    broken: 0,
  });
});

test('data that is not open: no sentence, no image id', () => {
  const secret = 'The zebra sign is positive.';
  const studies = Array.from({ length: 12 }, (_, i) => study(`secret-${i}`, { report: { findings: secret } }));
  const outcomes = studies.map((_, i) => film(i === 0 ? 230 : 100 + i));
  for (const tier of ['registered', 'credentialed'] as const) {
    const data = describeDatasets([input(studies, { tier, outcomes })], 0);
    expect(data.datasets[0]!.pixels!.outlierCount).toBe(1);
    expect(JSON.stringify(data)).not.toMatch(/zebra|secret-/);
  }
  expect(JSON.stringify(describeDatasets([input(studies, { outcomes })], 0))).toMatch(/zebra.*secret-0/s);
});

test('the order of the studies does not matter but to which study of a patient is first', () => {
  const studies = Array.from({ length: 30 }, (_, i) =>
    study(String(i), {
      ageYears: i,
      report: { findings: `word${i % 7} clear.` },
      labels: { Edema: i % 3 ? 'present' : 'absent' },
      acquisition: { device: `d${i % 4}` },
    }),
  );
  expect(describe([...studies].reverse())).toEqual(describe(studies));
});

test('histograms and categories', () => {
  expect(distribution([])).toBeNull();
  expect(distribution([Number.NaN])).toBeNull();
  expect(distribution([7, 7])).toMatchObject({ n: 2, low: 7, width: 1, counts: [2], deviation: 0 });
  const thousand = distribution(Array.from({ length: 1000 }, (_, i) => i / 7))!;
  expect(thousand.counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
  expect(thousand.counts.length).toBeLessThanOrEqual(26);
  const rows = ['b', 'a', 'c', 'd', 'd'].map((name, i) => ({ name, patient: String(i) }));
  expect(categories(rows, 3).map(({ name, share }) => `${name} ${share.count}`)).toEqual(['d 2', 'a 1', '2 others 2']);
});

test('a sample is drawn by the seed and grows without changing', () => {
  const ids = Array.from({ length: 100 }, (_, i) => `image ${i}`);
  const order = orderByHash(ids, 1);
  expect([...order].sort((a, b) => a - b)).toEqual(ids.map((_, i) => i));
  expect(order).not.toEqual(orderByHash(ids, 2));
  const names = (indices: readonly number[], of: readonly string[]) => indices.map((index) => of[index]);
  const reversed = [...ids].reverse();
  expect(names(orderByHash(reversed, 1), reversed)).toEqual(names(order, ids));
});
