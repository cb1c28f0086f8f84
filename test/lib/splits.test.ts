/** Splits by patient. */
import { expect, test } from 'vitest';
import type { Part } from '../../src/core/dataset.ts';
import type { Study } from '../../src/core/study.ts';
import { assertPatientDisjoint, excludeRecurringPatients, patientPart, patientSplit } from '../../src/lib/splits.ts';

const study = (patientId: string, id = patientId): Study => ({
  id,
  patientId,
  images: [],
  report: {},
  labels: {},
  acquisition: {},
});

test('patient-v1 gives the parts that SHA-256 gives', () => {
  // printf 'patient-v1:%s' ID | sha256sum, first 8 digits over 2^32
  expect(['1', '2', '3', '1000', 'a b', 'Ä'].map(patientPart)).toEqual([
    'test',
    'train',
    'train',
    'test',
    'validation',
    'train',
  ]);
});

test('patient-v1 is 70/10/20 over many patients, and depends on the patient alone', () => {
  const studies = Array.from({ length: 20_000 }, (_, i) => study(String(i)));
  const parts = patientSplit(studies);
  const share = (part: Part) => parts.filter((other) => other === part).length / parts.length;
  expect(Math.abs(share('train') - 0.7)).toBeLessThan(0.01);
  expect(Math.abs(share('validation') - 0.1)).toBeLessThan(0.01);
  expect(Math.abs(share('test') - 0.2)).toBeLessThan(0.01);
  expect(patientSplit(studies.slice(100, 200))).toEqual(parts.slice(100, 200));
});

test('recurring patients stay in the first part only', () => {
  const studies = ['a', 'a', 'b', 'b', 'c', 'd', 'd'].map((patient, i) => study(patient, String(i)));
  const given: Part[] = ['test', 'train', 'test', 'validation', 'test', 'excluded', 'test'];
  const kept = excludeRecurringPatients(studies, given);
  expect(kept).toEqual(['excluded', 'train', 'excluded', 'validation', 'test', 'excluded', 'test']);
  expect(() => assertPatientDisjoint(studies, kept)).not.toThrow();
  expect(() => assertPatientDisjoint(studies, given)).toThrow(/got test and train \(patient a\)/);
});

test('a split of another length is refused', () => {
  expect(() => assertPatientDisjoint([study('a')], [])).toThrow(/expected 1 parts, got 0/);
});
