/** Arrays of golden files, and how well what was computed agrees with them. */

export interface Packed {
  readonly shape: readonly number[];
  /** float32, little endian, C order. */
  readonly base64: string;
}

export function valuesOf({ base64 }: Packed): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
}

export interface Agreement {
  /** Lowest over the rows. */
  readonly cosine: number;
  /** Largest difference of a value. */
  readonly difference: number;
  /** Largest magnitude of a wanted value. */
  readonly magnitude: number;
}

/** Rows of `dimension` values each. @throws where the numbers of values differ */
export function agreement(got: ArrayLike<number>, want: ArrayLike<number>, dimension: number): Agreement {
  if (got.length !== want.length || got.length % dimension !== 0)
    throw new Error(`${got.length} values against ${want.length} in rows of ${dimension}`);
  let [cosine, difference, magnitude] = [1, 0, 0];
  for (let row = 0; row < want.length; row += dimension) {
    let [dot, gotSquare, wantSquare] = [0, 0, 0];
    for (let i = row; i < row + dimension; i++) {
      dot += got[i]! * want[i]!;
      gotSquare += got[i]! ** 2;
      wantSquare += want[i]! ** 2;
      magnitude = Math.max(magnitude, Math.abs(want[i]!));
      difference = Math.max(difference, Math.abs(got[i]! - want[i]!));
    }
    cosine = Math.min(cosine, dot / Math.sqrt(gotSquare * wantSquare));
  }
  return { cosine, difference, magnitude };
}
