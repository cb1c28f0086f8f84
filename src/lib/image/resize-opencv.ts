/** OpenCV's resize, INTER_LINEAR, INTER_CUBIC and INTER_AREA: bit for bit on 8-bit pictures, to float32 rounding on others. */
import { type PlaneSides, shrinkArea, wholeBlock } from './opencv-area.ts';
import { cubicTaps, linearTaps, preciseCubicTaps, type Taps } from './opencv-taps.ts';
import { type Pixels, plane } from './pixels.ts';
import { roundHalfEven } from './rounding.ts';

/** `cubic` is OpenCV's own code; `cubic-ipp` the library by Intel that its builds for x86 call instead. */
export type OpencvKernel = 'linear' | 'cubic' | 'cubic-ipp' | 'area';

type Samples = Uint8Array | Float32Array;

/**
 * Resamples to `width` × `height` (≥ 1 each) as `cv2.resize` does. No kernel but `area` antialiases. Quirks kept: `linear`
 * takes the mean where both sides halve, and `area` interpolates where a side grows.
 * Source: opencv/opencv:modules/imgproc/src/resize.cpp, 5.0.0; opencv-python 5.0.0 for `cubic-ipp`, whose code is not public.
 */
export function resizeOpencv(
  pixels: Pixels,
  size: { readonly width: number; readonly height: number },
  kernel: OpencvKernel,
): Pixels {
  const { width, height } = size;
  if (width === pixels.width && height === pixels.height) return pixels;
  const sides = {
    across: { input: pixels.width, output: width },
    down: { input: pixels.height, output: height },
  };
  const area = width * height;
  const length = area * pixels.channels;
  const data = pixels.data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  const resized = planeResizer(sides, kernel, pixels.channels);
  for (let c = 0; c < pixels.channels; c++) data.set(resized(plane(pixels, c), c), c * area);
  return { width, height, channels: pixels.channels, data };
}

function planeResizer(sides: PlaneSides, kernel: OpencvKernel, channels: number) {
  const { across, down } = sides;
  const block = wholeBlock(sides);
  const shrinks = across.output <= across.input && down.output <= down.input;
  const halves = kernel === 'linear' && block?.width === 2 && block.height === 2;
  if (halves || (kernel === 'area' && shrinks)) return (data: Samples) => shrinkArea(data, sides);
  const { columns, rows } = tapsOf(sides, kernel);
  return (data: Samples, channel: number): Samples => {
    if (data instanceof Float32Array) return interpolateFloats(data, across.input, { columns, rows });
    if (kernel !== 'cubic-ipp') {
      const fixed = interpolateBytes(data, across.input, { columns: toFixed(columns), rows: toFixed(rows) });
      return kernel === 'cubic' ? cubicBytes(fixed, channel, channels) : linearBytes(fixed);
    }
    // A clamped array rounds half to even.
    return new Uint8Array(Uint8ClampedArray.from(interpolateFloats(data, across.input, { columns, rows })).buffer);
  };
}

function tapsOf({ across, down }: PlaneSides, kernel: OpencvKernel): { readonly columns: Taps; readonly rows: Taps } {
  if (kernel === 'cubic') return { columns: cubicTaps(across), rows: cubicTaps(down) };
  if (kernel === 'cubic-ipp') return { columns: preciseCubicTaps(across), rows: preciseCubicTaps(down) };
  const area = kernel === 'area';
  return {
    columns: linearTaps(across, { area, exactEdges: true }),
    rows: linearTaps(down, { area, exactEdges: false }),
  };
}

/** Weights times 2^11, rounded half to even. */
interface FixedTaps extends Omit<Taps, 'weight'> {
  readonly weight: Int32Array;
}
const WEIGHT_BITS = 11;

function toFixed(taps: Taps): FixedTaps {
  return { ...taps, weight: Int32Array.from(taps.weight, (weight) => roundHalfEven(weight * 2 ** WEIGHT_BITS)) };
}

/** Rows interpolated along themselves, [input height, output width], and what is to be done along columns. */
interface Narrowed {
  readonly sums: Int32Array;
  readonly width: number;
  readonly rows: FixedTaps;
}

function interpolateBytes(
  data: Uint8Array,
  inputWidth: number,
  { columns, rows }: { readonly columns: FixedTaps; readonly rows: FixedTaps },
): Narrowed {
  const { count, index, weight } = columns;
  const width = index.length / count;
  const height = data.length / inputWidth;
  const sums = new Int32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = x * count; k < x * count + count; k++) sum += data[y * inputWidth + index[k]!]! * weight[k]!;
      sums[y * width + x] = sum;
    }
  }
  return { sums, width, rows };
}

/** Two rows mixed; each product loses its low bits before they are added. */
function linearBytes({ sums, width, rows: { index, weight } }: Narrowed): Uint8Array {
  const height = index.length / 2;
  const result = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const [upper, lower] = [index[2 * y]! * width, index[2 * y + 1]! * width];
    const [above, below] = [weight[2 * y]!, weight[2 * y + 1]!];
    for (let x = 0; x < width; x++) {
      const sum = ((above * (sums[upper + x]! >> 4)) >> 16) + ((below * (sums[lower + x]! >> 4)) >> 16);
      result[y * width + x] = (sum + 2) >> 2;
    }
  }
  return result;
}

/** Interleaved samples that OpenCV's vector code takes together; it sums in float32, the rest of a row in integers. */
const TOGETHER = 8;

function cubicBytes({ sums, width, rows }: Narrowed, channel: number, channels: number): Uint8Array {
  const height = rows.index.length / rows.count;
  const vector = Math.floor((width * channels) / TOGETHER) * TOGETHER;
  const result = new Uint8ClampedArray(width * height);
  for (let y = 0; y < height; y++) {
    const at = Array.from({ length: 4 }, (_, k) => rows.index[4 * y + k]! * width);
    const weights = rows.weight.subarray(4 * y, 4 * y + 4);
    for (let x = 0; x < width; x++) {
      const four = [sums[at[0]! + x]!, sums[at[1]! + x]!, sums[at[2]! + x]!, sums[at[3]! + x]!] as const;
      const inVector = x * channels + channel < vector;
      result[y * width + x] = inVector ? floatSum(four, weights) : wholeSum(four, weights);
    }
  }
  return new Uint8Array(result.buffer);
}

type Four = readonly [number, number, number, number];
const ONE = 2 ** (2 * WEIGHT_BITS);
const r = Math.fround;

function floatSum(four: Four, weights: Int32Array): number {
  const product = (k: 0 | 1 | 2 | 3) => r(r(four[k]) * r(weights[k]! / ONE));
  return r(product(0) + r(product(1) + r(product(2) + product(3))));
}

function wholeSum(four: Four, weights: Int32Array): number {
  const sum = four[0] * weights[0]! + four[1] * weights[1]! + four[2] * weights[2]! + four[3] * weights[3]!;
  return Math.floor((sum + ONE / 2) / ONE);
}

/** In float32 along rows, then along columns with one rounding to float32 per sample. */
function interpolateFloats(
  data: Samples,
  inputWidth: number,
  { columns, rows }: { readonly columns: Taps; readonly rows: Taps },
): Float32Array {
  const width = columns.index.length / columns.count;
  const narrowed = new Float32Array(width * (data.length / inputWidth));
  for (let y = 0; y * width < narrowed.length; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = x * columns.count; k < (x + 1) * columns.count; k++)
        sum = r(sum + r(data[y * inputWidth + columns.index[k]!]! * columns.weight[k]!));
      narrowed[y * width + x] = sum;
    }
  }
  return mixRows(narrowed, width, rows);
}

/** From the last tap to the first, each product added with one rounding. */
function mixRows(narrowed: Float32Array, width: number, { count, index, weight }: Taps): Float32Array {
  const height = index.length / count;
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let k = (y + 1) * count - 1; k >= y * count; k--) {
      const row = index[k]! * width;
      for (let x = 0; x < width; x++) result[y * width + x] = narrowed[row + x]! * weight[k]! + result[y * width + x]!;
    }
  }
  return result;
}
