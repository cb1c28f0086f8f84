/** Names out of a file that nobody vouches for, made fit for a one-line message. */

/** At most 80 characters, control characters replaced. */
export function printable(name: string): string {
  const clean = name.slice(0, 81).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return clean.length > 80 ? `${clean.slice(0, 77)}...` : clean;
}
