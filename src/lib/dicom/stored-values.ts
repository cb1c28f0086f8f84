/** Pixel data of the first frame to stored values: decompressed, masked to the stored bits, sign extended. PS3.5, section 8. */
import { DataError } from '../../core/errors.ts';
import type { DicomDataset } from './dataset.ts';
import { compressedFrame, nativeFrame } from './frame-bytes.ts';
import { byPixel } from './interleaving.ts';
import { decodeJpegLossless } from './jpeg-lossless.ts';
import { jpegFrame } from './jpeg-segments.ts';
import { decodeJpegSequential } from './jpeg-sequential.ts';
import { describePixels, type PixelDescription } from './pixel-description.ts';
import { decodeRle } from './rle.ts';
import { type Compression, requireCompression } from './transfer-syntax.ts';

export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** What a decoder gives: [height, width, samples], unsigned bit patterns or signed values. */
export interface DecodedFrame {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  /** Bits per sample of the code stream. */
  readonly precision: number;
  readonly data: Samples;
}

/** Decoders that need native code or WebAssembly. Each checks the size in the code stream before it allocates. */
export interface DicomCodecs {
  /** 8-bit JPEG of one component. */
  jpegGrey(bytes: Uint8Array, expected: PixelDescription): Promise<DecodedFrame>;
  jpegLs(bytes: Uint8Array, expected: PixelDescription): Promise<DecodedFrame>;
  jpeg2000(bytes: Uint8Array, expected: PixelDescription): Promise<DecodedFrame>;
}

export interface StoredValues {
  readonly description: PixelDescription;
  /** [rows, columns, samples], as wide as BitsAllocated, signed where PixelRepresentation is 1. */
  readonly data: Samples;
}

/** @throws DataError where pixels are absent, truncated, too many, or compressed in a way that is not supported */
export async function storedValues(dataset: DicomDataset, codecs: DicomCodecs): Promise<StoredValues> {
  const compression = requireCompression(dataset.syntax);
  if (dataset.pixels === undefined) {
    throw new DataError('DICOM file has no pixel data, expected a picture, got a header alone');
  }
  const description = describePixels(dataset);
  if (compression === 'none') return { description, data: finish(native(dataset, description), description) };
  const frame = compressedFrame(dataset, description);
  if (compression === 'rle') return { description, data: finish(decodeRle(frame, description), description) };
  const decoded = await decompress(compression, frame, { description, codecs });
  requireSize(decoded, description);
  // A code stream says itself how many bits it has, from bit 0 on. What is lossy may overshoot the stored bits: not wrapped.
  const isLossy = LOSSY.test(dataset.syntax.uid);
  const bitsStored = isLossy ? decoded.precision : Math.min(decoded.precision, description.bitsStored);
  return { description, data: finish(decoded.data, { ...description, bitsStored, highBit: bitsStored - 1 }) };
}

/** JPEG baseline and extended, JPEG-LS near-lossless, JPEG 2000. */
const LOSSY = /\.4\.(50|51|81|91)$/;

interface Request {
  readonly description: PixelDescription;
  readonly codecs: DicomCodecs;
}

async function decompress(
  compression: Compression,
  frame: Uint8Array,
  { description, codecs }: Request,
): Promise<DecodedFrame> {
  if (compression === 'jpeg-ls') return codecs.jpegLs(frame, description);
  if (compression === 'jpeg-2000') return codecs.jpeg2000(frame, description);
  const header = jpegFrame(frame);
  requireSize({ ...header, samples: header.components.length }, description);
  // Some writers name one JPEG process and use another: the frame's own marker decides.
  if (header.process === 3) return decodeJpegLossless(frame);
  if (header.process <= 1 && header.precision === 8 && header.components.length === 1) {
    return codecs.jpegGrey(frame, description);
  }
  return decodeJpegSequential(frame);
}

/** @throws DataError where a code stream is of another size than the header: nothing is decoded then */
export function requireSize(
  { width, height, samples, precision }: Omit<DecodedFrame, 'data'>,
  { columns, rows, samples: expected, bitsAllocated }: PixelDescription,
): void {
  if (width === columns && height === rows && samples === expected && precision <= bitsAllocated) return;
  throw new DataError(
    `DICOM pixel data contradicts its header, expected ${columns} x ${rows} x ${expected} of at most ${bitsAllocated} bits, got ${width} x ${height} x ${samples} of ${precision}`,
  );
}

function native(dataset: DicomDataset, description: PixelDescription): Uint8Array | Uint16Array {
  const bytes = nativeFrame(dataset, description);
  const { bigEndian } = dataset.syntax;
  // 8-bit samples in big-endian words lie swapped by pairs.
  const isSwapped = bigEndian && dataset.pixels?.vr === 'OW';
  const data = description.bitsAllocated === 16 ? words(bytes, bigEndian) : isSwapped ? swapped(bytes) : bytes;
  return description.samples === 1 ? data : byPixel(data, description);
}

function words(bytes: Uint8Array, bigEndian: boolean): Uint16Array {
  const source = bigEndian ? swapped(bytes) : bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(source.buffer, source.byteOffset, source.length >> 1);
}

function swapped(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    result[i] = bytes[i + 1]!;
    result[i + 1] = bytes[i]!;
  }
  if (bytes.length % 2 === 1) result[bytes.length - 1] = bytes[bytes.length - 1]!;
  return result;
}

/** Bits outside the stored ones (old overlays) are cut off, and what is signed becomes so. */
function finish(data: Samples, description: PixelDescription): Samples {
  const { bitsAllocated, bitsStored, highBit, signed } = description;
  const shift = highBit + 1 - bitsStored;
  if (bitsStored === bitsAllocated && data.BYTES_PER_ELEMENT * 8 === bitsAllocated) return seenAs(data, signed);
  if (!signed && data.BYTES_PER_ELEMENT * 8 === bitsAllocated && shift === 0 && isWithin(data, bitsStored)) {
    return seenAs(data, false);
  }
  const result = empty(data.length, bitsAllocated, signed);
  const left = 32 - bitsStored;
  for (let i = 0; i < result.length; i++) {
    const bits = (data[i]! >> shift) << left;
    result[i] = signed ? bits >> left : bits >>> left;
  }
  return result;
}

/** True where no sample has a bit above the stored ones: nothing need be copied. */
function isWithin(data: Samples, bitsStored: number): boolean {
  let seen = 0;
  if (data.byteOffset % 4 === 0) {
    // Two or four samples at a time.
    const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
    for (let i = 0; i < words.length; i++) seen |= words[i]!;
    seen |= data.BYTES_PER_ELEMENT === 2 ? seen >>> 16 : (seen >>> 8) | (seen >>> 16) | (seen >>> 24);
    for (let i = (words.length * 4) / data.BYTES_PER_ELEMENT; i < data.length; i++) seen |= data[i]!;
  } else for (let i = 0; i < data.length; i++) seen |= data[i]!;
  return (seen & (2 ** (8 * data.BYTES_PER_ELEMENT) - 1)) >>> bitsStored === 0;
}

function seenAs(data: Samples, signed: boolean): Samples {
  const [buffer, offset, length] = [data.buffer as ArrayBuffer, data.byteOffset, data.length];
  if (data.BYTES_PER_ELEMENT === 1) {
    return signed ? new Int8Array(buffer, offset, length) : new Uint8Array(buffer, offset, length);
  }
  return signed ? new Int16Array(buffer, offset, length) : new Uint16Array(buffer, offset, length);
}

function empty(length: number, bits: number, signed: boolean): Samples {
  if (bits === 8) return new (signed ? Int8Array : Uint8Array)(length);
  return new (signed ? Int16Array : Uint16Array)(length);
}
