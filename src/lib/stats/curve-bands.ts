/**
 * Bands of ROC and precision–recall curves by bootstrap over patients: in each replicate patients are drawn with replacement,
 * the curve is read on a fixed grid ("vertical averaging", Fawcett 2006, doi:10.1016/j.patrec.2005.10.010, section 9.1), and
 * quantiles are taken at each place of the grid. The band is pointwise.
 */
import { rng } from '../../core/rng.ts';
import { descendingOrder } from './order.ts';
import { sortedQuantile } from './quantile.ts';

/** Rows by descending score with the ends of their tie groups: sorted once, read under many multiplicities. */
export interface OrderedScores {
  /** Row of each place [n]. */
  readonly order: Int32Array;
  readonly targets: Uint8Array;
  /** Places at which a group of equal scores ends (exclusive), ascending; the last is n. */
  readonly groupEnds: Int32Array;
  /** Room for the sums of a reading, so that thousands of replicates allocate nothing [groups]. */
  readonly negatives: Float64Array;
  readonly positives: Float64Array;
}

/** @param targets 0 or 1 [n] @param scores [n] without NaN, higher = more likely positive */
export function orderScores(targets: Uint8Array, scores: Float64Array): OrderedScores {
  const order = descendingOrder(scores);
  const ends: number[] = [];
  for (let i = 1; i <= order.length; i++)
    if (i === order.length || scores[order[i]!] !== scores[order[i - 1]!]) ends.push(i);
  const room = () => new Float64Array(ends.length);
  return { order, targets, groupEnds: Int32Array.from(ends), negatives: room(), positives: room() };
}

/** Fills in the cumulative weights of negatives and positives at the end of each tie group. */
function cumulate(ordered: OrderedScores, weights: Float64Array | undefined): void {
  const { order, targets, groupEnds, negatives, positives } = ordered;
  let [place, negative, positive] = [0, 0, 0];
  for (let group = 0; group < groupEnds.length; group++) {
    for (; place < groupEnds[group]!; place++) {
      const row = order[place]!;
      const weight = weights === undefined ? 1 : weights[row]!;
      if (targets[row] === 1) positive += weight;
      else negative += weight;
    }
    negatives[group] = negative;
    positives[group] = positive;
  }
}

/**
 * True positive rate at each false positive rate of the grid; the upper end where the curve is vertical.
 * @param grid ascending, in [0, 1]; @returns [grid], all NaN where a class has no weight
 */
export function rocOnGrid(ordered: OrderedScores, grid: Float64Array, weights?: Float64Array): Float64Array {
  cumulate(ordered, weights);
  const { negatives, positives } = ordered;
  const [n, p] = [negatives.at(-1) ?? 0, positives.at(-1) ?? 0];
  const values = new Float64Array(grid.length).fill(Number.NaN);
  if (!(n > 0 && p > 0)) return values;
  let place = 0;
  let [x0, y0] = [0, 0];
  for (let group = 0; group < negatives.length; group++) {
    const [x1, y1] = [negatives[group]! / n, positives[group]! / p];
    for (; place < grid.length && grid[place]! < x1; place++)
      values[place] = y0 + ((y1 - y0) * (grid[place]! - x0)) / (x1 - x0);
    [x0, y0] = [x1, y1];
  }
  return values.fill(1, place);
}

/** A recall that rounding puts a little below a place of the grid still reaches it. */
const ROUNDING = 1e-12;

/**
 * Precision at each recall of the grid: that of the highest threshold that reaches the recall, as in average precision
 * (no interpolation; Davis & Goadrich 2006, doi:10.1145/1143844.1143874). At recall 0: of the first group with a positive.
 * @returns [grid], all NaN without positives
 */
export function precisionOnGrid(ordered: OrderedScores, grid: Float64Array, weights?: Float64Array): Float64Array {
  cumulate(ordered, weights);
  const { negatives, positives } = ordered;
  const total = positives.at(-1) ?? 0;
  const values = new Float64Array(grid.length).fill(Number.NaN);
  if (!(total > 0)) return values;
  let place = 0;
  for (let group = 0; group < positives.length && place < grid.length; group++) {
    const found = positives[group]!;
    if (found === 0) continue;
    const precision = found / (found + negatives[group]!);
    for (; place < grid.length && grid[place]! <= found / total + ROUNDING; place++) values[place] = precision;
  }
  return values;
}

export interface CurveBand {
  /** Curve of the data themselves [grid]. */
  readonly value: Float64Array;
  /** Quantiles over the replicates in which the curve is defined [grid]; NaN where it is undefined in more than half. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Scores of one finding, and the index of each row's patient. */
export interface CurveInput {
  readonly ordered: OrderedScores;
  readonly clusters: Int32Array;
  /** Whether it enters the mean: findings with a handful of positives make a mean jump. */
  readonly inMean: boolean;
}

export interface BandOptions {
  readonly kind: 'roc' | 'precision-recall';
  /** Number of patients; `clusters` index into them. */
  readonly clusterCount: number;
  readonly replicates: number;
  readonly confidence: number;
  readonly seed: number;
  readonly grid: Float64Array;
}

/** How often each patient is drawn, one array per replicate: the draws that intervals of metrics use too. */
function patientDraws({ seed, replicates, clusterCount }: BandOptions): readonly Uint16Array[] {
  return Array.from({ length: replicates }, (_, replicate) => {
    const random = rng(seed, 'bootstrap', String(replicate));
    const times = new Uint16Array(clusterCount);
    for (let i = 0; i < clusterCount; i++) times[random.integer(clusterCount)]!++;
    return times;
  });
}

function bandOf(value: Float64Array, replicates: readonly Float64Array[], confidence: number): CurveBand {
  const low = new Float64Array(value.length).fill(Number.NaN);
  const high = new Float64Array(value.length).fill(Number.NaN);
  const column = new Float64Array(replicates.length);
  for (let place = 0; place < value.length; place++) {
    let defined = 0;
    for (const replicate of replicates) if (!Number.isNaN(replicate[place]!)) column[defined++] = replicate[place]!;
    if (defined === 0 || defined * 2 < replicates.length) continue;
    const sorted = column.subarray(0, defined).sort();
    low[place] = sortedQuantile(sorted, (1 - confidence) / 2);
    high[place] = sortedQuantile(sorted, (1 + confidence) / 2);
  }
  return { value, low, high };
}

/** Mean over the curves that are defined, place by place; NaN where none is. */
function meanCurve(curves: readonly Float64Array[], length: number): Float64Array {
  const defined = curves.filter((curve) => !Number.isNaN(curve[0]!));
  return Float64Array.from({ length }, (_, place) => {
    const sum = defined.reduce((total, curve) => total + curve[place]!, 0);
    return defined.length === 0 ? Number.NaN : sum / defined.length;
  });
}

/**
 * Bands of several findings of one model and of the mean of those marked for it, in the same replicates, so that the band of the mean respects
 * that findings share patients. Time grows as replicates × rows.
 */
export function curveBands(inputs: readonly CurveInput[], options: BandOptions) {
  const { grid, confidence } = options;
  const read = options.kind === 'roc' ? rocOnGrid : precisionOnGrid;
  const draws = patientDraws(options);
  const values = inputs.map(({ ordered }) => read(ordered, grid));
  // A finding without a curve in the data has none in the mean of any replicate either.
  const replicates = inputs.map(({ ordered, clusters }, i) => {
    if (Number.isNaN(values[i]![0]!)) return [];
    const weights = new Float64Array(clusters.length);
    return draws.map((times) => {
      for (let row = 0; row < weights.length; row++) weights[row] = times[clusters[row]!]!;
      return read(ordered, grid, weights);
    });
  });
  const inMean = <Curve>(curves: readonly Curve[]) => curves.filter((_, i) => inputs[i]!.inMean);
  const kept = inMean(replicates).filter((curves) => curves.length > 0);
  const means = draws.map((_, draw) =>
    meanCurve(
      kept.map((curves) => curves[draw]!),
      grid.length,
    ),
  );
  return {
    each: inputs.map((_, i) => bandOf(values[i]!, replicates[i]!, confidence)),
    mean: bandOf(meanCurve(inMean(values), grid.length), means, confidence),
  } as const;
}
