/** One's own images: a table edited in a spreadsheet with a mapping, guessed columns, and errors that help. */
import { expect, test } from 'vitest';
import folder from '../../../src/catalog/datasets/folder.ts';
import { ConfigError, DataError } from '../../../src/core/errors.ts';
import { nodeContext } from '../../context.ts';
import { fixture, scratch, userError } from '../scratch.ts';

const open = (root: string | undefined, options: object = {}, context = nodeContext()) =>
  folder.open(root, folder.options.parse(options), context);
const told = ({ problems }: Awaited<ReturnType<typeof open>>) =>
  problems.map(({ item, problem }) => `${item}: ${problem}`);

test('byte-order mark, semicolons, quoted line ends, upper-case extensions, patterns, values: studies as mapped', async () => {
  const opened = await open(fixture('folder'));
  expect(opened.studies).toHaveLength(3);
  const [first, second] = opened.studies;
  expect(first).toMatchObject({
    id: 'V1',
    patientId: 'P1',
    sex: 'female',
    ageYears: 60,
    labels: { Cardiomegaly: 'present', Edema: 'absent' },
    report: { impression: 'Invented heart;\r\nlarge.' },
    acquisition: { projection: 'PA', site: 'north' },
  });
  expect(first!.images.map(({ id, view }) => [id, view])).toEqual([
    ['films/a1', 'frontal'],
    ['films/a2', 'lateral'],
  ]);
  expect(first!.images[1]!.path).toMatch(/a2\.JPG$/);
  expect(second!.ageYears).toBeUndefined();
  expect(second!.labels).toEqual({ Cardiomegaly: 'absent', Edema: 'uncertain' });
  expect(opened.tier).toBe('open');
  expect(opened.findings).toEqual(['Cardiomegaly', 'Edema']);
  expect(opened.split('given-v1')).toEqual(['train', 'test', 'validation']);
  expect(told(opened)).toEqual([
    'films.csv, row 4: age is not a number of years up to 110: left out',
    'films.csv, row 4: sex is neither F nor M: left out',
    'films/c1: image is not on disk',
    'films.csv, row 6: row left out: its image belongs to another study',
  ]);
});

test('without a mapping the obvious names are guessed, and it is said', async () => {
  const text = 'Patient_ID,path,No Finding,pleural_effusion,Report\np1,a.png,1.0,,FINDINGS: Invented.\n';
  const context = nodeContext();
  const opened = await open(scratch({ 'table.csv': text, 'deep/a.PNG': 'x', 'empty.png': '' }), {}, context);
  expect(opened.studies).toMatchObject([
    { id: 'deep/a', patientId: 'p1', labels: { 'No Finding': 'present', 'Pleural Effusion': 'unmentioned' } },
  ]);
  expect(opened.studies[0]!.report).toEqual({ findings: 'Invented.' });
  expect(context.messages.join()).toContain(
    'image = "path", patient = "Patient_ID", report = "Report", 2 label columns',
  );
  expect(opened.tier).toBe('credentialed');
  expect(told(opened)).toContain('empty.png: image has 0 bytes: it will fail');
});

test('options of a suite count before the file, JSON is read too, missing images can be dropped', async () => {
  const files = {
    'dataset.json': '{"image": "a", "patient": "b", "table": "t.csv"}',
    't.csv': 'a,b,c\nx.png,1,2\ny.png,3,4\n',
    'u.csv': '',
    'x.png': 'x',
  };
  const opened = await open(scratch(files), { patient: 'c', missingImages: 'drop' });
  expect(opened.studies.map(({ id, patientId }) => [id, patientId])).toEqual([['x', '2']]);
  expect(told(opened)).toEqual(['y.png: image is not on disk']);
});

test('a file name that lies in two folders is not chosen', async () => {
  const opened = await open(scratch({ 't.csv': 'image\nx.png\nb/x.png\n', 'a/x.png': 'x', 'b/x.png': 'x' }));
  expect(told(opened)).toContain('x.png: several files have this name: none is chosen, write the path');
  expect(opened.studies.map(({ id }) => id)).toEqual(['b/x', 'x']);
});

test('errors that help: unknown column, unknown key, broken file, other labels, no image column, tables', async () => {
  const table = { 't.csv': 'film_path,who,Edema\nx.png,1,high\n' };
  const column = await userError(open(scratch(table), { image: 'film_pat' }));
  expect(column).toBeInstanceOf(ConfigError);
  expect(column.hint).toContain('film_path');
  const key = await userError(open(scratch({ ...table, 'dataset.yaml': 'images: film_path\n' })));
  expect(key.message).toContain('(dataset.yaml)');
  expect(key.hint).toContain('image, patient');
  expect((await userError(open(scratch({ ...table, 'dataset.yaml': 'a: [1\n' })))).message).toContain('YAML or JSON');
  const label = await userError(open(scratch(table), { image: 'film_path', labels: ['Edema'] }));
  expect(label.message).toBe('label "Edema", expected 1, 0, -1 or blank, got "high" (t.csv, row 2)');
  expect((await userError(open(scratch(table)))).hint).toContain('film_path, who, Edema');
  expect(await userError(open(scratch({ 'a.csv': '', 'b.csv': '' })))).toBeInstanceOf(DataError);
  expect((await userError(open(scratch(table), { table: 'u.csv' }))).hint).toContain('t.csv');
  expect(await userError(open(scratch(table), { mapping: 'no.yaml' }))).toBeInstanceOf(ConfigError);
  expect(await userError(open(undefined))).toBeInstanceOf(ConfigError);
  const opened = await open(scratch(table), { image: 'film_path' });
  expect(() => opened.split('given-v1')).toThrow(/column of parts/);
  expect(() => opened.split('given')).toThrow(/given-v1/);
});
