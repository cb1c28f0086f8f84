/**
 * ZIP archives read at random: sizes from the central directory, ZIP64, stored and deflated entries, and guards against
 * hostile archives. `node:zlib` inflates, a pure function of its input. Source: PKWARE APPNOTE.TXT 6.3.10.
 */
import { inflateRawSync } from 'node:zlib';
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { crc32 } from './crc32.ts';
import type { StorageBytes } from './tensor.ts';
import { readDirectory, type ZipEntry } from './zip-directory.ts';

export type { ZipEntry } from './zip-directory.ts';

export interface ZipArchive {
  readonly file: RandomAccess;
  /** Name of the file, for errors. */
  readonly where: string;
  /** By name, in the order of the central directory. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

const LOCAL_HEADER = 0x04034b50;
const CHUNK = 4 << 20;

/** @throws ModelError for a damaged, encrypted or hostile archive */
export function openZip(file: RandomAccess, where: string): ZipArchive {
  return { file, where, entries: readDirectory(file, where) };
}

/** A whole entry, unpacked, its checksum verified. @throws ModelError */
export function readEntry(archive: ZipArchive, entry: ZipEntry): Uint8Array {
  const packed = archive.file.read(dataOffset(archive, entry), entry.compressedSize);
  const bytes = entry.method === 'stored' ? packed : inflate(archive, entry, packed);
  requireChecksum(archive, entry, crc32(bytes));
  return bytes;
}

/**
 * An entry to be read in parts: a stored one from the file, after its checksum was verified once for all readers; a
 * deflated one is unpacked anew for every reader.
 */
export function entryBytes(archive: ZipArchive, entry: ZipEntry): StorageBytes {
  let verified: RandomAccess | undefined;
  return {
    open: () => {
      if (entry.method === 'stored') verified ??= verifiedSpan(archive, entry);
      const span = verified;
      const bytes = span ? undefined : readEntry(archive, entry);
      return (offset, length) => {
        requireInside(archive, entry, { offset, length });
        return span ? span.read(offset, length) : bytes!.subarray(offset, offset + length);
      };
    },
  };
}

/** A stored entry as a file of its own, after one pass that verified its checksum. @throws ModelError */
export function verifiedSpan(archive: ZipArchive, entry: ZipEntry): RandomAccess {
  let crc = 0;
  for (const part of packedParts(archive, entry)) crc = crc32(part, crc);
  requireChecksum(archive, entry, crc);
  const start = dataOffset(archive, entry);
  const read = (offset: number, length: number) => {
    requireInside(archive, entry, { offset, length });
    return archive.file.read(start + offset, length);
  };
  return { size: entry.size, read, close: () => {} };
}

/** The data of an entry as it lies in the archive, in parts of at most 4 MiB. */
export function* packedParts(archive: ZipArchive, entry: ZipEntry): Generator<Uint8Array> {
  const start = dataOffset(archive, entry);
  for (let at = 0; at < entry.compressedSize; at += CHUNK)
    yield archive.file.read(start + at, Math.min(CHUNK, entry.compressedSize - at));
}

/** @throws ModelError where the unpacked data is not what the directory promised */
export function requireChecksum({ where }: ZipArchive, entry: ZipEntry, crc: number): void {
  if (crc === entry.crc32) return;
  throw new ModelError(
    `checksum of entry ${entry.label}, expected the one in the archive's directory, got another (${where})`,
    'the file is damaged: download or copy it again',
  );
}

function requireInside(
  { where }: ZipArchive,
  { label, size }: ZipEntry,
  { offset, length }: { readonly offset: number; readonly length: number },
): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new ModelError(
    `entry ${label}, expected ${offset + length} bytes, got ${size} (${where})`,
    'the file is damaged: download or copy it again',
  );
}

function dataOffset(archive: ZipArchive, entry: ZipEntry): number {
  const { file, where } = archive;
  const bytes = file.read(entry.headerOffset, 30);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = entry.headerOffset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (view.getUint32(0, true) !== LOCAL_HEADER || start + entry.compressedSize > entry.limit)
    throw new ModelError(
      `entry ${entry.label}, expected its local header and data before the next entry, got other bytes (${where})`,
      'the archive is damaged or made to mislead: download the file again from its source',
    );
  return start;
}

function inflate(archive: ZipArchive, entry: ZipEntry, packed: Uint8Array): Uint8Array {
  let bytes: Uint8Array | undefined;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
  } catch {
    // Damaged data and data longer than declared: both end in the error below.
  }
  if (bytes?.length === entry.size) return bytes;
  throw wrongSize(archive, entry);
}

export function wrongSize({ where }: ZipArchive, { label, size }: ZipEntry): ModelError {
  return new ModelError(
    `entry ${label}, expected deflated data of ${size} bytes, got other data (${where})`,
    'the archive is damaged or made to mislead: download the file again from its source',
  );
}
