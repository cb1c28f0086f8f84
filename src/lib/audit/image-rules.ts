/** Rules about image files: missing, broken, listed by nobody, copies and lookalikes within and across patients and parts. */
import type { Part } from '../../core/dataset.ts';
import type { Study } from '../../core/study.ts';
import type { ImageOutcome } from '../eda/image-facts.ts';
import { type Found, found } from './issues.ts';
import { similarPairs } from './perceptual-hash.ts';

export interface AuditedImage {
  readonly id: string;
  /** Index of its study. */
  readonly study: number;
  readonly outcome: ImageOutcome;
}

/** Images by content. Indices into the list of images. */
export interface ImageContents {
  /** Images with the same file, each group ascending. */
  readonly copies: readonly (readonly number[])[];
  /** Pairs of contents that look the same, as the images of both. */
  readonly similar: readonly (readonly number[])[];
}

export function imageContents(images: readonly AuditedImage[]): ImageContents {
  const byDigest = new Map<string, number[]>();
  images.forEach(({ outcome }, index) => {
    if (!('digest' in outcome) || outcome.bytes === 0) return;
    const group = byDigest.get(outcome.digest);
    if (group) group.push(index);
    else byDigest.set(outcome.digest, [index]);
  });
  const contents = [...byDigest.values()];
  const hashed = contents.flatMap((group) => {
    const { outcome } = images[group[0]!]!;
    return outcome.state === 'decoded' && outcome.facts.hash !== null ? [{ group, hash: outcome.facts.hash }] : [];
  });
  const pairs = similarPairs(hashed.map(({ hash }) => hash));
  return {
    copies: contents.filter(({ length }) => length > 1),
    similar: pairs.map(({ first, second }) => [...hashed[first]!.group, ...hashed[second]!.group]),
  };
}

export function imageIssues(
  studies: readonly Study[],
  images: readonly AuditedImage[],
  contents: ImageContents,
): readonly Found[] {
  const idsWhere = (test: (outcome: ImageOutcome) => boolean) =>
    images.filter(({ outcome }) => test(outcome)).map(({ id }) => id);
  const isEmpty = (outcome: ImageOutcome) => outcome.state === 'corrupt' && outcome.bytes === 0;
  const patients = (group: readonly number[]) =>
    new Set(group.map((index) => studies[images[index]!.study]!.patientId)).size;
  const grouped = (groups: readonly (readonly number[])[], acrossPatients: boolean) =>
    groups
      .filter((group) => patients(group) > 1 === acrossPatients)
      .flatMap((group) => group.map((i) => images[i]!.id));
  return [
    ...found(
      'image-missing',
      idsWhere(({ state }) => state === 'missing'),
    ),
    ...found('image-empty', idsWhere(isEmpty)),
    ...found(
      'image-corrupt',
      idsWhere((outcome) => outcome.state === 'corrupt' && !isEmpty(outcome)),
    ),
    ...found(
      'image-unreadable',
      idsWhere(({ state }) => state === 'unreadable'),
    ),
    ...found('study-without-image', studiesWithoutImage(studies, images)),
    ...found('study-duplicate', duplicateStudies(studies, images)),
    ...found('image-duplicate', grouped(contents.copies, false)),
    ...found('image-duplicate-across-patients', grouped(contents.copies, true)),
    ...found('image-similar', grouped(contents.similar, false)),
    ...found('image-similar-across-patients', grouped(contents.similar, true)),
  ];
}

function studiesWithoutImage(studies: readonly Study[], images: readonly AuditedImage[]): readonly string[] {
  const withImage = new Set(images.filter(({ outcome }) => outcome.state !== 'missing').map(({ study }) => study));
  return studies.filter((_, index) => !withImage.has(index)).map(({ id }) => id);
}

/** Studies all of whose images were read and are, as a set of contents, those of another study. */
function duplicateStudies(studies: readonly Study[], images: readonly AuditedImage[]): readonly string[] {
  const contents = new Map<number, string[]>();
  for (const { study, outcome } of images) {
    if (outcome.state === 'decoded') contents.set(study, [...(contents.get(study) ?? []), outcome.digest]);
  }
  const owners = new Map<string, string[]>();
  for (const [study, digests] of contents) {
    const { id, images: listed } = studies[study]!;
    if (digests.length !== listed.length) continue;
    const key = digests.sort().join();
    owners.set(key, [...(owners.get(key) ?? []), id]);
  }
  return [...owners.values()].filter(({ length }) => length > 1).flat();
}

export interface AuditedSplit {
  readonly name: string;
  readonly digest: string;
  readonly parts: readonly Part[];
}

/** Patients, copies and lookalikes in two parts; `excluded` is none. */
export function leaks(
  split: AuditedSplit,
  studies: readonly Study[],
  { images, contents }: { readonly images: readonly AuditedImage[]; readonly contents: ImageContents },
): readonly Found[] {
  const partOf = (image: number) => split.parts[images[image]!.study]!;
  const crossing = (groups: readonly (readonly number[])[]) =>
    groups
      .map((group) => group.filter((image) => partOf(image) !== 'excluded'))
      .filter((group) => new Set(group.map(partOf)).size > 1)
      .flatMap((group) => group.map((image) => images[image]!.id));
  return [
    ...found('split-patient-leak', patientsInTwoParts(studies, split.parts), split.name),
    ...found('split-image-leak', crossing(contents.copies), split.name),
    ...found('split-similar-image-leak', crossing(contents.similar), split.name),
  ];
}

function patientsInTwoParts(studies: readonly Study[], parts: readonly Part[]): readonly string[] {
  const home = new Map<string, Part>();
  return studies.flatMap(({ patientId }, index) => {
    const part = parts[index]!;
    if (part === 'excluded') return [];
    const earlier = home.get(patientId) ?? part;
    home.set(patientId, earlier);
    return earlier === part ? [] : [patientId];
  });
}
