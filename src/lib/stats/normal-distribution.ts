/** The standard normal distribution: tail areas and quantiles to about 1e-15. */

/** Coefficients from the highest power down; evaluated by Horner's rule. */
function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

// Rational approximations of Cody 1969, doi:10.1090/S0025-5718-1969-0247736-4, for |x| ≤ 0.46875, ≤ 4 and beyond.
const ERF_SMALL = {
  numerator: [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  denominator: [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
};
const ERFC_MIDDLE = {
  numerator: [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
    881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  denominator: [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
    4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
};
const ERFC_LARGE = {
  numerator: [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
    0.0006587491615298378,
  ],
  denominator: [
    1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
  ],
};

/** exp(−x²) without the rounding error of x²: x is cut at 1/16 first. */
function expMinusSquare(x: number): number {
  const cut = Math.trunc(x * 16) / 16;
  return Math.exp(-cut * cut) * Math.exp(-(x - cut) * (x + cut));
}

/** Complementary error function; relative error about 1e-15 over the whole range. */
export function erfc(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) {
    const square = size * size;
    return 1 - (x * polynomial(square, ERF_SMALL.numerator)) / polynomial(square, ERF_SMALL.denominator);
  }
  let tail: number;
  if (size <= 4) {
    tail = polynomial(size, ERFC_MIDDLE.numerator) / polynomial(size, ERFC_MIDDLE.denominator);
  } else {
    const inverse = 1 / (size * size);
    const fraction = polynomial(inverse, ERFC_LARGE.numerator) / polynomial(inverse, ERFC_LARGE.denominator);
    tail = (1 / Math.sqrt(Math.PI) - inverse * fraction) / size;
  }
  tail = size > 27 ? 0 : tail * expMinusSquare(size);
  return Number.isNaN(x) ? Number.NaN : x > 0 ? tail : 2 - tail;
}

/** Probability that a standard normal variable is at most z. */
export function normalCdf(z: number): number {
  return erfc(-z / Math.SQRT2) / 2;
}

/** Probability that a standard normal variable is at least |z| away from 0. */
export function twoSidedPValue(z: number): number {
  return erfc(Math.abs(z) / Math.SQRT2);
}

// Algorithm AS 241, PPND16: Wichura 1988, doi:10.2307/2347330.
const QUANTILE_CENTRE = {
  numerator: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  denominator: [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
};
const QUANTILE_MIDDLE = {
  numerator: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  denominator: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
};
const QUANTILE_TAIL = {
  numerator: [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  denominator: [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
};

/** Inverse of `normalCdf`: ±Infinity at 1 and 0, NaN outside [0, 1]. */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  const centred = probability - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const x = 0.180625 - centred * centred;
    return (centred * polynomial(x, QUANTILE_CENTRE.numerator)) / polynomial(x, QUANTILE_CENTRE.denominator);
  }
  const tail = centred < 0 ? probability : 1 - probability;
  if (tail === 0) return centred < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const root = Math.sqrt(-Math.log(tail));
  const [x, fit] = root <= 5 ? [root - 1.6, QUANTILE_MIDDLE] : [root - 5, QUANTILE_TAIL];
  const size = polynomial(x, fit.numerator) / polynomial(x, fit.denominator);
  return centred < 0 ? -size : size;
}
