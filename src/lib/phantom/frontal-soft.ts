/** Frontal view: body outline, lungs, mediastinum, heart, diaphragm, breasts, airways and stomach. */
import { rng } from '../../core/rng.ts';
import { addBlob, addCurve, knots, PROFILES, type Sheet, smoothstep } from './sheet.ts';
import { diaphragmHeight, type Thorax } from './thorax.ts';

/** Attenuation of water-like tissue at chest-film energies, 1/cm. */
export const SOFT = 0.19;

export function drawFrontalSoftTissue(sheet: Sheet, thorax: Thorax): void {
  drawTrunk(sheet, thorax);
  if (thorax.body.sex === 'female') drawBreasts(sheet, thorax);
  drawMediastinum(sheet, thorax);
  drawAirways(sheet, thorax);
  drawAbdomen(sheet, thorax);
}

/** Body and lung depth, row by row: each cross-section is a flattened ellipse. */
function drawTrunk(sheet: Sheet, thorax: Thorax): void {
  const { k, wall } = thorax;
  const outline = trunkOutline(thorax);
  const chestDepth = thorax.depth + 3.2 + 2.2 * Math.max(-0.4, thorax.body.habitus);
  const depthAt = knots([-6, 0.55, -2, 0.6, 2, 0.82, 8, 1, 20, 1.02, 30, 1.0 + 0.06 * wall]);
  const lungDepthAt = knots([0, 0.3, 2, 0.5, 6, 0.78, 11, 0.95, 17, 1, 30, 1]);
  for (let row = 0; row < sheet.height; row++) {
    const y = sheet.top + row / sheet.scale;
    drawTrunkRow(sheet, thorax, {
      row,
      y,
      halfWidth: outline(y / k),
      bodyDepth: chestDepth * depthAt(y / k),
      lungDepth: thorax.depth * lungDepthAt(y / k),
    });
  }
}

interface TrunkRow {
  readonly row: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly bodyDepth: number;
  readonly lungDepth: number;
}

function drawTrunkRow(sheet: Sheet, thorax: Thorax, { row, y, halfWidth, bodyDepth, lungDepth }: TrunkRow): void {
  const inner = thorax.innerHalfWidth(y);
  const middle = thorax.midline(y) * 0.4;
  const start = row * sheet.width;
  for (let column = 0; column < sheet.width; column++) {
    const x = sheet.left + column / sheet.scale - middle;
    const across = (x * x) / (halfWidth * halfWidth);
    const limb = armChord(thorax, Math.abs(x), y);
    if (across >= 1) {
      sheet.body[start + column] = limb;
      continue;
    }
    const trunk = bodyDepth * Math.sqrt(Math.sqrt(1 - across)) * (0.88 + 0.12 * Math.sqrt(1 - across));
    sheet.body[start + column] = Math.max(trunk, limb);
    const within = (x * x) / (inner * inner);
    if (within < 1 && y > -0.5) {
      sheet.lung[start + column] = lungDepth * Math.sqrt(1 - within) * visibleLung(thorax, x, y);
    }
  }
}

/** Share of the lung's depth that lies above the diaphragm and below the rounded apex. */
function visibleLung(thorax: Thorax, x: number, y: number): number {
  const distance = Math.abs(x);
  const apex = 0.11 * (distance - 4.2) ** 2;
  const above = (y - apex) / 2.2;
  if (above <= 0) return 0;
  const dome = diaphragmHeight(thorax, x > 0 ? 'left' : 'right', distance);
  const clear = dome - y;
  const recess = clear >= 0 ? 1 - 0.22 * Math.exp(-clear / 1.1) : 0.13 * Math.exp(clear / 2.6);
  const edge = smoothstep(-0.16, 0.12, clear);
  return Math.sqrt(Math.min(1, above)) * (edge * recess + (1 - edge) * Math.min(recess, 0.13));
}

/** Half-width of neck, shoulders and trunk by height (in average-adult centimetres). */
function trunkOutline(thorax: Thorax): (y: number) => number {
  const chest = thorax.halfWidth + thorax.wall;
  const neck = 5.6 + 0.8 * Math.max(0, thorax.body.habitus);
  const shoulder = (thorax.body.sex === 'female' ? 17.6 : 19.4) * thorax.k + 0.6 * thorax.wall;
  const waist = chest * (thorax.body.habitus > 0.6 ? 1.02 : 0.96);
  return knots([
    ...[-9, neck, -5.5, neck, -3.6, neck + 1.8, -2.2, shoulder * 0.66, -0.8, shoulder * 0.9, 1, shoulder * 1.0],
    ...[4, shoulder * 1.02, 7, shoulder * 0.99, 9, (shoulder + chest) / 2, 12, chest, 20, chest * 1.01, 36, waist],
  ]);
}

/** Chord of the upper arm, which hangs a little away from the trunk. */
function armChord(thorax: Thorax, distance: number, y: number): number {
  if (y < -1) return 0;
  const shoulder = (thorax.body.sex === 'female' ? 16.8 : 18.4) * thorax.k + 0.4 * thorax.wall;
  const radius = (3.4 + 0.5 * thorax.wall) * Math.min(1, Math.sqrt((y + 1) / 4)) * (1 - 0.006 * y);
  const across = (distance - shoulder - 0.36 * Math.max(0, y - 3)) / (radius * 1.06);
  return Math.abs(across) < 1 ? 2 * radius * Math.sqrt(1 - across * across) : 0;
}

function drawBreasts(sheet: Sheet, thorax: Thorax): void {
  const size = 0.9 + 0.22 * thorax.body.habitus;
  const y = (15.2 + 0.045 * (thorax.body.ageYears - 40)) * thorax.k;
  for (const sign of [-1, 1]) {
    const x = sign * thorax.halfWidth * (0.66 + 0.03 * thorax.body.habitus);
    const common = { radiusX: 5.9 * size, profile: PROFILES.solid };
    addBlob(sheet, sheet.body, { ...common, x, y, radiusY: 7 * size, value: 1.5 * size });
    addBlob(sheet, sheet.body, { ...common, x: x * 1.02, y: y + 2, radiusY: 5.2 * size, value: 2 * size });
  }
}

/** Borders of mediastinum and heart, as functions of height. */
function mediastinalBorders(thorax: Thorax) {
  const { k, heart, condition } = thorax;
  const wide = 1 + (condition.wideMediastinum === undefined ? 0 : 0.5 + 0.45 * condition.wideMediastinum);
  const knob = 2.75 + 0.85 * thorax.body.aortaUnfolding;
  const fat = 1 + 0.07 * Math.max(0, thorax.body.habitus);
  const l = heart.left;
  const bottom = Math.max(thorax.dome.left, thorax.dome.right) / k;
  const s = (bottom - 9) / 14;
  const h = (part: number) => 9 + part * s;
  return {
    vesselLeft: knots([
      ...[
        -3,
        3.4,
        0,
        2.5,
        2.6,
        2.1 * wide,
        4.3,
        2.35 * wide,
        5.9,
        knob * wide,
        7.2,
        (knob - 0.1) * wide,
        8.9,
        2.4 * wide,
      ],
      ...[
        10.5,
        2.35 * fat,
        14,
        2.15,
        19,
        2 + 0.5 * thorax.body.aortaUnfolding,
        30,
        1.9 + 0.4 * thorax.body.aortaUnfolding,
      ],
    ]),
    vesselRight: knots([
      -3,
      3.4,
      0,
      2.5,
      2.6,
      2.2 * wide,
      5,
      2.35 * wide * fat,
      8,
      2.55 * wide * fat,
      11,
      2.2,
      15,
      1.7,
      30,
      1.6,
    ]),
    heartLeft: knots([
      ...[7.6, 1, h(0), 2.9 * fat, h(1.3), 3.35 * fat, h(3), 0.42 * l, h(5), 0.55 * l, h(7.5), 0.77 * l],
      ...[h(10), 0.93 * l, h(12.3), l, h(14), 0.98 * l, h(15.4), 0.84 * l, h(17), 0.5 * l],
    ]),
    heartRight: knots([
      ...[7.6, 1, h(0.5), 2.3, h(3), 0.68 * heart.right, h(5.5), 0.88 * heart.right, h(8.5), heart.right],
      ...[h(11), 0.97 * heart.right, h(13), 0.8 * heart.right, h(15), 0.55 * heart.right, h(17), 0.2],
    ]),
  };
}

/** Soft tissue between the lungs takes the place of lung; its edges are rounded, the heart's more than the vessels'. */
function drawMediastinum(sheet: Sheet, thorax: Thorax): void {
  const borders = mediastinalBorders(thorax);
  for (let row = 0; row < sheet.height; row++) {
    const y = sheet.top + row / sheet.scale;
    const h = y / thorax.k;
    const middle = thorax.midline(y) + thorax.shift;
    const start = row * sheet.width;
    const left = borders.vesselLeft(h);
    const right = borders.vesselRight(h);
    const heart = h > 7.8 ? [borders.heartLeft(h), borders.heartRight(h)] : [0, 0];
    const heartDepth = thorax.depth * 0.66 * smoothstep(6, 10.5, h);
    for (let column = 0; column < sheet.width; column++) {
      const x = sheet.left + column / sheet.scale - middle;
      const vessel = x / (x > 0 ? left : right);
      const silhouette = x / (x > 0 ? heart[0]! : heart[1]!);
      let depth = Math.abs(vessel) < 1 ? thorax.depth * 0.86 * Math.sqrt(1 - Math.abs(vessel) ** 3.4) : 0;
      if (Math.abs(silhouette) < 1)
        depth = Math.max(depth, heartDepth * Math.sqrt(1 - Math.abs(silhouette) ** 2.6), depth);
      sheet.displaced[start + column]! += depth;
    }
  }
}

/** Trachea and main bronchi: columns of air in the mediastinum. */
function drawAirways(sheet: Sheet, thorax: Thorax): void {
  const { k, shift } = thorax;
  const air = (radius: number, value: number) => ({
    radius,
    value: -SOFT * value,
    profile: PROFILES.solid,
    fading: true,
  });
  const carina = 8.6 * k;
  const x = shift - 0.25 - 0.35 * thorax.body.aortaUnfolding;
  addCurve(sheet, sheet.extra, [shift * 0.2, -9, 0.1 + shift * 0.4, -2, x, 3, x + 0.1, carina], air(0.95 * k, 3.2));
  addCurve(sheet, sheet.extra, [x, carina - 0.3, x - 1.6, carina + 1.7, x - 3.4, carina + 3.4], air(0.68 * k, 1.9));
  addCurve(sheet, sheet.extra, [x, carina - 0.3, x + 2, carina + 1.6, x + 4.2, carina + 2.9], air(0.6 * k, 1.8));
}

/** Gas in stomach and colon below the left dome; a slightly denser liver on the right. */
function drawAbdomen(sheet: Sheet, thorax: Thorax): void {
  const gas = rng(thorax.seed, 'phantom bowel gas', thorax.body.key);
  const y = thorax.dome.left + 2.6 + gas.next();
  const size = 0.5 + 1.1 * gas.next();
  const bubble = { profile: PROFILES.solid, turn: 0.3 * gas.normal() };
  const x = thorax.halfWidth * (0.42 + 0.1 * gas.next());
  addBlob(sheet, sheet.extra, { ...bubble, x, y, radiusX: 2.9 * size, radiusY: 1.35 * size, value: -SOFT * 5 * size });
  for (let i = 0; i < 9; i++) {
    const place = { x: 2.5 + 10 * gas.next() - (i > 5 ? 12 : 0), y: thorax.dome.left + 6 + 8 * gas.next() };
    const radius = 0.5 + 1.1 * gas.next();
    const shape = { radiusX: radius * (1 + gas.next()), radiusY: radius, turn: 3 * gas.next() };
    addBlob(sheet, sheet.extra, { ...place, ...shape, value: -SOFT * 1.6 * gas.next() });
  }
}
