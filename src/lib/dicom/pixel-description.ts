/** The image pixel module, checked: nothing is allocated for a file whose numbers contradict one another. PS3.3, C.7.6.3. */
import { DataError } from '../../core/errors.ts';
import type { DicomDataset } from './dataset.ts';
import { TAG } from './tags.ts';
import { decimalsOf, textOf, wordOf } from './values.ts';

export interface PixelDescription {
  readonly rows: number;
  readonly columns: number;
  /** 1, or 3 for colour. */
  readonly samples: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Colour by plane rather than by pixel. */
  readonly planar: boolean;
  readonly photometric: string;
  readonly frames: number;
}

/** A plain film has at most about 20 million pixels. */
export const DICOM_PIXEL_LIMIT = 120_000_000;

const PHOTOMETRIC: ReadonlyMap<string, number> = new Map([
  ['MONOCHROME1', 1],
  ['MONOCHROME2', 1],
  ['PALETTE COLOR', 1],
  ['RGB', 3],
  ['YBR_FULL', 3],
  ['YBR_FULL_422', 3],
  ['YBR_RCT', 3],
  ['YBR_ICT', 3],
]);

/** @throws DataError where something is absent, impossible or not supported */
export function describePixels(dataset: DicomDataset): PixelDescription {
  const word = (tag: number) => wordOf(dataset, tag);
  const [rows, columns] = [word(TAG.Rows) ?? 0, word(TAG.Columns) ?? 0];
  if (rows === 0 || columns === 0) refuse('rows and columns', 'at least 1 each', `${rows} x ${columns}`);
  if (rows * columns > DICOM_PIXEL_LIMIT) {
    refuse('picture too large,', `at most ${DICOM_PIXEL_LIMIT / 1e6} million pixels`, `${rows} x ${columns}`);
  }
  const samples = word(TAG.SamplesPerPixel) ?? 1;
  const photometric = textOf(dataset.values, TAG.PhotometricInterpretation) ?? 'MONOCHROME2';
  if (PHOTOMETRIC.get(photometric) !== samples) {
    refuse('photometric interpretation', 'grey, palette, RGB or YBR', `${shown(photometric)} of ${samples} samples`);
  }
  return { rows, columns, samples, photometric, ...describeBits(word), ...layout(dataset) };
}

function describeBits(word: (tag: number) => number | undefined) {
  const bitsAllocated = word(TAG.BitsAllocated);
  if (bitsAllocated !== 8 && bitsAllocated !== 16) refuse('bits allocated', '8 or 16', `${bitsAllocated ?? 'none'}`);
  const bitsStored = word(TAG.BitsStored) ?? bitsAllocated;
  const highBit = word(TAG.HighBit) ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit < bitsStored - 1) {
    refuse('bits stored and high bit', `inside ${bitsAllocated} bits`, `${bitsStored} and ${highBit}`);
  }
  return { bitsAllocated, bitsStored, highBit, signed: word(TAG.PixelRepresentation) === 1 } as const;
}

function layout(dataset: DicomDataset): { planar: boolean; frames: number } {
  const frames = decimalsOf(dataset.values, TAG.NumberOfFrames)[0] ?? 1;
  return { planar: wordOf(dataset, TAG.PlanarConfiguration) === 1, frames: frames >= 1 ? Math.floor(frames) : 1 };
}

/** A code string is repeated only where it is one: anything else is a stranger's text. */
function shown(code: string): string {
  return /^[A-Z0-9_ ]{1,16}$/.test(code) ? code : 'other text';
}

function refuse(what: string, expected: string, got: string): never {
  throw new DataError(`unsupported DICOM ${what} expected ${expected}, got ${got}`);
}
