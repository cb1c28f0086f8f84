/** Data elements of a DICOM data set: tag, value representation, where the value lies. Source: DICOM PS3.5, section 7. */
import { DataError } from '../../core/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** How elements are written. */
export interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

export interface Element {
  /** `group << 16 | element`, unsigned. */
  readonly tag: number;
  /** Two letters; `UN` where the encoding is implicit. */
  readonly vr: string;
  /** First byte of the value. */
  readonly offset: number;
  /** Bytes of the value; undefined where delimiters end it. */
  readonly length: number | undefined;
}

export const PIXEL_DATA = 0x7fe00010;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const UNDEFINED_LENGTH = 0xffffffff;
/** Deeper nesting is no film, and would exhaust the stack. */
const MAXIMUM_DEPTH = 32;
/** VRs whose explicit form has a 32-bit length. */
const LONG = /^(OB|OD|OF|OL|OV|OW|SQ|SV|UC|UN|UR|UT|UV)$/;

/** @throws DataError where the bytes at `offset` are no element */
export function elementAt(source: ByteSource, offset: number, encoding: Encoding): Element {
  const head = source.bytes(offset, 8);
  const { bigEndian } = encoding;
  const tag = ((word(head, 0, bigEndian) << 16) | word(head, 2, bigEndian)) >>> 0;
  // Items and delimiters have no VR in any encoding.
  if (!encoding.explicit || tag >>> 16 === 0xfffe) return element(tag, 'UN', offset + 8, long(head, 4, bigEndian));
  const vr = String.fromCharCode(head[4]!, head[5]!);
  if (!/^[A-Z]{2}$/.test(vr)) {
    throw new DataError(`DICOM file is corrupt, expected a value representation at ${offset + 4}, got other bytes`);
  }
  if (!LONG.test(vr)) return element(tag, vr, offset + 8, word(head, 6, bigEndian));
  return element(tag, vr, offset + 12, long(source.bytes(offset + 8, 4), 0, bigEndian));
}

function element(tag: number, vr: string, offset: number, length: number): Element {
  return { tag, vr, offset, length: length === UNDEFINED_LENGTH ? undefined : length };
}

function word(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  return bigEndian ? (bytes[at]! << 8) | bytes[at + 1]! : bytes[at]! | (bytes[at + 1]! << 8);
}

function long(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const [first, second] = [word(bytes, at, bigEndian), word(bytes, at + 2, bigEndian)];
  return (bigEndian ? first * 0x10000 + second : second * 0x10000 + first) >>> 0;
}

/** First byte after an element; follows the items of one whose length is undefined. @throws DataError */
export function endOf(source: ByteSource, found: Element, encoding: Encoding, depth = 0): number {
  if (found.length !== undefined) return checkedEnd(source, found.offset + found.length);
  if (depth > MAXIMUM_DEPTH) throw new DataError(`DICOM sequences nest deeper than ${MAXIMUM_DEPTH}`);
  // An unknown VR of undefined length holds implicit little-endian items (PS3.5, section 6.2.2).
  const inner = found.vr === 'UN' ? { explicit: false, bigEndian: encoding.bigEndian } : encoding;
  for (let at = found.offset; ; ) {
    const item = elementAt(source, at, inner);
    if (item.tag === SEQUENCE_END) return item.offset;
    if (item.tag !== ITEM) throw new DataError(`DICOM file is corrupt, expected a sequence item at ${at}`);
    at = endOfItem(source, item, inner, depth);
  }
}

function endOfItem(source: ByteSource, item: Element, encoding: Encoding, depth: number): number {
  if (item.length !== undefined) return checkedEnd(source, item.offset + item.length);
  for (let at = item.offset; ; ) {
    const member = elementAt(source, at, encoding);
    if (member.tag === ITEM_END) return member.offset;
    at = endOf(source, member, encoding, depth + 1);
  }
}

function checkedEnd(source: ByteSource, end: number): number {
  if (end <= source.size) return end;
  throw new DataError(`DICOM file is truncated, expected ${end} bytes, got ${source.size}`, 'fetch the file again');
}

/** Elements of the first item of a sequence; none where it is empty. @throws DataError */
export function firstItem(source: ByteSource, sequence: Element, encoding: Encoding): Element[] {
  const end = sequence.length === undefined ? undefined : sequence.offset + sequence.length;
  if (end !== undefined && end < sequence.offset + 8) return [];
  const item = elementAt(source, sequence.offset, encoding);
  if (item.tag !== ITEM) return [];
  const itemEnd = item.length === undefined ? undefined : checkedEnd(source, item.offset + item.length);
  const members: Element[] = [];
  for (let at = item.offset; itemEnd === undefined || at + 8 <= itemEnd; ) {
    const member = elementAt(source, at, encoding);
    if (member.tag === ITEM_END) break;
    members.push(member);
    at = endOf(source, member, encoding);
  }
  return members;
}

/** Values of the items of encapsulated pixel data, as [offset, length]; the first is the offset table. @throws DataError */
export function fragmentsOf(source: ByteSource, pixels: Element): (readonly [offset: number, length: number])[] {
  const fragments: (readonly [number, number])[] = [];
  for (let at = pixels.offset; at + 8 <= source.size; ) {
    const item = elementAt(source, at, { explicit: false, bigEndian: false });
    // Some writers leave out the delimiter; the end of the file then ends the fragments.
    if (item.tag === SEQUENCE_END) break;
    if (item.tag !== ITEM || item.length === undefined) {
      throw new DataError(`DICOM pixel data is corrupt, expected a fragment at ${at}`);
    }
    at = checkedEnd(source, item.offset + item.length);
    fragments.push([item.offset, item.length]);
  }
  return fragments;
}
