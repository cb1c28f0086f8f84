/** Marker segments of a JPEG file of one scan: frame, Huffman and quantization tables, the scan's bits. ITU-T T.81, annex B. */
import { DataError } from '../../core/errors.ts';
import { type HuffmanTable, huffmanTable } from './jpeg-huffman.ts';

export interface JpegComponent {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantization: number;
  readonly dcTable: number;
  readonly acTable: number;
}

export interface JpegFile {
  /** 0 baseline, 1 extended sequential, 3 lossless: the low digit of the frame's marker. */
  readonly process: number;
  readonly precision: number;
  readonly height: number;
  readonly width: number;
  /** In the order of the scan. */
  readonly components: readonly JpegComponent[];
  /** Sixteen slots: DC tables 0–3, then AC tables 0–3 from 4 on. */
  readonly huffman: readonly (HuffmanTable | undefined)[];
  readonly quantization: readonly (Uint16Array | undefined)[];
  /** MCUs between restart markers; 0 where there are none. */
  readonly restartInterval: number;
  /** Ss, Se and Ah·16 + Al of the scan: predictor and point transform of a lossless one. */
  readonly scan: readonly [start: number, end: number, approximation: number];
  /** Entropy-coded bytes, stuffing taken out, one part per restart interval. */
  readonly intervals: readonly Uint8Array[];
}

interface Frame {
  readonly process: number;
  readonly precision: number;
  readonly height: number;
  readonly width: number;
  readonly components: readonly Omit<JpegComponent, 'dcTable' | 'acTable'>[];
}

interface Draft {
  readonly huffman: (HuffmanTable | undefined)[];
  readonly quantization: (Uint16Array | undefined)[];
  restartInterval: number;
  frame: Frame | undefined;
}

export function corrupt(what: string): never {
  throw new DataError(`JPEG data is corrupt, ${what}`, 'the file may be truncated: fetch it again');
}

/** Width, height, precision and process alone, before anything is decoded. @throws DataError */
export function jpegFrame(bytes: Uint8Array): Frame {
  const draft: Draft = { huffman: [], quantization: [], restartInterval: 0, frame: undefined };
  walk(bytes, draft, true);
  return draft.frame ?? corrupt('expected a frame header, got none');
}

/** @throws DataError where a segment is impossible, or a second scan would follow */
export function readJpeg(bytes: Uint8Array): JpegFile {
  const draft: Draft = { huffman: [], quantization: [], restartInterval: 0, frame: undefined };
  const at = walk(bytes, draft, false);
  const { frame } = draft;
  if (frame === undefined || at === undefined) return corrupt('expected a frame and a scan, got none');
  const length = word(bytes, at);
  const count = bytes[at + 2]!;
  if (count !== frame.components.length || length !== 6 + 2 * count) corrupt('expected one scan of all components');
  const components = Array.from({ length: count }, (_, i) => {
    const [id, tables] = [bytes[at + 3 + 2 * i], bytes[at + 4 + 2 * i]!];
    const found = frame.components.find((candidate) => candidate.id === id) ?? corrupt('scan of an unknown component');
    return { ...found, dcTable: tables >> 4, acTable: 4 + (tables & 15) };
  });
  const tail = at + length;
  const scan = [bytes[tail - 3] ?? 0, bytes[tail - 2] ?? 0, bytes[tail - 1] ?? 0] as const;
  return { ...frame, ...draft, components, scan, intervals: unstuff(bytes, tail) };
}

function word(bytes: Uint8Array, at: number): number {
  if (at + 2 > bytes.length) corrupt('it ends inside a segment');
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** @returns where the scan header starts (its length), or undefined where `frameOnly` ended the walk */
function walk(bytes: Uint8Array, draft: Draft, frameOnly: boolean): number | undefined {
  if (word(bytes, 0) !== 0xffd8) corrupt('expected a start of image');
  for (let at = 2; at < bytes.length; ) {
    if (bytes[at] !== 0xff) corrupt(`expected a marker at ${at}`);
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda) return at + 2;
    const length = word(bytes, at + 2);
    if (length < 2 || at + 2 + length > bytes.length) corrupt('it ends inside a segment');
    const body = bytes.subarray(at + 4, at + 2 + length);
    segment(marker, body, draft);
    if (frameOnly && draft.frame !== undefined) return undefined;
    at += 2 + length;
  }
  return undefined;
}

function segment(marker: number, body: Uint8Array, draft: Draft): void {
  if (marker === 0xc4) readHuffman(body, draft.huffman);
  else if (marker === 0xdb) readQuantization(body, draft.quantization);
  else if (marker === 0xdd) draft.restartInterval = word(body, 0);
  else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc)
    draft.frame = readFrame(marker, body);
}

function readFrame(marker: number, body: Uint8Array): Frame {
  const count = body[5] ?? 0;
  if (count < 1 || count > 4 || body.length < 6 + 3 * count) corrupt(`expected 1 to 4 components, got ${count}`);
  const components = Array.from({ length: count }, (_, i) => {
    const [id, factors, quantization] = [body[6 + 3 * i]!, body[7 + 3 * i]!, body[8 + 3 * i]!];
    const [horizontal, vertical] = [factors >> 4, factors & 15];
    if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4) corrupt('impossible sampling factors');
    return { id, horizontal, vertical, quantization };
  });
  return { process: marker & 15, precision: body[0]!, height: word(body, 1), width: word(body, 3), components };
}

function readHuffman(body: Uint8Array, tables: (HuffmanTable | undefined)[]): void {
  for (let at = 0; at < body.length; ) {
    const slot = body[at]!;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (counts.length < 16 || (slot & 0xec) !== 0 || at + 17 + total > body.length) corrupt('impossible Huffman table');
    tables[(slot >> 4) * 4 + (slot & 3)] = huffmanTable(counts, body.subarray(at + 17, at + 17 + total));
    at += 17 + total;
  }
}

function readQuantization(body: Uint8Array, tables: (Uint16Array | undefined)[]): void {
  for (let at = 0; at < body.length; ) {
    const [wide, slot] = [body[at]! >> 4, body[at]! & 15];
    const size = wide === 0 ? 1 : 2;
    at++;
    if (wide > 1 || slot > 3 || at + 64 * size > body.length) corrupt('impossible quantization table');
    tables[slot] = Uint16Array.from({ length: 64 }, (_, i) => (size === 1 ? body[at + i]! : word(body, at + 2 * i)));
    at += 64 * size;
  }
}

function unstuff(bytes: Uint8Array, start: number): Uint8Array[] {
  const clean = new Uint8Array(bytes.length - start);
  const intervals: Uint8Array[] = [];
  let [from, to] = [0, 0];
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte !== 0xff) {
      clean[to++] = byte;
      continue;
    }
    const next = bytes[at + 1] ?? 0xd9;
    if (next === 0xff) continue;
    at++;
    if (next === 0) clean[to++] = 0xff;
    else if (next >= 0xd0 && next <= 0xd7) {
      intervals.push(clean.subarray(from, to));
      from = to;
    } else break;
  }
  intervals.push(clean.subarray(from, to));
  return intervals;
}
