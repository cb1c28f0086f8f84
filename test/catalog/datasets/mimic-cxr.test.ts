/** The MIMIC-CXR loaders on a made-up release of both forms, and on what a download leaves behind. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import mimicCxr from '../../../src/catalog/datasets/mimic-cxr.ts';
import mimicCxrJpg from '../../../src/catalog/datasets/mimic-cxr-jpg.ts';
import { ConfigError, DataError } from '../../../src/core/errors.ts';
import { nodeContext } from '../../context.ts';
import { fixture, scratch, userError } from '../scratch.ts';

const open = (root: string | undefined, options: object = {}, dataset = mimicCxrJpg) =>
  dataset.open(root, dataset.options.parse(options), nodeContext());
const FIXTURE = fixture('mimic-cxr-jpg');
const text = (name: string) => readFileSync(join(FIXTURE, name), 'utf8');

const METADATA = 'mimic-cxr-2.0.0-metadata.csv';
const dicom = (digit: number) => Array.from({ length: 5 }, () => `0000000${digit}`).join('-');
const COLUMNS = 'dicom_id,subject_id,study_id,ViewPosition';
const film = (digit: number, patient = 10000001, study = 50000001) =>
  `files/p10/p${patient}/s${study}/${dicom(digit)}.jpg`;
const row = (digit: number, patient = 10000001, study = 50000001) => `${dicom(digit)},${patient},${study},PA`;

test('tables, tree, reports and people become studies', async () => {
  const { studies, split } = await open(FIXTURE);
  expect(studies.map(({ id, patientId }) => [id, patientId])).toEqual([
    ['s50000001', 'p10000001'],
    ['s50000002', 'p10000001'],
    ['s50000003', 'p11000003'],
  ]);
  const [first, second, third] = studies;
  expect(first!.images.map(({ id, view }) => [id, view])).toEqual([
    [dicom(1), 'frontal'],
    [dicom(2), 'lateral'],
  ]);
  expect(first!.images[1]!.path).toMatch(/\.JPG$/);
  expect(second!.images).toMatchObject([{ id: dicom(3), view: 'frontal' }]);
  expect(second!.images[0]!.path).toMatch(/\.jpeg$/);
  expect(first!.labels).toMatchObject({ 'No Finding': 'present', Edema: 'unmentioned' });
  expect(second!.labels).toMatchObject({ Cardiomegaly: 'uncertain', Edema: 'absent', 'Support Devices': 'present' });
  expect(first!.report.findings).toBe('The invented lungs are clear. No effusion is invented.');
  expect(second!.report).toEqual({
    indication: 'Made-up fall.',
    impression: 'Invented atelectasis at the left base.',
  });
  expect(third!.report).toEqual({});
  expect(first).toMatchObject({ sex: 'female', ageYears: 60 });
  expect(second!.ageYears).toBe(61);
  expect(third!.sex).toBe('male');
  expect(third!.ageYears).toBeUndefined();
  expect(first!.acquisition).toEqual({ projection: 'PA', procedure: 'CHEST (PA AND LAT)', orientation: 'Erect' });
  expect(third!.acquisition).toMatchObject({ procedure: 'CHEST (PRE-OP AP, ONE VIEW)' });
  expect(split('official-v1')).toEqual(['train', 'train', 'validation']);
});

test('every label of every study: what is blank is unmentioned', async () => {
  const { studies } = await open(FIXTURE);
  const mentioned = studies.map(({ labels }) => Object.entries(labels).filter(([, state]) => state !== 'unmentioned'));
  expect(studies.map(({ labels }) => Object.keys(labels).length)).toEqual([14, 14, 14]);
  expect(mentioned.map((entries) => Object.fromEntries(entries))).toEqual([
    { 'No Finding': 'present' },
    {
      Atelectasis: 'present',
      Cardiomegaly: 'uncertain',
      Edema: 'absent',
      Pneumothorax: 'absent',
      'Support Devices': 'present',
    },
    { Fracture: 'present', 'Support Devices': 'present' },
  ]);
});

test('what is wrong is counted, a line for each kind', async () => {
  const { problems } = await open(FIXTURE);
  expect(problems.map(({ item, problem }) => `${item}: ${problem}`)).toEqual([
    `${METADATA}, row 5: study date is no YYYYMMDD from 1900 on: left out`,
    `${METADATA}, row 8: row left out: its study belongs to another patient`,
    `${METADATA}, row 9: row left out: its image belongs to another study`,
    'p11000003: anchor_age is not a number of years up to 110: left out',
    `${dicom(9)}.jpg: image on disk without a row in the table is left out`,
    'p11: 1 of 2 images are not on disk',
    'p12 (no folder): 1 of 1 images are not on disk',
    's50000003: report cannot be read as text',
    'reports: 1 of 4 studies have none on disk',
    'studies: 1 have no image on disk and are left out',
    'rows of labels: 1 are of studies without an image',
  ]);
});

test('labels: NegBio, the test set, none, and a table that is not there', async () => {
  const negbio = await open(FIXTURE, { labels: 'negbio' });
  expect(negbio.studies[1]!.labels).toMatchObject({ Cardiomegaly: 'present' });
  expect(negbio.studies[2]!.labels).toMatchObject({ Cardiomegaly: 'uncertain', 'No Finding': 'uncertain' });
  expect(negbio.problems).toContainEqual({
    item: 'studies',
    problem: '1 have no row of labels: every finding is uncertain',
  });
  const radiologist = await open(FIXTURE, { labels: 'test-set', missingImages: 'keep' });
  expect(radiologist.studies.map(({ id }) => id)).toEqual(['s50000004']);
  expect(radiologist.studies[0]!.labels).toMatchObject({ 'Lung Opacity': 'present', 'Support Devices': 'uncertain' });
  expect(radiologist.split('official-v1')).toEqual(['test']);
  expect((await open(FIXTURE, { labels: 'none' })).studies[0]!.labels).toEqual({});
  const bare = scratch({ [METADATA]: `${COLUMNS}\n${row(1)}\n` });
  expect(await userError(open(bare, { labels: 'chexpert' }))).toBeInstanceOf(ConfigError);
});

test('metadata alone: nothing on disk is kept, what is missing is said, and the general splits run', async () => {
  const { studies, problems, split } = await open(scratch({ [METADATA]: `${COLUMNS}\n${row(1)}\n` }));
  expect(studies).toHaveLength(1);
  expect(studies[0]!.images[0]!.path.replaceAll('\\', '/')).toContain(film(1));
  expect(problems.map(({ item }) => item)).toEqual([
    'mimic-cxr-2.0.0-chexpert.csv.gz',
    'mimic-cxr-2.0.0-split.csv.gz',
    'p10 (no folder)',
    'reports',
  ]);
  expect(split('all-test-v1')).toEqual(['test']);
  expect(() => split('official-v1')).toThrow(/split.csv.gz/);
  expect(() => split('official')).toThrow(/official-v1/);
});

test('views: frontal keeps studies with such a film', async () => {
  const rows = `${COLUMNS}\n${row(1)}\n${row(2, 10000001, 50000002).replace(/PA$/, 'LL')}\n`;
  const { studies, problems } = await open(scratch({ [METADATA]: rows }), { views: 'frontal' });
  expect(studies.map(({ id }) => id)).toEqual(['s50000001']);
  expect(problems).toContainEqual({ item: 'studies', problem: '1 have no frontal image and are left out' });
});

test('a table edited in a spreadsheet: byte-order mark, semicolons, CRLF, quoted line ends, decimals', async () => {
  const rows = `${COLUMNS},Comment\n${dicom(1)},10000001.0,50000001.0,PA,"two\nlines"\n`;
  const edited = `\uFEFF${rows.replaceAll(',', ';').replaceAll('\n', '\r\n')}`;
  const labels = 'study_id;Edema;Cardiomegaly\r\n50000001;1,0;-1,0\r\n';
  const root = scratch({ [METADATA]: edited, 'mimic-cxr-2.0.0-chexpert.csv': labels, [film(1)]: 'x' });
  const { studies, problems } = await open(root);
  expect(studies[0]).toMatchObject({ id: 's50000001', labels: { Edema: 'present', Cardiomegaly: 'uncertain' } });
  const lacking = problems.find(({ item }) => item === 'mimic-cxr-2.0.0-chexpert.csv');
  expect(lacking?.problem).toMatch(/^lacks No Finding, .*: unmentioned in every study$/);
});

test('half a table, a bad label, no table, two copies of one', async () => {
  const cut = gzipSync(`${COLUMNS}\n${row(1)}\n`).subarray(0, 60);
  expect((await userError(open(scratch({ [`${METADATA}.gz`]: cut })))).message).toContain('whole gzip file');
  const tables = { [METADATA]: `${COLUMNS}\n${row(1)}\n${row(2)},more\n12345,x\n` };
  const { problems } = await open(scratch(tables));
  expect(problems).toContainEqual({
    item: `${METADATA}, row 3`,
    problem: 'row left out: expected 4 cells, got 5',
  });
  const wrong = { ...tables, 'mimic-cxr-2.0.0-chexpert.csv': 'study_id,Edema\n50000001,0.83\n' };
  expect((await userError(open(scratch(wrong)))).message).toBe(
    'label "Edema", expected 1, 0, -1 or blank, got "0.83" (mimic-cxr-2.0.0-chexpert.csv, row 2)',
  );
  const none = { ...tables, 'mimic-cxr-2.0.0-chexpert.csv': 'study_id,other\n50000001,1\n' };
  expect(await userError(open(scratch(none)))).toBeInstanceOf(DataError);
  expect((await userError(open(scratch({ 'a.txt': '' })))).message).toContain('no table of images');
  const twice = { ...tables, [`${METADATA}.gz`]: gzipSync(tables[METADATA]!) };
  expect((await userError(open(scratch(twice)))).message).toContain('metadata.csv.gz');
  expect(await userError(open(undefined))).toBeInstanceOf(ConfigError);
});

test('.DS_Store, ._ files, a dangling link and folders around the release do not matter', async () => {
  const inside = 'physionet.org/files/mimic-cxr-jpg/2.1.0';
  const root = scratch({
    [`${inside}/${METADATA}`]: `${COLUMNS}\n${row(1)}\n`,
    [`${inside}/.DS_Store`]: 'x',
    [`${inside}/._${METADATA}`]: 'x',
    [`${inside}/${film(1)}`]: 'x',
    [`${inside}/${film(1).replace('0000', '._0000')}`]: 'x',
  });
  mkdirSync(join(root, inside, 'files/p11'));
  symlinkSync(join(root, 'nowhere'), join(root, inside, 'files/p12'));
  symlinkSync(join(root, 'nowhere'), join(root, inside, `files/p10/p10000001/s50000001/${dicom(7)}.jpg`));
  const { studies, problems } = await open(root);
  expect(studies[0]!.images[0]!.path).toContain(inside);
  expect(problems.map(({ item }) => item)).not.toContain('p10');
});

test('a table without its header is not quoted', async () => {
  const sectioned = 's50000001,"The invented heart is large, and the lungs are clear.",,,\n';
  const root = scratch({ [METADATA]: `${COLUMNS}\n${row(1)}\n`, 'mimic_cxr_sectioned.csv': sectioned });
  const error = await userError(open(root));
  expect(error.message).toContain('table lacks a column, expected "study"');
  expect(`${error.message} ${error.hint}`).not.toContain('invented');
});

test('official parts that would put a patient into two are refused', async () => {
  const split = `dicom_id,study_id,subject_id,split\n${dicom(1)},50000001,10000001,train\n${dicom(2)},50000002,10000001,test\n`;
  const rows = `${COLUMNS}\n${row(1)}\n${row(2, 10000001, 50000002)}\n`;
  const opened = await open(scratch({ [METADATA]: rows, 'mimic-cxr-2.0.0-split.csv': split }));
  expect(() => opened.split('official-v1')).toThrow(/not disjoint by patient/);
});

test('the DICOM release: record list, DICOM files, reports beside them, sections instead of reports', async () => {
  const record = `subject_id,study_id,dicom_id,path\n10000001,50000001,${dicom(1)},${film(1).replace('.jpg', '.dcm')}\n`;
  const files = {
    'cxr-record-list.csv.gz': gzipSync(record),
    [film(1).replace('.jpg', '.dcm')]: 'x',
    'files/p10/p10000001/s50000001.txt': text('mimic-cxr-reports/files/p10/p10000001/s50000001.txt'),
  };
  const { studies, problems } = await open(scratch(files), {}, mimicCxr);
  expect(studies).toMatchObject([{ id: 's50000001', images: [{ view: 'unknown' }], labels: {} }]);
  expect(studies[0]!.images[0]!.path).toMatch(/\.dcm$/);
  expect(studies[0]!.report.impression).toBe('Nothing invented.');
  expect(problems.map(({ item }) => item)).toContain('mimic-cxr-2.0.0-metadata.csv.gz');
  const sectioned =
    'study,impression,findings,last_paragraph,comparison\n' +
    's50000001,,,"An invented\nlast paragraph.",None.\ns59999999,Nothing.,,,\n';
  const other = await open(scratch({ ...files, 'mimic_cxr_sectioned.csv': sectioned }), {}, mimicCxr);
  expect(other.studies[0]!.report).toEqual({ comparison: 'None.', findings: 'An invented last paragraph.' });
  const none = await open(scratch(files), { reports: 'none' }, mimicCxr);
  expect(none.studies[0]!.report).toEqual({});
  expect(await userError(open(scratch(files), { reports: 'sectioned' }, mimicCxr))).toBeInstanceOf(ConfigError);
  expect(await userError(open(scratch(files), { reportFolder: 'elsewhere' }, mimicCxr))).toBeInstanceOf(ConfigError);
});
