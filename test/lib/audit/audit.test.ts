/** Rules of the audit on made-up studies, each with the fault it must find and sound ones it must not. */
import { expect, test } from 'vitest';
import type { AccessTier, Part } from '../../../src/core/dataset.ts';
import type { LabelState, Study } from '../../../src/core/study.ts';
import { type Audit, audit } from '../../../src/lib/audit/audit.ts';
import type { AuditedImage } from '../../../src/lib/audit/image-rules.ts';
import { similarReports } from '../../../src/lib/audit/similar-reports.ts';
import { type ImageOutcome, imageFacts } from '../../../src/lib/eda/image-facts.ts';

const FINDINGS = ['No Finding', 'Edema', 'Support Devices'];

const study = (id: string, change: Partial<Study> = {}): Study => ({
  id,
  patientId: `p${id}`,
  images: [{ id: `${id}.png`, view: 'frontal', path: '' }],
  report: { findings: `text of ${id} with other words than any study besides ${id}` },
  labels: { Edema: 'absent' },
  acquisition: {},
  ...change,
});

function decoded(digest: string, seed = Number.parseInt(digest, 36)): ImageOutcome {
  const data = Uint8Array.from({ length: 40 * 40 }, (_, i) => (Math.sin(i * seed * 0.37) + 1) * 120);
  return { state: 'decoded', digest, bytes: 9, facts: imageFacts({ width: 40, height: 40, channels: 1, data }) };
}

interface Change {
  readonly outcomes?: readonly ImageOutcome[];
  readonly parts?: readonly Part[];
  readonly tier?: AccessTier;
  readonly showIds?: boolean;
  readonly strayFiles?: readonly string[];
}

function auditOf(studies: readonly Study[], change: Change = {}): Audit {
  const { outcomes, parts, tier = 'open', showIds, strayFiles = [] } = change;
  const images = studies.flatMap((entry, index) => entry.images.map(({ id }) => ({ id, study: index })));
  const audited = images.map(
    (image, i): AuditedImage => ({ ...image, outcome: outcomes?.[i] ?? { state: 'present' } }),
  );
  return audit({
    definition: { name: 'toy', version: '1', tier, findings: FINDINGS },
    opened: { studies, digest: 'd', problems: [{ item: '12345678', problem: 'stays with study s50414267' }] },
    images: audited,
    strayFiles,
    splits: parts ? [{ name: 'mine', digest: 'abc', parts }] : [],
    ...(showIds === undefined ? {} : { showIds }),
  });
}

const itemsOf = (report: Audit) =>
  Object.fromEntries(
    report.issues.filter(({ code }) => code !== 'release-problem').map(({ code, items }) => [code, items]),
  );

test('sound studies have no issue', () => {
  const report = auditOf([study('a'), study('b')], {
    parts: ['train', 'test'],
    outcomes: [decoded('a'), decoded('b')],
  });
  expect(itemsOf(report)).toEqual({});
  expect(report).toMatchObject({
    leakage: false,
    patients: 2,
    decodedImages: 2,
    splits: { mine: { train: 1, test: 1 } },
  });
});

test('impossible values', () => {
  const labels = (entries: Record<string, string>) => ({ labels: entries as Record<string, LabelState> });
  const report = auditOf([
    study('a', { ageYears: -1 }),
    study('b', { ageYears: 999 }),
    study('c', { ageYears: 0, sex: 'female' }),
    study('d', { ageYears: 120, sex: 'male', patientId: 'pc' }),
    study('e', labels({ Eczema: 'present' })),
    study('f', labels({ Edema: '1.0' })),
    study('g', labels({ 'No Finding': 'present', Edema: 'present' })),
    study('h', labels({ 'No Finding': 'present', 'Support Devices': 'present', Edema: 'uncertain' })),
    study('i', { acquisition: { StudyDate: '18991231', device: '18991231' } }),
    study('j', { acquisition: { 'study date': '2180-05-06' }, report: { indication: 'cough' } }),
    study('k', { ageYears: Number.NaN, images: [{ id: 'k.png', view: 'unknown', path: '' }] }),
  ]);
  expect(itemsOf(report)).toEqual({
    'age-impossible': ['a', 'b', 'k'],
    'date-impossible': ['i'],
    'label-contradicts': ['g'],
    'label-invalid': ['f'],
    'label-undeclared': ['e'],
    'report-missing': ['j'],
    'sex-contradicts': ['pc'],
    'view-unknown': ['k.png'],
  });
});

test('files: missing, empty, corrupt, unreadable, listed by nobody', () => {
  const outcomes: ImageOutcome[] = [
    { state: 'missing' },
    { state: 'corrupt', failure: '', digest: 'same', bytes: 0 },
    { state: 'corrupt', failure: '', digest: 'same', bytes: 0 },
    { state: 'corrupt', failure: '', digest: 'x', bytes: 5 },
    { state: 'unreadable', failure: '' },
  ];
  const studies = ['a', 'b', 'c', 'd', 'e'].map((id) => study(id));
  expect(itemsOf(auditOf(studies, { outcomes, strayFiles: ['images/z.png'] }))).toEqual({
    'image-missing': ['a.png'],
    'image-empty': ['b.png', 'c.png'],
    'image-corrupt': ['d.png'],
    'image-unreadable': ['e.png'],
    'image-without-study': ['images/z.png'],
    'study-without-image': ['a'],
  });
});

test('copies and lookalikes: within a patient, across patients, across parts', () => {
  const studies = [study('a'), study('b', { patientId: 'pa' }), study('c'), study('d'), study('e')];
  const outcomes = [decoded('1'), decoded('1'), decoded('2'), decoded('2'), decoded('3', 2)]; // e looks like c and d
  const parts: Part[] = ['train', 'train', 'excluded', 'test', 'train'];
  expect(itemsOf(auditOf(studies, { outcomes, parts }))).toEqual({
    'image-duplicate': ['a.png', 'b.png'],
    'image-duplicate-across-patients': ['c.png', 'd.png'],
    'image-similar-across-patients': ['c.png', 'd.png', 'e.png'],
    'split-similar-image-leak': ['d.png', 'e.png'],
    'study-duplicate': ['a', 'b', 'c', 'd'],
  });
  const copied = auditOf(studies, { outcomes, parts: ['train', 'train', 'train', 'test', 'train'] });
  expect(copied.issues[0]).toMatchObject({ code: 'split-image-leak', severity: 'leakage', split: 'mine', count: 2 });
  expect(copied.leakage).toBe(true);
});

test('a patient in two parts', () => {
  const studies = [study('a'), study('b', { patientId: 'pa' }), study('c', { patientId: 'pa' })];
  expect(itemsOf(auditOf(studies, { parts: ['train', 'excluded', 'train'] }))).toEqual({});
  const leaky = auditOf(studies, { parts: ['train', 'excluded', 'test'] });
  expect(itemsOf(leaky)).toEqual({ 'split-patient-leak': ['pa'] });
});

test('no ids of data that is not open, unless asked for', () => {
  const studies = [study('a', { ageYears: 999 })];
  for (const tier of ['registered', 'credentialed'] as const) {
    const report = auditOf(studies, { tier });
    expect(JSON.stringify(report)).not.toMatch(/"a"|12345678|50414267/);
    expect(report.issues.map(({ count }) => count)).toEqual([1, 1]);
    expect(report.problems).toEqual([{ item: '(not shown)', problem: 'stays with study …' }]);
    expect(auditOf(studies, { tier, showIds: true }).issues[0]!.items).toEqual(['a']);
  }
});

test('no report text, ever', () => {
  const secret = 'zebra quagga okapi';
  const studies = [study('a', { report: { findings: secret } }), study('b', { report: { impression: secret } })];
  const report = auditOf(studies);
  expect(itemsOf(report)).toEqual({ 'report-identical': ['a', 'b'] });
  expect(JSON.stringify(report)).not.toMatch(/zebra|quagga/);
});

test('identical and nearly identical reports', () => {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`);
  const text = (change: (words: string[]) => void) => {
    const copy = [...words];
    change(copy);
    return { report: { findings: copy.join(' ') } };
  };
  const studies = [
    study(
      'a',
      text(() => {}),
    ),
    study('b', { report: { impression: `${words.join(', ').toUpperCase()}.` } }), // case and punctuation
    study(
      'c',
      text((w) => w.splice(59, 1, 'other')),
    ), // 57 of 59 triples
    study(
      'd',
      text((w) => [10, 25, 40].forEach((i) => void w.splice(i, 1, 'x'))),
    ), // 49 of 67
    study('e', { report: {} }),
    study('f', { report: {} }),
    study('g', { report: { findings: 'Normal' } }),
    study('h', { report: { findings: 'Normal chest' } }),
  ];
  expect(similarReports(studies)).toEqual({ identical: [0, 1], nearIdentical: [0, 2] });
});

test('no studies at all', () => {
  expect(auditOf([])).toMatchObject({ studies: 0, images: 0, leakage: false });
});
