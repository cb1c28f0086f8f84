/** 16-bit floating point to float32: IEEE 754 binary16 and bfloat16, exact. */

let table: Float32Array | undefined;

function halfTable(): Float32Array {
  const values = new Float32Array(0x1_0000);
  for (let bits = 0; bits < 0x1_0000; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) values[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) values[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else values[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
}

/** Each binary16 pattern as a float32. A table, because checkpoints hold hundreds of millions of them. */
export function halfToFloat32(bits: Uint16Array): Float32Array {
  table ??= halfTable();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]!]!;
  return values;
}

/** Each bfloat16 pattern, the upper half of a float32, as that float32. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}
