/** Prompts as the Cartesian product of slots of words. */

/**
 * Every choice of one entry per slot, joined with single spaces; the last slot runs fastest. An empty entry leaves its
 * spaces behind, as a template does.
 */
export function promptProduct(slots: readonly (readonly string[])[]): string[] {
  let texts: string[] = [''];
  for (const [index, slot] of slots.entries())
    texts = texts.flatMap((text) => slot.map((entry) => (index === 0 ? entry : `${text} ${entry}`)));
  return texts;
}
