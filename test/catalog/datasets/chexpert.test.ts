/** The CheXpert loader on a hand-written release, on what can be wrong with it, and on the real test labels. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import chexpert from '../../../src/catalog/datasets/chexpert.ts';
import { ConfigError, DataError } from '../../../src/core/errors.ts';
import { CHEXPERT_FINDINGS } from '../../../src/core/study.ts';
import { nodeContext } from '../../context.ts';
import { sharedPath } from '../../shared-data.ts';
import { fixture, scratch, userError } from '../scratch.ts';

const open = (root: string | undefined, options: object = {}) =>
  chexpert.open(root, chexpert.options.parse(options), nodeContext());

const HEADER = `Path,Sex,Age,Frontal/Lateral,AP/PA,${CHEXPERT_FINDINGS.join(',')}`;
const path = (patient: number, image = 'view1_frontal.jpg', study = 1) =>
  `CheXpert-v1.0-small/train/patient0000${patient}/study${study}/${image}`;
const row = (file: string, first = '1.0') => `${file},Male,50,Frontal,AP,${first}${',0.0'.repeat(13)}`;
const train = (...rows: string[]) => ({ 'train.csv': `${[HEADER, ...rows].join('\n')}\n` });

test('tables of images and of studies become studies with the part of their table', async () => {
  const { studies, split, problems } = await open(fixture('chexpert'));
  expect(studies.map(({ id }) => id)).toEqual([
    'patient00001/study1',
    'patient00002/study1',
    'patient00002/study2',
    'patient64541/study1',
    'patient64741/study1',
    'patient64742/study1',
    'patient64743/study1',
  ]);
  expect(split('official-v1')).toEqual(['train', 'train', 'train', 'validation', 'test', 'test', 'test']);
  expect(studies[0]).toMatchObject({ patientId: 'patient00001', sex: 'female', ageYears: 68 });
  expect(studies[1]!.images.map(({ id, view }) => [id, view])).toEqual([
    ['patient00002/study1/view1_frontal.jpg', 'frontal'],
    ['patient00002/study1/view2_lateral.jpg', 'lateral'],
  ]);
  expect(studies[1]!.acquisition).toEqual({ projection: 'PA' });
  expect(studies[2]!.sex).toBeUndefined();
  expect(studies[2]!.ageYears).toBeUndefined();
  expect(studies[4]!.images.map(({ view }) => view)).toEqual(['frontal', 'lateral']);
  expect(problems).toEqual([
    { item: 'train images', problem: '2 of 4 are not on disk' },
    { item: 'test images', problem: '1 of 4 are not on disk' },
  ]);
});

test('all four label states, read by the name of the column', async () => {
  const { studies } = await open(fixture('chexpert'));
  expect(studies[0]!.labels).toMatchObject({
    'No Finding': 'present',
    Pneumothorax: 'absent',
    Edema: 'unmentioned',
    'Support Devices': 'present',
  });
  expect(studies[1]!.labels).toMatchObject({ Cardiomegaly: 'uncertain', Fracture: 'present' });
  const swapped = CHEXPERT_FINDINGS.map((name) =>
    name === 'Lung Lesion' ? 'Lung Opacity' : name === 'Lung Opacity' ? 'Lung Lesion' : name,
  );
  const labels = `Study,${swapped.join(',')}\nCheXpert-v1.0/test/patient64741/study1,0,1,1,1,0,0,0,0,0,0,0,0,0,1\n`;
  const other = await open(scratch({ 'groundtruth.csv': labels }));
  expect(other.studies[0]!.labels).toMatchObject({ 'Lung Lesion': 'present', 'Lung Opacity': 'absent' });
});

test('images: view1 keeps the first image of each study, missingImages: drop what is on disk', async () => {
  const first = await open(fixture('chexpert'), { images: 'view1' });
  expect(first.studies.map(({ images }) => images.length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  const dropped = await open(fixture('chexpert'), { missingImages: 'drop' });
  expect(dropped.studies.map(({ id }) => id)).not.toContain('patient64743/study1');
  expect(dropped.studies.flatMap(({ images }) => images)).toHaveLength(6);
  expect(dropped.split('official-v1')).toHaveLength(5);
});

test('a study whose table names no image has the frontal film that every study has', async () => {
  const { studies } = await open(fixture('chexpert'));
  expect(studies[6]!.images).toMatchObject([{ id: 'patient64743/study1/view1_frontal.jpg', view: 'frontal' }]);
});

test('byte-order mark, carriage returns, whole numbers as labels, upper-case names, backslashes', async () => {
  const text = `\uFEFF${HEADER}\r\n${row(path(1), '1').replaceAll('/', '\\').replace('Frontal\\Lateral', '')}\r\n`;
  const fixed = text.replace('Frontal\\Lateral', 'Frontal/Lateral').replace('AP\\PA', 'AP/PA');
  const root = scratch({ 'train.csv': fixed, 'train/patient00001/study1/VIEW1_frontal.JPG': 'x' });
  const { studies, problems } = await open(root);
  expect(studies[0]!.labels['No Finding']).toBe('present');
  expect(studies[0]!.images[0]!.path).toContain('VIEW1_frontal.JPG');
  expect(problems).toEqual([]);
});

test('a row without a study, studies without a row and images with other labels are counted', async () => {
  const rows = [row('elsewhere/film.jpg'), row(path(1)), row(path(1, 'view2_lateral.jpg'), '0.0'), row(path(1))];
  const root = scratch({
    ...train(...rows),
    'train/patient00001/study1/view1_frontal.jpg': 'x',
    'train/patient00001/study1/view2_lateral.jpg': 'x',
    'train/patient00009/study1/view1_frontal.jpg': 'x',
  });
  const { studies, problems } = await open(root);
  expect(studies[0]!.images).toHaveLength(2);
  expect(problems).toEqual([
    { item: 'train.csv, row 2', problem: 'row left out: no path of the form patientN/studyN' },
    { item: 'patient00001/study1', problem: 'its images have other labels: those of row 3 count' },
    { item: 'images', problem: '1 studies on disk have no row and are left out' },
  ]);
});

test('a bad label, a missing column, contradicting rows and no table are refused', async () => {
  const label = await userError(open(scratch(train(row(path(1), '0.73')))));
  expect(label).toBeInstanceOf(DataError);
  expect(label.message).toBe('label "No Finding", expected 1, 0, -1 or blank, got "0.73" (train.csv, row 2)');
  const text = train(row(path(1)))['train.csv'].replace('Pleural Effusion', 'Effusion');
  expect((await userError(open(scratch({ 'train.csv': text })))).message).toContain('"Pleural Effusion"');
  const twice = await userError(open(scratch(train(row(path(1)), row(path(1), '0.0')))));
  expect(twice.message).toMatch(/got 2 and 3 for/);
  expect(await userError(open(scratch({})))).toBeInstanceOf(DataError);
  expect(await userError(open(undefined))).toBeInstanceOf(ConfigError);
  expect((await userError(open(scratch(train())))).message).toContain('no study left');
});

test('two releases side by side, two tables of test labels, a study in two parts, a patient in two parts', async () => {
  const labels = `Study,${CHEXPERT_FINDINGS.join(',')}\n`;
  const study = (number: number) => `CheXpert-v1.0/test/patient0000${number}/study1${',0'.repeat(14)}\n`;
  const tables = { 'groundtruth.csv': labels + study(1), 'more/test_labels.csv': labels + study(1) };
  const error = await userError(open(scratch(tables)));
  expect(error.hint).toContain('options.test');
  expect((await open(scratch(tables), { test: 'groundtruth.csv' })).studies).toHaveLength(1);
  expect(await userError(open(scratch(tables), { test: 'other.csv' }))).toBeInstanceOf(ConfigError);
  const image = 'train/patient00001/study1/view1_frontal.jpg';
  const both = { ...train(row(path(1))), [`a/${image}`]: 'x', [`b/${image}`]: 'x' };
  expect((await userError(open(scratch(both)))).hint).toContain('CheXpert-v1.0-small');
  const inTwo = { ...train(row(path(1))), 'groundtruth.csv': labels + study(1) };
  expect((await userError(open(scratch(inTwo)))).message).toContain('in two parts');
  const shared = { ...train(row(path(1, 'view1_frontal.jpg', 2))), 'groundtruth.csv': labels + study(1) };
  const { split } = await open(scratch(shared));
  expect(() => split('official-v1')).toThrow(/not disjoint by patient/);
  expect(() => split('official')).toThrow(ConfigError);
});

const real = sharedPath('data/chexpert-test-labels');

/** Positives of each finding among the 500 studies, counted with Python's csv module. */
const POSITIVES = [62, 253, 151, 264, 8, 78, 29, 11, 153, 9, 104, 4, 5, 261];

test.runIf(real)('the real test labels: 500 studies of 500 patients, and their positives', async () => {
  const { studies, split } = await open(scratch({ 'groundtruth.csv': readFileSync(join(real!, 'groundtruth.csv')) }));
  expect(studies).toHaveLength(500);
  expect(new Set(studies.map(({ patientId }) => patientId)).size).toBe(500);
  expect(new Set(split('official-v1'))).toEqual(new Set(['test']));
  const positives = CHEXPERT_FINDINGS.map(
    (finding) => studies.filter(({ labels }) => labels[finding] === 'present').length,
  );
  expect(positives).toEqual(POSITIVES);
  const states = new Set(studies.flatMap(({ labels }) => Object.values(labels)));
  expect(states).toEqual(new Set(['present', 'absent']));
});
