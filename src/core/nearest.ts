/** The nearest known name to a misspelt one, for hints. */

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost 1.
 * Source: Damerau 1964, doi:10.1145/363958.363994.
 */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, substitution, swap));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** The nearest of `known`, ignoring case, or undefined where nothing is closer than half of the name's length. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(name.length / 2));
  for (const candidate of known) {
    const forms = [candidate, candidate.replace(/@[^@]*$/, '')]; // a version may have been left out
    const distance = Math.min(...forms.map((form) => editDistance(name.toLowerCase(), form.toLowerCase())));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** ` did you mean "x"?` or the list of known names. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = [...known];
  const guess = nearest(name, names);
  return guess ? `did you mean "${guess}"?` : `known: ${names.join(', ')}`;
}
