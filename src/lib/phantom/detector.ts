/** From a sheet of tissue to an 8-bit film: Beer–Lambert attenuation, scatter, noise, field, exposure and display curve. */
import type { Rng } from '../../core/rng.ts';
import { SOFT } from './frontal-soft.ts';
import type { Sheet } from './sheet.ts';
import { normalTable, TILE, textureTile } from './texture.ts';

export interface Film {
  /** Grey, row-major [height, width]. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** How an exposure was taken. Lengths in cm on the sheet. */
export interface Exposure {
  readonly width: number;
  readonly height: number;
  /** Length of the longer side of the field. */
  readonly field: number;
  readonly centreX: number;
  readonly centreY: number;
  /** Turn of the patient on the detector, radians. */
  readonly turn: number;
  /** Scattered radiation relative to the mean of its surroundings. */
  readonly scatter: number;
  /** Standard deviation of noise where one unit of log exposure is lost. */
  readonly noise: number;
  /** Correlation of noise between neighbours, 0 to 1: the blur of the phosphor. */
  readonly grain: number;
  /** Share of coarse contrast that the display processing takes away, 0 to 1. */
  readonly equalisation: number;
  /** Power of the display curve; 1 is linear, above 1 darkens. */
  readonly gamma: number;
  /** Grey levels of the thinnest and the densest anatomy. */
  readonly range: readonly [number, number];
  /** Width of the black border left by the collimator at left, top, right, bottom, as share of the side. */
  readonly border: readonly [number, number, number, number];
}

/** Attenuation of lung at normal inflation, 1/cm. */
const LUNG = 0.05;
/** Step of the coarse grid in pixels. */
const COARSE = 8;

/** Exposes and develops a sheet. */
export function develop(sheet: Sheet, exposure: Exposure, random: Rng): Film {
  const attenuation = attenuationOf(sheet, random);
  const signal = withScatter(attenuation, sheet, exposure.scatter);
  const coarse = coarseMean(signal, sheet.width, sheet.height, (value) => value);
  blurCoarse(coarse, 2);
  const values = sampleFilm(sheet, { signal, coarse }, exposure, random);
  return toGrey(values, exposure);
}

/** Line integral of attenuation at each pixel. */
function attenuationOf(sheet: Sheet, random: Rng): Float32Array {
  const { width, height, body, lung, displaced, filled, vessels, extra } = sheet;
  const out = new Float32Array(width * height);
  const tile = textureTile();
  const offset = random.integer(TILE * TILE);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const i = row * width + column;
      const depth = lung[i]!;
      let value = SOFT * body[i]! + extra[i]!;
      const grain = tile[(((row << 8) & 0xff00) + (column & 0xff) + offset) & 0xffff]!;
      if (depth > 0) {
        const free = depth - displaced[i]!;
        if (free > 0) {
          const air = free * (1 - filled[i]!);
          value -= air * (SOFT - LUNG * (1 + 0.075 * grain));
          value += vessels[i]! * (air / (air + 0.8));
        }
      }
      out[i] = value > 0 ? value * (1 + 0.006 * grain) : 0;
    }
  }
  return out;
}

/** Log signal after broad scatter has been added to the primary beam. */
function withScatter(attenuation: Float32Array, sheet: Sheet, amount: number): Float32Array {
  const { width, height } = sheet;
  const out = new Float32Array(width * height);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(-attenuation[i]!);
  const coarse = coarseMean(out, width, height, (value) => Math.min(value, 0.35));
  blurCoarse(coarse, 3);
  const sample = coarseSampler(coarse);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const i = row * width + column;
      out[i] = -Math.log(out[i]! + amount * sample(column, row));
    }
  }
  return out;
}

interface Coarse {
  readonly width: number;
  readonly height: number;
  values: Float32Array;
}

function coarseMean(values: Float32Array, width: number, height: number, map: (value: number) => number): Coarse {
  const coarse = { width: Math.ceil(width / COARSE), height: Math.ceil(height / COARSE) };
  const out = new Float32Array(coarse.width * coarse.height);
  for (let row = 0; row < coarse.height; row++) {
    for (let column = 0; column < coarse.width; column++) {
      let sum = 0;
      let count = 0;
      for (let y = row * COARSE; y < Math.min(height, (row + 1) * COARSE); y += 2) {
        for (let x = column * COARSE; x < Math.min(width, (column + 1) * COARSE); x += 2) {
          sum += map(values[y * width + x]!);
          count++;
        }
      }
      out[row * coarse.width + column] = sum / count;
    }
  }
  return { ...coarse, values: out };
}

/** Two passes of a separable box blur of the given radius, in coarse pixels. */
function blurCoarse(coarse: Coarse, radius: number): void {
  const { width, height } = coarse;
  for (let pass = 0; pass < 2; pass++) {
    coarse.values = boxBlur(coarse.values, { count: height, stride: width, length: width, step: 1, radius });
    coarse.values = boxBlur(coarse.values, { count: width, stride: 1, length: height, step: width, radius });
  }
}

function boxBlur(
  values: Float32Array,
  lines: { count: number; stride: number; length: number; step: number; radius: number },
): Float32Array {
  const out = new Float32Array(values.length);
  const { length, step, radius } = lines;
  for (let line = 0; line < lines.count; line++) {
    const start = line * lines.stride;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let j = i - radius; j <= i + radius; j++)
        sum += values[start + Math.min(length - 1, Math.max(0, j)) * step]!;
      out[start + i * step] = sum / (2 * radius + 1);
    }
  }
  return out;
}

/** Bilinear reader of a coarse grid at fine pixel positions. */
function coarseSampler(coarse: Coarse): (column: number, row: number) => number {
  const { width, height, values } = coarse;
  return (column, row) => {
    const x = Math.min(width - 1.001, Math.max(0, (column - 3.5) / COARSE));
    const y = Math.min(height - 1.001, Math.max(0, (row - 3.5) / COARSE));
    const i = (y | 0) * width + (x | 0);
    const fx = x - (x | 0);
    const fy = y - (y | 0);
    const upper = values[i]! + fx * (values[i + 1]! - values[i]!);
    const lower = values[i + width]! + fx * (values[i + width + 1]! - values[i + width]!);
    return upper + fy * (lower - upper);
  };
}

/** Samples the sheet on the detector's pixels, adds noise, takes away coarse contrast; NaN under the collimator. */
function sampleFilm(
  sheet: Sheet,
  { signal, coarse }: { signal: Float32Array; coarse: Coarse },
  exposure: Exposure,
  random: Rng,
): Float32Array {
  const { width, height } = exposure;
  const out = new Float32Array(width * height).fill(Number.NaN);
  const step = (exposure.field / Math.max(width, height)) * sheet.scale;
  const cos = Math.cos(exposure.turn) * step;
  const sin = Math.sin(exposure.turn) * step;
  const originX = (exposure.centreX - sheet.left) * sheet.scale;
  const originY = (exposure.centreY - sheet.top) * sheet.scale;
  const smooth = coarseSampler(coarse);
  const [left, top, right, bottom] = exposure.border;
  const noise = noiseSource(exposure, random);
  for (let row = Math.ceil(top * height); row < height * (1 - bottom); row++) {
    const v = row - height / 2;
    for (let column = Math.ceil(left * width); column < width * (1 - right); column++) {
      const u = column - width / 2;
      const x = clamp(originX + u * cos - v * sin, sheet.width - 1.01);
      const y = clamp(originY + u * sin + v * cos, sheet.height - 1.01);
      const i = (y | 0) * sheet.width + (x | 0);
      const fx = x - (x | 0);
      const fy = y - (y | 0);
      const upper = signal[i]! + fx * (signal[i + 1]! - signal[i]!);
      const lower = signal[i + sheet.width]! + fx * (signal[i + sheet.width + 1]! - signal[i + sheet.width]!);
      const value = upper + fy * (lower - upper);
      out[row * width + column] = value - exposure.equalisation * smooth(x, y) + noise(value);
    }
  }
  return out;
}

const clamp = (value: number, high: number) => (value < 0 ? 0 : value > high ? high : value);

/** Quantum noise grows where fewer photons arrive; a little electronic noise everywhere. */
function noiseSource(exposure: Exposure, random: Rng): (value: number) => number {
  const table = normalTable();
  let state = random.integer(0x7fffffff) | 1;
  let previous = 0;
  return (value) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const draw = table[(state >>> 9) & 0xffff]!;
    const mixed = draw + exposure.grain * previous;
    previous = draw;
    return exposure.noise * mixed * (0.5 + 0.12 * value);
  };
}

/** Window from the histogram, as automatic exposure processing does, then the display curve. */
function toGrey(values: Float32Array, exposure: Exposure): Film {
  const [low, high] = windowOf(values);
  const [black, white] = exposure.range;
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue;
    const t = Math.min(1.16, Math.max(-0.16 * exposure.gamma, (value - low) / (high - low)));
    const curved = t <= 0 ? t * 0.8 : t ** exposure.gamma;
    pixels[i] = Math.min(255, Math.max(0, Math.round(black + (white - black) * curved)));
  }
  return { pixels, width: exposure.width, height: exposure.height };
}

/** 6th and 95th percentile of the tissue in the middle of the film. */
function windowOf(values: Float32Array): readonly [number, number] {
  const sample: number[] = [];
  for (let i = 0; i < values.length; i += 23) if (values[i]! > 0.5) sample.push(values[i]!);
  sample.sort((a, b) => a - b);
  const at = (share: number) => sample[Math.floor(share * (sample.length - 1))] ?? 0;
  return [at(0.06), Math.max(at(0.06) + 0.5, at(0.95))];
}
