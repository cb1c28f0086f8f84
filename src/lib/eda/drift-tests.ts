/** Tests whether two groups differ: chi-squared for categories, Kolmogorov–Smirnov for values; with sizes of the effect. */

/** ln Γ(x) for x > 0. Lanczos' approximation with the coefficients of Godfrey (2001); relative error about 1e-14. */
export function logGamma(x: number): number {
  const series = LANCZOS.reduce((sum, coefficient, i) => sum + (i === 0 ? coefficient : coefficient / (x - 1 + i)), 0);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Upper tail of the chi-squared distribution: Q(df/2, x/2) by its series below and its continued fraction above. */
export function chiSquaredTail(x: number, degrees: number): number {
  const a = degrees / 2;
  const z = x / 2;
  if (!(z >= 0) || !(a > 0)) return Number.NaN;
  if (z === 0) return 1;
  const scale = Math.exp(a * Math.log(z) - z - logGamma(a));
  if (z < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= z / (a + n);
      sum += term;
    }
    return 1 - scale * sum;
  }
  // Lentz' method (Numerical Recipes, section 6.2 gives the fraction).
  const tiny = 1e-300;
  let b = z + 1 - a;
  let [c, d] = [1 / tiny, 1 / b];
  let value = d;
  for (let n = 1; n < 10_000; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b || tiny);
    c = b + factor / c || tiny;
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return scale * value;
}

/** P(K > x) of the Kolmogorov distribution: the limit of √n D. */
export function kolmogorovTail(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  if (x < 0.2) return 1;
  let sum = 0;
  if (x < 1) {
    // Theta function form, which converges fast for small x.
    for (let k = 1; k < 40; k += 2) sum += Math.exp((-(k * k) * Math.PI ** 2) / (8 * x * x));
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  for (let k = 1; k < 40; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, 2 * sum);
}

export interface TestOutcome {
  /** Chi-squared, or D. NaN where no test was possible. */
  readonly statistic: number;
  readonly pValue: number;
  /** Cramér's V (0 to 1), or D itself. NaN where undefined. */
  readonly effect: number;
}

const UNDEFINED: TestOutcome = { statistic: Number.NaN, pValue: Number.NaN, effect: Number.NaN };

/** Least expected count for which the chi-squared distribution is trusted. Source: Cochran 1954, doi:10.2307/3001616. */
export const LEAST_EXPECTED = 5;

/**
 * Pearson's chi-squared for two groups over categories, divided by a design effect (first-order Rao–Scott). Categories that
 * expect fewer than 5 in a group are taken together. NaN where fewer than two are left.
 * @param a counts per category in the first group; @param b in the second, the same order
 */
export function chiSquaredTest(a: readonly number[], b: readonly number[], effect = 1): TestOutcome {
  const [columnsA, columnsB] = mergeRare(a, b);
  const [totalA, totalB] = [total(columnsA), total(columnsB)];
  const all = totalA + totalB;
  if (columnsA.length < 2) return UNDEFINED;
  let statistic = 0;
  columnsA.forEach((count, i) => {
    const column = count + columnsB[i]!;
    for (const [observed, group] of [
      [count, totalA],
      [columnsB[i]!, totalB],
    ] as const) {
      const expected = (column * group) / all;
      statistic += (observed - expected) ** 2 / expected;
    }
  });
  const corrected = statistic / effect;
  return {
    statistic: corrected,
    pValue: chiSquaredTail(corrected, columnsA.length - 1),
    effect: Math.sqrt(statistic / all),
  };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Rare categories become one; where that is still rare it joins the smallest of the others. */
function mergeRare(a: readonly number[], b: readonly number[]): readonly [readonly number[], readonly number[]] {
  const [totalA, totalB] = [total(a), total(b)];
  const least = Math.min(totalA, totalB) / (totalA + totalB);
  const isRare = ([first, second]: readonly [number, number]) => !((first + second) * least >= LEAST_EXPECTED);
  const pairs = a.map((count, i) => [count, b[i]!] as const);
  const kept = pairs.filter((pair) => !isRare(pair));
  const rest = pairs.filter(isRare).reduce(add, [0, 0] as const);
  if (!isRare(rest)) kept.push(rest);
  else if (kept.length > 0) {
    kept.sort((x, y) => y[0] + y[1] - x[0] - x[1]);
    kept.push(add(kept.pop()!, rest));
  }
  return [kept.map(([first]) => first), kept.map(([, second]) => second)];
}

const add = (x: readonly [number, number], y: readonly [number, number]) => [x[0] + y[0], x[1] + y[1]] as const;

/**
 * Two-sample Kolmogorov–Smirnov: the largest distance of the two distribution functions, p by the limiting distribution
 * (Hodges 1958, doi:10.1007/BF02589501). NaN where a group is empty.
 */
export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): TestOutcome {
  if (a.length === 0 || b.length === 0) return UNDEFINED;
  const [first, second] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  let [i, j, distance] = [0, 0, 0];
  while (i < first.length && j < second.length) {
    const value = Math.min(first[i]!, second[j]!);
    while (i < first.length && first[i] === value) i++;
    while (j < second.length && second[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / first.length - j / second.length));
  }
  const size = (first.length * second.length) / (first.length + second.length);
  return { statistic: distance, pValue: kolmogorovTail(Math.sqrt(size) * distance), effect: distance };
}
