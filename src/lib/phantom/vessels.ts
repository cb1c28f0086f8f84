/** Pulmonary vessels: trees that branch from the hila and taper towards the pleura. The same for all films of a patient. */
import { type Rng, rng } from '../../core/rng.ts';
import { type Side, signOf } from './condition.ts';
import type { Sheet } from './sheet.ts';
import { addBlob, addStroke, PROFILES } from './strokes.ts';
import { diaphragmHeight, type Thorax } from './thorax.ts';

/** Difference between blood and aerated lung, 1/cm. */
const BLOOD = 0.15;

interface Branch {
  readonly x: number;
  readonly y: number;
  /** Direction in radians: 0 lateral, π/2 down. */
  readonly angle: number;
  readonly radius: number;
}

export interface VesselField {
  /** Hilum in cm; x grows away from the midline, times `sign`. */
  readonly hilum: readonly [number, number];
  readonly sign: 1 | -1;
  inside(x: number, y: number): boolean;
  /** Widening of vessels at a height: congestion fills the upper ones. */
  widening(y: number): number;
}

export function drawFrontalVessels(sheet: Sheet, thorax: Thorax): void {
  for (const side of ['left', 'right'] as const) {
    const field = frontalField(thorax, side);
    drawHilum(sheet, thorax, side, field.hilum);
    drawTree(sheet, field, rng(thorax.seed, 'phantom vessels', `${thorax.body.key}/${side}`));
  }
}

function frontalField(thorax: Thorax, side: Side): VesselField {
  const { k } = thorax;
  const edema = thorax.condition.edema;
  return {
    hilum: [(side === 'left' ? 3.7 : 3.4) * k + signOf(side) * thorax.shift, (side === 'left' ? 9.9 : 10.8) * k],
    sign: signOf(side),
    inside: (x, y) =>
      x > 1.5 && y > 0.9 && x < thorax.innerHalfWidth(y) - 0.8 && y < diaphragmHeight(thorax, side, x) + 2.5,
    widening: (y) => (edema === undefined ? 1 : 1 + (0.3 + 0.4 * edema) * (y < 10 * k ? 1.25 : 0.7)),
  };
}

/** The hilar shadow: main artery and veins seen end on. */
function drawHilum(sheet: Sheet, thorax: Thorax, side: Side, hilum: readonly [number, number]): void {
  const sign = signOf(side);
  const full = 1 + 0.5 * (thorax.condition.edema ?? 0);
  const [x, y] = hilum;
  const common = { profile: PROFILES.solid, value: 0.34 * full };
  addBlob(sheet, sheet.vessels, {
    ...common,
    x: sign * x,
    y: y - 0.4,
    radiusX: 1.0 * full,
    radiusY: 1.5,
    turn: sign * 0.4,
  });
  addBlob(sheet, sheet.vessels, {
    ...common,
    x: sign * (x + 0.5),
    y: y + 1.7,
    radiusX: 0.85 * full,
    radiusY: 2.4,
    turn: -sign * 0.35,
  });
}

const TRUNKS: readonly (readonly [angle: number, radius: number])[] = [
  [-1.45, 0.25],
  [-1.05, 0.27],
  [-0.62, 0.23],
  [-0.15, 0.22],
  [0.25, 0.24],
  [0.6, 0.27],
  [0.9, 0.33],
  [1.15, 0.36],
  [1.42, 0.3],
];

export function drawTree(sheet: Sheet, field: VesselField, random: Rng): void {
  const queue: Branch[] = TRUNKS.map(([angle, radius]) => ({
    x: field.hilum[0] + 0.3 * random.normal(),
    y: field.hilum[1] + 1.2 * Math.sin(angle),
    angle: angle + 0.12 * random.normal(),
    radius: radius * (0.85 + 0.3 * random.next()),
  }));
  for (let budget = 520; budget > 0 && queue.length > 0; budget--) {
    const branch = queue.pop()!;
    const next = growBranch(sheet, field, branch, random);
    if (next !== undefined) queue.unshift(...next);
  }
}

/** Draws one piece of about a centimetre and returns what goes on from its end. */
function growBranch(sheet: Sheet, field: VesselField, branch: Branch, random: Rng): Branch[] | undefined {
  const length = 0.7 + 1.6 * branch.radius + 0.5 * random.next();
  const angle = branch.angle + 0.13 * random.normal();
  const x = branch.x + length * Math.cos(angle);
  const y = branch.y + length * Math.sin(angle);
  if (!field.inside(x, y) || branch.radius < 0.04) return undefined;
  const wide = field.widening(y);
  addStroke(sheet, sheet.vessels, [field.sign * branch.x, branch.y, field.sign * x, y], {
    radius: branch.radius * wide,
    endRadius: branch.radius * 0.93 * wide,
    value: (BLOOD * 5 * branch.radius + 0.06) * wide,
    profile: PROFILES.bell,
  });
  const on: Branch = { x, y, angle, radius: branch.radius * 0.9 };
  if (random.next() > 0.42) return [on];
  const turn = (random.next() < 0.5 ? -1 : 1) * (0.45 + 0.4 * random.next());
  return [
    { ...on, angle: angle - turn * 0.35, radius: branch.radius * 0.84 },
    { ...on, angle: angle + turn, radius: branch.radius * (0.5 + 0.25 * random.next()) },
  ];
}
