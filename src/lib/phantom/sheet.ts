/** A drawing sheet in centimetres: layers of thickness and attenuation; and smooth functions to shape anatomy with. */

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

/** Cubic through b and c whose slopes follow their neighbours; t from 0 at b to 1 at c. */
export function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
