/** What datasets want to know of a DICOM file without its pixels: size, depth, view, patient, device. */
import type { RandomAccess } from '../../core/context.ts';
import { type DicomDataset, openDicom } from './dataset.ts';
import { TAG } from './tags.ts';
import { decimalsOf, textOf, wordOf } from './values.ts';

/** Absent members are absent, empty or unreadable in the file. Text is as the file has it (Latin-1), trimmed. */
export interface DicomHeader {
  /** UID of the transfer syntax. */
  readonly transferSyntax: string;
  readonly hasPixelData: boolean;
  readonly rows?: number;
  readonly columns?: number;
  readonly numberOfFrames?: number;
  readonly samplesPerPixel?: number;
  readonly bitsAllocated?: number;
  readonly bitsStored?: number;
  readonly photometric?: string;
  /** Millimetres between rows and between columns. */
  readonly pixelSpacing?: readonly number[];
  readonly viewPosition?: string;
  readonly patientOrientation?: string;
  readonly bodyPart?: string;
  readonly modality?: string;
  readonly manufacturer?: string;
  readonly manufacturerModel?: string;
  readonly burnedInAnnotation?: string;
  readonly patientId?: string;
  /** As in the file: `M`, `F`, `O`. */
  readonly patientSex?: string;
  /** As in the file: `060Y`, `018M`, … */
  readonly patientAge?: string;
  /** `YYYYMMDD`. */
  readonly studyDate?: string;
  readonly studyTime?: string;
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
}

/**
 * Reads a header; of a file opened for ranged reads only the part before the pixel data, in one or two reads.
 * Contains patient data: not for logs.
 * @throws DataError where the file is no DICOM, or truncated or corrupt before its pixel data
 */
export function readDicomHeader(content: Uint8Array | RandomAccess): DicomHeader {
  const dataset = openDicom(content);
  const text = (tag: number) => textOf(dataset.values, tag);
  const word = (tag: number) => wordOf(dataset, tag);
  const spacing = decimalsOf(dataset.values, TAG.PixelSpacing);
  return withoutUndefined({
    transferSyntax: dataset.syntax.uid,
    hasPixelData: dataset.pixels !== undefined,
    rows: word(TAG.Rows),
    columns: word(TAG.Columns),
    numberOfFrames: frameCount(dataset),
    samplesPerPixel: word(TAG.SamplesPerPixel),
    bitsAllocated: word(TAG.BitsAllocated),
    bitsStored: word(TAG.BitsStored),
    photometric: text(TAG.PhotometricInterpretation),
    pixelSpacing: spacing.length > 0 ? spacing : undefined,
    viewPosition: text(TAG.ViewPosition),
    patientOrientation: text(TAG.PatientOrientation),
    bodyPart: text(TAG.BodyPartExamined),
    modality: text(TAG.Modality),
    manufacturer: text(TAG.Manufacturer),
    manufacturerModel: text(TAG.ManufacturerModelName),
    burnedInAnnotation: text(TAG.BurnedInAnnotation),
    patientId: text(TAG.PatientId),
    patientSex: text(TAG.PatientSex),
    patientAge: text(TAG.PatientAge),
    studyDate: text(TAG.StudyDate),
    studyTime: text(TAG.StudyTime),
    studyInstanceUid: text(TAG.StudyInstanceUid),
    seriesInstanceUid: text(TAG.SeriesInstanceUid),
    sopInstanceUid: text(TAG.SopInstanceUid),
  });
}

function frameCount(dataset: DicomDataset): number | undefined {
  const count = decimalsOf(dataset.values, TAG.NumberOfFrames)[0];
  return count !== undefined && Number.isInteger(count) ? count : undefined;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function withoutUndefined<T extends object>(record: T): Present<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Present<T>;
}
