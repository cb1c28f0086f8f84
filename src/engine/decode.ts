/**
 * Picture files to 8-bit pixels, as OpenCV's imread reads them: orientation applied, alpha dropped without blending,
 * colour profiles ignored, of 16-bit samples the high byte. A grey file stays one channel. DICOM files, which are told by
 * their content, go through their own transforms (lib/dicom).
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import sharp, { type Metadata } from 'sharp';
import { DataError } from '../core/errors.ts';
import { isDicom } from '../lib/dicom/dataset.ts';
import { GREY_TRANSFORM } from '../lib/dicom/grey-table.ts';
import { decodeDicom } from '../lib/dicom/picture.ts';
import { type BytePixels, fromInterleaved } from '../lib/image/pixels.ts';
import { dicomCodecs } from './dicom-codecs.ts';

/** What turns a file's bytes into pixels. A change that moves a pixel bumps it: stored embeddings are of these pixels. */
export const DECODING = `pictures@1;${GREY_TRANSFORM}`;

/** Formats that are decoded; vector graphics, animations and documents are refused. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'tiff', 'webp']);
const DEPTHS: ReadonlySet<string> = new Set(['uchar', 'ushort']);
const SPACES: ReadonlySet<string> = new Set(['b-w', 'grey16', 'srgb', 'rgb', 'rgb16']);

/** Larger pictures are refused before they are unpacked: a plain film has at most about 20 million pixels. */
export const PIXEL_LIMIT = 120_000_000;

// One picture is decoded by one thread, several pictures at a time; nothing is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

/** Bytes of a picture file. @throws DataError naming the file (never its folder) where it is missing or unreadable. */
export async function readPicture(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'picture file is missing' : `picture file cannot be read, ${error.code}`;
    throw new DataError(`${what} (${basename(path)})`, 'check the image folder of the dataset');
  });
  return bytes;
}

/**
 * Decodes one picture: 1 channel for a grey file, 3 for any other.
 * @param name what errors call the picture, for example the file's base name; left out where it is told elsewhere.
 * @throws DataError where the file is empty, truncated, corrupt, no picture, too large, or of another colour space.
 */
export async function decode(bytes: Uint8Array, name?: string): Promise<BytePixels> {
  try {
    return await decodeNameless(bytes);
  } catch (cause) {
    if (!(cause instanceof DataError) || name === undefined) throw cause;
    throw new DataError(`${cause.message} (${name})`, cause.hint);
  }
}

async function decodeNameless(bytes: Uint8Array): Promise<BytePixels> {
  if (bytes.length === 0) throw new DataError('picture file is empty, expected an image, got 0 bytes');
  if (isDicom(bytes)) return decodeDicom(bytes, dicomCodecs);
  const image = sharp(bytes, { failOn: 'error', limitInputPixels: PIXEL_LIMIT, ignoreIcc: true, autoOrient: true });
  const metadata = await image.metadata().catch(refuse);
  requireSupported(metadata);
  const grey = metadata.space === 'b-w' || metadata.space === 'grey16';
  const deep = metadata.depth === 'ushort';
  const { data, info } = await (metadata.hasAlpha ? image.removeAlpha() : image)
    .toColourspace(deep ? (grey ? 'grey16' : 'rgb16') : grey ? 'b-w' : 'srgb')
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(refuse);
  const channels = grey ? 1 : 3;
  if (info.channels !== channels) {
    throw new DataError(`decoding changed the channels, expected ${channels}, got ${info.channels}`);
  }
  return fromInterleaved(deep ? highBytes(data) : data, { width: info.width, height: info.height, channels });
}

function requireSupported(metadata: Metadata): void {
  const pages = metadata.pages ?? 1;
  if (!FORMATS.has(metadata.format) || pages > 1) {
    const got = pages > 1 ? `${pages} pages of ${metadata.format}` : metadata.format;
    throw new DataError(`unsupported picture, expected one JPEG, PNG, TIFF or WebP, got ${got}`);
  }
  if (!SPACES.has(metadata.space) || !DEPTHS.has(metadata.depth)) {
    throw new DataError(
      `unsupported samples, expected grey or RGB of 8 or 16 bits, got ${metadata.space} ${metadata.depth}`,
    );
  }
}

/** The upper byte of each 16-bit sample (native byte order: little-endian wherever the prebuilt decoder exists). */
function highBytes(data: Uint8Array): Uint8Array {
  const high = new Uint8Array(data.length / 2);
  for (let i = 0; i < high.length; i++) high[i] = data[2 * i + 1]!;
  return high;
}

/** The first line of the library's complaint: it speaks of the file's structure, never of its content. */
function refuse(error: Error): never {
  const reason = error.message.split('\n')[0]!.trim();
  if (reason.includes('pixel limit')) {
    throw new DataError(`picture too large, expected at most ${PIXEL_LIMIT / 1e6} million pixels, got more`);
  }
  throw new DataError(`picture cannot be decoded, ${reason}`, 'the file may be truncated: fetch it again');
}

/**
 * A small upright 8-bit copy for a report, longer side at most `side` pixels, WebP bytes.
 * @throws DataError as `decode`.
 */
export async function thumbnail(path: string, side: number): Promise<Uint8Array> {
  const bytes = await readPicture(path);
  const pixels = await decode(bytes, basename(path));
  const image = sharp(interleaved(pixels), { raw: { ...shapeOf(pixels) } });
  return image
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
}

function shapeOf({ width, height, channels }: BytePixels): { width: number; height: number; channels: 1 | 3 } {
  return { width, height, channels: channels === 1 ? 1 : 3 };
}

function interleaved(pixels: BytePixels): Uint8Array {
  if (pixels.channels === 1) return pixels.data;
  const area = pixels.width * pixels.height;
  const data = new Uint8Array(pixels.data.length);
  for (let c = 0; c < pixels.channels; c++) {
    for (let i = 0; i < area; i++) data[i * pixels.channels + c] = pixels.data[c * area + i]!;
  }
  return data;
}
