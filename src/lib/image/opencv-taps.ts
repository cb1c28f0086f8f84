/** Positions and weights of OpenCV's interpolation along one side, rounded to float32 where OpenCV rounds them. */

/** Output `i` reads `input[index[i * count + k]]` with `weight[i * count + k]`, k < count; indices stay within the input. */
export interface Taps {
  readonly count: number;
  readonly index: Int32Array;
  readonly weight: Float32Array;
}

export interface Side {
  readonly input: number;
  readonly output: number;
}

export const round32 = Math.fround;

/** Source samples per output sample as OpenCV computes it; not `input / output`, which may be rounded otherwise. */
export function scaleOf({ input, output }: Side): number {
  return 1 / (output / input);
}

function clamp(index: number, size: number): number {
  return Math.min(size - 1, Math.max(0, index));
}

function makeTaps(side: Side, count: number, at: (i: number) => { first: number; weights: readonly number[] }): Taps {
  const index = new Int32Array(side.output * count);
  const weight = new Float32Array(side.output * count);
  for (let i = 0; i < side.output; i++) {
    const { first, weights } = at(i);
    for (let k = 0; k < count; k++) {
      index[i * count + k] = clamp(first + k, side.input);
      weight[i * count + k] = weights[k]!;
    }
  }
  return { count, index, weight };
}

/** Position of the centre of output sample `i` among the input samples: whole part and float32 rest. */
function centre(i: number, scale: number): { readonly first: number; readonly rest: number } {
  const position = round32((i + 0.5) * scale - 0.5);
  const first = Math.floor(position);
  return { first, rest: round32(position - first) };
}

/** As `centre`, for INTER_AREA where it enlarges: a position moves only where an output sample spans two input samples. */
function areaPosition(i: number, scale: number, inverse: number): { readonly first: number; readonly rest: number } {
  const first = Math.floor(i * scale);
  const rest = round32(i + 1 - (first + 1) * inverse);
  return { first, rest: rest <= 0 ? 0 : round32(rest - Math.floor(rest)) };
}

/**
 * Two taps per output.
 * @param exactEdges along rows OpenCV gives a sample beyond the first or last one weight 1; along columns it does not,
 * which shows where both rounded weights do not add up to one.
 */
export function linearTaps(side: Side, options: { readonly area: boolean; readonly exactEdges: boolean }): Taps {
  const scale = scaleOf(side);
  const inverse = side.output / side.input;
  return makeTaps(side, 2, (i) => {
    const { first, rest } = options.area ? areaPosition(i, scale, inverse) : centre(i, scale);
    const outside = options.exactEdges && (first < 0 || first >= side.input - 1);
    if (outside) return { first: clamp(first, side.input), weights: [1, 0] };
    return { first, weights: [round32(1 - rest), rest] };
  });
}

/** Free parameter of OpenCV's cubic kernel. */
const A = -0.75;

/** Four taps per output, each operation on the weights rounded to float32. */
export function cubicTaps(side: Side): Taps {
  const scale = scaleOf(side);
  return makeTaps(side, 4, (i) => {
    const { first, rest } = centre(i, scale);
    return { first: first - 1, weights: cubicWeights(rest, round32) };
  });
}

/** Four taps per output, as Intel's library computes them: positions and weights in float64. */
export function preciseCubicTaps(side: Side): Taps {
  const scale = side.input / side.output;
  return makeTaps(side, 4, (i) => {
    const position = (i + 0.5) * scale - 0.5;
    const first = Math.floor(position);
    return { first: first - 1, weights: cubicWeights(position - first, (x) => x) };
  });
}

/** Keys' kernel at 1 + x, x, 1 − x and the rest to one. */
function cubicWeights(x: number, r: (value: number) => number): readonly number[] {
  const far = r(x + 1);
  const first = r(r(r(r(r(r(A * far) - 5 * A) * far) + 8 * A) * far) - 4 * A);
  const near = (d: number) => r(r(r(r(r(r((A + 2) * d) - (A + 3)) * d) * d)) + 1);
  const second = near(x);
  const third = near(r(1 - x));
  return [first, second, third, r(r(r(1 - first) - second) - third)];
}
