/** Transfer syntaxes by UID: how the elements of a file are written and how its pixels are compressed. */
import { DataError } from '../../core/errors.ts';

export type Compression =
  | 'none'
  | 'rle'
  | 'jpeg-baseline'
  | 'jpeg-extended'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  readonly deflated: boolean;
  /** Undefined where the pixels cannot be decoded here; the header still can be read. */
  readonly compression: Compression | undefined;
}

const PREFIX = '1.2.840.10008.1.2';

/** UID after the common prefix, name, compression. Source: DICOM PS3.6, table A-1. */
const TABLE: readonly (readonly [suffix: string, name: string, compression?: Compression])[] = [
  ['', 'Implicit VR Little Endian', 'none'],
  ['.1', 'Explicit VR Little Endian', 'none'],
  ['.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian'],
  ['.1.99', 'Deflated Explicit VR Little Endian', 'none'],
  ['.2', 'Explicit VR Big Endian', 'none'],
  ['.4.50', 'JPEG Baseline', 'jpeg-baseline'],
  ['.4.51', 'JPEG Extended', 'jpeg-extended'],
  ['.4.57', 'JPEG Lossless', 'jpeg-lossless'],
  ['.4.70', 'JPEG Lossless, First-Order Prediction', 'jpeg-lossless'],
  ['.4.80', 'JPEG-LS Lossless', 'jpeg-ls'],
  ['.4.81', 'JPEG-LS Near-Lossless', 'jpeg-ls'],
  ['.4.90', 'JPEG 2000 Lossless', 'jpeg-2000'],
  ['.4.91', 'JPEG 2000', 'jpeg-2000'],
  ['.4.92', 'JPEG 2000 Part 2 Lossless'],
  ['.4.93', 'JPEG 2000 Part 2'],
  ['.4.94', 'JPIP Referenced'],
  ['.4.95', 'JPIP Referenced Deflate'],
  ['.4.100', 'MPEG2 Main Profile'],
  ['.4.102', 'MPEG-4 AVC/H.264 High Profile'],
  ['.4.103', 'MPEG-4 AVC/H.264 BD-compatible'],
  ['.4.107', 'HEVC/H.265 Main Profile'],
  ['.4.110', 'JPEG XL Lossless'],
  ['.4.111', 'JPEG XL JPEG Recompression'],
  ['.4.112', 'JPEG XL'],
  ['.4.201', 'High-Throughput JPEG 2000 Lossless'],
  ['.4.202', 'High-Throughput JPEG 2000 with RPCL Lossless'],
  ['.4.203', 'High-Throughput JPEG 2000'],
  ['.5', 'RLE Lossless', 'rle'],
  ['.8.1', 'Deflated Image Frame Compression'],
];

const SYNTAXES: ReadonlyMap<string, TransferSyntax> = new Map(
  TABLE.map(([suffix, name, compression]) => {
    const uid = PREFIX + suffix;
    const syntax = {
      uid,
      name,
      explicit: suffix !== '',
      bigEndian: suffix === '.2',
      deflated: suffix === '.1.99' || suffix === '.4.95',
      compression,
    };
    return [uid, syntax] as const;
  }),
);

export const IMPLICIT_LITTLE_ENDIAN: TransferSyntax = SYNTAXES.get(PREFIX)!;
export const EXPLICIT_LITTLE_ENDIAN: TransferSyntax = SYNTAXES.get(`${PREFIX}.1`)!;
export const EXPLICIT_BIG_ENDIAN: TransferSyntax = SYNTAXES.get(`${PREFIX}.2`)!;

/** The syntax of a UID; one nobody registered is read as explicit little endian, which every compressed syntax is. */
export function transferSyntax(uid: string): TransferSyntax {
  const known = SYNTAXES.get(uid);
  if (known !== undefined) return known;
  // A private UID is not patient data, but it is a stranger's text: only its digits are repeated.
  const shown = /^[0-9.]{1,64}$/.test(uid) ? uid : 'no valid UID';
  return { ...EXPLICIT_LITTLE_ENDIAN, uid: shown, name: 'unknown', compression: undefined };
}

/** @throws DataError naming the syntax where its pixels cannot be decoded */
export function requireCompression(syntax: TransferSyntax): Compression {
  if (syntax.compression !== undefined) return syntax.compression;
  throw new DataError(
    `unsupported DICOM transfer syntax, expected uncompressed, RLE, JPEG, JPEG-LS or JPEG 2000, got ${syntax.uid} (${syntax.name})`,
    'convert the file, for example with gdcmconv --raw',
  );
}
