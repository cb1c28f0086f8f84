// Damage to bytes, the same every time: cuts, copies, flips, edge values, and orders to run code.
import type { Rng } from '../../../src/core/rng.ts';
import { joined } from './fixtures.ts';

/** Values at which lengths, counts and offsets break. */
const EDGES = [0, 1, 0x2e, 0x28, 0x52, 0x7f, 0x80, 0xfe, 0xff];
/** Counts at which arithmetic breaks. */
export const EDGE_COUNTS = [
  0n,
  1n,
  7n,
  2n ** 31n - 1n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const text = (value: string) => new TextEncoder().encode(value);

/** Pickles that would run `touch executed` or worse, each leaving the stack as it was. */
const ORDERS: readonly Uint8Array[] = [
  'cposix\nsystem\nX\u000e\0\0\0touch executed\u0085R0',
  'cos\nsystem\n(X\u000e\0\0\0touch executedtR0',
  'c__builtin__\neval\n(X\u0001\0\0\x001tR0',
  'cbuiltins\nexec\n(X\u0001\0\0\x001tR0',
  'csubprocess\nPopen\n(X\u0005\0\0\0touchtR0',
  'ctorch.hub\nload\n)R0',
  'cfunctools\npartial\n(cos\nsystem\nX\u0001\0\0\0xtR0',
  'ccollections\nOrderedDict\n)R}X\u0001\0\0\0acbuiltins\ngetattr\nsb0',
  'cnumpy.core.multiarray\n_reconstruct\n)R0',
  'crunpy\n_run_code\n)\u00810',
].map((order) => new Uint8Array(Buffer.from(order, 'latin1')));
/** As protocol 4 says it. */
const STACK_ORDER = joined(
  Uint8Array.of(0x8c, 5),
  text('posix'),
  Uint8Array.of(0x8c, 6),
  text('system'),
  Uint8Array.of(0x93, 0x29, 0x52, 0x30),
);

export function anOrder(random: Rng): Uint8Array {
  return ORDERS[random.integer(ORDERS.length + 1)] ?? STACK_ORDER;
}

export function inserted(bytes: Uint8Array, at: number, more: Uint8Array): Uint8Array {
  return joined(bytes.subarray(0, at), more, bytes.subarray(at));
}

function edit(bytes: Uint8Array, random: Rng): Uint8Array {
  const at = random.integer(bytes.length);
  const length = 1 + random.integer(random.next() < 0.8 ? 8 : 256);
  const kind = random.integer(7);
  if (kind === 0) return joined(bytes.subarray(0, at), bytes.subarray(at + length));
  if (kind === 1) return inserted(bytes, at, bytes.subarray(random.integer(bytes.length)).subarray(0, length));
  if (kind === 2) return bytes.slice(0, at);
  if (kind === 3 && random.next() < 0.2) return inserted(bytes, at, anOrder(random));
  const changed = bytes.slice();
  for (let i = at; i < Math.min(bytes.length, at + (kind === 4 ? length : 1)); i++) {
    if (kind === 5) changed[i]! ^= 1 << random.integer(8);
    else changed[i] = kind === 6 ? random.integer(256) : EDGES[random.integer(EDGES.length)]!;
  }
  return changed;
}

/** One to three edits. */
export function edits(bytes: Uint8Array, random: Rng): Uint8Array {
  let result = bytes;
  for (let left = 1 + random.integer(3); left > 0 && result.length > 0; left--) result = edit(result, random);
  return result;
}

/** The beginning of one and the end of another. */
export function spliced(first: Uint8Array, second: Uint8Array, random: Rng): Uint8Array {
  const end = random.integer(first.length + 1);
  const from = random.next() < 0.5 ? Math.min(end, second.length) : random.integer(second.length + 1);
  return joined(first.subarray(0, end), second.subarray(from));
}

/** Eight bytes replaced by a count at which arithmetic breaks, or one next to theirs. */
export function falseCount(bytes: Uint8Array, at: number, random: Rng): Uint8Array {
  const changed = bytes.slice();
  if (at + 8 > changed.length) return changed;
  const view = new DataView(changed.buffer);
  const near = BigInt.asUintN(64, view.getBigUint64(at, true) + BigInt(random.integer(5) - 2));
  view.setBigUint64(at, EDGE_COUNTS[random.integer(EDGE_COUNTS.length * 2)] ?? near, true);
  return changed;
}
