/** Stored values to 8-bit grey by one table: modality transform, values of interest, presentation. PS3.3 C.11, PS3.4 N.2. */
import { DataError } from '../../core/errors.ts';
import type { DicomDataset, Value } from './dataset.ts';
import type { Samples, StoredValues } from './stored-values.ts';
import { TAG } from './tags.ts';
import { decimalsOf, textOf, wordsOf } from './values.ts';

/** Name and version of the transform, for protocols. */
export const GREY_TRANSFORM = 'dicom-voi@1';

type Step = (value: number) => number;

/**
 * 8-bit grey [rows, columns]: Modality LUT or rescale; then VOI LUT, or the first window, or, where the file has neither, the range
 * of its pixels without padding; inverted for MONOCHROME1 or an INVERSE presentation. Rounded half up.
 * @throws DataError where a transform of the file is impossible
 */
export function toGrey(dataset: DicomDataset, { data, description }: StoredValues): Uint8Array {
  const modality = modalityStep(dataset, description.signed);
  const [low, high] = range(data, () => false);
  const display = displayStep(dataset, modality, { data, low, high });
  const shape = textOf(dataset.values, TAG.PresentationLutShape);
  const isInverted = description.photometric === 'MONOCHROME1' || shape === 'INVERSE';
  const table = new Uint8Array(high - low + 1);
  for (let i = 0; i < table.length; i++) {
    const share = display(modality(low + i));
    table[i] = Math.floor(255 * Math.min(1, Math.max(0, isInverted ? 1 - share : share)) + 0.5);
  }
  const grey = new Uint8Array(data.length);
  for (let i = 0; i < grey.length; i++) grey[i] = table[data[i]! - low]!;
  return grey;
}

function range(data: Samples, isPadding: (value: number) => boolean): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value >= low && value <= high) continue;
    if (isPadding(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function modalityStep(dataset: DicomDataset, signed: boolean): Step {
  const table = dataset.tables.get(TAG.ModalityLutSequence);
  if (table !== undefined && table.size > 0) return lookUp(table, dataset.syntax.bigEndian, signed).step;
  const slope = decimalsOf(dataset.values, TAG.RescaleSlope)[0] ?? 1;
  const intercept = decimalsOf(dataset.values, TAG.RescaleIntercept)[0] ?? 0;
  if (!Number.isFinite(slope) || !Number.isFinite(intercept) || slope === 0) {
    throw new DataError('impossible DICOM rescale, expected a finite intercept and a slope other than 0, got another');
  }
  return (value) => value * slope + intercept;
}

interface Pixels {
  readonly data: Samples;
  readonly low: number;
  readonly high: number;
}

/** To the share of full brightness. */
function displayStep(dataset: DicomDataset, modality: Step, pixels: Pixels): Step {
  const table = dataset.tables.get(TAG.VoiLutSequence);
  if (table !== undefined && table.size > 0) {
    const { step, bits } = lookUp(table, dataset.syntax.bigEndian, modality(pixels.low) < 0);
    return (value) => step(value) / (2 ** bits - 1);
  }
  const [center, width] = [TAG.WindowCenter, TAG.WindowWidth].map((tag) => decimalsOf(dataset.values, tag)[0]);
  if (center === undefined || width === undefined) return fullRange(dataset, modality, pixels);
  return windowStep(center, width, textOf(dataset.values, TAG.WindowFunction) ?? 'LINEAR');
}

/** PS3.3, C.11.2.1.2 and C.11.2.1.3. */
function windowStep(center: number, width: number, kind: string): Step {
  const isLinear = kind !== 'LINEAR_EXACT' && kind !== 'SIGMOID';
  if (!Number.isFinite(center) || !(width >= 1 || (!isLinear && width > 0)) || !Number.isFinite(width)) {
    throw new DataError('impossible DICOM window, expected a finite centre and a positive width, got another');
  }
  if (kind === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (!isLinear) return (value) => (value - center) / width + 0.5;
  if (width === 1) return (value) => (value <= center - 0.5 ? 0 : 1);
  return (value) => (value - (center - 0.5)) / (width - 1) + 0.5;
}

function fullRange({ values, syntax }: DicomDataset, modality: Step, { data, low, high }: Pixels): Step {
  const signed = data instanceof Int16Array || data instanceof Int8Array;
  const padding = wordsOf(values, TAG.PixelPaddingValue, syntax.bigEndian)[0];
  const limit = wordsOf(values, TAG.PixelPaddingRangeLimit, syntax.bigEndian)[0] ?? padding;
  const ends = [padding, limit].map((word) => (signed && word !== undefined ? (word << 16) >> 16 : word));
  const [from, to] = [
    Math.min(...ends.map((end) => end ?? Number.NaN)),
    Math.max(...ends.map((end) => end ?? Number.NaN)),
  ];
  const seen = padding === undefined ? [low, high] : range(data, (value) => value >= from && value <= to);
  // A negative slope turns the range around; the order of values is the modality's.
  const [first, second] = [modality(seen[0]!), modality(seen[1]!)];
  const [dark, bright] = [Math.min(first, second), Math.max(first, second)];
  return (value) => (bright > dark ? (value - dark) / (bright - dark) : 0);
}

/** PS3.3, C.11.1.1: number of entries (0 stands for 65,536), first value mapped, bits of an entry. */
function lookUp(table: ReadonlyMap<number, Value>, bigEndian: boolean, signed: boolean): { step: Step; bits: number } {
  const descriptor = wordsOf(table, TAG.LutDescriptor, bigEndian);
  const count = descriptor[0] === 0 ? 65_536 : (descriptor[0] ?? 0);
  const bits = descriptor[2] ?? 0;
  const words = wordsOf(table, TAG.LutData, bigEndian);
  const bytes = table.get(TAG.LutData)?.bytes ?? new Uint8Array(0);
  // Entries of 8 bits may be packed two to a word.
  const isPacked = bits <= 8 && words.length < count && bytes.length >= count;
  const entries = isPacked ? bytes : words;
  if (count === 0 || bits < 1 || bits > 16 || entries.length < count) {
    throw new DataError(
      `impossible DICOM look-up table, expected ${count} entries of 1 to 16 bits, got ${entries.length} of ${bits}`,
    );
  }
  const first = signed ? (descriptor[1]! << 16) >> 16 : descriptor[1]!;
  const step = (value: number) => entries[Math.min(count - 1, Math.max(0, Math.trunc(value) - first))]!;
  return { step, bits };
}
