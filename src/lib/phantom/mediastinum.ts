/** Frontal view: silhouette of mediastinum and heart, as borders by height that take the place of lung. */
import { knots, type Sheet, smoothstep } from './sheet.ts';
import type { Thorax } from './thorax.ts';

/** Half-widths to the patient's left and right as functions of height in average-adult centimetres. */
function bordersOf(thorax: Thorax) {
  const { k, condition, body } = thorax;
  const wide = 1 + (condition.wideMediastinum === undefined ? 0 : 0.5 + 0.45 * condition.wideMediastinum);
  const some = 0.4 + 0.6 * wide;
  const blend = 1 + 0.45 * (wide - 1);
  const knob = (2.75 + 0.85 * body.aortaUnfolding) * wide;
  const fat = 1 + 0.07 * Math.max(0, body.habitus);
  const aorta = 0.45 * body.aortaUnfolding;
  const bottom = Math.max(thorax.dome.left, thorax.dome.right) / k;
  const h = (part: number) => 9 + (part * (bottom - 9)) / 14;
  const [l, r] = [thorax.heart.left, thorax.heart.right];
  // biome-ignore format: pairs of height and half-width
  return {
    vesselLeft: knots([
      -3, 3.4, 0, 2.6, 2.6, 2.1 * some, 4.3, 2.35 * wide, 5.9, knob, 7.2, knob - 0.1, 9, 2.45 * some,
      11, 2.35 * fat * blend, 14.5, 2.15, 19, 2 + aorta, 30, 1.9 + aorta,
    ]),
    vesselRight: knots([
      -3, 3.4, 0, 2.6, 2.6, 2.2 * some, 5, 2.35 * wide * fat, 8, 2.55 * wide * fat, 11.5, 2.2 * blend, 15, 1.7, 30, 1.6,
    ]),
    heartLeft: knots([
      7.6, 1, h(0), 2.9 * fat, h(1.3), 3.35 * fat, h(3), 0.42 * l, h(5), 0.55 * l, h(7.5), 0.77 * l,
      h(10), 0.93 * l, h(12.3), l, h(14), 0.99 * l, h(15.4), 0.95 * l, h(17), 0.8 * l,
    ]),
    heartRight: knots([
      7.6, 1, h(0.5), 2.3, h(3), 0.68 * r, h(5.5), 0.88 * r, h(8.5), r, h(11), 0.97 * r, h(13), 0.86 * r,
      h(15), 0.72 * r, h(17), 0.2,
    ]),
  };
}

/** Soft tissue between the lungs; its edges are rounded, the heart's more than the vessels'. */
export function drawMediastinum(sheet: Sheet, thorax: Thorax): void {
  const borders = bordersOf(thorax);
  const column = (x: number) => Math.min(sheet.width, Math.max(0, Math.round((x - sheet.left) * sheet.scale)));
  for (let row = 0; row < sheet.height; row++) {
    const y = sheet.top + row / sheet.scale;
    const h = y / thorax.k;
    const middle = thorax.midline(y) + thorax.shift;
    const heart = h > 7.8;
    const depth = [thorax.depth * 0.86, heart ? thorax.depth * 0.74 * smoothstep(6, 10.5, h) : 0] as const;
    const left = [borders.vesselLeft(h), heart ? borders.heartLeft(h) : 1] as const;
    const right = [borders.vesselRight(h), heart ? borders.heartRight(h) : 1] as const;
    const start = row * sheet.width;
    const [from, to] = [column(middle - Math.max(...right)), column(middle + Math.max(...left))];
    for (let i = from; i < to; i++) {
      const x = sheet.left + i / sheet.scale - middle;
      sheet.displaced[start + i]! += displacedDepth(Math.abs(x), x > 0 ? left : right, depth);
    }
  }
}

/** The deeper of vessels and heart at a distance from the middle. */
function displacedDepth(
  distance: number,
  [vessel, heart]: readonly [number, number],
  [vesselDepth, heartDepth]: readonly [number, number],
): number {
  const v = distance / vessel;
  const s = distance / heart;
  const central = v < 1 ? vesselDepth * Math.sqrt(1 - v * v * v) : 0;
  return s < 1 ? Math.max(central, heartDepth * Math.sqrt(1 - s * s * Math.sqrt(s))) : central;
}
