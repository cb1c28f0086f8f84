/** Opens a DICOM file: preamble, meta group, transfer syntax; collects the elements that films need, up to the pixel data. */
import { inflateRawSync } from 'node:zlib';
import type { RandomAccess } from '../../core/context.ts';
import { DataError } from '../../core/errors.ts';
import { type ByteSource, byteSource } from './byte-source.ts';
import { type Element, type Encoding, elementAt, endOf, firstItem, PIXEL_DATA } from './elements.ts';
import { HEADER_TAGS, LUT_SEQUENCES, LUT_TAGS, TRANSFER_SYNTAX_UID } from './tags.ts';
import {
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  type TransferSyntax,
  transferSyntax,
} from './transfer-syntax.ts';

/** Value of an element: its bytes in the byte order of the data set. */
export interface Value {
  readonly vr: string;
  readonly bytes: Uint8Array;
}

export interface DicomDataset {
  readonly syntax: TransferSyntax;
  readonly values: ReadonlyMap<number, Value>;
  /** First item of each look-up table sequence that is there. */
  readonly tables: ReadonlyMap<number, ReadonlyMap<number, Value>>;
  /** Where the pixels lie in `source`; undefined where there are none. */
  readonly pixels: Element | undefined;
  /** The file, or what a deflated file unpacks to. */
  readonly source: ByteSource;
}

/** A deflated film that unpacks to more is refused. */
const INFLATED_LIMIT = 2 ** 28;
/** Longest value that is kept: a look-up table of 65,536 entries of 16 bits, explicit length, some room. */
const VALUE_LIMIT = 2 ** 18;

/** True for a file with `DICM` after its preamble, and for one that starts with a data element of group 0002 or 0008. */
export function isDicom(bytes: Uint8Array): boolean {
  if (hasPreamble(bytes)) return true;
  return bytes.length >= 16 && headlessSyntax(bytes) !== undefined;
}

function hasPreamble(bytes: Uint8Array): boolean {
  return bytes.length >= 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';
}

/** @throws DataError where the file is no DICOM, truncated or corrupt before its pixel data */
export function openDicom(content: Uint8Array | RandomAccess): DicomDataset {
  const file = byteSource(content);
  const head = file.bytes(0, Math.min(file.size, 132));
  const start = hasPreamble(head) ? 132 : 0;
  const meta = readMeta(file, start);
  const uid = meta.values.get(TRANSFER_SYNTAX_UID);
  const syntax = uid ? transferSyntax(latin(uid.bytes)) : guessedSyntax(file, meta.end);
  if (!syntax.deflated) return collect(file, meta.end, syntax);
  return collect(byteSource(inflate(file.bytes(meta.end, file.size - meta.end))), 0, syntax);
}

function inflate(packed: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: INFLATED_LIMIT });
  } catch {
    throw new DataError('DICOM file cannot be inflated, expected deflated data, got something else or too much of it');
  }
}

/** The meta group is explicit little endian whatever follows (PS3.10, section 7.1). */
function readMeta(file: ByteSource, start: number): { end: number; values: Map<number, Value> } {
  const values = new Map<number, Value>();
  let at = start;
  while (at + 8 <= file.size && groupAt(file, at) === 0x0002) {
    const found = elementAt(file, at, EXPLICIT_LITTLE_ENDIAN);
    if (found.tag === TRANSFER_SYNTAX_UID) keep(file, found, values);
    at = endOf(file, found, EXPLICIT_LITTLE_ENDIAN);
  }
  return { end: at, values };
}

function groupAt(file: ByteSource, at: number): number {
  const bytes = file.bytes(at, 2);
  return bytes[0]! | (bytes[1]! << 8);
}

/** @throws DataError where the bytes start with no element that a data set can start with */
function guessedSyntax(file: ByteSource, at: number): TransferSyntax {
  const syntax = at + 8 <= file.size ? headlessSyntax(file.bytes(at, 8)) : undefined;
  if (syntax !== undefined) return syntax;
  throw new DataError('no DICOM file, expected "DICM" at 128 or a data element at the start, got neither');
}

/** How a data set without a meta group is written, by its first element, which is of group 0008 (or 0002). */
function headlessSyntax(bytes: Uint8Array): TransferSyntax | undefined {
  const [low, high] = [bytes[0]!, bytes[1]!];
  const bigEndian = low === 0;
  const group = bigEndian ? high : low;
  if ((low !== 0 && high !== 0) || (group !== 0x08 && (group !== 0x02 || bigEndian))) return undefined;
  const explicit = /^[A-Z]{2}$/.test(String.fromCharCode(bytes[4]!, bytes[5]!));
  if (explicit) return bigEndian ? EXPLICIT_BIG_ENDIAN : EXPLICIT_LITTLE_ENDIAN;
  const isShort = bytes[6] === 0 && bytes[7] === 0 && bytes[5]! < 2;
  return !bigEndian && isShort ? IMPLICIT_LITTLE_ENDIAN : undefined;
}

function collect(source: ByteSource, start: number, syntax: TransferSyntax): DicomDataset {
  const values = new Map<number, Value>();
  const tables = new Map<number, ReadonlyMap<number, Value>>();
  let pixels: Element | undefined;
  for (let at = start; at + 8 <= source.size; ) {
    const found = elementAt(source, at, syntax);
    if (found.tag === PIXEL_DATA) pixels = found;
    if (found.tag >= PIXEL_DATA) break;
    if (LUT_SEQUENCES.has(found.tag)) tables.set(found.tag, readTable(source, found, syntax));
    else if (HEADER_TAGS.has(found.tag)) keep(source, found, values);
    at = endOf(source, found, syntax);
  }
  return { syntax, values, tables, pixels, source };
}

function readTable(source: ByteSource, sequence: Element, encoding: Encoding): ReadonlyMap<number, Value> {
  const values = new Map<number, Value>();
  for (const member of firstItem(source, sequence, encoding)) {
    if (LUT_TAGS.has(member.tag)) keep(source, member, values);
  }
  return values;
}

function keep(source: ByteSource, found: Element, values: Map<number, Value>): void {
  if (found.length === undefined || found.length > VALUE_LIMIT) return;
  // A copy: the source's window moves on, and a value must not keep a film in memory.
  values.set(found.tag, { vr: found.vr, bytes: source.bytes(found.offset, found.length).slice() });
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64)).replace(/[\0 ]+$/, '');
}
