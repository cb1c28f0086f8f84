/** Fixed tables of noise: fractal texture for lung and soft tissue, and standard normal numbers for the detector. */
import { rng } from '../../core/rng.ts';

/** Side of the texture tile in pixels; a power of two. */
export const TILE = 256;

let texture: Float32Array | undefined;
let normals: Float32Array | undefined;

/** Fractal noise of mean 0 and standard deviation 1, periodic in both directions, [TILE, TILE]. */
export function textureTile(): Float32Array {
  texture ??= standardise(fractal());
  return texture;
}

/** 65,536 standard normal numbers. */
export function normalTable(): Float32Array {
  if (normals === undefined) {
    const source = rng(0, 'phantom detector noise');
    normals = Float32Array.from({ length: 65536 }, () => source.normal());
  }
  return normals;
}

/** Octaves of smoothly interpolated lattice noise; amplitude falls with frequency like that of real parenchyma. */
function fractal(): Float32Array {
  const sum = new Float32Array(TILE * TILE);
  for (const [cells, amplitude] of [
    [8, 0.7],
    [16, 0.8],
    [32, 1],
    [64, 1],
    [128, 0.6],
  ] as const) {
    addOctave(sum, cells, amplitude);
  }
  return sum;
}

function addOctave(sum: Float32Array, cells: number, amplitude: number): void {
  const source = rng(0, 'phantom texture', String(cells));
  const lattice = Float32Array.from({ length: cells * cells }, () => source.normal());
  const step = cells / TILE;
  for (let row = 0; row < TILE; row++) {
    const y0 = Math.floor(row * step);
    const fy = ease(row * step - y0);
    const y1 = (y0 + 1) % cells;
    for (let column = 0; column < TILE; column++) {
      const x0 = Math.floor(column * step);
      const fx = ease(column * step - x0);
      const x1 = (x0 + 1) % cells;
      const upper = lattice[y0 * cells + x0]! * (1 - fx) + lattice[y0 * cells + x1]! * fx;
      const lower = lattice[y1 * cells + x0]! * (1 - fx) + lattice[y1 * cells + x1]! * fx;
      sum[row * TILE + column]! += amplitude * (upper * (1 - fy) + lower * fy);
    }
  }
}

const ease = (t: number) => t * t * (3 - 2 * t);

function standardise(values: Float32Array): Float32Array {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let variance = 0;
  for (const value of values) variance += (value - mean) ** 2 / values.length;
  const factor = 1 / Math.sqrt(variance);
  return values.map((value) => (value - mean) * factor);
}
