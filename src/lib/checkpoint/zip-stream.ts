/** Unpacking a zip entry that is larger than memory: in parts, its size and checksum verified at the end. */
import { createInflateRaw, type InflateRaw } from 'node:zlib';
import { ModelError } from '../../core/errors.ts';
import { crc32 } from './crc32.ts';
import { packedParts, requireChecksum, wrongSize, type ZipArchive, type ZipEntry } from './zip.ts';

/** No published model of this suite's kind comes near. */
const MAXIMUM_UNPACKED = 64 * 2 ** 30;

/**
 * Unpacks an entry through `write`, which gets at most 1 MiB at a time. What was written counts only once the promise holds.
 * @throws ModelError for data that is damaged, longer or shorter than declared, or larger than 64 GiB
 */
export async function unpackEntry(
  archive: ZipArchive,
  entry: ZipEntry,
  write: (bytes: Uint8Array) => void,
): Promise<void> {
  if (entry.size > MAXIMUM_UNPACKED)
    throw new ModelError(
      `entry ${entry.label}, expected at most ${MAXIMUM_UNPACKED} bytes, got ${entry.size} (${archive.where})`,
      'the archive may be made to harm: download the file again from its source',
    );
  let [size, crc] = [0, 0];
  for await (const part of unpackedParts(archive, entry)) {
    size += part.length;
    if (size > entry.size) throw wrongSize(archive, entry);
    crc = crc32(part, crc);
    write(part);
  }
  if (size !== entry.size) throw wrongSize(archive, entry);
  requireChecksum(archive, entry, crc);
}

async function* unpackedParts(archive: ZipArchive, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  if (entry.method === 'stored') return yield* packedParts(archive, entry);
  const inflate = createInflateRaw({ chunkSize: 1 << 20 });
  const fed = feed(inflate, packedParts(archive, entry));
  try {
    yield* inflate as AsyncIterable<Uint8Array>;
    await fed;
  } catch (cause) {
    const isDamage = (cause as { readonly code?: string }).code?.startsWith('Z_') ?? false;
    throw isDamage || isCutShort(cause) ? wrongSize(archive, entry) : cause;
  } finally {
    inflate.destroy();
  }
}

function isCutShort(cause: unknown): boolean {
  return (cause as { readonly code?: string }).code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Gives the stream its input no faster than it takes it. A failed read becomes the stream's own error. */
async function feed(inflate: InflateRaw, parts: Iterable<Uint8Array>): Promise<void> {
  try {
    for (const part of parts) {
      if (inflate.destroyed) return;
      if (!inflate.write(part)) await accepted(inflate);
    }
    inflate.end();
  } catch (cause) {
    inflate.destroy(cause as Error);
  }
}

function accepted(inflate: InflateRaw): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      inflate.off('drain', settle).off('close', settle);
      resolve();
    };
    inflate.on('drain', settle).on('close', settle);
  });
}
