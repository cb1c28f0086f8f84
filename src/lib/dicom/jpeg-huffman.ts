/** Huffman decoding of JPEG scans: one look-up for short codes, a walk for long ones. ITU-T T.81, annexes C and F.2.2. */
import { DataError } from '../../core/errors.ts';

const FAST = 11;

export interface HuffmanTable {
  /** By the next 11 bits: `length << 8 | symbol`, 0 where the code is longer. */
  readonly fast: Uint16Array;
  /** Largest code of each length, left-aligned to 16 bits, exclusive. */
  readonly limit: Int32Array;
  /** Symbol index of the first code of each length minus that code. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/** @param counts number of codes of each length 1–16. @throws DataError where they do not fit */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const fast = new Uint16Array(1 << FAST);
  const limit = new Int32Array(18);
  const offset = new Int32Array(17);
  let [code, index] = [0, 0];
  for (let length = 1; length <= 16; length++) {
    offset[length] = index - code;
    for (let i = 0; i < counts[length - 1]!; i++, code++, index++) {
      if (length > FAST) continue;
      const first = code << (FAST - length);
      fast.fill((length << 8) | symbols[index]!, first, first + (1 << (FAST - length)));
    }
    if (code > 1 << length) throw new DataError('JPEG data is corrupt, expected a Huffman table, got too many codes');
    limit[length] = code << (16 - length);
    code <<= 1;
  }
  return { fast, limit, offset, symbols: symbols.slice() };
}

/** Reads bits of one restart interval, most significant first; zeros after its end, counted. */
export class BitReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private held = 0;
  private count = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** True where more was read than there is: the scan is truncated. */
  get isExhausted(): boolean {
    return this.at - (this.count >> 3) > this.bytes.length;
  }

  private fill(): void {
    const { bytes } = this;
    while (this.count <= 16) {
      this.held = (this.held << 8) | (this.at < bytes.length ? bytes[this.at]! : 0);
      this.at++;
      this.count += 8;
    }
  }

  /** Next symbol; -1 where the bits are no code. */
  symbol(table: HuffmanTable): number {
    if (this.count < 16) this.fill();
    const peek = (this.held >>> (this.count - 16)) & 0xffff;
    const entry = table.fast[peek >>> (16 - FAST)]!;
    if (entry !== 0) {
      this.count -= entry >> 8;
      return entry & 0xff;
    }
    for (let length = FAST + 1; length <= 16; length++) {
      if (peek >= table.limit[length]!) continue;
      this.count -= length;
      return table.symbols[(peek >>> (16 - length)) + table.offset[length]!] ?? -1;
    }
    return -1;
  }

  /** `size` bits as JPEG's signed magnitude (T.81, F.2.2.1); size at most 16. */
  signed(size: number): number {
    if (size === 0) return 0;
    if (this.count < size) this.fill();
    this.count -= size;
    const value = (this.held >>> this.count) & ((1 << size) - 1);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }
}
