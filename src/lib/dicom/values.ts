/** Element values to numbers and text, by value representation or, in implicit files, by what the dictionary says. */
import type { DicomDataset, Value } from './dataset.ts';

type Values = ReadonlyMap<number, Value>;

/** Text of a value, all of its parts; padding dropped; undefined where absent or empty. */
export function textOf(values: Values, tag: number): string | undefined {
  const value = values.get(tag);
  if (value === undefined) return undefined;
  const text = new TextDecoder('latin1')
    .decode(value.bytes)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  return text === '' ? undefined : text;
}

/** Numbers of a DS or IS value; what is no number is NaN; empty where absent. */
export function decimalsOf(values: Values, tag: number): number[] {
  const text = textOf(values, tag);
  if (text === undefined) return [];
  return text.split('\\').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
}

/** Unsigned 16-bit words of a US, SS or OW value; empty where absent. */
export function wordsOf(values: Values, tag: number, bigEndian: boolean): Uint16Array {
  const bytes = values.get(tag)?.bytes ?? new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getUint16(2 * i, !bigEndian));
}

/** First 16-bit word of an element; undefined where absent. */
export function wordOf({ values, syntax }: DicomDataset, tag: number): number | undefined {
  return wordsOf(values, tag, syntax.bigEndian)[0];
}
