/** Who is in a phantom dataset: sex, age, build and site of each patient, and when they came. */
import { type Rng, rng } from '../../core/rng.ts';
import type { Sex } from '../../core/study.ts';
import type { Body, Side, Zone } from './condition.ts';

export type Site = 'A' | 'B';

/** A draw from 0 to 1 that is spread evenly over patients, so that a small dataset has its share of rare findings. */
export type EvenDraw = (finding: RareTrait) => number;

export type RareTrait = keyof typeof STEPS;

/** Irrational steps of the additive recurrence, one for each rare trait. Source: Weyl's equidistribution theorem. */
const STEPS = {
  lesion: Math.SQRT2 - 1,
  pneumothorax: Math.sqrt(3) - 1,
  fracture: Math.sqrt(5) - 2,
  wideMediastinum: Math.sqrt(7) - 2,
  pleuralThickening: Math.sqrt(11) - 3,
  pneumonia: Math.sqrt(13) - 3,
} as const;

export interface PhantomPatient {
  readonly seed: number;
  readonly index: number;
  /** Unique over seeds, for example `P2-00042`. */
  readonly id: string;
  readonly site: Site;
  readonly sex: Sex;
  /** Age at the first study. */
  readonly ageYears: number;
  /** In hospital, so that tubes and lines are common. */
  readonly inpatient: boolean;
  readonly heartDisease: boolean;
  /** Years since the first study, one per study, first 0. */
  readonly visits: readonly number[];
  readonly build: Omit<Body, 'sex' | 'ageYears' | 'key'>;
  readonly even: EvenDraw;
}

/** The patient of a given number; depends on seed and number alone, not on how many there are. */
export function phantomPatient(seed: number, index: number): PhantomPatient {
  const random = rng(seed, 'phantom patient', String(index));
  const sex: Sex = random.next() < 0.49 ? 'female' : 'male';
  const ageYears = Math.round(Math.min(94, Math.max(18, 55 + 18 * random.normal())));
  const inpatient = random.next() < 0.1 + 0.0016 * Math.max(0, ageYears - 40);
  const heartDisease = random.next() < 0.06 + 0.0062 * Math.max(0, ageYears - 35);
  return {
    seed,
    index,
    id: `P${seed}-${String(index).padStart(5, '0')}`,
    site: random.next() < (inpatient ? 0.4 : 0.58) ? 'A' : 'B',
    sex,
    ageYears,
    inpatient,
    heartDisease,
    visits: visitsOf(random, inpatient || heartDisease),
    build: buildOf(random, sex, ageYears),
    even: evenDraw(seed, index),
  };
}

function visitsOf(random: Rng, sick: boolean): number[] {
  const share = random.next();
  const count = sick ? (share < 0.4 ? 1 : share < 0.75 ? 2 : 3) : share < 0.68 ? 1 : share < 0.92 ? 2 : 3;
  const visits = [0];
  for (let i = 1; i < count; i++) visits.push(visits[i - 1]! + (sick ? 0.3 : 1.6) * random.next());
  return visits;
}

function buildOf(random: Rng, sex: Sex, ageYears: number): PhantomPatient['build'] {
  const stature = (sex === 'female' ? 0.955 : 1.02) + 0.045 * random.normal();
  const habitus = Math.min(2, Math.max(-0.9, 0.25 + 0.6 * random.normal() + 0.004 * (55 - Math.abs(ageYears - 55))));
  const emphysema = random.next() < 0.0016 * Math.max(0, ageYears - 30) && habitus < 0.6;
  const granuloma = random.next() < 0.05 ? { granuloma: { side: pick(random, SIDES), zone: pick(random, ZONES) } } : {};
  return {
    stature,
    habitus,
    breadth: 1 + 0.05 * random.normal(),
    heartRatio: 0.445 + 0.018 * random.normal() + 0.0004 * (ageYears - 50),
    aortaUnfolding: Math.min(1, Math.max(0, (ageYears - 45) / 50 + 0.15 * random.normal())),
    hyperinflation: emphysema ? 0.5 + 0.5 * random.next() : 0,
    scoliosis: 0.35 * random.normal() * (random.next() < 0.06 ? 5 : 1),
    ...granuloma,
  };
}

function evenDraw(seed: number, index: number): EvenDraw {
  return (finding) => {
    const offset = rng(seed, 'phantom even draw', finding).next();
    const value = offset + index * STEPS[finding];
    return value - Math.floor(value);
  };
}

export const SIDES: readonly Side[] = ['left', 'right'];
export const ZONES: readonly Zone[] = ['upper', 'middle', 'lower'];

export function pick<Value>(random: Rng, from: readonly Value[]): Value {
  return from[random.integer(from.length)]!;
}
