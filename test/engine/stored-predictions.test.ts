/** Predictions made elsewhere: every layout gives the same matrix, ids match strictly, and what is wrong is said in one line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, test } from 'vitest';
import { DataError } from '../../src/core/errors.ts';
import type { PredictionRow } from '../../src/core/result.ts';
import { matchIds } from '../../src/engine/match-ids.ts';
import { encodePredictions } from '../../src/engine/predictions-file.ts';
import { readStoredEmbeddings, readStoredScores } from '../../src/engine/stored-predictions.ts';
import { prepareAuroc } from '../../src/lib/stats/ranking-scores.ts';
import { encodeNpy } from '../../src/lib/tensor/npy.ts';
import { sharedPath } from '../shared-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'medvlm-stored-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, content);
  return path;
}

const universe = {
  items: ['p1/s1/view1.png', 'p1/s2/view1.png', 'p2/s1/view1.png', 'p3/s1/view1.png'],
  columns: ['Edema', 'Pleural Effusion', 'Lung Lesion'],
};

const read = (name: string, content: string | Uint8Array) => readStoredScores(put(name, content), universe);

/** The same scores in every layout: two findings, the third item failed, the fourth is not there. */
const rows = [
  ['p1/s1/view1.png', 0.25, -3],
  ['p1/s2/view1.png', 1e-3, 12.5],
  ['p2/s1/view1.png', null, 0],
] as const;
const wide = rows.map(([id, edema, effusion]) => ({ id, Edema: edema, 'Pleural Effusion': effusion }));
const long = rows.flatMap(([id, edema, effusion]) => [
  { id, finding: 'Edema', score: edema },
  { id, finding: 'Pleural Effusion', score: effusion },
]);
const csv = (table: readonly Record<string, unknown>[]) =>
  [Object.keys(table[0]!), ...table.map((row) => Object.values(row))].map((row) => row.join(',')).join('\n');
const lines = (table: readonly unknown[]) => table.map((row) => JSON.stringify(row)).join('\n');

function parquet(table: readonly Record<string, unknown>[]): Uint8Array {
  const columnData = Object.keys(table[0]!).map((name) => ({
    name,
    data: table.map((row) => row[name]),
    type: typeof table[0]![name] === 'number' ? ('DOUBLE' as const) : ('STRING' as const),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

const layouts: [string, string | Uint8Array][] = [
  ['wide.csv', csv(wide)],
  ['long.csv', csv(long)],
  ['bom-crlf.csv', `\uFEFF${csv(wide).replaceAll('\n', '\r\n')}\r\n`],
  [
    'quoted.csv',
    csv(wide)
      .replace('Edema', '"Edema"')
      .replaceAll(/(p\d\/s\d\/view1\.png)/g, '"$1"'),
  ],
  ['semicolon.csv', csv(wide).replaceAll(',', ';')],
  ['tabs.tsv', csv(wide).replaceAll(',', '\t')],
  ['missing-word.csv', csv(wide).replace('p2/s1/view1.png,,', 'p2/s1/view1.png,NaN,')],
  ['other-spelling.csv', csv(wide).replace('Pleural Effusion', 'pleural_effusion').replace('id,', 'Image_ID,')],
  ['shuffled.csv', csv([wide[2]!, wide[0]!, wide[1]!])],
  ['packed.csv.gz', gzipSync(csv(wide))],
  ['flat.jsonl', lines(wide)],
  ['nested.jsonl', `${lines(wide.map(({ id, ...scores }) => ({ id, scores })))}\n\n`],
  ['long.ndjson', lines(long)],
  ['wide.parquet', parquet(wide)],
  ['long.parquet', parquet(long)],
  ['pandas-index.csv', csv(wide).replace('id,', ',')],
];

test.each(layouts)('%s', async (name, content) => {
  const { prediction, matching } = await read(name, content);
  expect(prediction.items).toBe(universe.items);
  expect(prediction.columns).toEqual(['Edema', 'Pleural Effusion']);
  expect([...prediction.values]).toEqual([0.25, -3, 1e-3, 12.5, Number.NaN, 0, Number.NaN, Number.NaN]);
  expect([...prediction.failures]).toEqual([
    ['p2/s1/view1.png', 'no score for Edema'],
    ['p3/s1/view1.png', 'not in the predictions file'],
  ]);
  expect(matching).toMatchObject({ matched: 3, unknown: [], missing: ['p3/s1/view1.png'], unknownFindings: [] });
});

test('our own predictions.parquet can be judged again', async () => {
  const row = (item: string, finding: string, score: number): PredictionRow => ({
    ...{ dataset: 'd', task: 'zero-shot', model: 'm', variant: 'fp32', part: 'test', patient: 'p1', study: 's1' },
    ...{ item, finding, score, target: 1, decision: 0, rank: null, candidates: null, failure: null },
  });
  const content = encodePredictions([row('p1/s1/view1.png', 'Edema', 0.5), row('p1/s1/view1.png', 'Lung Lesion', 2)]);
  const { prediction } = await read('predictions.parquet', content);
  expect(prediction.columns).toEqual(['Edema', 'Lung Lesion']);
  expect([...prediction.values.subarray(0, 2)]).toEqual([0.5, 2]);
});

test('unknown columns are listed with the nearest finding; infinite scores are scores', async () => {
  const { prediction, matching } = await read(
    'unknown.csv',
    'id,Edema,Plural Efusion,age\np1/s1/view1.png,inf,1,60\np9/s9/view9.png,1,1,1\n',
  );
  expect(prediction.values[0]).toBe(Infinity);
  expect(matching.unknown).toEqual(['p9/s9/view9.png']);
  expect(matching.unknownFindings).toEqual([
    { name: 'Plural Efusion', nearest: 'Pleural Effusion' },
    { name: 'age', nearest: undefined },
  ]);
  expect(matching.missing).toEqual(universe.items.slice(1));
});

describe('what is wrong is said with its row', () => {
  const head = 'id,Edema\n';
  test.each([
    [
      'duplicate id',
      'a.csv',
      `${head}p1/s1/view1.png,1\np2/s1/view1.png,1\np1/s1/view1.png,2`,
      /"p1\/s1\/view1.png" twice .*rows 2 and 4/,
    ],
    [
      'duplicate pair',
      'a.csv',
      'id,finding,score\na,Edema,1\na,Lung Lesion,1\na,Edema,2',
      /"a" with "Edema" twice .*rows 2 and 4/,
    ],
    [
      'two spellings of one id',
      'a.csv',
      `${head}p1/s1/view1.png,1\np1/s1/view1,2`,
      /one row for item "p1\/s1\/view1.png"/,
    ],
    [
      'words for scores',
      'a.csv',
      `${head}p1/s1/view1.png,1\np2/s1/view1.png,high`,
      /expected a number.*row 3, column "Edema"/,
    ],
    ['hexadecimal', 'a.csv', `${head}p1/s1/view1.png,0x10`, /expected a number.*row 2/],
    ['an object for a score', 'a.jsonl', '{"id":"a","Edema":[1]}', /expected a number.*row 1/],
    ['no id in a row', 'a.csv', `${head}p1/s1/view1.png,1\n,2`, /expected an id, got none .*row 3/],
    ['no id column', 'a.csv', 'name,Edema\na,1', /id column, expected one named id.*"name", "Edema"/],
    ['no finding', 'a.csv', 'id,Oedema\na,1', /expected a score for a finding of the dataset, got "Oedema"/],
    [
      'two columns of one finding',
      'a.csv',
      'id,Lung Lesion,lung_lesion\na,1,2',
      /one "Lung Lesion", got "Lung Lesion" and "lung_lesion"/,
    ],
    ['truncated row', 'a.csv', 'id,Edema,Lung Lesion\np1/s1/view1.png,1,2\np2/s1', /expected 3 cells, got 1 .*row 3/],
    ['no rows', 'a.csv', head, /expected rows, got none/],
    ['nothing at all', 'a.csv', '', /empty/],
    ['no JSON', 'a.jsonl', '{"id":"a","Edema":1}\n{"id":', /one JSON object per line.*line 2/],
    ['no Parquet', 'a.parquet', 'PAR1 but not really', /cannot read Parquet/],
    ['another kind of file', 'a.xlsx', 'x', /kind of file, expected .csv.*got "xlsx"/],
    [
      'no id of the dataset',
      'a.csv',
      `${head}x,1`,
      /expected ids like "p1\/s1\/view1.png", got ids like "x": none matches/,
    ],
  ])('%s', async (_, name, content, message) => {
    const failure = await read(name, content).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DataError);
    expect((failure as DataError).message).toMatch(message);
    expect((failure as DataError).message).not.toContain('\n');
  });

  test('a decimal comma gets a hint, a column can be named, a missing file is said', async () => {
    await expect(read('a.csv', 'id;Edema\np1/s1/view1.png;0,5')).rejects.toMatchObject({ hint: /point/ });
    const path = put('named.csv', 'name,Edema\np1/s1/view1.png,1');
    expect((await readStoredScores(path, universe, { idColumn: 'name' })).matching.matched).toBe(1);
    await expect(readStoredScores(path, universe, { idColumn: 'nam' })).rejects.toThrow(/expected "nam"/);
    await expect(readStoredScores(join(folder, 'absent.csv'), universe)).rejects.toThrow(DataError);
  });
});

describe('ids', () => {
  const match = (ids: string[], items: string[]) => Object.fromEntries(matchIds(ids, items).rowOf);

  test('the same, without extension, a longer path, a unique end of the path', () => {
    expect(match(['00000001_000'], ['00000001_000.png'])).toEqual({ '00000001_000.png': 0 });
    expect(match(['/data/images/a.png', '.\\b.jpg'], ['b', 'a.png'])).toEqual({ 'a.png': 0, b: 1 });
    expect(match(['CheXpert-v1.0/test/p1/s1'], ['p1/s1', 'p2/s1'])).toEqual({ 'p1/s1': 0 });
    expect(match(['view7.jpg', 'p1/s1/view1'], ['p1/s1/view1.jpg', 'p1/s1/view7.jpg'])).toEqual({
      'p1/s1/view7.jpg': 0,
      'p1/s1/view1.jpg': 1,
    });
    expect(match(['CXR1_1_IM-0001-3001.dcm.png'], ['CXR1_1_IM-0001-3001'])).toEqual({ 'CXR1_1_IM-0001-3001': 0 });
  });

  test('an end of several paths, and paths that differ further up, match none', () => {
    const ambiguous = matchIds(['view1.jpg', 'p1/s1/view1.jpg'], ['p1/s1/view1.jpg', 'p2/s1/view1.jpg']);
    expect(ambiguous).toMatchObject({ matched: 1, ambiguous: ['view1.jpg'], unknown: ['view1.jpg'] });
    expect(ambiguous.missing).toEqual(['p2/s1/view1.jpg']);
    expect(() => matchIds(['p3/s1/view1.jpg'], ['p1/s1/view1.jpg'])).toThrow(/none matches/);
    expect(() => matchIds(['P1'], ['p1'])).toThrow(/none matches/);
  });

  test('an exact id wins over a path that looks alike', () => {
    expect(match(['a', 'a.png'], ['a.png', 'a'])).toEqual({ a: 0, 'a.png': 1 });
  });
});

describe('embeddings', () => {
  const image = (id: string) => ({ id, view: 'frontal' as const, path: '' });
  const needs = { images: universe.items.map(image), prompts: [], texts: ['Edema', 'no Edema'] };
  const vectors = new Float32Array([1, 2, 0, 0, Number.NaN, 1]);

  /** A folder of its own, with the ids of images and texts under these names. */
  async function store(imageIds: [string, string], textIds: [string, string], shape: readonly number[] = [3, 2]) {
    const own = mkdtempSync(join(folder, 'embeddings-'));
    writeFileSync(join(own, 'images.npy'), encodeNpy(vectors, shape));
    writeFileSync(join(own, 'texts.npy'), encodeNpy(new Float32Array([1, 0, 0, 1]), [2, 2]));
    writeFileSync(join(own, `images${imageIds[0]}`), imageIds[1]);
    writeFileSync(join(own, `texts${textIds[0]}`), textIds[1]);
    return readStoredEmbeddings(join(own, 'images.npy'), join(own, 'texts.npy'), needs);
  }
  const ids = universe.items.slice(0, 3);
  const prompts = JSON.stringify(needs.texts);

  test.each([
    ['.ids.json', JSON.stringify(ids)],
    ['.json', JSON.stringify({ ids })],
    ['.ids.txt', ids.join('\n')],
    ['.ids.txt', `${ids.join('\r\n')}\r\n`],
    ['.ids.csv', `n,id\n${ids.map((id, n) => `${n},${id}`).join('\n')}`],
  ] as [string, string][])('ids in %s', async (extension, content) => {
    const { lookup, matching } = await store([extension, content], ['.json', prompts]);
    expect(matching).toMatchObject({ matched: 3, unknown: [], missing: [universe.items[3]] });
    expect([...lookup.image(ids[0]!)!]).toEqual([1, 2]);
    expect([...lookup.text('no Edema')!]).toEqual([0, 1]);
    expect(universe.items.map((id) => [lookup.image(id) === null, lookup.failure(id)])).toEqual([
      [false, undefined],
      [true, 'embedding is zero'],
      [true, 'embedding is not finite'],
      [true, 'not in the embeddings file'],
    ]);
  });

  test('what is wrong, without a word of a text', async () => {
    const good: [string, string] = ['.ids.json', JSON.stringify(ids)];
    await expect(store(['.ids.json', '["a"]'], ['.json', prompts])).rejects.toThrow(
      /expected 3 ids, one per row, got 1/,
    );
    await expect(store(['.ids.json', '["a","b","a"]'], ['.json', prompts])).rejects.toThrow(/"a" in rows 1 and 3/);
    await expect(store(['.ids.json', '{"a":1}'], ['.json', prompts])).rejects.toThrow(/JSON list of strings/);
    await expect(store(['.other', ''], ['.json', prompts])).rejects.toThrow(/expected ids beside the file/);
    await expect(store(good, ['.json', prompts], [6])).rejects.toThrow(/expected a matrix.*got shape \[6\]/);
    await expect(store(good, ['.json', '["Edema","Patient says"]'])).rejects.toThrow(/1 of them missing among 2/);
    const twice = store(good, ['.json', '["Edema of Mr X","Edema of Mr X"]']);
    await expect(twice).rejects.toThrow(/each id once, got one in rows 1 and 2/);
    await twice.catch((error: Error) => expect(error.message).not.toContain('Mr X'));
  });

  test('texts of another dimension, a truncated matrix, an absent one', async () => {
    await expect(store(['.json', '["a","b"]'], ['.json', prompts], [2, 3])).rejects.toThrow(
      /images' dimension 3, got 2/,
    );
    const cut = put('cut.npy', encodeNpy(vectors, [3, 2]).subarray(0, 140));
    await expect(readStoredEmbeddings(cut, cut, needs)).rejects.toThrow(/expected 24 bytes.*cut\.npy/);
    await expect(readStoredEmbeddings(join(folder, 'no.npy'), cut, needs)).rejects.toThrow(DataError);
  });
});

const chexpert = sharedPath('data/chexpert-test-labels');

test.runIf(chexpert)('real predictions on the CheXpert test labels give their AUROCs', async () => {
  const lines = readFileSync(join(chexpert!, 'groundtruth.csv'), 'utf8').trim().split(/\r?\n/);
  const table = lines.map((line) => line.split(','));
  // The dataset's ids need not begin where the file's do.
  const items = table.slice(1).map((cells) => cells[0]!.replace('CheXpert-v1.0/test/', ''));
  const expected = JSON.parse(readFileSync(join(chexpert!, 'expected_metrics.json'), 'utf8')).models;
  for (const model of Object.keys(expected)) {
    const path = join(chexpert!, 'example_models/predictions/standard', `${model}_predictions.csv`);
    const { prediction, matching } = await readStoredScores(path, { items, columns: table[0]!.slice(1) });
    expect(matching).toMatchObject({ matched: 500, unknown: [], missing: [], unknownFindings: [] });
    expect(prediction.columns).toHaveLength(5);
    prediction.columns.forEach((finding, c) => {
      const column = table[0]!.indexOf(finding);
      const targets = Uint8Array.from(table.slice(1), (cells) => Number(cells[column]));
      const scores = Float64Array.from(items, (_, row) => prediction.values[row * prediction.columns.length + c]!);
      expect(prepareAuroc({ targets, scores })()).toBeCloseTo(expected[model][finding].auroc, 13);
    });
  }
});
