/** The ChestX-ray14 loader on a hand-written release and on what can be wrong with it. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readAge } from '../../../src/catalog/datasets/nih-chestxray14/rows.ts';
import nih from '../../../src/catalog/datasets/nih-chestxray14.ts';
import { ConfigError, DataError } from '../../../src/core/errors.ts';
import { nodeContext } from '../../context.ts';
import { fixture, scratch, userError } from '../scratch.ts';

const open = (root: string | undefined, options: object = {}) =>
  nih.open(root, nih.options.parse(options), nodeContext());

const HEADER = 'Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position';
const row = (image: string, patient: string, labels = 'No Finding') => `${image},${labels},0,${patient},50,M,PA`;

test('rows with an image become studies; the others are counted once', async () => {
  const { studies, problems } = await open(fixture('nih'));
  expect(studies.map(({ id }) => id)).toEqual([
    '90000001_000',
    '90000001_001',
    '90000002_000',
    '90000003_000',
    '90000004_000',
  ]);
  expect(studies[0]).toMatchObject({
    patientId: '90000001',
    sex: 'male',
    ageYears: 60,
    acquisition: { projection: 'PA' },
  });
  expect(studies[0]!.images[0]).toMatchObject({ id: '90000001_000.png', view: 'frontal' });
  expect(studies[2]!.ageYears).toBeUndefined();
  expect(problems).toEqual([
    { item: '90000002_000.png', problem: 'age is not a number of years up to 110: left out' },
    { item: 'rows', problem: '1 rows without an image are left out' },
    { item: 'folder-v1', problem: '1 images of patients that recur across folders are excluded' },
  ]);
});

test('labels: named as in CheXpert where the meaning is the same; what is not listed is absent', async () => {
  const { studies } = await open(fixture('nih'));
  const present = ({ labels }: (typeof studies)[number]) => Object.keys(labels).filter((f) => labels[f] === 'present');
  expect(studies.map(present)).toEqual([
    ['Pleural Effusion', 'Infiltration'],
    ['No Finding'],
    ['Pleural Thickening'],
    ['Mass', 'Hernia'],
    ['No Finding'],
  ]);
  expect(Object.keys(studies[0]!.labels)).toEqual(nih.findings);
  expect(nih.findings).toHaveLength(15);
});

test('the official lists, the folders and the patient hash as splits', async () => {
  const { split } = await open(fixture('nih'));
  expect(split('folder-v1')).toEqual(['train', 'excluded', 'train', 'test', 'test']);
  expect(split('folder-evaluation-v1')).toEqual(['excluded', 'validation', 'train', 'test', 'test']);
  const official = split('official-v1');
  expect(official[3]).toBe('test');
  expect(official[4]).toBe('excluded');
  expect(official[0]).toBe(official[1]);
  expect(['train', 'validation']).toContain(official[2]);
  expect(split('patient-v1')[0]).toBe(split('patient-v1')[1]);
  expect(() => split('official')).toThrow(ConfigError);
});

test('a split without its sources says what is missing', async () => {
  const { split } = await open(
    scratch({ 'Data_Entry_2017.csv': `${HEADER}\n${row('1_0.png', '1')}\n`, 'images/1_0.png': 'x' }),
  );
  expect(() => split('official-v1')).toThrow(/train_val_list\.txt/);
  expect(() => split('folder-v1')).toThrow(/folders named train, valid or test/);
});

test('an official list that puts a patient into two parts is refused', async () => {
  const table = `${HEADER}\n${row('1_0.png', '1')}\n${row('1_1.png', '1')}\n`;
  const lists = { 'train_val_list.txt': '1_0.png\r\n', 'test_list.txt': '1_1.png\r\n' };
  const { split } = await open(scratch({ 'Data_Entry_2017.csv': table, ...lists }));
  expect(() => split('official-v1')).toThrow(/not disjoint by patient.*patient 1\)/);
});

test('a file name in several folders is refused with the option that chooses', async () => {
  const table = `${HEADER}\n${row('1_0.png', '1')}\n`;
  const root = scratch({ 'Data_Entry_2017.csv': table, 'small/train/1_0.png': 'x', 'large/train/1_0.png': 'x' });
  const error = await userError(open(root));
  expect(error.message).toContain('large/train/1_0.png and small/train/1_0.png');
  expect(error.hint).toMatch(/options\.images .*"large" or "small"/);
  const chosen = await open(root, { images: 'small/' });
  expect(chosen.studies[0]!.images[0]!.path).toBe(`${root}/small/train/1_0.png`);
  expect((await userError(open(root, { images: 'smal' }))).message).toContain('"smal"');
});

test('table: gzip, byte-order mark, CRLF, trailing commas, a quoted header, a table of another name', async () => {
  const plain = `\uFEFF${HEADER},OriginalImage[Width,Height],\r\n${row('1_0.png', '1')},10,20,\r\n`;
  const zipped = await open(scratch({ 'Data_Entry_2017_v2020.csv.gz': gzipSync(plain) }));
  const quoted = await open(
    scratch({ 'my.csv': `${HEADER},"OriginalImage[Width,Height]"\n${row('1_0.png', '1')},10,20\n` }),
    {
      table: 'my.csv',
    },
  );
  expect(zipped.studies).toHaveLength(1);
  expect(zipped.studies[0]!.labels).toEqual(quoted.studies[0]!.labels);
  expect(zipped.digest).toBe(quoted.digest);
});

test('equal rows of one image count once, contradicting rows are refused', async () => {
  const twice = `${HEADER}\n${row('1_0.png', '1')}\n${row('1_0.png', '1')}\n`;
  const { studies, problems } = await open(scratch({ 'Data_Entry_2017.csv': twice }));
  expect(studies).toHaveLength(1);
  expect(problems).toContainEqual({ item: '1_0.png', problem: 'row 3 repeats row 2' });
  const contradiction = `${HEADER}\n${row('1_0.png', '1')}\n${row('1_0.png', '1', 'Mass')}\n`;
  const error = await userError(open(scratch({ 'Data_Entry_2017.csv': contradiction })));
  expect(error.message).toMatch(/got 2 and 3 for "1_0\.png"/);
});

test('unknown labels, genders, views and images without a row are counted', async () => {
  const table = `${HEADER}\n1_0.png,Mass|Efusion,0,1,50,X,LL\n`;
  const { studies, problems } = await open(
    scratch({ 'Data_Entry_2017.csv': table, 'images/1_0.png': 'x', 'images/2_0.png': 'x' }),
  );
  expect(studies[0]!.images[0]!.view).toBe('unknown');
  expect(studies[0]!.sex).toBeUndefined();
  expect(studies[0]!.acquisition).toEqual({});
  expect(problems.map(({ item }) => item)).toEqual(['1_0.png', '1_0.png', 'label "Efusion"', 'images']);
});

test('without any image every row stays; missingImages: keep keeps every row beside images', async () => {
  const table = `${HEADER}\n${row('1_0.png', '1')}\n${row('2_0.png', '2')}\n`;
  expect((await open(scratch({ 'Data_Entry_2017.csv': table }))).studies).toHaveLength(2);
  const one = scratch({ 'Data_Entry_2017.csv': table, 'images/1_0.png': 'x' });
  expect((await open(one)).studies).toHaveLength(1);
  expect((await open(one, { missingImages: 'keep' })).studies).toHaveLength(2);
});

test('no folder, an empty one, two tables, a missing column', async () => {
  expect(await userError(open(undefined))).toBeInstanceOf(ConfigError);
  const empty = await userError(open(scratch({})));
  expect(empty).toBeInstanceOf(DataError);
  expect(empty.hint).toContain('train_val_list.txt');
  const two = await userError(open(scratch({ 'Data_Entry_2017.csv': HEADER, 'Data_Entry_2017_v2020.csv': HEADER })));
  expect(two.hint).toContain('options.table');
  const column = await userError(open(scratch({ 'Data_Entry_2017.csv': HEADER.replace('Patient ID', 'PatientID') })));
  expect(column.message).toContain('"Patient ID"');
  expect(column.hint).toContain('"PatientID"');
  const bare = await userError(open(scratch({ 'Data_Entry_2017.csv': HEADER })));
  expect(bare.message).toContain('no row');
});

test('ages in every form of the releases', () => {
  expect(['60', '060Y', '011M', '007D', '413', '149Y', '', 'Y', '-3', '6O'].map((text) => readAge(text))).toEqual([
    60,
    60,
    11 / 12,
    7 / 365.25,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
