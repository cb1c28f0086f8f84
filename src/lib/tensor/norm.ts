/** L2 norm of the rows of a matrix. */

/**
 * Rows divided by their L2 norm (summed in float64); the input is left as it is. A row of zeros stays zero, which the
 * caller treats as a failed item; a row with NaN or an infinity becomes NaN.
 * @param data row-major [rows, dimension]
 * @throws RangeError where the length is no multiple of `dimension`
 */
export function normalizeRows(data: Float32Array, dimension: number): Float32Array {
  if (!(dimension > 0) || data.length % dimension !== 0) {
    throw new RangeError(`norm: ${data.length} values are no whole rows of dimension ${dimension}`);
  }
  const normalized = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += dimension) {
    let sum = 0;
    for (let i = start; i < start + dimension; i++) sum += data[i]! * data[i]!;
    const norm = Math.sqrt(sum);
    if (norm === 0) continue;
    const scale = norm < Number.POSITIVE_INFINITY ? norm : Number.NaN;
    for (let i = start; i < start + dimension; i++) normalized[i] = data[i]! / scale;
  }
  return normalized;
}
