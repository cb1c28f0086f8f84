/** Digest of what a dataset says: ids, reports, labels, people and acquisition; not where its files lie, not the pixels. */
import { canonicalJson, digestOf, sha256 } from '../core/digest.ts';
import type { Study } from '../core/study.ts';

/**
 * SHA-256 over an identity (name, versions of plug-in and mapping) and one digest per study, in the order given. Paths of
 * images are left out, so that a release has the same digest in every folder.
 */
export function datasetDigest(identity: Readonly<Record<string, string>>, studies: readonly Study[]): string {
  const known = new Map<Study['labels'], string>(); // loaders of large tables share one object among equal label sets
  const labelsDigest = (labels: Study['labels']) => {
    const digest = known.get(labels) ?? digestOf(labels);
    known.set(labels, digest);
    return digest;
  };
  const lines = studies.map((study) => {
    const images = study.images.map(({ id, view }) => ({ id, view }));
    return digestOf({ ...study, images, labels: labelsDigest(study.labels) });
  });
  return sha256(`${canonicalJson(identity)}\n${lines.join('\n')}`);
}

/** Code-unit order of ids, the same on every machine. @throws Error where two studies or images share an id: a bug */
export function sortStudies(studies: readonly Study[]): readonly Study[] {
  const sorted = [...studies].sort((a, b) => (a.id < b.id ? -1 : 1));
  const images = new Set<string>();
  sorted.forEach((study, index) => {
    if (sorted[index + 1]?.id === study.id) throw new Error(`two studies have the id "${study.id}"`);
    for (const { id } of study.images) {
      if (images.has(id)) throw new Error(`two images have the id "${id}"`);
      images.add(id);
    }
  });
  return sorted;
}
