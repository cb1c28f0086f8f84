/** Pillow's antialiased resampling of 8-bit pictures, bit for bit. */
import { antialiasedBank, identityBank, memoize, toFixedPoint } from './filter-bank.ts';
import { filterPlane, packBank } from './filter-plane.ts';
import { type Kernel, keysCubic, lanczos3, triangle } from './kernels.ts';
import { type BytePixels, plane } from './pixels.ts';

export type PillowKernel = 'bilinear' | 'bicubic' | 'lanczos';

const KERNELS: Record<PillowKernel, Kernel> = { bilinear: triangle, bicubic: keysCubic(-0.5), lanczos: lanczos3 };
const bankFor = memoize(64, (input, output, kernel) => {
  const sizes = { inputSize: input, outputSize: output };
  // One whole weight per sample leaves a side as it is.
  const bank =
    input === output ? identityBank(input) : antialiasedBank(sizes, KERNELS[kernel as PillowKernel], (x) => x);
  return packBank(toFixedPoint(bank));
});

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
  const banks = { across: bankFor(pixels.width, width, kernel), down: bankFor(pixels.height, height, kernel) };
  if (pixels.channels === 1) return { ...size, channels: 1, data: filterPlane(pixels.data, pixels.width, banks) };
  const data = new Uint8Array(width * height * pixels.channels);
  for (let c = 0; c < pixels.channels; c++) {
    data.set(filterPlane(plane(pixels, c), pixels.width, banks), c * width * height);
  }
  return { width, height, channels: pixels.channels, data };
}
