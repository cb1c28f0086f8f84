/** Frontal view: ribs as tilted ellipses, clavicles, scapulae, humeri, spine. */
import { rng } from '../../core/rng.ts';
import { type RibFracture, type Side, signOf } from './condition.ts';
import type { Sheet } from './sheet.ts';
import { addBlob, addCurve, addLine, PROFILES } from './strokes.ts';
import type { Thorax } from './thorax.ts';

export const RIBS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;

/** A rib lies on an ellipse that falls from the spine to the front: x = a sin φ, z = -b cos φ, y = y0 + fall (1 - cos φ) / 2. */
export interface Rib {
  readonly number: number;
  readonly side: Side;
  /** Half-axis to the side, cm. */
  readonly a: number;
  readonly y0: number;
  readonly fall: number;
  /** Angle in radians where the bone ends and cartilage begins. */
  readonly end: number;
  /** Half of its height, cm. */
  readonly half: number;
}

export function ribOf(thorax: Thorax, number: number, side: Side): Rib {
  const { k } = thorax;
  const uneven = rng(thorax.seed, 'phantom rib', `${thorax.body.key}/${number}/${side}`);
  const spacing = (2.22 + 0.12 * thorax.flat) * k;
  const y0 = -1.1 * k + (number - 1) * spacing + 0.1 * uneven.normal();
  const fall = [0, 2.6, 4.6, 6, 7, 7.6, 8.2, 8.7, 9, 9, 8, 6][number]! * k * (1 - 0.25 * thorax.flat);
  const lateral = y0 + fall / 2;
  const a = thorax.innerHalfWidth(Math.max(0.4, lateral) + 1.6) + 0.3;
  const end = number > 9 ? 1.75 - 0.2 * (number - 10) : 2.45 - 0.035 * number + 0.05 * uneven.normal();
  return { number, side, a, y0, fall, end, half: (0.62 + 0.05 * uneven.normal()) * k };
}

export function drawFrontalBones(sheet: Sheet, thorax: Thorax): void {
  const wall = wallOf(sheet, thorax);
  for (const side of ['left', 'right'] as const) {
    for (const number of RIBS) drawRib(sheet, thorax, ribOf(thorax, number, side), wall);
    drawShoulder(sheet, thorax, side);
  }
  drawSpine(sheet, thorax);
}

/** Outer border of the rib cage at each row of the sheet, cm from the midline. */
function wallOf(sheet: Sheet, thorax: Thorax): Float32Array {
  return Float32Array.from({ length: sheet.height }, (_, row) => {
    const y = sheet.top + row / sheet.scale;
    return thorax.innerHalfWidth(y) * Math.min(1, Math.max(0, 0.86 + 0.14 * y)) + 0.55;
  });
}

function drawRib(sheet: Sheet, thorax: Thorax, rib: Rib, wall: Float32Array): void {
  const fracture = thorax.condition.fractures.find((one) => one.side === rib.side && one.bone === rib.number);
  const sign = signOf(rib.side);
  const from = Math.max(0, Math.floor((sign > 0 ? -sheet.left : -rib.a - 1 - sheet.left) * sheet.scale));
  const to = Math.min(sheet.width - 1, Math.ceil((sign > 0 ? rib.a + 1 - sheet.left : -sheet.left) * sheet.scale));
  for (let column = from; column <= to; column++) {
    const x = sheet.left + column / sheet.scale;
    const middle = thorax.midline(rib.y0 + rib.fall / 2) * 0.4;
    const sine = ((x - middle) * sign) / rib.a;
    if (sine < 1.6 / rib.a || sine >= 1.005) continue;
    drawRibColumn(sheet, rib, { column, sine, fracture, wall, distance: (x - middle) * sign });
  }
}

interface RibColumn {
  readonly column: number;
  readonly sine: number;
  readonly distance: number;
  readonly fracture: RibFracture | undefined;
  readonly wall: Float32Array;
}

/** Where the beam meets the rib: behind (φ) and in front (π - φ). The chord grows towards the side, where rib runs along the beam. */
function drawRibColumn(sheet: Sheet, rib: Rib, { column, sine, fracture, wall, distance }: RibColumn): void {
  const clipped = Math.min(sine, 0.9985);
  const behind = Math.asin(clipped);
  const along = Math.min(2.3, 1 / Math.sqrt(1 - clipped * clipped + 0.06));
  const slope = (rib.fall / 2 / rib.a) * (clipped / Math.sqrt(1 - clipped * clipped));
  const half = rib.half * Math.min(2.2, Math.sqrt(1 + slope * slope));
  for (const angle of [behind, Math.PI - behind]) {
    if (angle > rib.end) continue;
    const front = angle > Math.PI / 2;
    const fade = front ? Math.min(1, (rib.end - angle) / 0.25) * 0.62 : Math.min(1, 0.55 + sine);
    const part = angle / rib.end;
    let y = rib.y0 + (rib.fall * (1 - Math.cos(angle))) / 2 - (front ? 0 : 0.9 * Math.sin(2 * angle) * 0.6);
    let value = (rib.number === 1 ? 0.16 : 0.3) * along * fade;
    if (fracture !== undefined && part > fracture.position) {
      y += fracture.step * Math.exp(-(part - fracture.position) * 6);
      if (part < fracture.position + 0.022) value *= -0.25;
    }
    addColumnBand(sheet, { column, y, half: front ? half * 1.12 : half, value, distance, wall });
  }
}

/** Adds the cross-section of a bone to one pixel column. */
function addColumnBand(
  sheet: Sheet,
  band: { column: number; y: number; half: number; value: number; distance: number; wall: Float32Array },
): void {
  const centre = (band.y - sheet.top) * sheet.scale;
  const radius = band.half * sheet.scale;
  const last = Math.min(sheet.height - 1, Math.floor(centre + radius));
  for (let row = Math.max(0, Math.ceil(centre - radius)); row <= last; row++) {
    const inside = (band.wall[row]! - band.distance) * 2;
    if (inside <= 0) continue;
    const v = Math.abs(row - centre) / radius;
    sheet.extra[row * sheet.width + band.column]! +=
      band.value * Math.min(1, inside) * PROFILES.cortical[(v * 128) | 0]!;
  }
}

const bone = (radius: number, value: number, endRadius = radius) => ({
  radius,
  endRadius,
  value,
  profile: PROFILES.cortical,
});

function drawShoulder(sheet: Sheet, thorax: Thorax, side: Side): void {
  const pose = rng(thorax.seed, 'phantom shoulder', `${thorax.body.key}/${side}`);
  const sign = signOf(side);
  const { k } = thorax;
  const width = (thorax.body.sex === 'female' ? 16.2 : 17.8) * k;
  const raise = 0.7 * pose.normal();
  const at = (points: readonly number[]) => points.map((value, i) => (i % 2 === 0 ? sign * value : value + raise));
  drawClavicle(sheet, thorax, side, at([1.7, 3.5 * k, 4.5, 2.9 * k, 8.5, 1.2 * k, 12.5, 0.1, width - 1.6, 0.2]));
  addBlob(sheet, sheet.extra, {
    x: sign * (width + 1),
    y: 2.9 + raise,
    radiusX: 2.5,
    radiusY: 2.6,
    value: 0.75,
    profile: PROFILES.cortical,
  });
  addCurve(sheet, sheet.extra, at([width + 1.2, 3, width + 4.2, 11, width + 8.4, 23]), bone(1.25, 1.1, 1.05));
  // Scapula: glenoid, spine and acromion, lateral and medial border of the blade.
  addCurve(sheet, sheet.extra, at([width - 1.6, 1.2, width - 0.9, 2.8, width - 1.5, 4.6]), bone(0.5, 0.6));
  addCurve(sheet, sheet.extra, at([width - 6.5, 2.2, width - 3, 0.9, width + 0.8, -0.1]), bone(0.6, 0.45));
  addCurve(sheet, sheet.extra, at([width - 1.8, 4.8, width - 3.2, 9, width - 4.4, 13.5]), bone(0.42, 0.5));
  addCurve(sheet, sheet.extra, at([width - 6.8, 1.6, width - 6.6, 7, width - 4.6, 13.6]), { radius: 0.22, value: 0.1 });
  addBlob(sheet, sheet.extra, {
    x: sign * (width - 4.6),
    y: 6.8 + raise,
    radiusX: 2.4,
    radiusY: 6.4,
    turn: sign * 0.12,
    value: 0.1,
    profile: PROFILES.bell,
  });
}

function drawClavicle(sheet: Sheet, thorax: Thorax, side: Side, points: readonly number[]): void {
  const fracture = thorax.condition.fractures.find((one) => one.side === side && one.bone === 'clavicle');
  const style = bone(0.6 * thorax.k, 0.8, 0.75 * thorax.k);
  if (fracture === undefined) {
    addCurve(sheet, sheet.extra, points, style);
    return;
  }
  const sign = signOf(side);
  const inner = points.slice(0, 6);
  const outer = points.slice(4).map((value, i) => (i % 2 === 0 ? value - sign * 0.5 : value + fracture.step * 1.3));
  addCurve(sheet, sheet.extra, inner, style);
  addCurve(sheet, sheet.extra, outer, style);
}

/** Vertebral bodies with end plates, pedicles and spinous processes; discs are the gaps between them. */
function drawSpine(sheet: Sheet, thorax: Thorax): void {
  const { k } = thorax;
  let y = -9;
  for (let level = 0; y < 37; level++) {
    const height = (1.5 + 0.055 * level) * k;
    drawVertebra(sheet, { x: thorax.midline(y), y, height, half: (1.35 + 0.035 * level) * k });
    y += height + 0.42 * k;
  }
}

/** @param at middle and top of the body, its height and half of its width, cm */
function drawVertebra(sheet: Sheet, at: { x: number; y: number; height: number; half: number }): void {
  const { x, y, height, half } = at;
  const centre = y + height / 2;
  addBlob(sheet, sheet.extra, {
    x,
    y: centre,
    radiusX: half * 1.06,
    radiusY: height * 0.56,
    value: y < -1 ? 0.1 : 0.16,
    profile: PROFILES.plate,
  });
  for (const edge of [y + 0.1, y + height - 0.1])
    addLine(sheet, sheet.extra, [x - half, edge, x + half, edge], { radius: 0.16, value: 0.1 });
  for (const sign of [-1, 1]) {
    addBlob(sheet, sheet.extra, {
      x: x + sign * half * 0.62,
      y: centre - 0.1,
      radiusX: 0.34,
      radiusY: 0.5,
      value: 0.24,
      profile: PROFILES.cortical,
    });
    addLine(sheet, sheet.extra, [x + sign * half, centre - 0.3, x + sign * (half + 1.5), centre - 0.7], {
      radius: 0.42,
      endRadius: 0.25,
      value: 0.12,
    });
  }
  addBlob(sheet, sheet.extra, {
    x,
    y: y + height * 0.95,
    radiusX: 0.3,
    radiusY: 0.6,
    value: 0.22,
    profile: PROFILES.solid,
  });
}
