/** A picture in memory: planar samples, 8-bit as decoded or float once normalized. */

/**
 * Planar samples, shape [channels, height, width] (row-major): sample (c, y, x) is at `(c * height + y) * width + x`.
 * `Uint8Array` holds decoded 8-bit values 0–255; `Float32Array` holds them after a float step.
 */
export interface Pixels<Samples extends Uint8Array | Float32Array = Uint8Array | Float32Array> {
  readonly width: number;
  readonly height: number;
  /** 1 (grey) or 3 (red, green, blue). */
  readonly channels: number;
  readonly data: Samples;
}

export type BytePixels = Pixels<Uint8Array>;
export type FloatPixels = Pixels<Float32Array>;

/** Separates interleaved samples [height, width, channels] into planes; one channel is taken as it is. */
export function fromInterleaved(data: Uint8Array, shape: Omit<BytePixels, 'data'>): BytePixels {
  const { width, height, channels } = shape;
  if (channels === 1) return { width, height, channels, data };
  const area = width * height;
  const planes = new Uint8Array(area * channels);
  for (let c = 0; c < channels; c++) {
    const offset = c * area;
    for (let i = 0, from = c; i < area; i++, from += channels) planes[offset + i] = data[from]!;
  }
  return { width, height, channels, data: planes };
}

/** The same samples as float32 in the same range (0–255 stays 0–255). */
export function toFloat(pixels: Pixels): FloatPixels {
  if (pixels.data instanceof Float32Array) return { ...pixels, data: pixels.data };
  return { ...pixels, data: Float32Array.from(pixels.data) };
}

/** One plane as a view, not a copy. */
export function plane<Samples extends Uint8Array | Float32Array>(pixels: Pixels<Samples>, channel: number): Samples {
  const area = pixels.width * pixels.height;
  return pixels.data.subarray(channel * area, (channel + 1) * area) as Samples;
}
