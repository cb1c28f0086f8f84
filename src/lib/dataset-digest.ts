/** Digest of what a dataset says: ids, reports, labels, people and acquisition; not where its files lie, not the pixels. */
import { canonicalJson, digestOf, sha256 } from '../core/digest.ts';
import type { Study } from '../core/study.ts';

/**
 * SHA-256 over an identity (name, versions of plug-in and mapping) and one digest per study, in the order given. Paths of
 * images are left out, so that a release has the same digest in every folder.
 */
export function datasetDigest(identity: Readonly<Record<string, string>>, studies: readonly Study[]): string {
  // loaders of large tables share one object among equal label sets and acquisitions
  const labels = remembered((value: Study['labels']) => digestOf(value));
  const acquisition = remembered((value: Study['acquisition']) => canonicalJson(value));
  const lines = studies.map((study) => sha256(canonicalStudy(study, { labels, acquisition })));
  return sha256(`${canonicalJson(identity)}\n${lines.join('\n')}`);
}

interface Shared {
  labels(labels: Study['labels']): string;
  acquisition(acquisition: Study['acquisition']): string;
}

/** The canonical JSON of the study with digests for labels and without paths, written out because studies are many. */
function canonicalStudy(study: Study, shared: Shared): string {
  const { id, patientId, images, report, sex, ageYears } = study;
  const age = ageYears === undefined ? '' : `"ageYears":${canonicalJson(ageYears)},`;
  const films = images.map((image) => `{"id":${JSON.stringify(image.id)},"view":"${image.view}"}`).join(',');
  const person = `"patientId":${JSON.stringify(patientId)},"report":${canonicalJson(report)}`;
  return (
    `{"acquisition":${shared.acquisition(study.acquisition)},${age}"id":${JSON.stringify(id)},"images":[${films}],` +
    `"labels":"${shared.labels(study.labels)}",${person}${sex === undefined ? '' : `,"sex":"${sex}"`}}`
  );
}

function remembered<Value extends object>(compute: (value: Value) => string): (value: Value) => string {
  const known = new Map<Value, string>();
  return (value) => {
    const answer = known.get(value) ?? compute(value);
    known.set(value, answer);
    return answer;
  };
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
