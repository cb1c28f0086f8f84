/** Names of Indiana images: Open-i and Kaggle call the same image differently, and here it has one id. */
import type { FileEntry } from '../../../core/context.ts';
import type { View } from '../../../core/study.ts';

/** Name and version of the rule that gives views: bump it when the rule changes. */
export const VIEW_RULE = 'iu-views@1';

/**
 * `1000_IM-0003-1001` for Open-i's `CXR1000_IM-0003-1001.png` and Kaggle's `1000_IM-0003-1001.dcm.png`. Study 1 repeats its
 * number in Open-i (`CXR1_1_IM-0001-3001`) and does not in Kaggle. Extensions in any case; folders are dropped.
 */
export function imageId(name: string): string {
  const bare = name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/\.(png|jpe?g)$/i, '')
    .replace(/\.dcm$/i, '');
  return bare.replace(/^CXR(?=\d)/i, '').replace(/^(\d+)_\1_(?=IM-)/, '$1_');
}

export interface ImageFiles {
  /** Path relative to the root by image id; the first in path order where several files are the same image. */
  readonly paths: ReadonlyMap<string, string>;
  /** Ids with more than one file, with the number of files. */
  readonly repeated: ReadonlyMap<string, number>;
  /** Folder in which a missing image is looked for in vain: where the others are, else `images`. */
  readonly folder: string;
}

export function indexImages(entries: readonly FileEntry[]): ImageFiles {
  const paths = new Map<string, string>();
  const repeated = new Map<string, number>();
  for (const { path } of entries) {
    if (!/\.(png|jpe?g)$/i.test(path)) continue;
    const id = imageId(path);
    if (paths.has(id)) repeated.set(id, (repeated.get(id) ?? 1) + 1);
    else paths.set(id, path);
  }
  const [first] = paths.values();
  return {
    paths,
    repeated,
    folder: first === undefined ? 'images' : first.slice(0, Math.max(first.lastIndexOf('/'), 0)),
  };
}

/**
 * View by a caption, only where the captions within one study differ and this one names one view. Real captions describe the
 * whole study ("PA and lateral"), and on the release they are right no more often than a coin: they are then ignored.
 */
export function viewOfCaption(caption: string, allOfStudy: readonly string[]): View {
  if (new Set(allOfStudy.map((text) => text.trim())).size < 2) return 'unknown';
  const frontal = /\b(pa|ap|frontal|posteroanterior|anteroposterior)\b/i.test(caption);
  const lateral = /\b(lat|lateral)\b/i.test(caption);
  if (frontal === lateral) return 'unknown';
  return frontal ? 'frontal' : 'lateral';
}
