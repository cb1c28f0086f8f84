/** Choice of pictures: by rule, diverse, the same whatever the order of rows. */
import { expect, test } from 'vitest';
import type { PredictionRow } from '../../src/core/result.ts';
import { rng } from '../../src/core/rng.ts';
import { chooseExamples, chooseGallery, selectGallery } from '../../src/report/gallery.ts';

const row = (item: string, of: Partial<PredictionRow>): PredictionRow => ({
  dataset: 'd',
  task: 'zero-shot',
  model: 'm',
  variant: 'fp32',
  part: 'test',
  patient: item,
  study: `study-${item}`,
  item,
  finding: 'Edema',
  target: 0,
  score: 0,
  decision: 0,
  rank: null,
  candidates: null,
  failure: null,
  ...of,
});

function many(models: readonly string[], findings: readonly string[]): PredictionRow[] {
  return models.flatMap((model) =>
    findings.flatMap((finding) =>
      Array.from({ length: 40 }, (_, i) => {
        const score = rng(1, `${model} ${finding}`, String(i)).next();
        const target = rng(2, finding, String(i)).integer(2);
        return row(`i${i}`, { model, finding, score, target, decision: Number(score > 0.5) });
      }),
    ),
  );
}

test('kinds are what they say, the most confident first', () => {
  const rows = Array.from({ length: 20 }, (_, i) =>
    row(`i${String(i).padStart(2, '0')}`, { score: i, target: i % 2, decision: Number(i >= 10) }),
  );
  const [missed, falseAlarm, found] = ['missed', 'false-alarm', 'found'].map((kind) =>
    chooseGallery(rows, { perKind: 2 }).filter((entry) => entry.kind === kind),
  );
  expect(missed!.map((entry) => entry.row.score)).toEqual([1, 3]);
  expect(falseAlarm!.map((entry) => entry.row.score)).toEqual([18, 16]);
  expect(found!.map((entry) => entry.row.score)).toEqual([19, 17]);
  expect(found![0]!.percentile).toBeCloseTo(19.5 / 20, 12);
});

test('findings and models take turns, and no item stands twice in a kind', () => {
  const chosen = chooseGallery(many(['a', 'b'], ['Edema', 'Fracture', 'Pneumonia']), { perKind: 6 });
  for (const kind of ['missed', 'false-alarm', 'found']) {
    const rows = chosen.filter((entry) => entry.kind === kind).map((entry) => entry.row);
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map(({ finding }) => finding)).size).toBe(3);
    expect(new Set(rows.map(({ model }) => model)).size).toBe(2);
    expect(new Set(rows.map(({ item }) => item)).size).toBe(6);
  }
});

test('the order of rows changes nothing', () => {
  const rows = many(['a', 'b'], ['Edema', 'Fracture']);
  const shuffled = rows
    .map((entry, i) => ({ entry, key: rng(3, 'shuffle', String(i)).next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ entry }) => entry);
  expect(selectGallery(shuffled)).toEqual(selectGallery(rows));
  expect(chooseGallery(shuffled)).toEqual(chooseGallery(rows));
});

test('excluded models, failed items and constant scores are not shown', () => {
  const rows = [
    ...many(['baseline'], ['Edema']),
    row('failed', { target: 1, score: null, decision: null, failure: 'truncated' }),
    ...Array.from({ length: 10 }, (_, i) =>
      row(`c${i}`, { finding: 'Fracture', score: 0.5, target: 1, decision: null }),
    ),
  ];
  expect(chooseGallery(rows, { exclude: ['baseline'] })).toEqual([]);
  expect(selectGallery([])).toEqual({ images: [], studies: [] });
});

test('examples of retrieval: best, middle and worst query, ids sorted by what they name', () => {
  const query = (i: number, finding: string): PredictionRow =>
    row(finding === 'image-to-report' ? `img${i}` : `study${i}`, {
      task: 'retrieval',
      finding,
      study: `study${i}`,
      target: null,
      score: null,
      decision: null,
      rank: i,
      candidates: [1, 2, 3, 4, 5, 6].map((k) => (finding === 'image-to-report' ? `study${k}` : `img${k}`)).join('|'),
    });
  const rows = [1, 2, 3, 4, 5].flatMap((i) => [query(i, 'image-to-report'), query(i, 'report-to-image')]);
  const examples = chooseExamples(rows);
  expect(examples.map((example) => example.row.rank)).toEqual([1, 3, 5, 1, 3, 5]);
  expect(examples[0]!.candidates).toEqual(['study1', 'study2', 'study3', 'study4']);
  const { images, studies } = selectGallery(rows);
  expect(images.every((id) => id.startsWith('img'))).toBe(true);
  expect(studies.every((id) => id.startsWith('study'))).toBe(true);
});
