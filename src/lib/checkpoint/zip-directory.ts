/** The central directory of a ZIP archive, checked before anything is unpacked. Source: PKWARE APPNOTE.TXT 4.3.12-4.3.16, 4.5.3. */
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { printable } from './printable.ts';

export interface ZipEntry {
  readonly name: string;
  /** The name made fit for a message. */
  readonly label: string;
  readonly method: 'stored' | 'deflated';
  readonly compressedSize: number;
  /** Bytes after unpacking. */
  readonly size: number;
  readonly crc32: number;
  readonly headerOffset: number;
  /** Where the next entry or the central directory begins: the data must end before. */
  readonly limit: number;
}

type RawEntry = Omit<ZipEntry, 'limit'> & { readonly minimumEnd: number };

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const MAXIMUM_DIRECTORY = 64 << 20;
const MAXIMUM_ENTRIES = 100_000;
/** Deflate reaches 1032, weights and pickles stay far below. Small entries are exempt. */
const MAXIMUM_RATIO = 100;
const MAXIMUM_TOTAL_RATIO = 16;
const EXEMPT_BYTES = 1 << 20;

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

const DAMAGED = 'the file is truncated or damaged: download or copy it again';
const HOSTILE = 'the archive may be made to harm: download the file again from its source';

/** @throws ModelError for a truncated, damaged, encrypted, spanned or hostile archive */
export function readDirectory(file: RandomAccess, where: string): ReadonlyMap<string, ZipEntry> {
  const directory = locate(file, where);
  const raw = parseEntries(file.read(directory.offset, directory.size), directory.count, where);
  checkSizes(raw, file.size, where);
  const entries = new Map<string, ZipEntry>();
  const limits = limitsOf(raw, directory.offset, where);
  for (const entry of raw) {
    if (entries.has(entry.name))
      throw new ModelError(`archive, expected one entry ${entry.label}, got two (${where})`, HOSTILE);
    entries.set(entry.name, { ...entry, limit: limits.get(entry)! });
  }
  return entries;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A 64-bit size; beyond 2^53 no file goes, so such a value fails the range checks as infinity. */
function getUint64(view: DataView, offset: number): number {
  const value = view.getBigUint64(offset, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
}

function locate(file: RandomAccess, where: string): Directory {
  const tailLength = Math.min(file.size, 22 + 0xffff);
  const tailOffset = file.size - tailLength;
  const tail = viewOf(file.read(tailOffset, tailLength));
  for (let at = tailLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END || at + 22 + tail.getUint16(at + 20, true) !== tailLength) continue;
    return checked(parseEnd(file, tail, { at, offset: tailOffset + at }), tailOffset + at, where);
  }
  throw new ModelError(`zip archive, expected a central directory at its end, got none (${where})`, DAMAGED);
}

function parseEnd(file: RandomAccess, tail: DataView, end: { at: number; offset: number }): Directory {
  const directory = {
    count: tail.getUint16(end.at + 10, true),
    size: tail.getUint32(end.at + 12, true),
    offset: tail.getUint32(end.at + 16, true),
  };
  if (end.offset < 20) return directory;
  const locator = viewOf(file.read(end.offset - 20, 20));
  if (locator.getUint32(0, true) !== LOCATOR_64) return directory;
  const recordOffset = getUint64(locator, 8);
  if (recordOffset + 56 > file.size) return { ...directory, offset: Number.POSITIVE_INFINITY };
  const record = viewOf(file.read(recordOffset, 56));
  if (record.getUint32(0, true) !== END_64) return { ...directory, offset: Number.POSITIVE_INFINITY };
  return { count: getUint64(record, 32), size: getUint64(record, 40), offset: getUint64(record, 48) };
}

function checked(directory: Directory, end: number, where: string): Directory {
  if (directory.offset + directory.size > end || !Number.isFinite(directory.offset + directory.size))
    throw new ModelError(
      `zip archive, expected its central directory inside the file, got an offset beyond (${where})`,
      DAMAGED,
    );
  if (directory.size > MAXIMUM_DIRECTORY || directory.count > MAXIMUM_ENTRIES)
    throw new ModelError(
      `zip archive, expected at most ${MAXIMUM_ENTRIES} entries, got ${directory.count} (${where})`,
      HOSTILE,
    );
  return directory;
}

function parseEntries(bytes: Uint8Array, count: number, where: string): RawEntry[] {
  const view = viewOf(bytes);
  const entries: RawEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    const broken = at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY;
    const end = broken
      ? 0
      : at + 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (broken || end > bytes.length)
      throw new ModelError(
        `zip archive, expected ${count} entries in its directory, got ${entries.length} (${where})`,
        DAMAGED,
      );
    entries.push(parseEntry(bytes.subarray(at, end), where));
    at = end;
  }
  return entries;
}

function parseEntry(bytes: Uint8Array, where: string): RawEntry {
  const view = viewOf(bytes);
  const nameEnd = 46 + view.getUint16(28, true);
  const name = new TextDecoder().decode(bytes.subarray(46, nameEnd));
  const label = printable(name);
  checkName(name, label, where);
  const method = view.getUint16(10, true);
  if (view.getUint16(8, true) & 1)
    throw new ModelError(`entry ${label}, expected plain data, got encrypted data (${where})`);
  if (method !== 0 && method !== 8)
    throw new ModelError(
      `entry ${label}, expected stored or deflated data, got compression method ${method} (${where})`,
    );
  const [size, compressedSize, headerOffset] = wideFields(bytes.subarray(nameEnd, nameEnd + view.getUint16(30, true)), [
    view.getUint32(24, true),
    view.getUint32(20, true),
    view.getUint32(42, true),
  ]);
  const minimumEnd = headerOffset! + 30 + (nameEnd - 46) + compressedSize!;
  const kind = method === 0 ? 'stored' : 'deflated';
  return {
    name,
    label,
    method: kind,
    size: size!,
    compressedSize: compressedSize!,
    crc32: view.getUint32(16, true),
    headerOffset: headerOffset!,
    minimumEnd,
  };
}

/** Fields of 0xFFFFFFFF are taken from the ZIP64 extra field, in this order. */
function wideFields(extra: Uint8Array, narrow: readonly number[]): readonly number[] {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + view.getUint16(at + 2, true));
    let next = at + 4;
    return narrow.map((value) => {
      if (value !== 0xffffffff || next + 8 > end) return value;
      next += 8;
      return getUint64(view, next - 8);
    });
  }
  return narrow;
}

function checkName(name: string, label: string, where: string): void {
  const parts = name.split('/');
  if (name !== '' && !name.startsWith('/') && !/[\\:\0]/.test(name) && !parts.includes('..')) return;
  throw new ModelError(
    `entry ${label}, expected a name below the archive's folder, got one that leaves it (${where})`,
    HOSTILE,
  );
}

function checkSizes(entries: readonly RawEntry[], fileSize: number, where: string): void {
  let total = 0;
  for (const { label, method, size, compressedSize } of entries) {
    total += size;
    const bomb = size > EXEMPT_BYTES && size > compressedSize * MAXIMUM_RATIO;
    if (bomb || total > fileSize * MAXIMUM_TOTAL_RATIO + EXEMPT_BYTES)
      throw new ModelError(
        `entry ${label}, expected an unpacked size in proportion to the file, got ${size} bytes from ${compressedSize} (${where})`,
        HOSTILE,
      );
    if (method === 'stored' && size !== compressedSize)
      throw new ModelError(
        `entry ${label}, expected equal sizes of stored data, got ${size} and ${compressedSize} (${where})`,
        DAMAGED,
      );
  }
}

/** Where the data of each entry must end. @throws ModelError where two entries share bytes */
function limitsOf(entries: readonly RawEntry[], directoryOffset: number, where: string): ReadonlyMap<RawEntry, number> {
  const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  const limits = new Map<RawEntry, number>();
  sorted.forEach((entry, i) => {
    const limit = sorted[i + 1]?.headerOffset ?? directoryOffset;
    if (entry.minimumEnd > limit || limit > directoryOffset)
      throw new ModelError(
        `entry ${entry.label}, expected data of its own, got data that overlaps another part (${where})`,
        HOSTILE,
      );
    limits.set(entry, limit);
  });
  return limits;
}
