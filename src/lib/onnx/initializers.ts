/** The constant tensors of an ONNX file: shapes, and where their bytes lie. Source: onnx/onnx:onnx/onnx.proto (ModelProto, TensorProto). */
import { ModelError } from '../../core/errors.ts';
import { ELEMENT_TYPES } from './graph.ts';

export interface InitializerSpan {
  readonly name: string;
  readonly shape: readonly number[];
  /** Bytes that type and shape ask for; undefined where the element type is not one of ours. */
  readonly expectedBytes: number | undefined;
  /** File beside the graph that holds the bytes; undefined where they are in the graph itself. */
  readonly file: string | undefined;
  readonly offset: number;
  /** Bytes that are set aside for it; undefined where they are stored as typed fields, whose length is not counted. */
  readonly length: number | undefined;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array | undefined;
}

const bytesByCode = new Map<number, number>(Object.values(ELEMENT_TYPES).map(({ code, bytes }) => [code, bytes]));

/** @param bytes of a whole `.onnx` file. @throws ModelError where they are no protocol buffer of that kind */
export function readInitializers(bytes: Uint8Array): readonly InitializerSpan[] {
  const graph = messages(bytes, 7)[0];
  if (!graph) throw new ModelError('graph, expected an ONNX model, got none');
  return messages(graph, 5).map(span);
}

function span(tensor: Uint8Array): InitializerSpan {
  const fields = [...fieldsOf(tensor)];
  const last = (number: number) => fields.findLast((field) => field.number === number)?.value;
  const shape = fields.filter(({ number }) => number === 1).flatMap(({ value }) => integers(value));
  const size = bytesByCode.get(Number(last(2) ?? 0));
  const external = new Map(messages(tensor, 13).map((entry) => [text(entry, 1), text(entry, 2)]));
  const raw = last(9);
  const inside = raw instanceof Uint8Array ? raw.length : undefined;
  const file = external.get('location');
  return {
    name: text(tensor, 8),
    shape,
    expectedBytes: size === undefined ? undefined : size * shape.reduce((product, extent) => product * extent, 1),
    file,
    offset: Number(external.get('offset') ?? 0),
    length: file === undefined ? inside : Number(external.get('length') ?? Number.NaN),
  };
}

/** A repeated integer, packed or not. */
function integers(value: Field['value']): number[] {
  if (typeof value === 'bigint') return [Number(value)];
  if (value === undefined) return [];
  const found: number[] = [];
  for (let at = 0; at < value.length; ) {
    const [number, next] = varintAt(value, at);
    found.push(Number(number));
    at = next;
  }
  return found;
}

function messages(bytes: Uint8Array, number: number): Uint8Array[] {
  return [...fieldsOf(bytes)].flatMap((field) =>
    field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
  );
}

function text(bytes: Uint8Array, number: number): string {
  const found = messages(bytes, number)[0];
  return found ? new TextDecoder().decode(found) : '';
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  for (let at = 0; at < bytes.length; ) {
    const [tag, afterTag] = varintAt(bytes, at);
    const number = Number(tag >> 3n);
    const kind = Number(tag & 7n);
    if (kind === VARINT) {
      const [value, next] = varintAt(bytes, afterTag);
      yield { number, value };
      at = next;
    } else if (kind === LENGTH_DELIMITED) {
      const [length, start] = varintAt(bytes, afterTag);
      at = start + Number(length);
      if (at > bytes.length) throw faulty(start);
      yield { number, value: bytes.subarray(start, at) };
    } else if (kind === FIXED_64 || kind === FIXED_32) {
      at = afterTag + (kind === FIXED_64 ? 8 : 4);
      yield { number, value: undefined };
    } else throw faulty(at);
  }
}

function varintAt(bytes: Uint8Array, start: number): readonly [value: bigint, next: number] {
  let value = 0n;
  for (let at = start; at < start + 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw faulty(start);
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return [value, at + 1];
  }
  throw faulty(start);
}

function faulty(at: number): ModelError {
  return new ModelError(`graph, expected a whole ONNX file, got bytes at ${at} that are none`);
}
