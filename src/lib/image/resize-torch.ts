/** torch.nn.functional.interpolate(align_corners=False) on float pictures, bilinear and bicubic, with and without antialias. */
import { antialiasedBank, type FilterBank, memoize } from './filter-bank.ts';
import { keysCubic, triangle } from './kernels.ts';
import { type FloatPixels, plane } from './pixels.ts';

export type TorchKernel = 'bilinear' | 'bicubic';

/** Antialiased bicubic uses Pillow's a = -0.5, plain bicubic a = -0.75. Source: pytorch/pytorch:aten/src/ATen/native/cpu/UpSampleKernel.cpp */
const ANTIALIASED = { bilinear: triangle, bicubic: keysCubic(-0.5) };
const PLAIN = { bilinear: triangle, bicubic: keysCubic(-0.75) };

const antialiasedBankFor = memoize(64, (input, output, kernel) =>
  antialiasedBank({ inputSize: input, outputSize: output }, ANTIALIASED[kernel as TorchKernel], Math.fround),
);
const plainBankFor = memoize(64, (input, output, kernel) => plainBank(input, output, kernel as TorchKernel));

/**
 * Resamples to `width` × `height` (≥ 1 each). Agrees with torch's CPU kernels to float32 rounding: sums here are float64,
 * and the sampling positions are rounded to float32 as torch rounds them.
 */
export function resizeTorch(
  pixels: FloatPixels,
  size: { readonly width: number; readonly height: number },
  options: { readonly kernel: TorchKernel; readonly antialias: boolean },
): FloatPixels {
  const { width, height } = size;
  const bankFor = options.antialias ? antialiasedBankFor : plainBankFor;
  const across = bankFor(pixels.width, width, options.kernel);
  const down = bankFor(pixels.height, height, options.kernel);
  const data = new Float32Array(width * height * pixels.channels);
  for (let c = 0; c < pixels.channels; c++) {
    const columns = filterRows(plane(pixels, c), pixels.width, across);
    data.set(filterRows(columns, pixels.height, down), c * width * height);
  }
  return { width, height, channels: pixels.channels, data };
}

/** Weights of the two (bilinear) or four (bicubic) samples around each position; positions beyond the border read the border. */
function plainBank(inputSize: number, outputSize: number, kernelName: TorchKernel): FilterBank<Float64Array> {
  const kernel = PLAIN[kernelName];
  const stride = 2 * kernel.support;
  const scale = Math.fround(inputSize / outputSize);
  const start = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Float64Array(outputSize * stride);
  for (let i = 0; i < outputSize; i++) {
    // One rounding to float32: the compiled reference fuses the product and the difference.
    const position = Math.fround(scale * (i + 0.5) - 0.5);
    const inside = kernelName === 'bilinear' ? Math.max(0, position) : position;
    const first = Math.floor(inside) - kernel.support + 1;
    const low = clamp(first, inputSize);
    start[i] = low;
    count[i] = clamp(first + stride - 1, inputSize) - low + 1;
    for (let j = 0; j < stride; j++) {
      weights[i * stride + clamp(first + j, inputSize) - low]! += kernel.weight(Math.fround(first + j - inside));
    }
  }
  return { stride, start, count, weights };
}

function clamp(index: number, size: number): number {
  return Math.min(size - 1, Math.max(0, index));
}

/** Filters every row of [rows, width]; the result is transposed, [outputs, rows], so that a second call filters columns. */
function filterRows(data: Float32Array, width: number, bank: FilterBank<Float64Array>): Float32Array {
  const { start, count, weights, stride } = bank;
  const rows = data.length / width;
  const result = new Float32Array(start.length * rows);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < start.length; i++) {
      let from = row * width + start[i]!;
      const end = i * stride + count[i]!;
      let sum = 0;
      for (let k = i * stride; k < end; k++) sum += data[from++]! * weights[k]!;
      result[i * rows + row] = sum;
    }
  }
  return result;
}
