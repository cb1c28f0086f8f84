/**
 * ZIP archives read at random: sizes from the central directory, ZIP64, stored and deflated entries, and guards against
 * hostile archives. `node:zlib` inflates, a pure function of its input. Source: PKWARE APPNOTE.TXT 6.3.10.
 */
import { inflateRawSync } from 'node:zlib';
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { crc32 } from './crc32.ts';
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

/** @throws ModelError for a damaged, encrypted or hostile archive */
export function openZip(file: RandomAccess, where: string): ZipArchive {
  return { file, where, entries: readDirectory(file, where) };
}

/** A whole entry, unpacked, its checksum verified. @throws ModelError */
export function readEntry(archive: ZipArchive, entry: ZipEntry): Uint8Array {
  const packed = archive.file.read(dataOffset(archive, entry), entry.compressedSize);
  const bytes = entry.method === 'stored' ? packed : inflate(archive, entry, packed);
  if (crc32(bytes) !== entry.crc32)
    throw new ModelError(
      `checksum of entry ${entry.label}, expected the one in the archive's directory, got another (${archive.where})`,
      'the file is damaged: download or copy it again',
    );
  return bytes;
}

/**
 * `length` bytes of an entry from `offset`. A part of a stored entry is read alone, without its checksum.
 * @throws ModelError
 */
export function readEntryPart(archive: ZipArchive, entry: ZipEntry, offset: number, length: number): Uint8Array {
  if (offset < 0 || length < 0 || offset + length > entry.size)
    throw new ModelError(
      `entry ${entry.label}, expected ${offset + length} bytes, got ${entry.size} (${archive.where})`,
      'the file is damaged: download or copy it again',
    );
  if (offset === 0 && length === entry.size) return readEntry(archive, entry);
  if (entry.method === 'deflated') return readEntry(archive, entry).subarray(offset, offset + length);
  return archive.file.read(dataOffset(archive, entry) + offset, length);
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
  throw new ModelError(
    `entry ${entry.label}, expected deflated data of ${entry.size} bytes, got other data (${archive.where})`,
    'the archive is damaged or made to mislead: download the file again from its source',
  );
}
