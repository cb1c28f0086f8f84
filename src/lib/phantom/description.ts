/** Words that describe a condition: degree, side, lobe, size. Where nothing is drawn but something is suspected, a place is made up. */
import type { Rng } from '../../core/rng.ts';
import type { Body, Condition, Side, Sided, Zone } from './condition.ts';
import { pick, SIDES, ZONES } from './population.ts';

export type Words = Readonly<Record<string, string>>;

export function describe(condition: Condition, body: Body, random: Rng): Words {
  return {
    age: String(body.ageYears),
    sex: body.sex === 'female' ? pick(random, ['woman', 'female']) : pick(random, ['man', 'male']),
    heartDegree: degreeOf(condition.cardiomegaly ?? 0),
    edemaDegree: degreeOf(condition.edema ?? 0),
    mediastinumDegree: degreeOf(condition.wideMediastinum ?? 0),
    ...consolidationWords(condition, random),
    ...atelectasisWords(condition, random),
    ...lesionWords(condition, random),
    ...pleuralWords(condition, random),
    ...boneWords(condition),
    granulomaPlace: body.granuloma === undefined ? 'lung' : lungPlace(body.granuloma.side, body.granuloma.zone),
  };
}

const degreeOf = (severity: number) => (severity < 0.35 ? 'mild' : severity < 0.72 ? 'moderate' : 'severe');

export function lobeOf(side: Side, zone: Zone): string {
  if (zone === 'middle') return side === 'right' ? 'right middle lobe' : 'lingula';
  return `${side} ${zone} lobe`;
}

export function lungPlace(side: Side, zone: Zone): string {
  return zone === 'middle' ? `${side} midlung` : `${side} ${zone} lung`;
}

function consolidationWords(condition: Condition, random: Rng): Words {
  const [first, second] = condition.consolidations;
  if (first === undefined) return { lobe: lobeOf(pick(random, SIDES), 'lower'), extent: 'patchy' };
  const lobes = lobeOf(first.side, first.zone);
  const extent = first.severity < 0.35 ? 'patchy' : first.severity < 0.7 ? 'moderate' : 'dense';
  return { lobe: second === undefined ? lobes : `${lobes} and ${lobeOf(second.side, second.zone)}`, extent };
}

function atelectasisWords({ atelectases }: Condition, random: Rng): Words {
  const both = atelectases.length > 1;
  const side = atelectases[0]?.side ?? pick(random, SIDES);
  const severity = atelectases[0]?.severity ?? 0;
  return {
    base: both ? 'lung bases' : `${side} ${pick(random, ['base', 'lung base'])}`,
    bibasilar: both ? 'bibasilar' : `${side} basilar`,
    atelectasisDegree: severity < 0.35 ? pick(random, ['minimal ', 'mild ']) : severity < 0.7 ? '' : 'marked ',
  };
}

function lesionWords({ lesions }: Condition, random: Rng): Words {
  const [first] = lesions;
  if (first === undefined) {
    return {
      lesionNoun: 'nodule',
      lesionSize: '8 mm',
      lesionPlace: lungPlace(pick(random, SIDES), pick(random, ZONES)),
    };
  }
  const millimetres = Math.round(20 * first.radius);
  const place = lungPlace(first.side, first.zone);
  return {
    lesionNoun: first.radius >= 1.5 ? 'mass' : 'nodule',
    lesionSize: first.radius >= 1.5 ? `${(2 * first.radius).toFixed(1)} cm` : `${millimetres} mm`,
    lesionPlace: lesions.length === 1 ? place : `${place}, one of multiple lesions`,
  };
}

function pleuralWords(condition: Condition, random: Rng): Words {
  const { effusions, pneumothorax, pleuralThickening } = condition;
  const air = pneumothorax ?? { side: pick(random, SIDES), severity: 0.1 };
  const tubeSide = pneumothorax?.side ?? effusions[0]?.side ?? 'right';
  return {
    ...effusionWords(effusions, random),
    ptxSide: air.side,
    ptxSize: air.severity < 0.35 ? 'small' : air.severity < 0.7 ? 'moderate' : 'large',
    pleuraSide: pleuralThickening?.side ?? pick(random, SIDES),
    tubeSide,
  };
}

const sizeOf = (severity: number) =>
  severity < 0.15 ? 'trace' : severity < 0.4 ? 'small' : severity < 0.7 ? 'moderate' : 'large';

function effusionWords(effusions: readonly Sided[], random: Rng): Words {
  const [first, second] = effusions;
  if (first === undefined) {
    const side = pick(random, SIDES);
    return { effusion: `trace ${side} pleural effusion`, effusionSide: side };
  }
  if (second === undefined) {
    return { effusion: `${sizeOf(first.severity)} ${first.side} pleural effusion`, effusionSide: first.side };
  }
  const larger = second.severity < 0.75 * first.severity ? `, ${first.side} larger than ${second.side}` : '';
  return { effusion: `${sizeOf(first.severity)} bilateral pleural effusions${larger}`, effusionSide: `${first.side}` };
}

function boneWords({ fractures }: Condition): Words {
  const ribs = fractures.filter((one) => one.bone !== 'clavicle');
  const [first] = fractures;
  if (first === undefined) return { bone: 'ribs' };
  if (ribs.length === 0) return { bone: `${first.side} clavicle` };
  const last = ribs[ribs.length - 1]!.bone;
  return {
    bone:
      ribs.length > 1
        ? `${first.side} ${ordinal(ribs[0]!.bone)} to ${ordinal(last)} ribs`
        : `${first.side} ${ordinal(first.bone)} rib`,
  };
}

const ordinal = (bone: number | 'clavicle') => (bone === 3 ? '3rd' : `${bone}th`);
