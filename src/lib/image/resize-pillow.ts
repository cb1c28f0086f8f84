/** Pillow's antialiased resampling of 8-bit pictures, bit for bit. */
import { antialiasedBank, FIXED_POINT_BITS, type FilterBank, memoize, toFixedPoint } from './filter-bank.ts';
import { type Kernel, keysCubic, lanczos3, triangle } from './kernels.ts';
import { type BytePixels, plane } from './pixels.ts';

export type PillowKernel = 'bilinear' | 'bicubic' | 'lanczos';

const KERNELS: Record<PillowKernel, Kernel> = { bilinear: triangle, bicubic: keysCubic(-0.5), lanczos: lanczos3 };
const HALF = 1 << (FIXED_POINT_BITS - 1);

const bankFor = memoize(64, (input, output, kernel) =>
  toFixedPoint(
    antialiasedBank({ inputSize: input, outputSize: output }, KERNELS[kernel as PillowKernel], (value) => value),
  ),
);

/**
 * Resamples to `width` × `height` (≥ 1 each) exactly as `PIL.Image.resize` does for modes L and RGB: 22-bit fixed-point
 * weights, rows first, 8 bits between the passes; an unchanged side is left alone.
 * Pillow 13 takes columns first for some shapes (wider and lower, for one); the published models precede it, so rows
 * come first here always.
 * Source: python-pillow/Pillow:src/libImaging/Resample.c
 */
export function resizePillow(
  pixels: BytePixels,
  size: { readonly width: number; readonly height: number },
  kernel: PillowKernel,
): BytePixels {
  const { width, height } = size;
  const area = width * height;
  const data = new Uint8Array(area * pixels.channels);
  for (let c = 0; c < pixels.channels; c++) {
    const source = { ...pixels, channels: 1, data: plane(pixels, c) };
    data.set(resizePlane(source, size, kernel), c * area);
  }
  return { width, height, channels: pixels.channels, data };
}

function resizePlane(source: BytePixels, size: { width: number; height: number }, kernel: PillowKernel): Uint8Array {
  const { width, height } = size;
  const columns =
    source.width === width
      ? transpose(source.data, source.width, source.height)
      : filterRows(source.data, source.width, bankFor(source.width, width, kernel));
  return source.height === height
    ? transpose(columns, source.height, width)
    : filterRows(columns, source.height, bankFor(source.height, height, kernel));
}

function transpose(data: Uint8Array, width: number, height: number): Uint8Array {
  const result = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) result[x * height + y] = data[y * width + x]!;
  return result;
}

interface RowPass {
  readonly data: Uint8Array;
  readonly width: number;
  readonly rows: number;
  readonly bank: FilterBank<Int32Array>;
  readonly result: Uint8Array;
}

/**
 * Filters every row of [rows, width] and writes the result transposed, [outputs, rows], so that a second call filters
 * the columns with contiguous reads. Four rows at once share each weight.
 */
function filterRows(data: Uint8Array, width: number, bank: FilterBank<Int32Array>): Uint8Array {
  const rows = data.length / width;
  const result = new Uint8Array(bank.start.length * rows);
  const pass = { data, width, rows, bank, result };
  const whole = rows - (rows % 4);
  for (let row = 0; row < whole; row += 4) filterFourRows(pass, row);
  for (let row = whole; row < rows; row++) filterRow(pass, row);
  return result;
}

function filterFourRows({ data, width, rows, bank, result }: RowPass, row: number): void {
  const { start, count, weights, stride } = bank;
  const base = row * width;
  for (let i = 0; i < start.length; i++) {
    let a = base + start[i]!;
    let b = a + width;
    let c = b + width;
    let d = c + width;
    let sumA = HALF;
    let sumB = HALF;
    let sumC = HALF;
    let sumD = HALF;
    const end = i * stride + count[i]!;
    for (let k = i * stride; k < end; k++) {
      const weight = weights[k]!;
      sumA = (sumA + Math.imul(data[a++]!, weight)) | 0;
      sumB = (sumB + Math.imul(data[b++]!, weight)) | 0;
      sumC = (sumC + Math.imul(data[c++]!, weight)) | 0;
      sumD = (sumD + Math.imul(data[d++]!, weight)) | 0;
    }
    const at = i * rows + row;
    result[at] = clipped(sumA);
    result[at + 1] = clipped(sumB);
    result[at + 2] = clipped(sumC);
    result[at + 3] = clipped(sumD);
  }
}

function filterRow({ data, width, rows, bank, result }: RowPass, row: number): void {
  const { start, count, weights, stride } = bank;
  for (let i = 0; i < start.length; i++) {
    const from = row * width + start[i]!;
    let sum = HALF;
    for (let j = 0; j < count[i]!; j++) sum = (sum + Math.imul(data[from + j]!, weights[i * stride + j]!)) | 0;
    result[i * rows + row] = clipped(sum);
  }
}

function clipped(sum: number): number {
  const value = sum >> FIXED_POINT_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
