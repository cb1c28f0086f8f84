/** Frontal view: body outline, lungs, mediastinum, heart, diaphragm, breasts, airways and stomach. */
import { type Rng, rng } from '../../core/rng.ts';
import { drawMediastinum } from './mediastinum.ts';
import { knots, type Sheet, smoothstep } from './sheet.ts';
import { addBlob, addCurve, PROFILES } from './strokes.ts';
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
  const ends = lungEnds(sheet, thorax);
  for (let row = 0; row < sheet.height; row++) {
    const y = sheet.top + row / sheet.scale;
    drawTrunkRow(sheet, thorax, {
      row,
      y,
      halfWidth: outline(y / k),
      bodyDepth: chestDepth * depthAt(y / k),
      lungDepth: thorax.depth * lungDepthAt(y / k),
      ends,
    });
  }
}

/** Height of the apex and of the diaphragm in each column. */
interface LungEnds {
  readonly apex: Float32Array;
  readonly dome: Float32Array;
}

function lungEnds(sheet: Sheet, thorax: Thorax): LungEnds {
  const ends = { apex: new Float32Array(sheet.width), dome: new Float32Array(sheet.width) };
  for (let column = 0; column < sheet.width; column++) {
    const x = sheet.left + column / sheet.scale;
    ends.apex[column] = 0.11 * (Math.abs(x) - 4.2) ** 2;
    ends.dome[column] = diaphragmHeight(thorax, x > 0 ? 'left' : 'right', Math.abs(x));
  }
  return ends;
}

interface TrunkRow {
  readonly row: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly bodyDepth: number;
  readonly lungDepth: number;
  readonly ends: LungEnds;
}

function drawTrunkRow(sheet: Sheet, thorax: Thorax, rowOf: TrunkRow): void {
  const { row, y, halfWidth, bodyDepth, lungDepth, ends } = rowOf;
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
    const trunk = bodyDepth * Math.sqrt(Math.sqrt(1 - across * across)) * (0.9 + 0.1 * Math.sqrt(1 - across));
    sheet.body[start + column] = trunk > limb ? trunk : limb;
    const within = (x * x) / (inner * inner);
    if (within < 1 && y > -0.5) {
      const share = visibleLung(y - ends.apex[column]!, ends.dome[column]! - y);
      sheet.lung[start + column] = lungDepth * Math.sqrt(1 - within) * share;
    }
  }
}

/** Share of the lung's depth at a distance below the rounded apex and above the diaphragm; some lung lies behind the dome. */
function visibleLung(belowApex: number, aboveDome: number): number {
  if (belowApex <= 0) return 0;
  const rounded = belowApex < 2.2 ? Math.sqrt(belowApex / 2.2) : 1;
  if (aboveDome > 6) return rounded;
  const recess = aboveDome >= 0 ? 1 - 0.22 * Math.exp(-aboveDome / 1.1) : 0.13 * Math.exp(aboveDome / 2.6);
  const edge = smoothstep(-0.16, 0.12, aboveDome);
  return rounded * (edge * recess + (1 - edge) * Math.min(recess, 0.13));
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
    const x = sign * thorax.halfWidth * (0.65 + 0.03 * thorax.body.habitus);
    const common = { radiusX: 5.2 * size, profile: PROFILES.solid };
    addBlob(sheet, sheet.body, { ...common, x, y, radiusY: 7 * size, value: 1.5 * size });
    addBlob(sheet, sheet.body, { ...common, x: x * 1.02, y: y + 2, radiusY: 5.2 * size, value: 1.45 * size });
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

/** Gas in stomach and colon below the left dome, in lumps that vary from film to film of different patients. */
function drawAbdomen(sheet: Sheet, thorax: Thorax): void {
  const gas = rng(thorax.seed, 'phantom bowel gas', thorax.body.key);
  const top = thorax.dome.left + 1.3;
  const size = gas.next() < 0.25 ? 0 : 0.35 + 0.75 * gas.next();
  const x = thorax.halfWidth * (0.36 + 0.16 * gas.next());
  for (let i = 0; i < 3 && size > 0; i++) {
    const radius = size * (1 - 0.22 * i);
    addBlob(sheet, sheet.extra, {
      x: x + (gas.next() - 0.5) * 3.4 * size,
      y: top + radius * (1 + 0.4 * i) + 0.4 * gas.next(),
      radiusX: (1.5 + 1.3 * gas.next()) * radius,
      radiusY: 1.1 * radius,
      turn: 0.35 * gas.normal(),
      value: -SOFT * 2.3 * radius,
      profile: PROFILES.solid,
    });
  }
  drawBowel(sheet, thorax, gas);
}

function drawBowel(sheet: Sheet, thorax: Thorax, gas: Rng): void {
  const loops = 4 + gas.integer(14);
  for (let i = 0; i < loops; i++) {
    const right = gas.next() < 0.35;
    const x = right ? -3 - 9 * gas.next() : 1 + 11 * gas.next();
    const y = thorax.dome.left + (right ? 7.5 : 4) + 9 * gas.next();
    const radius = 0.4 + 0.9 * gas.next();
    const shape = { radiusX: radius * (1 + 0.8 * gas.next()), radiusY: radius, turn: 3 * gas.next() };
    addBlob(sheet, sheet.extra, { x, y, ...shape, value: -SOFT * 1.7 * gas.next(), profile: PROFILES.solid });
  }
}
