/** Support devices as paths in space, so that both views show the same tube: x to the patient's left, y down, z forward. */
import { rng } from '../../core/rng.ts';
import { type Device, type Side, signOf } from './condition.ts';
import type { Sheet } from './sheet.ts';
import { addCurve, addLine, PROFILES, type StrokeStyle } from './strokes.ts';
import type { Thorax } from './thorax.ts';

/** Points [x, y, z, …] in cm with the stroke they are drawn with. */
export interface Course {
  readonly points: readonly number[];
  readonly style: StrokeStyle;
  readonly straight?: boolean;
}

/** Which of the three axes run across and down the film. */
export type Projection = 'frontal' | 'lateral';

export function drawDevices(sheet: Sheet, thorax: Thorax, projection: Projection): void {
  for (const device of thorax.condition.devices) {
    for (const course of coursesOf(device, thorax)) drawCourse(sheet, course, projection);
  }
}

function drawCourse(sheet: Sheet, course: Course, projection: Projection): void {
  const flat: number[] = [];
  for (let i = 0; i < course.points.length; i += 3) {
    flat.push(projection === 'frontal' ? course.points[i]! : -course.points[i + 2]!, course.points[i + 1]!);
  }
  if (course.straight) addLine(sheet, sheet.extra, flat, course.style);
  else addCurve(sheet, sheet.extra, flat, course.style);
}

const line = (radius: number, value: number): StrokeStyle => ({ radius, value, profile: PROFILES.bell });
const tube = (radius: number, value: number): StrokeStyle => ({ radius, value, profile: PROFILES.wall });

export function coursesOf(device: Device, thorax: Thorax): readonly Course[] {
  const wobble = rng(thorax.seed, 'phantom device', `${thorax.body.key}/${device}`);
  const shift = () => 0.35 * wobble.normal();
  switch (device) {
    case 'endotracheal tube':
      return endotrachealTube(thorax, shift);
    case 'central venous line':
      return [centralLine(thorax, wobble.next() < 0.65 ? 'right' : 'left', shift)];
    case 'pacemaker':
      return pacemaker(thorax, wobble.next() < 0.85 ? 'left' : 'right', shift);
    case 'sternotomy wires':
      return sternotomyWires(thorax, shift);
    case 'enteric tube':
      return [entericTube(thorax, shift)];
    case 'chest tube':
      return chestTube(
        thorax,
        thorax.condition.pneumothorax?.side ?? thorax.condition.effusions[0]?.side ?? 'right',
        shift,
      );
  }
}

type Shift = () => number;

/** Tip 3 to 6 cm above the carina. */
function endotrachealTube({ k, shift }: Thorax, jitter: Shift): Course[] {
  const tip = 8.6 * k - 4.2 + 2 * jitter();
  const x = shift - 0.2;
  const points = [0.5, -9, 2, 0.2 + jitter() * 0.4, -3, 0.3, x, 1.5, -0.6, x, tip, -1.2];
  return [
    { points, style: tube(0.46, 0.22) },
    { points: points.map((value, i) => (i % 3 === 0 ? value + 0.3 : value)), style: line(0.1, 0.5) },
    { points: [x - 9, -8, 5, x - 5, -4.5, 4, x + 0.4, -8.6, 2], style: line(0.12, 0.3) },
  ];
}

/** Jugular or subclavian entry, tip at the junction of superior vena cava and right atrium. */
function centralLine({ k, shift }: Thorax, side: Side, jitter: Shift): Course {
  const tip = [-2.5 + shift + jitter() * 0.4, 11 * k + 2 * jitter(), 1];
  const entry =
    side === 'right'
      ? [-4.6, -7, 1, -3.6, -3, 1, -2.5, 2.2, 1.4]
      : [10.5, 2.6 * k, 3, 6, 1.9 * k, 3, 2.4, 3.4 * k, 2, -1, 5.2 * k, 1.6];
  return { points: [...entry, -2.4 + shift, 7 * k, 1.2, ...tip], style: line(0.13, 0.48) };
}

function pacemaker(thorax: Thorax, side: Side, jitter: Shift): Course[] {
  const sign = signOf(side);
  const { k, heart, dome } = thorax;
  const [x, y, z] = [sign * 10.6 * k + jitter(), 5.4 * k + jitter(), thorax.depth / 2 + 1.6];
  const apex = [heart.left * 0.68 + jitter(), dome.left - 1.8 + 0.5 * jitter(), 4.6 * k];
  const entry = [x - sign * 1, y - 2, z, sign * 8.2, 2.6 * k, 4.5, sign * 4.4, 2 * k, 3, sign * 1.4 - 0.6, 4 * k, 2];
  const descent = [-2.5, 7.5 * k, 1, -2.9, 12.5 * k, 1.2];
  const atrial = [-3.2, 15.6 * k, 1.8, -2.9, 16.4 * k, 3.4, -2.1, 14.4 * k, 4];
  return [
    {
      points: [x - 0.8, y, z, x + 0.8, y + 0.2, z + 0.3],
      style: { radius: 2, value: 1.6, profile: PROFILES.plate },
      straight: true,
    },
    {
      points: [x - 1.3, y - 1.3, z, x + 1.3, y - 1.4, z],
      style: { radius: 0.5, value: 0.8, profile: PROFILES.plate },
      straight: true,
    },
    { points: [...entry, ...descent, -2.2, 17.5 * k, 2, 1.2, 19.6 * k, 3.4, ...apex], style: line(0.14, 1) },
    {
      points: [...entry.map((value, i) => (i % 3 === 1 ? value + 0.3 : value)), ...descent, ...atrial],
      style: line(0.14, 1),
    },
    { points: [...apex, apex[0]! + 0.9, apex[1]! + 0.2, apex[2]! + 0.4], style: line(0.2, 1.6), straight: true },
  ];
}

/** Six closed loops behind and before the sternum. */
function sternotomyWires(thorax: Thorax, jitter: Shift): Course[] {
  const front = thorax.depth / 2;
  return [0, 1, 2, 3, 4, 5].map((i) => {
    const y = (4.6 + 2.6 * i) * thorax.k + 0.5 * jitter();
    const [w, h, x] = [0.85 + 0.25 * jitter(), 0.42, thorax.midline(y) * 0.3 + 0.4 * jitter()];
    const z = front + 0.1 + 0.16 * i;
    const turn = [x - w, y, z - 0.9, x, y - h, z - 0.4, x + w, y + 0.1, z, x, y + h, z + 0.3, x - w, y, z - 0.9];
    return { points: [...turn, x - 0.3, y + 0.3, z + 0.4, x + 0.35, y - 0.45, z + 0.6], style: line(0.08, 1.5) };
  });
}

function entericTube(thorax: Thorax, jitter: Shift): Course {
  const { k, dome, shift } = thorax;
  const below = dome.left;
  const upper = [0.7, -9, 1.5, 0.5 + shift, 1, -1.6, 0.6 + shift, 9 * k, -2.6, 1.1 + jitter(), 17 * k, -2];
  const stomach = [
    2.2,
    below + 1,
    -0.6,
    5 + jitter(),
    below + 3.4,
    1,
    7.4 + jitter(),
    below + 6.6,
    2.6,
    5.4,
    below + 9,
    4,
  ];
  return { points: [...upper, ...stomach], style: line(0.17, 0.42) };
}

/** From the side wall up to the apex. */
function chestTube(thorax: Thorax, side: Side, jitter: Shift): Course[] {
  const sign = signOf(side);
  const { k } = thorax;
  const wall = thorax.innerHalfWidth(16);
  const points = [sign * (wall + 5), 19 * k, 1, sign * (wall + 0.6), 16.4 * k, 0.6, sign * (wall - 1.6), 12 * k, -1];
  points.push(sign * (wall - 4) + jitter(), 7 * k, -2, sign * 5.4 + jitter(), 3 * k, -2.4);
  return [
    { points, style: tube(0.5, 0.17) },
    { points: points.map((value, i) => (i % 3 === 0 ? value + sign * 0.2 : value)), style: line(0.1, 0.5) },
  ];
}
