/**
 * Shape of a chest in centimetres. Axes: x to the patient's left, y down from the apex of the lungs, z forward.
 * Proportions follow the usual adult averages: thoracic width 27 cm, apex to dome 23 cm, cardiothoracic ratio below 0.5.
 */
import { rng } from '../../core/rng.ts';
import type { Body, Condition, Side } from './condition.ts';
import { signOf } from './condition.ts';
import { knots } from './sheet.ts';

export interface Thorax {
  readonly body: Body;
  readonly condition: Condition;
  readonly seed: number;
  /** Scale of vertical lengths. */
  readonly k: number;
  /** Largest inner half-width of the rib cage. */
  readonly halfWidth: number;
  /** Depth of the rib cage from front to back (inner). */
  readonly depth: number;
  /** Thickness of soft tissue outside the ribs at the side. */
  readonly wall: number;
  /** Top of each diaphragm dome. */
  readonly dome: Readonly<Record<Side, number>>;
  /** Flattening of the domes, 0 to 1. */
  readonly flat: number;
  /** Largest heart half-width to the patient's left and right of the midline. */
  readonly heart: Readonly<Record<Side, number>>;
  /** Shift of heart and trachea to the patient's left. */
  readonly shift: number;
  /** Midline of the spine at a height. */
  midline(y: number): number;
  /** Inner half-width of the rib cage at a height. */
  innerHalfWidth(y: number): number;
}

/** @param study names the breath taken for this exposure. */
export function thoraxOf(body: Body, condition: Condition, study: { seed: number; key: string }): Thorax {
  const breath = rng(study.seed, 'phantom breath', study.key);
  const k = body.stature;
  const female = body.sex === 'female';
  const halfWidth = (female ? 12.9 : 13.9) * k * body.breadth * (1 + 0.03 * Math.max(0, body.habitus));
  const inspiration = 0.9 * breath.normal() - 0.5 * Math.max(0, body.habitus) + 2.4 * body.hyperinflation;
  const right =
    (22.6 - 6 * (body.breadth - 1)) * k + Math.max(-2.6, Math.min(2.4, inspiration)) - 0.8 * (condition.edema ?? 0);
  const loss = (side: Side) =>
    condition.atelectases.reduce((sum, one) => sum + (one.side === side ? 0.6 + 1.9 * one.severity : 0), 0);
  const ratio = heartRatio(body, condition);
  const total = 2 * halfWidth * ratio;
  const curve = body.scoliosis;
  const outer = knots([0, 0.36, 0.7, 0.47, 1.6, 0.57, 3, 0.67, 6, 0.8, 10, 0.91, 15, 0.98, 20, 1, 26, 1.01, 40, 0.97]);
  return {
    body,
    condition,
    seed: study.seed,
    k,
    halfWidth,
    depth: (female ? 15.5 : 17) * k + 1.5 * body.hyperinflation,
    wall: 2.1 + 1.5 * Math.max(-0.5, body.habitus),
    dome: { right: right - loss('right'), left: right + 1.1 * k - loss('left') + 0.4 * breath.normal() },
    flat: body.hyperinflation,
    heart: { left: total * 0.68, right: total * 0.32 },
    shift: mediastinalShift(condition),
    midline: (y) => curve * Math.sin((y + 4) / 9),
    innerHalfWidth: rememberLast((y) => halfWidth * outer(y / k)),
  };
}

/** Row loops ask for the same height again and again. */
function rememberLast(evaluate: (y: number) => number): (y: number) => number {
  let last = Number.NaN;
  let value = Number.NaN;
  return (y) => {
    if (y !== last) {
      value = evaluate(y);
      last = y;
    }
    return value;
  };
}

function heartRatio(body: Body, condition: Condition): number {
  const enlarged = condition.cardiomegaly;
  const healthy = body.heartRatio - 0.03 * body.hyperinflation;
  return enlarged === undefined ? healthy : Math.max(0.535, healthy + 0.06) + 0.15 * enlarged;
}

/** Large effusions and tension push the mediastinum away; volume loss pulls it. */
function mediastinalShift(condition: Condition): number {
  let shift = 0;
  for (const one of condition.effusions) shift -= signOf(one.side) * 2.2 * Math.max(0, one.severity - 0.6);
  for (const one of condition.atelectases) shift += signOf(one.side) * 0.7 * one.severity;
  if (condition.pneumothorax !== undefined) {
    shift -= signOf(condition.pneumothorax.side) * 2 * Math.max(0, condition.pneumothorax.severity - 0.5);
  }
  return shift;
}

/** Height of the diaphragm's silhouette at x cm from the midline, seen from the front. */
export function diaphragmHeight(thorax: Thorax, side: Side, distance: number): number {
  const centre = thorax.halfWidth * 0.46;
  const top = thorax.dome[side];
  const fall = (4.1 - 1.9 * thorax.flat) * thorax.k;
  if (distance < centre) return top + 1.3 * ((centre - distance) / centre) ** 2;
  const u = Math.min(1, (distance - centre) / (thorax.halfWidth * 1.0 - centre));
  return top + fall * (0.55 * u * u + 0.45 * (1 - Math.sqrt(1 - 0.995 * u * u)));
}
