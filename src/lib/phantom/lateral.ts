/** The lateral film of a phantom as a sheet of tissue. */
import { rng } from '../../core/rng.ts';
import type { Side } from './condition.ts';
import { drawDevices } from './devices.ts';
import { SOFT } from './frontal-soft.ts';
import { drawLateralBones } from './lateral-bones.ts';
import { drawLateralOpacities } from './lateral-opacities.ts';
import { createSheet, knots, type Sheet, type SheetMemory, smoothstep } from './sheet.ts';
import { type SideProfile, sideProfileOf } from './side-profile.ts';
import { addBlob, addCurve, PROFILES } from './strokes.ts';
import type { Thorax } from './thorax.ts';
import { drawTree } from './vessels.ts';

/** @param scale pixels per centimetre. */
export function drawLateral(thorax: Thorax, scale: number, memory?: SheetMemory): Sheet {
  const sheet = createSheet({ left: -21, right: 21, top: -8.5, bottom: 37 }, scale, memory);
  const profile = sideProfileOf(thorax);
  drawTrunk(sheet, thorax, profile);
  drawHeart(sheet, thorax, profile);
  drawGreatVessels(sheet, thorax, profile);
  drawLateralVessels(sheet, thorax, profile);
  drawLateralOpacities(sheet, thorax, profile);
  drawLateralBones(sheet, thorax, profile);
  drawGas(sheet, thorax);
  drawDevices(sheet, thorax, 'lateral');
  return sheet;
}

/** Body and both lungs, row by row; the raised arms and shoulders lie over the apices. */
function drawTrunk(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  const widthAt = knots([-9, 0.36, -4, 0.5, -1, 0.86, 2, 0.95, 9, 0.96, 20, 1, 36, 1]);
  const across = 2 * (thorax.halfWidth + thorax.wall);
  const domes = domesOf(sheet, profile);
  for (let row = 0; row < sheet.height; row++) {
    const y = sheet.top + row / sheet.scale;
    const skin = [profile.skinFront(y), profile.skinBack(y)] as const;
    const inner = [profile.innerFront(y), profile.innerBack(y)] as const;
    const lungWidth = 1.64 * thorax.innerHalfWidth(y) * smoothstep(-1, 7, y);
    const bodyWidth = across * widthAt(y / thorax.k);
    const start = row * sheet.width;
    for (let column = 0; column < sheet.width; column++) {
      const u = sheet.left + column / sheet.scale;
      const shoulder = y < 8 ? raisedArms(thorax, u, y) : 0;
      const body = chord(u, skin, 4) * bodyWidth;
      sheet.body[start + column] = shoulder > 0.45 * body ? 0.55 * body + shoulder : body;
      const lung = y > 0 ? chord(u, inner, 2) * lungWidth : 0;
      if (lung > 0) sheet.lung[start + column] = lung * visibleShare(domes, column, y);
    }
  }
}

/** Height of the left and right diaphragm in each column. */
function domesOf(sheet: Sheet, profile: SideProfile): readonly Float32Array[] {
  const heights = (side: Side) =>
    Float32Array.from({ length: sheet.width }, (_, column) =>
      profile.diaphragm(side, sheet.left + column / sheet.scale),
    );
  return [heights('left'), heights('right')];
}

/** Height of a super-ellipse of the given power over the interval, 0 to 1. */
function chord(u: number, [from, to]: readonly [number, number], power: number): number {
  const v = (2 * u - from - to) / (to - from);
  const squared = v * v;
  if (squared >= 1) return 0;
  return power === 4 ? Math.sqrt(Math.sqrt(1 - squared * squared)) : Math.sqrt(1 - squared);
}

/** Shoulders and raised arms lie across the top of the film, from before the chin to behind the neck. */
function raisedArms(thorax: Thorax, u: number, y: number): number {
  const front = 1 - ((u + 7) / (13 + thorax.wall)) ** 2 - ((y + 8.5 - 0.35 * (u + 7)) / (6 + 0.7 * thorax.wall)) ** 2;
  const back = 1 - ((u - 2) / (10.5 + thorax.wall)) ** 2 - ((y + 4.4) / (6.2 + 0.5 * thorax.wall)) ** 2;
  const arms = front > 0 ? (18 + 2 * thorax.wall) * front : 0;
  return arms + (back > 0 ? (17 + 2 * thorax.wall) * back : 0);
}

/** Both lungs end at their own dome. */
function visibleShare(domes: readonly Float32Array[], column: number, y: number): number {
  return 0.5 * (smoothstep(-0.12, 0.14, domes[0]![column]! - y) + smoothstep(-0.12, 0.14, domes[1]![column]! - y));
}

/** Heart in front and below: an ellipse that leans forward; it grows with the cardiothoracic ratio. */
function drawHeart(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  const { k, depth } = thorax;
  const size = (thorax.heart.left + thorax.heart.right) / (0.9 * thorax.halfWidth);
  const bottom = (thorax.dome.left + thorax.dome.right) / 2;
  const u = profile.innerFront(16 * k) + 4.6 * size * k;
  const shape = { x: u, y: bottom - 3 * size, turn: -0.62, profile: PROFILES.solid };
  addBlob(sheet, sheet.displaced, {
    ...shape,
    radiusX: 5.2 * size * k,
    radiusY: 7.4 * size * k,
    value: depth * 0.55 * size,
  });
  addBlob(sheet, sheet.displaced, {
    x: u + 0.6,
    y: bottom + 2,
    radiusX: 6,
    radiusY: 3.5,
    value: depth * 0.4,
    profile: PROFILES.solid,
  });
}

/** Ascending aorta, arch, descending aorta, trachea, soft tissue around the spine. */
function drawGreatVessels(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  const { k } = thorax;
  const wide = thorax.condition.wideMediastinum;
  const arch = 1.35 + 0.35 * thorax.body.aortaUnfolding + (wide === undefined ? 0 : 0.8 + 0.8 * wide);
  const [hu, hy] = profile.hilum;
  const path = [hu - 3.4, 13 * k, hu - 3.6, 8.6 * k, hu - 1.6, 6.1 * k, hu + 1.2, 6.2 * k, hu + 2.7, 8.6 * k];
  for (const y of [12, 17, 23]) path.push(profile.spine(y * k) - 1.2, y * k);
  const style = { radius: arch, endRadius: 1.25, value: 2.5 * arch, profile: PROFILES.solid, fading: true };
  addCurve(sheet, sheet.displaced, path, style);
  addCurve(sheet, sheet.displaced, [hu - 2.4, -2, hu - 2.6, 3, hu - 2.4, 8 * k], {
    ...style,
    radius: 2.6,
    endRadius: 2.2,
    value: 6,
  });
  const air = { radius: 0.9 * k, endRadius: 0.75 * k, value: -SOFT * 3, profile: PROFILES.solid, fading: true };
  addCurve(sheet, sheet.extra, [hu - 2.6, -6, hu - 1.6, 0, hu - 0.6, 5 * k, hu, 9 * k], air);
  for (const [x, y] of [
    [0, -0.9],
    [0.15, 0.6],
  ] as const) {
    addBlob(sheet, sheet.extra, {
      x: hu + x,
      y: hy + y - 1,
      radiusX: 0.6,
      radiusY: 0.6,
      value: -SOFT * 2.6,
      profile: PROFILES.solid,
    });
  }
}

function drawLateralVessels(sheet: Sheet, thorax: Thorax, profile: SideProfile): void {
  const edema = thorax.condition.edema;
  const full = 1 + 0.5 * (edema ?? 0);
  const [u, y] = profile.hilum;
  const hilum = { value: 0.42 * full, profile: PROFILES.solid };
  addBlob(sheet, sheet.vessels, { ...hilum, x: u - 0.8, y: y + 0.3, radiusX: 1.3 * full, radiusY: 1.7 * full });
  addBlob(sheet, sheet.vessels, { ...hilum, x: u + 0.9, y: y + 0.9, radiusX: 0.9 * full, radiusY: 2.1, turn: -0.5 });
  for (const sign of [-1, 1] as const) {
    const field = {
      hilum: [sign * u, y] as const,
      sign,
      inside: (x: number, height: number) => insideLung(profile, sign * x, height),
      widening: () => (edema === undefined ? 0.95 : 1.15 + 0.3 * edema),
    };
    drawTree(sheet, field, rng(thorax.seed, 'phantom lateral vessels', `${thorax.body.key}/${sign}`));
  }
}

function insideLung(profile: SideProfile, u: number, y: number): boolean {
  const margin = 0.7;
  if (y < 2 || u < profile.innerFront(y) + margin || u > profile.innerBack(y) - margin) return false;
  return y < Math.max(profile.diaphragm('left', u), profile.diaphragm('right', u));
}

/** Stomach bubble under the left dome. */
function drawGas(sheet: Sheet, thorax: Thorax): void {
  const gas = rng(thorax.seed, 'phantom bowel gas', thorax.body.key);
  const shape = { y: thorax.dome.left + 3 + gas.next(), x: -2.4 + 3 * gas.next(), turn: 0.4 * gas.normal() };
  const size = 0.5 + gas.next();
  addBlob(sheet, sheet.extra, {
    ...shape,
    radiusX: 2.6 * size,
    radiusY: 1.3 * size,
    value: -SOFT * 5 * size,
    profile: PROFILES.solid,
  });
}
