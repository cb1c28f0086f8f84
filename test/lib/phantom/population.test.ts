/** Who is in a phantom dataset and what they have: shares, co-occurrence, persistence, independence of size. */
import { describe, expect, test } from 'vitest';
import { CHEXPERT_FINDINGS } from '../../../src/core/study.ts';
import { type PhantomStudy, phantomStudies } from '../../../src/lib/phantom/study.ts';

const studiesOf = (seed: number, patients: number) =>
  Array.from({ length: patients }, (_, index) => phantomStudies(seed, index)).flat();

const present = (studies: readonly PhantomStudy[], finding: string) =>
  studies.filter((study) => study.truth[finding as keyof typeof study.truth] === 'present');

const large = studiesOf(11, 1500);
const share = (finding: string) => present(large, finding).length / large.length;

describe('prevalence', () => {
  test('has a long tail: at least three findings below 3 %, none absent', () => {
    const shares = CHEXPERT_FINDINGS.map(share);
    expect(shares.filter((value) => value < 0.03).length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...shares)).toBeGreaterThan(0.005);
    for (const rare of ['Pneumothorax', 'Fracture', 'Enlarged Cardiomediastinum'])
      expect(share(rare)).toBeLessThan(0.03);
    expect(share('Lung Lesion')).toBeLessThan(0.05);
    expect(share('No Finding')).toBeGreaterThan(0.3);
  });

  test.each([1, 2, 3, 4, 5])('every finding occurs among the 220 patients of seed %i', (seed) => {
    const studies = studiesOf(seed, 220);
    for (const finding of CHEXPERT_FINDINGS) expect(present(studies, finding).length, finding).toBeGreaterThan(0);
  });

  test('findings come together as they do in patients', () => {
    const rate = (finding: string, given: string) => {
      const among = present(large, given);
      return present(among, finding).length / among.length;
    };
    expect(rate('Atelectasis', 'Pleural Effusion')).toBeGreaterThan(2 * share('Atelectasis'));
    expect(rate('Edema', 'Cardiomegaly')).toBeGreaterThan(2 * share('Edema'));
    expect(rate('Support Devices', 'Pneumothorax')).toBeGreaterThan(1.5 * share('Support Devices'));
  });

  test('heart disease grows with age', () => {
    const rate = (studies: readonly PhantomStudy[]) => present(studies, 'Cardiomegaly').length / studies.length;
    const old = large.filter(({ body }) => body.ageYears >= 70);
    const young = large.filter(({ body }) => body.ageYears < 45);
    expect(rate(old)).toBeGreaterThan(2 * rate(young));
  });
});

describe('patients', () => {
  test('a patient does not depend on how many there are, and differs between seeds', () => {
    expect(phantomStudies(4, 17)).toEqual(phantomStudies(4, 17));
    const [a, b] = [studiesOf(1, 50), studiesOf(2, 50)];
    expect(a.filter((study) => b.some((other) => other.patientId === study.patientId))).toEqual([]);
    expect(new Set([...a, ...b].map(({ uid }) => uid)).size).toBe(a.length + b.length);
  });

  test('what lasts, lasts: pacemaker, lesions and enlarged hearts stay from study to study', () => {
    for (let index = 0; index < 300; index++) {
      const visits = phantomStudies(11, index);
      for (const visit of visits) {
        expect(visit.condition.devices.includes('pacemaker')).toBe(visits[0]!.condition.devices.includes('pacemaker'));
        expect(visit.condition.lesions.length).toBe(visits[0]!.condition.lesions.length);
        expect(visit.condition.cardiomegaly).toBe(visits[0]!.condition.cardiomegaly);
        expect(visit.site).toBe(visits[0]!.site);
        expect(visit.body.sex).toBe(visits[0]!.body.sex);
      }
    }
  });
});

describe('truth', () => {
  test('No Finding excludes every other finding but devices', () => {
    for (const { truth } of present(large, 'No Finding')) {
      const others = CHEXPERT_FINDINGS.filter((finding) => finding !== 'No Finding' && finding !== 'Support Devices');
      expect(others.filter((finding) => truth[finding] !== 'absent')).toEqual([]);
    }
  });

  test('what is drawn is never called absent, and Lung Opacity follows from its kinds', () => {
    for (const { condition, truth } of large) {
      if (condition.effusions.length > 0) expect(truth['Pleural Effusion']).not.toBe('absent');
      if (condition.pneumothorax !== undefined) expect(truth.Pneumothorax).toBe('present');
      if (condition.consolidations.length === 0) expect(truth.Consolidation).not.toBe('present');
      const kinds = [truth.Edema, truth.Consolidation, truth.Atelectasis, truth['Lung Lesion']];
      expect(truth['Lung Opacity'] === 'present').toBe(kinds.includes('present'));
    }
  });
});
