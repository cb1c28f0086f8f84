/** The image preprocessing that models were published with, as data; several plug-ins share them. */
import type { Preprocessing, PreprocessingStep } from '../../../core/preprocessing.ts';

/** Per channel, of samples from 0 to 1. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** Source: openai/CLIP:clip/clip.py. */
export const CLIP_NORMALIZATION: Normalization = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  standardDeviation: [0.26862954, 0.26130258, 0.27577711],
};

/** Source: RyanWangZf/MedCLIP:medclip/constants.py. */
const MEDCLIP_MEAN = [0.5862785803043838];
const MEDCLIP_STANDARD_DEVIATION = [0.27950088968644304];

const BYTE = 255;

function normalizeBytes(mean: readonly number[], standardDeviation: readonly number[]): PreprocessingStep {
  return { op: 'normalize', divisor: BYTE, mean: [...mean], standardDeviation: [...standardDeviation] };
}

/**
 * CLIP's own, which open_clip and BiomedCLIP keep: the shorter side to `side` pixels (the longer truncated), Pillow's
 * bicubic filter, the middle cut out. What lies outside the middle square of a film is never seen.
 * Source: openai/CLIP:clip/clip.py (_transform), mlfoundations/open_clip:src/open_clip/transform.py.
 */
export function clipPreprocessing(side: number, constants = CLIP_NORMALIZATION): Preprocessing {
  return {
    name: named('clip', constants),
    channels: 3,
    width: side,
    height: side,
    steps: [
      { op: 'resize-pillow', kernel: 'bicubic', size: { shortSide: side, rounding: 'truncate' } },
      { op: 'centre-crop', width: side, height: side },
      normalizeBytes(constants.mean, constants.standardDeviation),
    ],
  };
}

/** CLIP's with constants of a model's own has a name of its own. */
function named(name: string, { mean, standardDeviation }: Normalization): string {
  const clip = CLIP_NORMALIZATION;
  const isClip = `${mean}` === `${clip.mean}` && `${standardDeviation}` === `${clip.standardDeviation}`;
  return isClip ? `${name}@1` : `${name}-own-constants@1`;
}

/** What the option that chooses between the two below is about. */
export const CROP_OR_PAD =
  'centre-crop, as published, cuts the borders of films that are not square; pad-square shows all of them';

/** A deviation from CLIP's: the film is pasted on a black square first, so that all of it is seen. */
export function clipPadSquarePreprocessing(side: number, constants = CLIP_NORMALIZATION): Preprocessing {
  return {
    name: named('clip-pad-square', constants),
    channels: 3,
    width: side,
    height: side,
    steps: [
      { op: 'pad-square', minimum: 0, fill: 0 },
      { op: 'resize-pillow', kernel: 'bicubic', size: { width: side, height: side } },
      normalizeBytes(constants.mean, constants.standardDeviation),
    ],
  };
}

function medclip(name: string, side: number, kernel: 'bilinear' | 'bicubic'): Preprocessing {
  return {
    name,
    channels: 3,
    width: side,
    height: side,
    steps: [
      { op: 'grey' },
      { op: 'pad-square', minimum: side, fill: 0 },
      { op: 'resize-pillow', kernel, size: { width: side, height: side } },
      normalizeBytes(MEDCLIP_MEAN, MEDCLIP_STANDARD_DEVIATION),
    ],
  };
}

/**
 * What MedCLIP's published evaluation does: grey, on a black square of at least `side` pixels, Pillow's bilinear filter.
 * Source: RyanWangZf/MedCLIP:medclip/dataset.py (ZeroShotImageDataset).
 */
export function medclipEvaluationPreprocessing(side: number): Preprocessing {
  return medclip('medclip-evaluation@1', side, 'bilinear');
}

/**
 * What MedCLIP's README shows: as its evaluation, but with Pillow's bicubic filter.
 * Source: RyanWangZf/MedCLIP:medclip/dataset.py (MedCLIPFeatureExtractor).
 */
export function medclipFeatureExtractorPreprocessing(side: number): Preprocessing {
  return medclip('medclip-feature-extractor@1', side, 'bicubic');
}

/**
 * MedFILIP's: grey, scaled to 0–1, squashed to a square as a float tensor with torch's antialiased bilinear filter, and
 * normalized by constants of the authors' training films, one per image channel or one for all.
 * Source: PerceptionComputingLab/MedFILIP.
 */
export function medfilipPreprocessing(
  side: number,
  mean: readonly number[],
  standardDeviation: readonly number[],
): Preprocessing {
  return {
    name: 'medfilip@1',
    channels: 3,
    width: side,
    height: side,
    steps: [
      { op: 'grey' },
      normalizeBytes([0], [1]),
      { op: 'resize-torch', kernel: 'bilinear', antialias: true, size: { width: side, height: side } },
      { op: 'normalize', divisor: 1, mean: [...mean], standardDeviation: [...standardDeviation] },
    ],
  };
}
