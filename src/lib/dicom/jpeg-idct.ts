/**
 * Inverse 8 × 8 DCT in integers, with the arithmetic of the reference software's accurate method, so that pixels agree
 * to the last bit. Source: Loeffler, Ligtenberg and Moschytz 1989, doi:10.1109/ICASSP.1989.266596.
 */

const SCALE = 13;
const fixed = (value: number) => Math.round(value * (1 << SCALE));
const [F0_298, F0_390, F0_541, F0_765] = [fixed(0.298631336), fixed(0.390180644), fixed(0.5411961), fixed(0.765366865)];
const [F0_899, F1_175, F1_501, F1_847] = [
  fixed(0.899976223),
  fixed(1.175875602),
  fixed(1.50132111),
  fixed(1.847759065),
];
const [F1_961, F2_053, F2_562, F3_072] = [
  fixed(1.96157056),
  fixed(2.053119869),
  fixed(2.562915447),
  fixed(3.072711026),
];

/** Transforms dequantized coefficients (natural order) in place to samples around zero, for 8 or 12 bits of precision. */
export function inverseDct(block: Int32Array, precision: number): void {
  const kept = precision > 8 ? 1 : 2;
  for (let x = 0; x < 8; x++) pass(block, x, 8, SCALE - kept);
  for (let y = 0; y < 64; y += 8) pass(block, y, 1, SCALE + kept + 3);
}

/** One dimension: eight values from `at`, `step` apart, rounded after a shift to the right. */
function pass(block: Int32Array, at: number, step: number, shift: number): void {
  const half = 1 << (shift - 1);
  const even = evenPart(block, at, step);
  const odd = oddPart(block, at, step);
  for (let i = 0; i < 4; i++) {
    block[at + i * step] = (even[i]! + odd[i]! + half) >> shift;
    block[at + (7 - i) * step] = (even[i]! - odd[i]! + half) >> shift;
  }
}

const EVEN = new Int32Array(4);
const ODD = new Int32Array(4);

function evenPart(block: Int32Array, at: number, step: number): Int32Array {
  const [second, sixth] = [block[at + 2 * step]!, block[at + 6 * step]!];
  const rotated = Math.imul(second + sixth, F0_541);
  const low = rotated - Math.imul(sixth, F1_847);
  const high = rotated + Math.imul(second, F0_765);
  const sum = (block[at]! + block[at + 4 * step]!) << SCALE;
  const difference = (block[at]! - block[at + 4 * step]!) << SCALE;
  EVEN[0] = sum + high;
  EVEN[1] = difference + low;
  EVEN[2] = difference - low;
  EVEN[3] = sum - high;
  return EVEN;
}

function oddPart(block: Int32Array, at: number, step: number): Int32Array {
  const [a, b, c, d] = [block[at + 7 * step]!, block[at + 5 * step]!, block[at + 3 * step]!, block[at + step]!];
  const shared = Math.imul(a + c + b + d, F1_175);
  const ad = -Math.imul(a + d, F0_899);
  const bc = -Math.imul(b + c, F2_562);
  const ac = shared - Math.imul(a + c, F1_961);
  const bd = shared - Math.imul(b + d, F0_390);
  ODD[3] = Math.imul(a, F0_298) + ad + ac;
  ODD[2] = Math.imul(b, F2_053) + bc + bd;
  ODD[1] = Math.imul(c, F3_072) + bc + ac;
  ODD[0] = Math.imul(d, F1_501) + ad + bd;
  return ODD;
}
