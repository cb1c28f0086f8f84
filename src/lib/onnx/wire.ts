/** Protocol Buffers wire format, writing only. Source: protobuf.dev/programming-guides/encoding. */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** Base-128 varint of a 64-bit integer; negative values take ten bytes (two's complement), as int64 wants. */
export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest ? low | 0x80 : low);
  } while (rest);
  return Uint8Array.from(bytes);
}

/** One buffer holding all parts in order. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

function tag(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

/** Field of type int32, int64, enum or bool. */
export function integerField(field: number, value: number | bigint): Uint8Array {
  return concatenate([tag(field, VARINT), varint(value)]);
}

/** Field of type float: 32 bits, little endian. */
export function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatenate([tag(field, FIXED_32), bytes]);
}

/** Field of type bytes. */
export function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return concatenate([tag(field, LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

/** Field of type string, UTF-8. */
export function stringField(field: number, text: string): Uint8Array {
  return bytesField(field, new TextEncoder().encode(text));
}

/** Field that holds a message, given as its encoded fields. */
export function messageField(field: number, parts: readonly Uint8Array[]): Uint8Array {
  return bytesField(field, concatenate(parts));
}
