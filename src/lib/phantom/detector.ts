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
  /** Percentiles of tissue that become the ends of the grey scale, 0 to 1. */
  readonly window: readonly [number, number];
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
  const signal = attenuationOf(sheet, random);
  addScatter(signal, sheet, exposure.scatter);
  equalise(signal, sheet, exposure.equalisation);
  return toGrey(sampleFilm(sheet, signal, exposure, random), exposure);
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
          value -= air * (SOFT - LUNG * (1 + 0.11 * grain));
          value += vessels[i]! * (air / (air + 0.8));
        }
      }
      out[i] = value > 0 ? value * (1 + 0.006 * grain) : 0;
    }
  }
  return out;
}

/** Replaces attenuation by the log signal after broad scatter has been added to the primary beam. */
function addScatter(signal: Float32Array, { width, height }: Sheet, amount: number): void {
  const { transmitted, logarithm } = tables();
  for (let i = 0; i < signal.length; i++) signal[i] = transmitted[clamp(signal[i]! * TRANSMISSION_STEPS, 16383) | 0]!;
  const coarse = coarseMean(signal, width, height, (value) => Math.min(value, 0.35));
  blurCoarse(coarse, 3);
  const line = new Float32Array(width);
  const bits = new Int32Array(signal.buffer);
  for (let row = 0; row < height; row++) {
    interpolateRow(coarse, row, line);
    const start = row * width;
    for (let i = start; i < start + width; i++) {
      signal[i]! += amount * line[i - start]!;
      signal[i] = -logarithm[(bits[i]! >> LOG_SHIFT) - LOG_FIRST]!;
    }
  }
}

/** Steps of the table of transmission per unit of attenuation: an error of 0.0005 in the log signal. */
const TRANSMISSION_STEPS = 1024;
/** A 32-bit float's bits above this place index the table of logarithms: 2,048 steps per octave. */
const LOG_SHIFT = 12;
/** Index of 2^-24, below any transmission of a film; the table ends at 4. */
const LOG_FIRST = (127 - 24) << (23 - LOG_SHIFT);

let cachedTables: { readonly transmitted: Float32Array; readonly logarithm: Float32Array } | undefined;

function tables() {
  cachedTables ??= {
    transmitted: Float32Array.from({ length: 16 * TRANSMISSION_STEPS }, (_, i) =>
      Math.exp(-(i + 0.5) / TRANSMISSION_STEPS),
    ),
    logarithm: Float32Array.from({ length: 26 << (23 - LOG_SHIFT) }, (_, i) => {
      const octave = i >> (23 - LOG_SHIFT);
      const part = (i + 0.5) / (1 << (23 - LOG_SHIFT)) - octave;
      return Math.log((1 + part) * 2 ** (octave - 24));
    }),
  };
  return cachedTables;
}

/** Takes away a share of coarse contrast, as display processing does to show lung and mediastinum at once. */
function equalise(signal: Float32Array, { width, height }: Sheet, share: number): void {
  const coarse = coarseMean(signal, width, height, (value) => value);
  blurCoarse(coarse, 2);
  const line = new Float32Array(width);
  for (let row = 0; row < height; row++) {
    interpolateRow(coarse, row, line);
    const start = row * width;
    for (let column = 0; column < width; column++) signal[start + column]! -= share * line[column]!;
  }
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

/** Writes one fine row of a coarse grid, bilinear. */
function interpolateRow({ width, height, values }: Coarse, row: number, line: Float32Array): void {
  const y = clamp((row - (COARSE - 1) / 2) / COARSE, height - 1.001);
  const start = (y | 0) * width;
  const fy = y - (y | 0);
  for (let column = 0; column < line.length; column++) {
    const x = clamp((column - (COARSE - 1) / 2) / COARSE, width - 1.001);
    const i = start + (x | 0);
    const fx = x - (x | 0);
    const upper = values[i]! + fx * (values[i + 1]! - values[i]!);
    const lower = values[i + width]! + fx * (values[i + width + 1]! - values[i + width]!);
    line[column] = upper + fy * (lower - upper);
  }
}

const clamp = (value: number, high: number) => (value < 0 ? 0 : value > high ? high : value);

/** Samples the sheet on the detector's pixels and adds noise; NaN under the collimator. */
function sampleFilm(sheet: Sheet, signal: Float32Array, exposure: Exposure, random: Rng): Float32Array {
  const { width, height } = exposure;
  const out = new Float32Array(width * height).fill(Number.NaN);
  const step = (exposure.field / Math.max(width, height)) * sheet.scale;
  const cos = Math.cos(exposure.turn) * step;
  const sin = Math.sin(exposure.turn) * step;
  const originX = (exposure.centreX - sheet.left) * sheet.scale;
  const originY = (exposure.centreY - sheet.top) * sheet.scale;
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
      out[row * width + column] = value + noise(value);
    }
  }
  return out;
}

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
    return exposure.noise * mixed * (0.5 + 0.18 * value);
  };
}

const CURVE_STEPS = 2048;

/** Window from the histogram, as automatic exposure processing does, then the display curve. */
function toGrey(values: Float32Array, exposure: Exposure): Film {
  const [low, high] = windowOf(values, exposure.window);
  const curve = displayCurve(exposure);
  const factor = CURVE_STEPS / ((high - low) * (CURVE_END - CURVE_START));
  const offset = low + CURVE_START * (high - low);
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value)) pixels[i] = curve[clamp((value - offset) * factor, CURVE_STEPS) | 0]!;
  }
  return { pixels, width: exposure.width, height: exposure.height };
}

/** The curve runs on a little below and above the window. */
const CURVE_START = -0.2;
const CURVE_END = 1.4;

/** Grey level by position in the window; above the window it bends over like the shoulder of film. */
function displayCurve({ gamma, range: [black, white] }: Exposure): Uint8Array {
  return Uint8Array.from({ length: CURVE_STEPS + 1 }, (_, step) => {
    const t = CURVE_START + (step / CURVE_STEPS) * (CURVE_END - CURVE_START);
    const curved = t <= 0 ? t * 0.8 : t < 0.9 ? t ** gamma : 0.9 ** gamma + 0.28 * (1 - Math.exp((0.9 - t) * 3));
    return Math.min(255, Math.max(0, Math.round(black + (white - black) * curved)));
  });
}

/** Percentiles of the tissue on the film. */
function windowOf(values: Float32Array, [from, to]: readonly [number, number]): readonly [number, number] {
  const sample: number[] = [];
  for (let i = 0; i < values.length; i += 23) if (values[i]! > 0.5) sample.push(values[i]!);
  sample.sort((a, b) => a - b);
  const at = (share: number) => sample[Math.floor(share * (sample.length - 1))] ?? 0;
  return [at(from), Math.max(at(from) + 0.4, at(to))];
}
