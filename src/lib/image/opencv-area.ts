/** OpenCV's INTER_AREA where it shrinks: means over blocks of whole samples, or weighted means over fractions of them. */
import { type Side, scaleOf } from './opencv-taps.ts';
import { roundHalfEven } from './rounding.ts';

export interface PlaneSides {
  readonly across: Side;
  readonly down: Side;
}

const r = Math.fround;
/** Shares of a sample below this are dropped. */
const NEGLIGIBLE = 1e-3;

/**
 * One plane [down.input, across.input] to [down.output, across.output]; neither side may grow. 8-bit results are rounded.
 * Source: opencv/opencv:modules/imgproc/src/resize.cpp (ResizeAreaFast, ResizeArea).
 */
export function shrinkArea(data: Uint8Array | Float32Array, sides: PlaneSides): Uint8Array | Float32Array {
  const block = wholeBlock(sides);
  if (block === undefined) return fractions(data, sides);
  return blocks(data, sides, block);
}

interface Block {
  readonly width: number;
  readonly height: number;
}

/** Samples per output sample where both ratios are whole to the last bit of OpenCV's own quotient. */
export function wholeBlock({ across, down }: PlaneSides): Block | undefined {
  const [x, y] = [scaleOf(across), scaleOf(down)];
  const [width, height] = [roundHalfEven(x), roundHalfEven(y)];
  const isWhole = Math.abs(x - width) < Number.EPSILON && Math.abs(y - height) < Number.EPSILON;
  return isWhole ? { width, height } : undefined;
}

function like(data: Uint8Array | Float32Array, length: number): Uint8ClampedArray | Float32Array {
  return data instanceof Uint8Array ? new Uint8ClampedArray(length) : new Float32Array(length);
}

/** A clamped array rounds half to even, as OpenCV does. */
function unclamped(data: Uint8ClampedArray | Float32Array): Uint8Array | Float32Array {
  return data instanceof Float32Array ? data : new Uint8Array(data.buffer);
}

function blocks(data: Uint8Array | Float32Array, { across, down }: PlaneSides, block: Block) {
  const result = like(data, across.output * down.output);
  const isBytes = data instanceof Uint8Array;
  const halves = isBytes && block.width === 2 && block.height === 2;
  const scale = r(1 / (block.width * block.height));
  for (let y = 0; y < down.output; y++) {
    for (let x = 0; x < across.output; x++) {
      const sum = blockSum(data, across.input, { left: x * block.width, top: y * block.height, ...block });
      // Blocks of 2 × 2 are rounded half up, all others half to even.
      result[y * across.output + x] = halves ? (sum + 2) >> 2 : r(r(sum) * scale);
    }
  }
  return unclamped(result);
}

function blockSum(
  data: Uint8Array | Float32Array,
  stride: number,
  { left, top, width, height }: Block & { readonly left: number; readonly top: number },
): number {
  let sum = 0;
  for (let y = top; y < top + height; y++) {
    const start = y * stride + left;
    for (let at = start; at < start + width; at++) sum += data[at]!;
  }
  return sum;
}

/** Output `i` covers `count[i]` samples from `start[i]`, with `weights[offset[i] + k]`. */
interface Shares {
  readonly start: Int32Array;
  readonly offset: Int32Array;
  readonly weights: Float32Array;
}

function sharesOf(side: Side): Shares {
  const start = new Int32Array(side.output);
  const offset = new Int32Array(side.output + 1);
  const weights: number[] = [];
  for (let i = 0; i < side.output; i++) {
    const covered = cover(side, i);
    start[i] = covered.start;
    weights.push(...covered.weights);
    offset[i + 1] = weights.length;
  }
  return { start, offset, weights: Float32Array.from(weights) };
}

function cover(side: Side, i: number): { readonly start: number; readonly weights: readonly number[] } {
  const scale = scaleOf(side);
  const from = i * scale;
  const to = from + scale;
  const cell = Math.min(scale, side.input - from);
  const last = Math.min(Math.floor(to), side.input - 1);
  const first = Math.min(Math.ceil(from), last);
  const weights = new Array<number>(last - first).fill(1 / cell);
  const head = first - from > NEGLIGIBLE;
  if (head) weights.unshift((first - from) / cell);
  if (to - last > NEGLIGIBLE) weights.push(Math.min(to - last, 1, cell) / cell);
  return { start: head ? first - 1 : first, weights };
}

function fractions(data: Uint8Array | Float32Array, { across, down }: PlaneSides): Uint8Array | Float32Array {
  const columns = sharesOf(across);
  const rows = sharesOf(down);
  const width = across.output;
  const narrow = new Float32Array(width * down.input);
  for (let y = 0; y < down.input; y++) narrowRow(data.subarray(y * across.input), columns, narrow, y * width);
  const result = like(data, width * down.output);
  const sums = new Float32Array(width);
  for (let y = 0; y < down.output; y++) {
    sums.fill(0);
    for (let k = rows.offset[y]!; k < rows.offset[y + 1]!; k++) {
      const row = (rows.start[y]! + k - rows.offset[y]!) * width;
      const weight = rows.weights[k]!;
      for (let x = 0; x < width; x++) sums[x] = sums[x]! + r(narrow[row + x]! * weight);
    }
    result.set(sums, y * width);
  }
  return unclamped(result);
}

function narrowRow(row: Uint8Array | Float32Array, columns: Shares, target: Float32Array, at: number): void {
  const { start, offset, weights } = columns;
  for (let x = 0; x < start.length; x++) {
    let sum = 0;
    let from = start[x]!;
    for (let k = offset[x]!; k < offset[x + 1]!; k++) sum = r(sum + r(row[from++]! * weights[k]!));
    target[at + x] = sum;
  }
}
