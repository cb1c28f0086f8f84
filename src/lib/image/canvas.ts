/** Steps that move or recolour pixels without resampling: pad, crop, luma. */
import { DataError } from '../../core/errors.ts';
import { type BytePixels, type Pixels, plane } from './pixels.ts';
import { roundHalfEven } from './rounding.ts';

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly fill: number;
}

function empty<Samples extends Uint8Array | Float32Array>(like: Samples, length: number): Samples {
  return (like instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as Samples;
}

/**
 * Pastes a picture centred on a canvas; the offset is floor(free / 2) on either axis.
 * @throws DataError where the picture is larger than the canvas.
 */
export function pad<Samples extends Uint8Array | Float32Array>(
  pixels: Pixels<Samples>,
  canvas: Canvas,
): Pixels<Samples> {
  const { width, height, fill } = canvas;
  if (pixels.width > width || pixels.height > height) {
    throw new DataError(
      `picture too large to pad, expected at most ${width}x${height}, got ${pixels.width}x${pixels.height}`,
    );
  }
  const left = Math.floor((width - pixels.width) / 2);
  const top = Math.floor((height - pixels.height) / 2);
  const data = empty(pixels.data, width * height * pixels.channels);
  if (fill !== 0) data.fill(fill);
  for (let c = 0; c < pixels.channels; c++) {
    const source = plane(pixels, c);
    for (let y = 0; y < pixels.height; y++) {
      const row = source.subarray(y * pixels.width, (y + 1) * pixels.width);
      data.set(row, (c * height + top + y) * width + left);
    }
  }
  return { width, height, channels: pixels.channels, data };
}

/** Pastes centred on a square whose side is the longer side, at least `minimum`. */
export function padSquare<Samples extends Uint8Array | Float32Array>(
  pixels: Pixels<Samples>,
  minimum: number,
  fill: number,
): Pixels<Samples> {
  const side = Math.max(pixels.width, pixels.height, minimum);
  return pad(pixels, { width: side, height: side, fill });
}

/**
 * The central `width` × `height`; the offset is half the excess rounded half to even.
 * Source: pytorch/vision:torchvision/transforms/functional.py (center_crop).
 * @throws DataError where the picture is smaller than the crop.
 */
export function centreCrop<Samples extends Uint8Array | Float32Array>(
  pixels: Pixels<Samples>,
  width: number,
  height: number,
): Pixels<Samples> {
  if (pixels.width < width || pixels.height < height) {
    throw new DataError(
      `picture too small to crop, expected at least ${width}x${height}, got ${pixels.width}x${pixels.height}`,
    );
  }
  const left = roundHalfEven((pixels.width - width) / 2);
  const top = roundHalfEven((pixels.height - height) / 2);
  const data = empty(pixels.data, width * height * pixels.channels);
  for (let c = 0; c < pixels.channels; c++) {
    const source = plane(pixels, c);
    for (let y = 0; y < height; y++) {
      const from = (top + y) * pixels.width + left;
      data.set(source.subarray(from, from + width), (c * height + y) * width);
    }
  }
  return { width, height, channels: pixels.channels, data };
}

/** Integer luma of ITU-R 601-2; a grey picture passes unchanged. Source: python-pillow/Pillow:src/libImaging/Convert.c */
export function grey(pixels: BytePixels): BytePixels {
  if (pixels.channels === 1) return pixels;
  const [red, green, blue] = [plane(pixels, 0), plane(pixels, 1), plane(pixels, 2)];
  const data = new Uint8Array(red.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = (red[i]! * 19595 + green[i]! * 38470 + blue[i]! * 7471 + 0x8000) >> 16;
  }
  return { width: pixels.width, height: pixels.height, channels: 1, data };
}
