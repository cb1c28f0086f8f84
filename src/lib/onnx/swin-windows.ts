/**
 * Shifted windows of a Swin transformer as constants: which token stands where, who may see whom, relative positions.
 * Source: Liu et al. 2021, arXiv:2103.14030; huggingface/transformers:src/transformers/models/swin/modeling_swin.py.
 */

/** One attention step: the image's grid of tokens, the window, and how far it is shifted to the right and down. */
export interface Windows {
  readonly grid: number;
  readonly window: number;
  readonly shift: number;
}

/** Grid place (row · grid + column) of each token in window order: window by window, rows inside each. */
export function windowOrder({ grid, window, shift }: Windows): Int32Array {
  const order = new Int32Array(grid * grid);
  let place = 0;
  for (let top = 0; top < grid; top += window)
    for (let left = 0; left < grid; left += window)
      for (let row = top; row < top + window; row++)
        for (let column = left; column < left + window; column++)
          order[place++] = ((row + shift) % grid) * grid + ((column + shift) % grid);
  return order;
}

/** Grid places in reading order. */
export function readingOrder(grid: number): Int32Array {
  return Int32Array.from({ length: grid * grid }, (_, place) => place);
}

/** Grid places of each 2 × 2 patch that merging puts side by side: (0, 0), (1, 0), (0, 1), (1, 1) as (row, column). */
export function mergingOrder(grid: number): Int32Array {
  const order = new Int32Array(grid * grid);
  let place = 0;
  for (let top = 0; top < grid; top += 2)
    for (let left = 0; left < grid; left += 2)
      for (const column of [left, left + 1]) for (const row of [top, top + 1]) order[place++] = row * grid + column;
  return order;
}

/** For tokens that stand in the order `from`: the indices that bring them into the order `to`. */
export function reordering(from: Int32Array, to: Int32Array): Int32Array {
  const placeOf = new Int32Array(from.length);
  from.forEach((token, place) => {
    placeOf[token] = place;
  });
  return to.map((token) => placeOf[token]!);
}

/** Which part of the shifted image a row or column belongs to: neighbours across its edge must not see each other. */
function region(place: number, { grid, window, shift }: Windows): number {
  return (place >= grid - window ? 1 : 0) + (place >= grid - shift ? 1 : 0);
}

/**
 * Additive mask [windows, window², window²]: −100 between tokens that only the shift brought together, else 0.
 * Undefined without a shift.
 */
export function shiftMask(windows: Windows): Float32Array | undefined {
  const { grid, window, shift } = windows;
  if (shift === 0) return undefined;
  const area = window * window;
  const places = windowOrder({ grid, window, shift: 0 });
  const regions = places.map((place) => region(Math.floor(place / grid), windows) * 3 + region(place % grid, windows));
  const mask = new Float32Array(grid * grid * area);
  regions.forEach((own, query) => {
    const first = query - (query % area);
    for (let key = 0; key < area; key++) if (regions[first + key] !== own) mask[query * area + key] = -100;
  });
  return mask;
}

/** Row of the bias table for each pair of tokens of a window [window², window²]. */
export function relativePositions(window: number): Int32Array {
  const area = window * window;
  const span = 2 * window - 1;
  return Int32Array.from({ length: area * area }, (_, pair) => {
    const [query, key] = [Math.floor(pair / area), pair % area];
    const down = Math.floor(query / window) - Math.floor(key / window) + window - 1;
    const right = (query % window) - (key % window) + window - 1;
    return down * span + right;
  });
}

/**
 * What is added to the attention scores: the relative position bias, and the mask of a shift, [windows or 1, heads, window², window²].
 * @param table [(2 · window − 1)², heads]
 */
export function attentionBias(table: Float32Array, heads: number, windows: Windows): Float32Array {
  const area = windows.window ** 2;
  const positions = relativePositions(windows.window);
  const mask = shiftMask(windows);
  const count = mask ? (windows.grid / windows.window) ** 2 : 1;
  const bias = new Float32Array(count * heads * area * area);
  let place = 0;
  for (let at = 0; at < count; at++)
    for (let head = 0; head < heads; head++)
      for (let pair = 0; pair < area * area; pair++)
        bias[place++] = table[positions[pair]! * heads + head]! + (mask?.[at * area * area + pair] ?? 0);
  return bias;
}
