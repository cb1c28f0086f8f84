/** The WebAssembly decoders of JPEG-LS and JPEG 2000: started once per thread when first needed, again after a failure. */
import startCharls from '@cornerstonejs/codec-charls/decodewasmjs';
import startOpenJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import { DataError } from '../core/errors.ts';
import type { DecodedFrame } from '../lib/dicom/stored-values.ts';

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): FrameInfo;
  /** Only JPEG-LS: 0 planes, 1 lines, 2 samples. */
  getInterleaveMode?(): number;
  decode(): void;
  delete(): void;
}

export interface CodecModule {
  readonly J2KDecoder?: new () => Decoder;
  readonly JpegLSDecoder?: new () => Decoder;
}

export type WasmCodec = 'JPEG-LS' | 'JPEG 2000';

const running = new Map<WasmCodec, Promise<CodecModule>>();

function moduleOf(codec: WasmCodec): Promise<CodecModule> {
  const found = running.get(codec);
  if (found !== undefined) return found;
  const silent = { print: () => {}, printErr: () => {} };
  const started = (codec === 'JPEG-LS' ? startCharls : startOpenJpeg)(silent);
  running.set(codec, started);
  return started;
}

/** @throws DataError where the decoder refuses the data */
export async function decodeByWasm(codec: WasmCodec, bytes: Uint8Array): Promise<DecodedFrame> {
  const { J2KDecoder, JpegLSDecoder } = await moduleOf(codec);
  const Kind = (codec === 'JPEG-LS' ? JpegLSDecoder : J2KDecoder)!;
  try {
    const decoder = new Kind();
    const frame = run(decoder, bytes);
    decoder.delete();
    return frame;
  } catch (error) {
    // An aborted module is in an unknown state: the next picture gets a new one.
    running.delete(codec);
    if (error instanceof DataError) throw error;
    throw new DataError(`${codec} data cannot be decoded`, 'the file may be truncated: fetch it again');
  }
}

function run(decoder: Decoder, bytes: Uint8Array): DecodedFrame {
  decoder.getEncodedBuffer(bytes.length).set(bytes);
  decoder.decode();
  const { width, height, bitsPerSample: precision, componentCount: samples, isSigned } = decoder.getFrameInfo();
  // A copy: the decoder's memory goes with the decoder.
  const decoded = decoder.getDecodedBuffer().slice();
  const wide = precision > 8;
  if (decoded.length !== width * height * samples * (wide ? 2 : 1)) {
    throw new DataError(`decoded picture is incomplete, expected ${width} x ${height} pixels`);
  }
  if (samples > 1 && decoder.getInterleaveMode?.() === 0)
    throw new DataError('unsupported JPEG-LS picture, expected interleaved colour');
  const Kind = wide ? (isSigned ? Int16Array : Uint16Array) : isSigned ? Int8Array : Uint8Array;
  return { width, height, samples, precision, data: new Kind(decoded.buffer) };
}
