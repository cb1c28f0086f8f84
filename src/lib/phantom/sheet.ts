/** A drawing sheet in centimetres: layers of thickness and attenuation, and the few shapes that anatomy is drawn with. */

/** Where the sheet lies: pixel (column, row) has its centre at (left + column / scale, top + row / scale) centimetres. */
export interface SheetFrame {
  readonly width: number;
  readonly height: number;
  /** Pixels per centimetre. */
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** One value per pixel, row-major [height, width]. */
export interface Sheet extends SheetFrame {
  /** Depth of the body along the beam, cm. */
  readonly body: Float32Array;
  /** Depth of aerated lung along the beam, cm. */
  readonly lung: Float32Array;
  /** Depth of soft tissue or fluid that takes the place of lung, cm. */
  readonly displaced: Float32Array;
  /** Share of the remaining air spaces that is filled, 0 to 1. */
  readonly filled: Float32Array;
  /** Attenuation of vessels, seen only where there is lung around them. */
  readonly vessels: Float32Array;
  /** Attenuation added wherever it lies (bone, metal) or taken away (air in airways and stomach). */
  readonly extra: Float32Array;
}

/** Memory that sheets drawn one after the other share; the last sheet is valid until the next is made. */
export interface SheetMemory {
  layers: Float32Array;
}

export interface SheetBounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An empty sheet over a rectangle in centimetres. @param scale pixels per centimetre */
export function createSheet(bounds: SheetBounds, scale: number, memory?: SheetMemory): Sheet {
  const width = Math.ceil((bounds.right - bounds.left) * scale) + 1;
  const height = Math.ceil((bounds.bottom - bounds.top) * scale) + 1;
  const size = width * height;
  const own = memory ?? { layers: new Float32Array(0) };
  if (own.layers.length < 6 * size) own.layers = new Float32Array(6 * size);
  else own.layers.fill(0, 0, 6 * size);
  const layer = (i: number) => own.layers.subarray(i * size, (i + 1) * size);
  return {
    width,
    height,
    scale,
    left: bounds.left,
    top: bounds.top,
    body: layer(0),
    lung: layer(1),
    displaced: layer(2),
    filled: layer(3),
    vessels: layer(4),
    extra: layer(5),
  };
}

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
  const box = boxAround(frame, points, Math.max(style.radius, style.endRadius ?? 0));
  if (box.width <= 0 || box.height <= 0) return;
  const cover = new Float32Array(box.width * box.height);
  const parts = points.length / 2 - 1;
  const taper = (style.endRadius ?? style.radius) - style.radius;
  for (let i = 0; i < parts; i++) {
    const radius = style.radius + taper * ((i + 0.5) / parts);
    const fade = style.fading ? Math.min(1, (i + 0.4) / 2.4, (parts - i - 0.6) / 2.4) : 1;
    coverSegment(frame, { ...box, cover }, points.slice(2 * i, 2 * i + 4), { ...style, radius, value: fade });
  }
  for (let row = 0; row < box.height; row++) {
    const start = (row + box.top) * frame.width + box.left;
    for (let column = 0; column < box.width; column++) {
      const share = cover[row * box.width + column]!;
      if (share > 0) layer[start + column]! += style.value * share;
    }
  }
}

interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function boxAround(frame: SheetFrame, points: readonly number[], radius: number): PixelBox {
  const across = points.filter((_, i) => i % 2 === 0);
  const down = points.filter((_, i) => i % 2 === 1);
  const reach = Math.max(THINNEST, radius * frame.scale) + 1;
  const pixel = (value: number, origin: number) => (value - origin) * frame.scale;
  const left = Math.max(0, Math.floor(pixel(Math.min(...across), frame.left) - reach));
  const top = Math.max(0, Math.floor(pixel(Math.min(...down), frame.top) - reach));
  const right = Math.min(frame.width - 1, Math.ceil(pixel(Math.max(...across), frame.left) + reach));
  const bottom = Math.min(frame.height - 1, Math.ceil(pixel(Math.max(...down), frame.top) + reach));
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Raises the cover of each pixel to that of one segment with round ends. */
function coverSegment(
  frame: SheetFrame,
  box: PixelBox & { readonly cover: Float32Array },
  ends: readonly number[],
  style: StrokeStyle,
): void {
  const ax = (ends[0]! - frame.left) * frame.scale - box.left;
  const ay = (ends[1]! - frame.top) * frame.scale - box.top;
  const dx = (ends[2]! - frame.left) * frame.scale - box.left - ax;
  const dy = (ends[3]! - frame.top) * frame.scale - box.top - ay;
  const lengthSquared = Math.max(1e-9, dx * dx + dy * dy);
  const radius = Math.max(THINNEST, style.radius * frame.scale);
  const most = style.value * ((style.radius * frame.scale) / radius);
  const profile = style.profile ?? PROFILES.bell;
  const lastColumn = Math.min(box.width - 1, Math.ceil(Math.max(ax, ax + dx) + radius));
  const lastRow = Math.min(box.height - 1, Math.ceil(Math.max(ay, ay + dy) + radius));
  const firstColumn = Math.max(0, Math.floor(Math.min(ax, ax + dx) - radius));
  for (let row = Math.max(0, Math.floor(Math.min(ay, ay + dy) - radius)); row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const along = Math.min(1, Math.max(0, ((column - ax) * dx + (row - ay) * dy) / lengthSquared));
      const px = column - ax - along * dx;
      const py = row - ay - along * dy;
      const squared = (px * px + py * py) / (radius * radius);
      if (squared >= 1) continue;
      const share = most * profileAt(profile, squared);
      const i = row * box.width + column;
      if (share > box.cover[i]!) box.cover[i] = share;
    }
  }
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

/** Cubic through b and c whose slopes follow their neighbours; t from 0 at b to 1 at c. */
function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
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

/** A smooth function through knots [y0, value0, y1, value1, …], held constant beyond the ends (monotone in between knots). */
export function knots(points: readonly number[]): (y: number) => number {
  return (y) => {
    const last = points.length - 2;
    if (y <= points[0]!) return points[1]!;
    if (y >= points[last]!) return points[last + 1]!;
    let i = 0;
    while (points[i + 2]! < y) i += 2;
    const at = (k: number) => points[Math.min(last, Math.max(0, k)) + 1]!;
    const t = (y - points[i]!) / (points[i + 2]! - points[i]!);
    return catmullRom(at(i - 2), at(i), at(i + 2), at(i + 4), t);
  };
}

/** 0 below `from`, 1 above `to`, smooth in between. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
