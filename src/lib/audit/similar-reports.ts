/** Reports with the same or nearly the same text: digests of normalised words, then MinHash over word triples. */
import { sha256 } from '../../core/digest.ts';
import { rng } from '../../core/rng.ts';
import type { Study } from '../../core/study.ts';

const WORDS_PER_SHINGLE = 3;
const BANDS = 16;
const ROWS = 4;
/** Shared part of the word triples (Jaccard index) from which two reports count as nearly identical. */
export const NEAR_IDENTICAL = 0.9;

/** Findings and impression in lower case, words and numbers alone. */
export function normalisedReport({ report }: Pick<Study, 'report'>): string {
  return `${report.findings ?? ''} ${report.impression ?? ''}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export interface SimilarReports {
  /** Indices of the studies whose text another study has too. */
  readonly identical: readonly number[];
  /** Indices of one study per text that is nearly, but not wholly, another's. */
  readonly nearIdentical: readonly number[];
}

/** Studies without a text count as neither. */
export function similarReports(studies: readonly Study[]): SimilarReports {
  const byDigest = new Map<string, number[]>();
  const texts: string[] = [];
  studies.forEach((study, index) => {
    const text = normalisedReport(study);
    texts.push(text);
    if (text === '') return;
    const digest = sha256(text);
    const group = byDigest.get(digest);
    if (group) group.push(index);
    else byDigest.set(digest, [index]);
  });
  const groups = [...byDigest.values()];
  const firsts = groups.map((group) => group[0]!);
  const near = nearIdentical(firsts.map((index) => shingles(texts[index]!)));
  return {
    identical: groups
      .filter(({ length }) => length > 1)
      .flat()
      .sort((a, b) => a - b),
    nearIdentical: near.map((index) => firsts[index]!),
  };
}

/** 32-bit FNV-1a hashes of all runs of three words; a shorter text is one shingle. */
function shingles(text: string): ReadonlySet<number> {
  const words = text.split(' ');
  const found = new Set<number>();
  for (let start = 0; start === 0 || start + WORDS_PER_SHINGLE <= words.length; start++) {
    let hash = 0x811c9dc5;
    for (const word of words.slice(start, start + WORDS_PER_SHINGLE)) {
      for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
      hash = Math.imul(hash ^ 32, 0x01000193);
    }
    found.add(hash >>> 0);
  }
  return found;
}

/** Indices of sets that share at least `NEAR_IDENTICAL` with another. Source of the method: Broder 1997, doi:10.1109/SEQUEN.1997.666900. */
function nearIdentical(sets: readonly ReadonlySet<number>[]): readonly number[] {
  const signatures = sets.map(minHash);
  const near = new Set<number>();
  for (let band = 0; band < BANDS; band++) {
    const buckets = new Map<string, number[]>();
    for (const [index, signature] of signatures.entries()) {
      const key = signature.subarray(band * ROWS, (band + 1) * ROWS).join();
      const bucket = buckets.get(key);
      if (bucket) bucket.push(index);
      else buckets.set(key, [index]);
    }
    for (const bucket of buckets.values()) markNear(bucket, sets, near);
  }
  return [...near].sort((a, b) => a - b);
}

/** Once both of a pair are marked it need not be compared: the answer is who has a partner, not which. */
function markNear(bucket: readonly number[], sets: readonly ReadonlySet<number>[], near: Set<number>): void {
  for (const [place, first] of bucket.entries()) {
    for (let next = place + 1; next < bucket.length; next++) {
      const second = bucket[next]!;
      if (near.has(first) && near.has(second)) continue;
      if (jaccard(sets[first]!, sets[second]!) < NEAR_IDENTICAL) continue;
      near.add(first);
      near.add(second);
    }
  }
}

function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  if (small.size < NEAR_IDENTICAL * large.size) return 0;
  let shared = 0;
  for (const entry of small) if (large.has(entry)) shared++;
  return shared / (a.size + b.size - shared);
}

const multipliers = Uint32Array.from({ length: BANDS * ROWS }, (_, i) => multiplier(i));

function multiplier(i: number): number {
  return rng(0, 'minhash', String(i)).integer(2 ** 31) * 2 + 1; // odd: a permutation of 32-bit numbers
}

function minHash(set: ReadonlySet<number>): Uint32Array {
  const least = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (const shingle of set) {
    const spread = Math.imul(shingle ^ (shingle >>> 16), 0x45d9f3b) >>> 0;
    for (let i = 0; i < least.length; i++) {
      const hash = Math.imul(spread ^ (spread >>> 15), multipliers[i]!) >>> 0;
      if (hash < least[i]!) least[i] = hash;
    }
  }
  return least;
}
