/** The few shapes that anatomy is drawn with: strokes, lines and curves of any thickness, ellipses. */
import { catmullRom, type SheetFrame } from './sheet.ts';

/** Chord of a cross-section at distance v (0 at the axis, 1 at the edge), relative to its largest value. */
export type Profile = Float32Array;

const PROFILE_STEPS = 128;

function tabulate(chord: (v: number) => number): Profile {
  const table = new Float32Array(PROFILE_STEPS + 2);
  for (let i = 0; i < PROFILE_STEPS; i++) table[i] = chord(i / PROFILE_STEPS);
  return table;
}

const chordOf = (radius: number, v: number) => (v < radius ? Math.sqrt(radius * radius - v * v) : 0);

export const PROFILES = {
  /** Solid cylinder or sphere. */
  solid: tabulate((v) => chordOf(1, v)),
  /** Bone: dense shell, spongy core, so that the edges are brighter than the middle. */
  cortical: tabulate((v) => 1.25 * (chordOf(1, v) - 0.82 * chordOf(0.86, v)) + 0.12 * chordOf(1, v)),
  /** Thin-walled tube. */
  wall: tabulate((v) => 1.4 * (chordOf(1, v) - chordOf(0.8, v))),
  /** Soft bell, for vessels and anything without an edge. */
  bell: tabulate((v) => (1 - v * v) ** 2),
  /** Flat with a soft rim, for plates. */
  plate: tabulate((v) => Math.min(1, (1 - v) * 5)),
} as const;

/** Value of a profile at the squared relative distance. */
function profileAt(profile: Profile, squared: number): number {
  return squared >= 1 ? 0 : profile[(Math.sqrt(squared) * PROFILE_STEPS) | 0]!;
}

export interface StrokeStyle {
  /** Radius in cm at the start and, where it tapers, at the end. */
  readonly radius: number;
  readonly endRadius?: number;
  /** Value on the axis. */
  readonly value: number;
  readonly profile?: Profile;
  /** Fades out at both ends of a line, so that it has no square end. */
  readonly fading?: boolean;
}

/** Smallest radius drawn, in pixels: thinner strokes are drawn this wide and fainter. */
const THINNEST = 0.75;

/** Adds a straight stroke from (x0, y0) to (x1, y1) cm. Consecutive strokes of a line do not add up where they meet. */
export function addStroke(frame: SheetFrame, layer: Float32Array, ends: readonly number[], style: StrokeStyle): void {
  const { width, height, scale } = frame;
  const ax = (ends[0]! - frame.left) * scale;
  const ay = (ends[1]! - frame.top) * scale;
  const dx = (ends[2]! - frame.left) * scale - ax;
  const dy = (ends[3]! - frame.top) * scale - ay;
  const lengthSquared = dx * dx + dy * dy;
  if (lengthSquared < 1e-9) return;
  const startRadius = style.radius * scale;
  const taper = (style.endRadius ?? style.radius) * scale - startRadius;
  const reach = Math.max(THINNEST, startRadius, startRadius + taper) + 1;
  const profile = style.profile ?? PROFILES.bell;
  const lastColumn = Math.min(width - 1, Math.ceil(Math.max(ax, ax + dx) + reach));
  const lastRow = Math.min(height - 1, Math.ceil(Math.max(ay, ay + dy) + reach));
  for (let row = Math.max(0, Math.floor(Math.min(ay, ay + dy) - reach)); row <= lastRow; row++) {
    for (let column = Math.max(0, Math.floor(Math.min(ax, ax + dx) - reach)); column <= lastColumn; column++) {
      const px = column - ax;
      const py = row - ay;
      const along = (px * dx + py * dy) / lengthSquared;
      if (along < 0 || along >= 1) continue;
      const cross = px * dy - py * dx;
      const wanted = startRadius + taper * along;
      const radius = wanted < THINNEST ? THINNEST : wanted;
      const squared = (cross * cross) / (lengthSquared * radius * radius);
      if (squared >= 1) continue;
      layer[row * width + column]! += style.value * (wanted / radius) * profileAt(profile, squared);
    }
  }
}

/** Adds a line of any thickness through points [x0, y0, x1, y1, …] in cm, with round ends; where it meets itself it does not add up. */
export function addLine(frame: SheetFrame, layer: Float32Array, points: readonly number[], style: StrokeStyle): void {
  const size = frame.width * frame.height;
  if (cover.length < size) cover = new Float32Array(size);
  const parts = points.length / 2 - 1;
  const taper = (style.endRadius ?? style.radius) - style.radius;
  const boxes: PixelBox[] = [];
  for (let i = 0; i < parts; i++) {
    const radius = style.radius + taper * ((i + 0.5) / parts);
    const fade = style.fading ? Math.min(1, (i + 0.4) / 2.4, (parts - i - 0.6) / 2.4) : 1;
    boxes.push(coverSegment(frame, points.slice(2 * i, 2 * i + 4), { ...style, radius, value: fade }));
  }
  for (const box of boxes) moveCover(frame, layer, box, style.value);
}

/** Share of the line's value at each pixel of the sheet; all zero between calls, because a line takes back what it covered. */
let cover = new Float32Array(0);

function moveCover(frame: SheetFrame, layer: Float32Array, box: PixelBox, value: number): void {
  for (let row = box.top; row <= box.bottom; row++) {
    for (let i = row * frame.width + box.left; i <= row * frame.width + box.right; i++) {
      const share = cover[i]!;
      if (share === 0) continue;
      layer[i]! += value * share;
      cover[i] = 0;
    }
  }
}

interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Raises the cover of each pixel to that of one segment with round ends. */
function coverSegment(frame: SheetFrame, ends: readonly number[], style: StrokeStyle): PixelBox {
  const ax = (ends[0]! - frame.left) * frame.scale;
  const ay = (ends[1]! - frame.top) * frame.scale;
  const dx = (ends[2]! - frame.left) * frame.scale - ax;
  const dy = (ends[3]! - frame.top) * frame.scale - ay;
  const lengthSquared = Math.max(1e-9, dx * dx + dy * dy);
  const radius = Math.max(THINNEST, style.radius * frame.scale);
  const most = style.value * ((style.radius * frame.scale) / radius);
  const profile = style.profile ?? PROFILES.bell;
  const box = {
    left: Math.max(0, Math.floor(Math.min(ax, ax + dx) - radius)),
    top: Math.max(0, Math.floor(Math.min(ay, ay + dy) - radius)),
    right: Math.min(frame.width - 1, Math.ceil(Math.max(ax, ax + dx) + radius)),
    bottom: Math.min(frame.height - 1, Math.ceil(Math.max(ay, ay + dy) + radius)),
  };
  for (let row = box.top; row <= box.bottom; row++) {
    for (let column = box.left; column <= box.right; column++) {
      const along = Math.min(1, Math.max(0, ((column - ax) * dx + (row - ay) * dy) / lengthSquared));
      const px = column - ax - along * dx;
      const py = row - ay - along * dy;
      const squared = (px * px + py * py) / (radius * radius);
      if (squared >= 1) continue;
      const share = most * profileAt(profile, squared);
      const i = row * frame.width + column;
      if (share > cover[i]!) cover[i] = share;
    }
  }
  return box;
}

/** Adds a smooth curve through points [x0, y0, …] in cm (Catmull–Rom, `steps` strokes between two points). */
export function addCurve(
  frame: SheetFrame,
  layer: Float32Array,
  points: readonly number[],
  style: StrokeStyle & { readonly steps?: number },
): void {
  addLine(frame, layer, smoothPath(points, style.steps ?? 6), style);
}

/** Points of a Catmull–Rom curve through [x0, y0, …]. */
export function smoothPath(points: readonly number[], steps: number): number[] {
  const count = points.length / 2;
  const at = (i: number, axis: number) => points[2 * Math.min(count - 1, Math.max(0, i)) + axis]!;
  const path: number[] = [];
  for (let i = 0; i < count - 1; i++) {
    for (let step = 0; step < steps; step++) {
      const t = step / steps;
      for (const axis of [0, 1])
        path.push(catmullRom(at(i - 1, axis), at(i, axis), at(i + 1, axis), at(i + 2, axis), t));
    }
  }
  path.push(at(count - 1, 0), at(count - 1, 1));
  return path;
}

export interface BlobShape {
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
  /** Turn in radians, clockwise on the film. */
  readonly turn?: number;
  readonly value: number;
  readonly profile?: Profile;
}

/** Adds an ellipse. */
export function addBlob(frame: SheetFrame, layer: Float32Array, shape: BlobShape): void {
  const { width, height, scale } = frame;
  const centreX = (shape.x - frame.left) * scale;
  const centreY = (shape.y - frame.top) * scale;
  const reach = Math.max(shape.radiusX, shape.radiusY) * scale;
  const cos = Math.cos(shape.turn ?? 0);
  const sin = Math.sin(shape.turn ?? 0);
  const profile = shape.profile ?? PROFILES.bell;
  const inverseX = 1 / (shape.radiusX * scale);
  const inverseY = 1 / (shape.radiusY * scale);
  const lastRow = Math.min(height - 1, Math.ceil(centreY + reach));
  const lastColumn = Math.min(width - 1, Math.ceil(centreX + reach));
  for (let row = Math.max(0, Math.floor(centreY - reach)); row <= lastRow; row++) {
    for (let column = Math.max(0, Math.floor(centreX - reach)); column <= lastColumn; column++) {
      const dx = column - centreX;
      const dy = row - centreY;
      const u = (dx * cos + dy * sin) * inverseX;
      const v = (dy * cos - dx * sin) * inverseY;
      layer[row * width + column]! += shape.value * profileAt(profile, u * u + v * v);
    }
  }
}
