/** Two groups of studies compared: labels, sex and views by chi-squared, ages, lengths and grey levels by Kolmogorov–Smirnov. */
import type { Study } from '../../core/study.ts';
import { holm } from '../stats/multiple-testing.ts';
import { quantile } from '../stats/quantile.ts';
import { rounded } from './distribution.ts';
import { chiSquaredTest, kolmogorovSmirnov, type TestOutcome } from './drift-tests.ts';
import type { ComparisonRow, GroupComparison } from './eda-data.ts';
import { isAge, onePerPatient } from './people-picture.ts';
import { brightnessOf, contrastOf, decodedOf, type SampledImage } from './pixel-picture.ts';
import { designEffect } from './proportions.ts';
import { wordsOf } from './report-picture.ts';

export interface Group {
  readonly name: string;
  readonly studies: readonly Study[];
  /** Of these studies; empty where no image was looked at. */
  readonly images: readonly SampledImage[];
}

type Untested = Omit<ComparisonRow, 'adjusted'>;

/** @param findings that both groups may have */
export function compareGroups(
  a: Group,
  b: Group,
  { kind, findings }: { readonly kind: GroupComparison['kind']; readonly findings: readonly string[] },
): GroupComparison {
  const rows: readonly Untested[] = [
    ...findings.map((finding) => findingRow(finding, a, b)),
    categoryRow('sex', sexes(a), sexes(b)),
    categoryRow('views', views(a), views(b)),
    valueRow('age, years', ages(a), ages(b)),
    valueRow('report length, words', lengths(a), lengths(b)),
    valueRow('brightness', greys(a, brightnessOf), greys(b, brightnessOf)),
    valueRow('contrast', greys(a, contrastOf), greys(b, contrastOf)),
  ].filter(({ nA, nB }) => nA + nB > 0);
  const adjusted = holm(rows.map(({ p }) => p ?? Number.NaN));
  return { a: a.name, b: b.name, kind, rows: rows.map((row, i) => ({ ...row, adjusted: orNull(adjusted[i]!) })) };
}

const orNull = (value: number) => (Number.isFinite(value) ? rounded(value) : null);

const outcomeOf = ({ effect, pValue }: TestOutcome) => ({ effect: orNull(effect), p: orNull(pValue) });

/** Share of the studies with the finding; the statistic is divided by the design effect of patients. */
function findingRow(finding: string, a: Group, b: Group): Untested {
  const hits = (group: Group) => group.studies.map(({ labels }) => Number(labels[finding] === 'present'));
  const [hitsA, hitsB] = [hits(a), hits(b)];
  const patients = [
    ...a.studies.map(({ patientId }) => `a${patientId}`),
    ...b.studies.map(({ patientId }) => `b${patientId}`),
  ];
  const counts = (column: readonly number[]) => {
    const present = column.reduce((sum, hit) => sum + hit, 0);
    return [present, column.length - present] as const;
  };
  const share = (column: readonly number[]) => orNull(counts(column)[0] / column.length);
  const [nA, nB] = [hitsA.length, hitsB.length];
  const effect = nA + nB === 0 ? 1 : designEffect([...hitsA, ...hitsB], patients);
  const test = chiSquaredTest(counts(hitsA), counts(hitsB), effect);
  const shares = { a: share(hitsA), b: share(hitsB), unit: 'share' as const };
  return { what: finding, test: 'chi-squared', ...shares, nA, nB, ...outcomeOf(test) };
}

function categoryRow(what: string, a: readonly string[], b: readonly string[]): Untested {
  const names = [...new Set([...a, ...b])].sort();
  const counts = (values: readonly string[]) => names.map((name) => values.filter((value) => value === name).length);
  const test = chiSquaredTest(counts(a), counts(b));
  return {
    what,
    test: 'chi-squared',
    a: null,
    b: null,
    unit: 'distribution',
    nA: a.length,
    nB: b.length,
    ...outcomeOf(test),
  };
}

function valueRow(what: string, a: readonly number[], b: readonly number[]): Untested {
  const middle = (values: readonly number[]) => (values.length === 0 ? null : rounded(quantile(values, 0.5)));
  const test = kolmogorovSmirnov(a, b);
  const medians = { a: middle(a), b: middle(b), unit: 'median' as const };
  return { what, test: 'Kolmogorov–Smirnov', ...medians, nA: a.length, nB: b.length, ...outcomeOf(test) };
}

// One row per patient from here on: the tests take rows to be independent.

function sexes({ studies }: Group): readonly string[] {
  return onePerPatient(studies).flatMap(({ sex }) => (sex === undefined ? [] : [sex]));
}

/** Views of a patient's first study as one word, for example `frontal + lateral`. */
function views({ studies }: Group): readonly string[] {
  return onePerPatient(studies).map(
    ({ images }) =>
      images
        .map(({ view }) => view)
        .sort()
        .join(' + ') || 'none',
  );
}

function ages({ studies }: Group): readonly number[] {
  return onePerPatient(studies).flatMap(({ ageYears }) => (isAge(ageYears) ? [ageYears] : []));
}

function lengths({ studies }: Group): readonly number[] {
  const withText = studies.filter(({ report }) => report.findings !== undefined || report.impression !== undefined);
  return onePerPatient(withText).map(
    ({ report }) => wordsOf(`${report.findings ?? ''} ${report.impression ?? ''}`).length,
  );
}

function greys({ images }: Group, of: (facts: Parameters<typeof brightnessOf>[0]) => number): readonly number[] {
  const seen = new Set<string>();
  const first = decodedOf(images).filter(({ patient }) => !seen.has(patient) && seen.add(patient));
  return first.map(({ facts }) => of(facts));
}
