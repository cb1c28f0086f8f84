/** Splits drawn from the studies alone, and split manifests. */
import { expect, test } from 'vitest';
import type { OpenDataset, Part } from '../../src/core/dataset.ts';
import type { LabelState, Study } from '../../src/core/study.ts';
import { balancedSplit, FIVE_FINDINGS, isDrawnSplit, splitByName } from '../../src/lib/drawn-splits.ts';
import { readManifest, splitDigest, writeManifest } from '../../src/lib/split-manifest.ts';
import { assertPatientDisjoint } from '../../src/lib/splits.ts';

function study(id: string, patientId: string, labels: Record<string, LabelState> = {}): Study {
  return { id, patientId, images: [], report: {}, labels, acquisition: {} };
}

const opened = (studies: readonly Study[]): OpenDataset => ({
  studies,
  digest: '',
  problems: [],
  split: () => {
    throw new Error('asked the plug-in');
  },
});

/** 40 exclusive positives of each finding, two studies per patient, and some that are not exclusive. */
const studies = FIVE_FINDINGS.flatMap((finding, f) =>
  Array.from({ length: 40 }, (_, i) =>
    study(`${f}-${i}`, `${f}-${i >> 1}`, {
      [finding]: 'present',
      ...(i % 10 === 9 ? { [FIVE_FINDINGS[(f + 1) % 5]!]: 'uncertain' } : {}),
    }),
  ),
);

test('redrawn splits are 70/10/20 of patients, disjoint, and differ by their number', () => {
  const many = Array.from({ length: 6000 }, (_, i) => study(String(i), String(i >> 1)));
  const draws = [1, 2, 3].map((k) => splitByName(opened(many), `redrawn-${k}-v1`));
  for (const parts of draws) {
    assertPatientDisjoint(many, parts);
    expect(Math.abs(parts.filter((part) => part === 'test').length / 6000 - 0.2)).toBeLessThan(0.03);
  }
  const both = draws[0]!.filter((part, i) => part === 'test' && draws[1]![i] === 'test').length / 6000;
  expect(Math.abs(both - 0.04)).toBeLessThan(0.02); // independent draws: 0.2²
});

test('names of drawn splits', () => {
  expect(['redrawn-1-v1', 'redrawn-12-v1', '5x200-v1', '5x7-v1'].every(isDrawnSplit)).toBe(true);
  expect(['redrawn-0-v1', 'redrawn-1', 'redrawn-01-v1', '5x0-v1', '4x200-v1', 'x5x200-v1'].some(isDrawnSplit)).toBe(
    false,
  );
  expect(() => splitByName(opened([]), 'patient-v1')).toThrow('asked the plug-in');
});

test('5xN takes N exclusive positives of each finding from distinct patients, and no other study of theirs', () => {
  const parts = balancedSplit(studies, 15);
  assertPatientDisjoint(studies, parts);
  const chosen = studies.filter((_, i) => parts[i] === 'test');
  expect(new Set(chosen.map(({ patientId }) => patientId)).size).toBe(75);
  for (const finding of FIVE_FINDINGS)
    expect(chosen.filter(({ labels }) => labels[finding] === 'present')).toHaveLength(15);
  for (const { labels } of chosen) expect(Object.keys(labels)).toHaveLength(1);
  const patients = new Set(chosen.map(({ patientId }) => patientId));
  studies.forEach(({ patientId }, i) => {
    if (parts[i] !== 'test') expect(parts[i] === 'excluded').toBe(patients.has(patientId));
  });
  // The order in which a release lists its studies does not matter.
  const reversed = [...studies].reverse();
  expect(splitDigest(reversed, balancedSplit(reversed, 15))).toBe(splitDigest(studies, parts));
});

test('5xN says which finding has too few', () => {
  expect(() => balancedSplit(studies, 21)).toThrow(/expected 21 patients with .* alone of the five findings, got 20/);
  expect(() => balancedSplit([study('a', 'a')], 1)).toThrow(/got 0/);
});

const pair = [study('a', 'p'), study('b,"c"', 'q'), study('d', 'r')];
const given: Part[] = ['train', 'test', 'excluded'];
const source = { studies: pair, dataset: 'toy' };

test('a manifest gives the same parts and digest back; ids that are not open are hashed', () => {
  for (const tier of ['open', 'registered', 'credentialed'] as const) {
    const text = writeManifest(pair, given, { dataset: 'toy', tier });
    const { parts, problems } = readManifest(text, 'ids.csv', source);
    expect(parts).toEqual(given);
    expect(problems).toEqual([]);
    expect(text.includes('"b,""c"""')).toBe(tier === 'open');
    expect(splitDigest(pair, parts)).toBe(splitDigest(pair, given));
  }
});

test('a manifest from a spreadsheet, with rows and studies that have no partner', () => {
  const { parts, problems } = readManifest('\uFEFFpart;study\r\ntest;a\r\ntrain;z\r\n', 'ids.csv', source);
  expect(parts).toEqual(['test', 'excluded', 'excluded']);
  expect(problems.map(({ problem }) => problem)).toEqual([
    '1 ids are not in this release',
    '2 studies are not listed: excluded',
  ]);
});

test('a manifest that cannot be meant is refused', () => {
  expect(() => readManifest('study,part\na,tset\n', 'ids.csv', source)).toThrow(
    /unknown part.*"tset" \(ids.csv, row 2\)/,
  );
  expect(() => readManifest('study,part\nx,test\n', 'ids.csv', source)).toThrow(/no study of the release/);
  expect(() => readManifest('study,part\na,test\na,train\n', 'ids.csv', source)).toThrow(/occurs twice/);
  expect(() => readManifest('id,part\na,test\n', 'ids.csv', source)).toThrow(/lacks a column.*"study"/);
  const hashed = writeManifest(pair, given, { dataset: 'other', tier: 'registered' });
  expect(() => readManifest(hashed, 'ids.csv', source)).toThrow(/no study of the release/);
});
