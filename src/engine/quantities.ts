/** Sizes and counts as people write them. */

/** `151.3 M`, `1.5 B`, `812 k`. */
export function parameterCount(parameters: number | undefined): string {
  if (parameters === undefined) return '–';
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(1)} B`;
  if (parameters >= 1e6) return `${(parameters / 1e6).toFixed(1)} M`;
  return parameters >= 1000 ? `${Math.round(parameters / 1000)} k` : String(parameters);
}

/** `784.0 MB`, `1.40 GB`, `12.3 kB`. Decimal, as disks and networks are sold. */
export function byteCount(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return bytes >= 1000 ? `${(bytes / 1000).toFixed(1)} kB` : `${Math.round(bytes)} bytes`;
}
