/** Decoders of compressed DICOM pixels that are native or WebAssembly. The size is read first: a bomb is never unpacked. */
import sharp from 'sharp';
import { DataError } from '../core/errors.ts';
import { type DecodedFrame, type DicomCodecs, requireSize } from '../lib/dicom/stored-values.ts';
import { decodeByWasm } from './dicom-wasm.ts';

export const dicomCodecs: DicomCodecs = {
  jpegGrey: async (bytes) => {
    const image = sharp(bytes, { failOn: 'error', ignoreIcc: true });
    const { data, info } = await image
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch(() => {
        throw new DataError('JPEG data cannot be decoded', 'the file may be truncated: fetch it again');
      });
    return { width: info.width, height: info.height, samples: info.channels, precision: 8, data };
  },
  jpegLs: async (bytes, expected) => {
    requireSize(jpegLsSize(bytes), expected);
    return decodeByWasm('JPEG-LS', bytes);
  },
  jpeg2000: async (bytes, expected) => {
    const codestream = withoutBoxes(bytes);
    requireSize(jpeg2000Size(codestream), expected);
    return (codestream[42]! & 0x80) !== 0 && codestream[42]! <= 0x87
      ? signedBytes(codestream)
      : decodeByWasm('JPEG 2000', codestream);
  },
};

type Size = Omit<DecodedFrame, 'data'>;

/** Frame header SOF55. Source: ITU-T T.87, annex C. */
function jpegLsSize(bytes: Uint8Array): Size {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 2; at + 10 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    if (bytes[at] !== 0xff) break;
    if (bytes[at + 1] !== 0xf7) continue;
    const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
    return { precision: bytes[at + 4]!, height, width, samples: bytes[at + 9]! };
  }
  throw new DataError('JPEG-LS data is corrupt, expected a frame header, got none');
}

/** DICOM holds bare code streams; some writers leave the JP2 boxes around them. */
function withoutBoxes(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xff) return bytes;
  const start = bytes.findIndex(
    (byte, i) => byte === 0xff && bytes[i + 1] === 0x4f && bytes[i + 2] === 0xff && bytes[i + 3] === 0x51,
  );
  return start < 0 ? bytes : bytes.subarray(start);
}

/** Size segment SIZ, always the first. Source: ITU-T T.800, A.5.1. */
function jpeg2000Size(bytes: Uint8Array): Size {
  if (bytes.length < 43 || bytes[0] !== 0xff || bytes[1] !== 0x4f || bytes[3] !== 0x51) {
    throw new DataError('JPEG 2000 data is corrupt, expected a size segment, got none');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height] = [view.getUint32(8) - view.getUint32(16), view.getUint32(12) - view.getUint32(20)];
  requireTiles(view, width * height);
  return { width, height, samples: view.getUint16(40), precision: (bytes[42]! & 0x7f) + 1 };
}

/** The decoder cuts negative samples of 8 bits or fewer off at 0: it is told that they are unsigned, half the range higher. */
async function signedBytes(codestream: Uint8Array): Promise<DecodedFrame> {
  const unsigned = codestream.slice();
  const components = 2 ** 8 * unsigned[40]! + unsigned[41]!;
  for (let c = 0; c < components; c++) unsigned[42 + 3 * c]! &= 0x7f;
  const frame = await decodeByWasm('JPEG 2000', unsigned);
  const half = 2 ** (frame.precision - 1);
  return { ...frame, data: Int8Array.from(frame.data, (value) => value - half) };
}

/** Code streams of millions of tiny tiles take memory without having pixels. */
function requireTiles(view: DataView, area: number): void {
  const tile = Math.max(1, view.getUint32(24)) * Math.max(1, view.getUint32(28));
  if (area / tile > 65_535) throw new DataError('JPEG 2000 data is corrupt, expected at most 65,535 tiles, got more');
}
