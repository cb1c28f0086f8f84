/** Carries out a model's preprocessing, step by step, on one decoded picture. */
import { ConfigError, DataError } from '../../core/errors.ts';
import type { Preprocessing, PreprocessingStep } from '../../core/preprocessing.ts';
import { centreCrop, grey, pad, padSquare } from './canvas.ts';
import { type BytePixels, type FloatPixels, type Pixels, plane, toFloat } from './pixels.ts';
import { resizeOpencv } from './resize-opencv.ts';
import { resizePillow } from './resize-pillow.ts';
import { resizeTorch } from './resize-torch.ts';
import { roundHalfEven } from './rounding.ts';

type Step<Op extends PreprocessingStep['op']> = Extract<PreprocessingStep, { op: Op }>;
type Size = Step<'resize-pillow'>['size'];

/**
 * The tensor a vision graph takes, shape [channels, height, width] of `spec`, float32. A grey picture is carried as one
 * channel and repeated at the end, which gives the same pixels as the colour path for a picture whose channels are equal.
 * @throws DataError where the picture cannot pass a step; ConfigError where the steps do not fit one another.
 */
export function preprocess(pixels: BytePixels, spec: Preprocessing): Float32Array {
  let current: Pixels = pixels;
  for (const step of spec.steps) current = apply(current, step);
  if (current.width !== spec.width || current.height !== spec.height) {
    throw new ConfigError(
      `preprocessing "${spec.name}" ends with the wrong size, expected ${spec.width}x${spec.height}, got ${current.width}x${current.height}`,
    );
  }
  return withChannels(toFloat(current), spec);
}

function apply(pixels: Pixels, step: PreprocessingStep): Pixels {
  switch (step.op) {
    case 'resize-pillow':
      return resizePillow(bytes(pixels, step.op), targetSize(pixels, step.size), step.kernel);
    case 'resize-torch':
      return resizeTorch(toFloat(pixels), targetSize(pixels, step.size), step);
    case 'resize-opencv':
      return resizeOpencv(pixels, targetSize(pixels, step.size), step.kernel);
    case 'grey':
      return grey(bytes(pixels, step.op));
    case 'pad':
      return pad(pixels, step);
    case 'pad-square':
      return padSquare(pixels, step.minimum, step.fill);
    case 'centre-crop':
      return centreCrop(pixels, step.width, step.height);
    case 'normalize':
      return normalize(pixels, step);
  }
}

function bytes(pixels: Pixels, op: string): BytePixels {
  if (pixels.data instanceof Uint8Array) return { ...pixels, data: pixels.data };
  throw new ConfigError(
    `step ${op} after a float step, expected 8-bit samples`,
    'put it before normalize and resize-torch',
  );
}

/**
 * Size in pixels that a resize step asks for, from the size of the picture.
 * `longSide` truncates `side * (longSide / max)`, as rajpurkarlab/CheXzero:data_process.py; `shortSide` truncates
 * `shortSide * side / min`, as pytorch/vision:torchvision/transforms/functional.py; both in float64.
 * @throws DataError where a side would have no pixel left.
 */
export function targetSize(
  from: { readonly width: number; readonly height: number },
  size: Size,
): { readonly width: number; readonly height: number } {
  if ('width' in size) return size;
  const whole = size.rounding === 'truncate' ? Math.trunc : roundHalfEven;
  const scaled = (side: number) => {
    if ('longSide' in size) return whole(side * (size.longSide / Math.max(from.width, from.height)));
    return whole((size.shortSide * side) / Math.min(from.width, from.height));
  };
  const result = { width: scaled(from.width), height: scaled(from.height) };
  if (result.width < 1 || result.height < 1) {
    throw new DataError(`picture of ${from.width}x${from.height} pixels is too narrow to resize, a side would vanish`);
  }
  return result;
}

/**
 * (x / divisor − mean) / standardDeviation per channel, each operation rounded to float32 as torch does. A grey picture
 * with per-channel constants becomes a picture of as many channels.
 */
export function normalize(pixels: Pixels, step: Omit<Step<'normalize'>, 'op'>): FloatPixels {
  const constants = Math.max(step.mean.length, step.standardDeviation.length);
  const channels = pixels.channels === 1 ? constants : pixels.channels;
  const area = pixels.width * pixels.height;
  const data = new Float32Array(area * channels);
  for (let c = 0; c < channels; c++) {
    const mean = Math.fround(step.mean[step.mean.length === 1 ? 0 : c]!);
    const deviation = Math.fround(step.standardDeviation[step.standardDeviation.length === 1 ? 0 : c]!);
    const value = (x: number) => Math.fround(Math.fround(Math.fround(x / step.divisor) - mean) / deviation);
    mapPlane(plane(pixels, pixels.channels === 1 ? 0 : c), data.subarray(c * area, (c + 1) * area), value);
  }
  return { ...pixels, channels, data };
}

/** Applies a function to every sample; for 8-bit samples through a table of its 256 values. */
function mapPlane(from: Uint8Array | Float32Array, to: Float32Array, value: (x: number) => number): void {
  if (from instanceof Float32Array) {
    for (let i = 0; i < to.length; i++) to[i] = value(from[i]!);
    return;
  }
  const table = Float32Array.from({ length: 256 }, (_, x) => value(x));
  for (let i = 0; i < to.length; i++) to[i] = table[from[i]!]!;
}

function withChannels(pixels: FloatPixels, spec: Preprocessing): Float32Array {
  if (pixels.channels === spec.channels) return pixels.data;
  if (pixels.channels !== 1) {
    throw new ConfigError(
      `preprocessing "${spec.name}" ends with the wrong channels, expected ${spec.channels}, got ${pixels.channels}`,
      'add a step { op: grey }',
    );
  }
  const repeated = new Float32Array(pixels.data.length * spec.channels);
  for (let c = 0; c < spec.channels; c++) repeated.set(pixels.data, c * pixels.data.length);
  return repeated;
}
