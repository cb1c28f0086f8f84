/** Searches outputs for what must not leave: words of reports, ids, pixels. Compressed and columnar files are read as their content. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';

export interface Secrets {
  /** Report sections. */
  readonly texts: readonly string[];
  /** Of patients, studies and images. */
  readonly ids: readonly string[];
  /** Bytes of picture files, and decoded pixels. */
  readonly pixels: readonly Uint8Array[];
}

export interface Output {
  readonly name: string;
  readonly content: Uint8Array;
}

export interface Leak {
  readonly output: string;
  readonly kind: 'text' | 'id' | 'pixels';
  /** What was found, for whoever mends it. */
  readonly what: string;
}

/** So many words in a row are a piece of a report, and not chance. */
const WORDS = 4;
/** So many bytes in a row are a piece of a picture. */
const PIECE = 24;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Lower-case words; entities and escapes undone, punctuation and line ends dropped. */
export function wordsOf(text: string): string[] {
  const plain = text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\[nrt]/g, ' ');
  return (
    plain
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

const withoutTags = (text: string) => text.replace(/<\/?[a-z][^<>]*>/gi, ' ');

function shingles(words: readonly string[]): string[] {
  return Array.from({ length: Math.max(0, words.length - WORDS + 1) }, (_, i) => words.slice(i, i + WORDS).join(' '));
}

/** A stretch of varied bytes from the middle; none where the picture is flat there. */
function pieceOf(bytes: Uint8Array): Buffer | undefined {
  for (let start = bytes.length >> 1; start + PIECE <= bytes.length; start += PIECE) {
    const piece = bytes.subarray(start, start + PIECE);
    if (new Set(piece).size > PIECE / 3) return Buffer.from(piece);
  }
  return undefined;
}

/** What a file says, with compression and columns undone; binary files byte by byte. */
async function contentOf({ name, content }: Output): Promise<{ readonly text: string; readonly bytes: Buffer }> {
  const bytes = content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : Buffer.from(content);
  if (!name.endsWith('.parquet')) return { bytes, text: bytes.toString('utf8') };
  const file = new Uint8Array(bytes).buffer;
  const rows = await parquetReadObjects({ file });
  return {
    bytes,
    text: JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  };
}

/** Data URIs and whole pictures inside another file. */
const PICTURES =
  /data:image\/(?!svg)|\u0089PNG\r\n|RIFF[\s\S]{4}WEBP|\u00ff\u00d8\u00ff[\u00e0\u00e1][\s\S]{2}(JFIF|Exif)|DICM/;

/** Everything found, once per output and kind of secret. Short ids (under 6 characters) would be found everywhere: not asked. */
export async function findLeaks(outputs: readonly Output[], secrets: Secrets): Promise<readonly Leak[]> {
  const known = new Set(secrets.texts.flatMap((text) => shingles(wordsOf(text))));
  const ids = [...new Set(secrets.ids)].filter((id) => id.length >= 6);
  const pieces = secrets.pixels.flatMap((pixels) => pieceOf(pixels) ?? []);
  const leaks: Leak[] = [];
  for (const output of outputs) {
    const { text, bytes } = await contentOf(output);
    const add = (kind: Leak['kind'], what: string | undefined) =>
      what !== undefined && leaks.push({ output: output.name, kind, what });
    const readings = text.includes('<') ? [text, withoutTags(text)] : [text];
    add(
      'text',
      readings.flatMap((reading) => shingles(wordsOf(reading))).find((shingle) => known.has(shingle)),
    );
    add(
      'id',
      ids.find((id) => text.includes(id)),
    );
    add(
      'pixels',
      PICTURES.exec(bytes.toString('latin1'))?.[0] ?? pieces.find((piece) => bytes.includes(piece))?.toString('hex'),
    );
  }
  return leaks;
}

/** All files below a folder, hidden ones too. */
export function outputsOf(folder: string, prefix = ''): Output[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ name: prefix + relative(folder, path), content: readFileSync(path) }));
}
