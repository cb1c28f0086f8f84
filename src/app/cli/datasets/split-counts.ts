/** Sizes of the parts of a split, in the order in which they are spoken of. */
const ORDER = ['train', 'validation', 'test', 'excluded'];

/** `train 2069, validation 296, test 590`. */
export function partCounts(parts: Readonly<Record<string, number>>): string {
  const named = ORDER.filter((part) => parts[part] !== undefined);
  return named.map((part) => `${part} ${parts[part]}`).join(', ');
}
