/**
 * The only source of randomness. A stream is named by (seed, purpose, item), so that order, sharding and parallelism
 * cannot change an answer, and two models see the same noise.
 */
export interface Rng {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
}

/** FNV-1a over UTF-16 code units, 32 bits. Source: Fowler–Noll–Vo, draft-eastlake-fnv. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** splitmix32, used to spread a 32-bit seed over the state of the generator. */
function splitmix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** sfc32 (Doty-Humphrey, PractRand): small, fast, passes PractRand; 128 bits of state. */
function sfc32(a: number, b: number, c: number, counter: number): () => number {
  return () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
}

/** A stream of random numbers named by (seed, purpose, item). Streams with different names are independent. */
export function rng(seed: number, purpose: string, item = ''): Rng {
  const spread = splitmix32(fnv1a(`${seed}\u0000${purpose}\u0000${item}`));
  const spread2 = splitmix32(fnv1a(`${item}\u0001${purpose}\u0001${seed}`));
  const draw = sfc32(spread(), spread2(), spread(), spread2());
  for (let i = 0; i < 12; i++) draw();
  const next = () => draw() / 0x1_0000_0000;
  return {
    next,
    integer: (bound) => Math.floor(next() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
