/** The Indiana loader on hand-written releases in both official forms, and on what can be wrong with them. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { readOpenI } from '../../../src/catalog/datasets/iu-xray/open-i.ts';
import iuXray from '../../../src/catalog/datasets/iu-xray.ts';
import { ConfigError, DataError } from '../../../src/core/errors.ts';
import { rng } from '../../../src/core/rng.ts';
import { nodeContext } from '../../context.ts';
import { fixture, scratch, userError } from '../scratch.ts';

const open = (root: string | undefined, options: object = {}) =>
  iuXray.open(root, iuXray.options.parse(options), nodeContext());

const xml = (uid: string, inside: string) => `<eCitation><uId id="CXR${uid}"/>${inside}</eCitation>`;
const abstract = (label: string, text: string) =>
  `<MedlineCitation><Article><Abstract><AbstractText Label="${label}">${text}</AbstractText></Abstract></Article></MedlineCitation>`;
const REPORTS_HEADER = 'uid,MeSH,Problems,image,indication,comparison,findings,impression';
const PROJECTIONS = 'uid,filename,projection\n1,1_IM-1-1.dcm.png,Frontal\n';

test('Open-i form: studies, sections, labels, image ids and paths', async () => {
  const { studies } = await open(fixture('iu-xray-openi'));
  expect(studies.map(({ id }) => id)).toEqual(['1', '1000', '21', '30']);
  const [normal, sick, redacted, device] = studies;
  expect(normal!.images.map(({ id }) => id)).toEqual(['1_IM-0001-3001', '1_IM-0001-4001']);
  expect(normal!.labels['No Finding']).toBe('present');
  expect(normal!.labels.Edema).toBe('absent');
  expect(sick!.report).toEqual({
    indication: 'Dyspnea & fever, temperature > 38 °C',
    findings:
      'The heart is borderline enlarged. A streaky opacity lies at the left base, and a small right effusion is seen.',
  });
  expect(sick!.labels).toEqual({
    Cardiomegaly: 'uncertain',
    'Lung Opacity': 'present',
    'Pleural Effusion': 'present',
    'No Finding': 'absent',
  });
  expect(sick!.images.map(({ path }) => basename(path))).toEqual([
    'CXR1000_IM-0003-1001.png',
    'CXR1000_IM-0003-2001.dcm.png',
    'CXR1000_IM-0003-3001.png',
  ]);
  expect(redacted!.report).toEqual({});
  expect(new Set(Object.values(redacted!.labels))).toEqual(new Set(['uncertain']));
  expect(device!.labels).toEqual({ 'Support Devices': 'present', 'No Finding': 'uncertain' });
});

test('Open-i form: what is wrong with an item is counted, and the rest is read', async () => {
  const { problems } = await open(fixture('iu-xray-openi'));
  const found = problems.map(({ item, problem }) => `${item}: ${problem}`);
  expect(found.sort()).toEqual([
    '1000_IM-0003-3001: image is listed but missing',
    '21: findings is treated as absent: redacted',
    '21: impression is treated as absent: redacted',
    '21: report has neither findings nor impression',
    '21: report was not indexed: every label is uncertain',
    '30: study has no image',
    'ecgen-radiology/44.xml: malformed XML at line 5, column 1',
    'indiana_projections.csv: not found: Open-i files do not tell frontal from lateral, so views are unknown',
  ]);
});

test('Kaggle form: byte-order mark, CRLF, quoted line breaks, #NAME?, Problems where MeSH is empty', async () => {
  const { studies, problems } = await open(fixture('iu-xray-kaggle'));
  expect(studies.map(({ id }) => id)).toEqual(['1', '1000', '21', '50']);
  expect(studies[0]!.images.map(({ view }) => view)).toEqual(['lateral', 'frontal']);
  expect(studies[2]!.report.indication).toBeUndefined();
  expect(studies[3]!.report.findings).toBe('The cardiac outline is wide.\r\nVessels are "plump".');
  expect(studies[3]!.labels).toEqual({ 'Support Devices': 'present', Edema: 'present', 'No Finding': 'absent' });
  expect(problems).toContainEqual({ item: '21', problem: 'indication is treated as absent: spreadsheet error' });
});

test('both forms agree on the studies they share, and share views where the projections lie beside the XML files', async () => {
  const kaggle = await open(fixture('iu-xray-kaggle'));
  const table = await nodeContext().files.readText(`${fixture('iu-xray-kaggle')}/indiana_projections.csv`);
  const openI = await open(scratch({ 'indiana_projections.csv': table }, 'iu-xray-openi'));
  const shared = openI.studies.filter(({ id }) => kaggle.studies.some((study) => study.id === id));
  expect(shared.map(({ id }) => id)).toEqual(['1', '1000', '21']);
  for (const study of shared) {
    const twin = kaggle.studies.find(({ id }) => id === study.id)!;
    expect(study.labels).toEqual(twin.labels);
    expect(study.images.map(({ id, view }) => [id, view])).toEqual(twin.images.map(({ id, view }) => [id, view]));
    expect(study.report.findings).toBe(twin.report.findings);
  }
});

test('captions give views only where they differ within a study', async () => {
  const image = (id: string, caption: string) => `<parentImage id="${id}"><caption>${caption}</caption></parentImage>`;
  const root = scratch({
    '1.xml': xml('1', image('CXR1_IM-1-1', 'Frontal view') + image('CXR1_IM-1-2', 'Lateral view')),
    '2.xml': xml('2', image('CXR2_IM-1-1', 'Lateral chest') + image('CXR2_IM-1-2', 'Lateral chest')),
  });
  const { studies } = await open(root);
  expect(studies.map(({ images }) => images.map(({ view }) => view))).toEqual([
    ['frontal', 'lateral'],
    ['unknown', 'unknown'],
  ]);
});

test('missing images: kept by default, with their studies left out on request', async () => {
  const kept = await open(fixture('iu-xray-openi'));
  expect(kept.studies.find(({ id }) => id === '1000')!.images).toHaveLength(3);
  const dropped = await open(fixture('iu-xray-openi'), { missingImages: 'drop' });
  expect(dropped.studies.map(({ id }) => id)).toEqual(['1', '1000', '21']);
  expect(dropped.studies[1]!.images).toHaveLength(2);
  expect(dropped.problems).toContainEqual({ item: 'images', problem: '1 listed images are missing and left out' });
  expect(dropped.problems).toContainEqual({
    item: 'studies',
    problem: '1 studies without an image on disk are left out',
  });
});

test('one study, a huge text, many entities, a report without any section', async () => {
  const long = 'No focal opacity &lt; 1 cm. '.repeat(40_000);
  const { studies } = await open(scratch({ 'reports/7.XML': xml('7', abstract('FINDINGS', long)) }));
  expect(studies).toHaveLength(1);
  expect(studies[0]!.report.findings).toHaveLength('No focal opacity < 1 cm. '.length * 40_000 - 1);
  const bare = await open(scratch({ '8.xml': xml('8', '') }));
  expect(bare.studies[0]!.report).toEqual({});
  expect(bare.problems).toContainEqual({ item: '8', problem: 'report has neither findings nor impression' });
});

test('an XML file that is no report, no UTF-8, or a bomb of entities is a problem of that file alone', async () => {
  const levels = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('');
  const root = scratch({
    '1.xml': xml('1', ''),
    'other.xml': '<project/>',
    'empty.xml': '',
    'bytes.xml': Uint8Array.of(0x3c, 0xff, 0xfe),
    'bomb.xml': `<!DOCTYPE x [<!ENTITY e0 "ha">${levels}]>${xml('2', abstract('FINDINGS', '&e9;'))}`,
  });
  const { studies, problems } = await open(root);
  expect(studies.find(({ id }) => id === '1')).toBeDefined();
  expect(JSON.stringify(studies).length).toBeLessThan(10_000);
  expect(problems.map(({ item }) => item)).toEqual(expect.arrayContaining(['other.xml', 'empty.xml', 'bytes.xml']));
});

test('a report cut or changed at any place gives a record or one line, never a crash', () => {
  const text = readFileSync(`${fixture('iu-xray-openi')}/ecgen-radiology/1000.xml`, 'utf8');
  const random = rng(1, 'xml-damage');
  for (let round = 0; round < 400; round++) {
    const at = random.integer(text.length);
    const noise = String.fromCharCode(random.integer(128));
    for (const damaged of [text.slice(0, at), text.slice(0, at) + noise + text.slice(at + 1)]) {
      const read = readOpenI(damaged, '1000.xml');
      if (typeof read === 'string') expect(read).toMatch(/^(malformed XML|no report)/);
      else expect(read.uid).toMatch(/^[\w.-]+$/);
    }
  }
});

test('an unknown MeSH heading is counted and makes the study abnormal', async () => {
  const { studies, problems } = await open(
    scratch({ '1.xml': xml('1', '<MeSH><major>Dextrocardia/mild</major></MeSH>') }),
  );
  expect(studies[0]!.labels).toEqual({ 'No Finding': 'absent' });
  expect(problems.some(({ item }) => item === 'MeSH heading "dextrocardia"')).toBe(true);
});

test('a report that occurs twice is refused, naming both places', async () => {
  const twice = await userError(open(scratch({ 'a/1.xml': xml('1', ''), 'b/1.xml': xml('1', '') })));
  expect(twice).toBeInstanceOf(DataError);
  expect(twice.message).toMatch(/"1" in a\/1\.xml and b\/1\.xml/);
  const rows = `${REPORTS_HEADER}\n1,normal,normal,,,,Clear.,\n2,normal,normal,,,,Clear.,\n1,normal,normal,,,,Clear.,\n`;
  const error = await userError(open(scratch({ 'indiana_reports.csv': rows, 'indiana_projections.csv': PROJECTIONS })));
  expect(error.message).toMatch(/uid occurs twice.*"1" in rows 2 and 4 .*indiana_reports\.csv/);
});

test('a missing column names the nearest, a row of another length is counted', async () => {
  const renamed = `${REPORTS_HEADER.replace('findings', 'finding')}\n1,normal,normal,,,,Clear.,\n`;
  const error = await userError(
    open(scratch({ 'indiana_reports.csv': renamed, 'indiana_projections.csv': PROJECTIONS })),
  );
  expect(error.message).toContain('"findings"');
  expect(error.hint).toContain('"finding"');
  const short = `${REPORTS_HEADER}\n1,normal,normal,,,,Clear.,\n2,normal\n`;
  const { problems } = await open(scratch({ 'indiana_reports.csv': short, 'indiana_projections.csv': PROJECTIONS }));
  expect(problems).toContainEqual({
    item: 'indiana_reports.csv, row 3',
    problem: 'row left out: expected 8 cells, got 2',
  });
});

test('no folder, an empty one, and half a release say what to download', async () => {
  expect(await userError(open(undefined))).toBeInstanceOf(ConfigError);
  const empty = await userError(open(scratch({})));
  expect(empty).toBeInstanceOf(DataError);
  expect(empty.hint).toContain('NLMCXR_png.tgz');
  const half = await userError(open(scratch({ 'indiana_reports.csv': REPORTS_HEADER })));
  expect(half.message).toContain('indiana_projections.csv');
  const bare = await userError(
    open(scratch({ 'indiana_reports.csv': REPORTS_HEADER, 'indiana_projections.csv': PROJECTIONS })),
  );
  expect(bare.message).toContain('no study');
});

test('an unknown split is refused', async () => {
  const dataset = await open(fixture('iu-xray-openi'));
  expect(() => dataset.split('patient-v2')).toThrow(/expected patient-v1, all-test-v1, r2gen-v1, got "patient-v2"/);
});
