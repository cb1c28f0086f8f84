/** Shape of the chest seen from the side. The film shows the front on the left: u = -z, in cm, y down. */

import type { Side } from './condition.ts';
import { knots } from './sheet.ts';
import type { Thorax } from './thorax.ts';

export interface SideProfile {
  /** Skin in front and behind at a height. */
  skinFront(y: number): number;
  skinBack(y: number): number;
  /** Inner border of the rib cage in front and behind. */
  innerFront(y: number): number;
  innerBack(y: number): number;
  /** Centre of the vertebral bodies. */
  spine(y: number): number;
  /** Height of the diaphragm of one side at u. */
  diaphragm(side: Side, u: number): number;
  /** Hilum. */
  readonly hilum: readonly [u: number, y: number];
}

export function sideProfileOf(thorax: Thorax): SideProfile {
  const { k, depth, wall } = thorax;
  const d = depth;
  const kyphosis = 0.02 * Math.max(0, thorax.body.ageYears - 45);
  const front = knots([-1, -0.1, 2, -0.2, 5, -0.32, 9, -0.43, 14, -0.51, 19, -0.55, 25, -0.53, 34, -0.47]);
  const back = knots([-2, 0.2, 2, 0.36, 6, 0.45, 11, 0.5, 16, 0.5, 22, 0.45, 28, 0.36, 36, 0.28]);
  const innerBack = (y: number) => d * back(y / k) + kyphosis * Math.exp(-(((y - 9) / 8) ** 2));
  const innerFront = (y: number) => d * front(y / k);
  const muscle = knots([-8, 4, -3, 3.6, 2, 2.6, 8, 1.2, 20, 0.7, 34, 0.9]);
  const neck = knots([-9, 0, -4, 0.1, -1, 0.6, 2, 1, 30, 1]);
  const female = thorax.body.sex === 'female' ? 1.9 * (1 + 0.35 * thorax.body.habitus) : 0.4;
  return {
    innerBack,
    innerFront,
    skinFront: (y) =>
      neck(y) * (innerFront(y) - 0.8 - 0.8 * wall - female * Math.exp(-(((y - 17 * k) / 6) ** 2))) - 5 * (1 - neck(y)),
    skinBack: (y) => innerBack(y) + 1 + 0.85 * wall + muscle(y / k),
    spine: (y) => innerBack(y) - 1.7,
    diaphragm: (side, u) => diaphragmFromSide(thorax, side, u / d),
    hilum: [0.05 * d, 10.8 * k],
  };
}

/** High in front of the middle, with a deep sulcus behind. @param part u relative to the depth of the chest, -0.5 to 0.5 */
function diaphragmFromSide(thorax: Thorax, side: Side, part: number): number {
  const steep = 1 - 0.45 * thorax.flat;
  const shape = knots([
    -0.6, 3.2, -0.5, 2.1, -0.36, 0.8, -0.18, 0, -0.02, 0.35, 0.15, 1.8, 0.3, 4.1, 0.42, 6.6, 0.5, 8.2,
  ]);
  return thorax.dome[side] + shape(part) * thorax.k * steep;
}
