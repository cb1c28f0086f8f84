/** A 512-bit difference hash of a picture, and pairs of pictures whose hashes nearly agree. */

/** Cells per side that are compared with their neighbour; the grid has one more. */
const CELLS = 16;
export const HASH_BITS = 2 * CELLS * CELLS;
const GRID = CELLS + 1;
/** Grey levels that a neighbour must be brighter by: without it, noise decides in flat regions. */
const MARGIN = 0.5;

/**
 * Hashes of films that are copies of one another (resized, recompressed, 16 bits turned to 8) differ in few bits; so few do not
 * occur between films of different patients, whose outlines are alike but not their insides.
 */
export const SIMILAR_BITS = 16;

/**
 * Mean grey of a 17 × 17 grid, then one bit per cell and neighbour, 16 × 16 to the right and 16 × 16 below: 1 where the neighbour
 * is brighter. Hardly changed by brightness, contrast or size. After the difference hash of N. Krawetz (2013), which takes 8 × 9.
 * @param grey [height * width] row-major, 0 to 255; at least 1 × 1
 * @returns 128 hexadecimal digits, or null for a picture with less structure than would tell two apart
 */
export function differenceHash(grey: Uint8Array, width: number, height: number): string | null {
  const means = gridMeans(grey, width, height);
  const words = new Uint32Array(HASH_BITS / 32);
  let ones = 0;
  for (let bit = 0; bit < HASH_BITS; bit++) {
    const place = bit % (CELLS * CELLS);
    const at = Math.floor(place / CELLS) * GRID + (place % CELLS);
    const neighbour = bit < CELLS * CELLS ? at + 1 : at + GRID;
    if (means[neighbour]! <= means[at]! + MARGIN) continue;
    words[bit >> 5]! |= 1 << (bit & 31);
    ones++;
  }
  return ones < HASH_BITS / 16 ? null : Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** Means over the cells of the grid, a pixel on an edge counted in part, so that a picture and its resized copy agree. */
function gridMeans(grey: Uint8Array, width: number, height: number): Float64Array {
  const means = new Float64Array(GRID * GRID);
  const across = overlaps(width, GRID);
  const down = overlaps(height, GRID);
  const line = new Float64Array(GRID);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    for (let x = 0; x < width; x++)
      for (const { cell, share } of across[x]!) line[cell]! += share * grey[y * width + x]!;
    for (const { cell, share } of down[y]!)
      for (let column = 0; column < GRID; column++) means[cell * GRID + column]! += share * line[column]!;
  }
  return means;
}

interface Overlap {
  readonly cell: number;
  /** Part of the cell that the pixel covers. */
  readonly share: number;
}

/** The cells that each of `size` pixels lies in. */
function overlaps(size: number, cells: number): readonly (readonly Overlap[])[] {
  return Array.from({ length: size }, (_, pixel) => {
    const [from, to] = [(pixel * cells) / size, ((pixel + 1) * cells) / size];
    const found: Overlap[] = [];
    for (let cell = Math.floor(from); cell < to && cell < cells; cell++)
      found.push({ cell, share: Math.min(to, cell + 1) - Math.max(from, cell) });
    return found;
  });
}

export function parseHash(hash: string): Uint32Array {
  return Uint32Array.from({ length: HASH_BITS / 32 }, (_, word) =>
    Number.parseInt(hash.slice(8 * word, 8 * word + 8), 16),
  );
}

function popCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Number of bits in which two hashes differ: 0 to 512. */
export function hammingDistance(a: Uint32Array, b: Uint32Array): number {
  let distance = 0;
  for (let i = 0; i < a.length; i++) distance += popCount((a[i]! ^ b[i]!) >>> 0);
  return distance;
}

export interface SimilarPair {
  /** Indices of the hashes, first < second. */
  readonly first: number;
  readonly second: number;
  readonly distance: number;
}

/**
 * All pairs that differ in at most `limit` bits, ascending. Exact: of limit + 1 bands at least one agrees (pigeonholes), so that only
 * pictures that share a band are compared.
 */
export function similarPairs(hashes: readonly string[], limit = SIMILAR_BITS): readonly SimilarPair[] {
  const words = hashes.map(parseHash);
  const pairs: SimilarPair[] = [];
  for (let band = 0; band <= limit; band++) {
    const keyOf = (index: number) => bandKey(words[index]!, band, limit + 1);
    for (const bucket of buckets(words.length, keyOf)) {
      for (const [place, first] of bucket.entries()) {
        for (let next = place + 1; next < bucket.length; next++) {
          const second = bucket[next]!;
          const distance = hammingDistance(words[first]!, words[second]!);
          if (distance <= limit && firstSharedBand(words[first]!, words[second]!, limit + 1) === band)
            pairs.push({ first, second, distance });
        }
      }
    }
  }
  return pairs.sort((a, b) => a.first - b.first || a.second - b.second);
}

/** The bits i with i mod bands = band, so that a band is spread over the whole picture; the last 32 of them, as a number. */
function bandKey(words: Uint32Array, band: number, bands: number): number {
  let key = 0;
  for (let bit = band; bit < HASH_BITS; bit += bands) key = (key << 1) | ((words[bit >> 5]! >>> (bit & 31)) & 1);
  return key;
}

function firstSharedBand(a: Uint32Array, b: Uint32Array, bands: number): number {
  for (let band = 0; band < bands; band++) if (bandKey(a, band, bands) === bandKey(b, band, bands)) return band;
  return -1;
}

/** Groups of at least two indices with one key, ascending. */
function buckets(count: number, keyOf: (index: number) => number): readonly number[][] {
  const groups = new Map<number, number[]>();
  for (let index = 0; index < count; index++) {
    const key = keyOf(index);
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
