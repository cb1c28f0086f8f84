/** Who asks and who may answer: images and distinct reports of the judged part, and which answers are right. */
import { rng } from '../../core/rng.ts';
import type { Study, StudyImage } from '../../core/study.ts';
import type { DatasetView, DirectionRanking } from '../../core/task.ts';
import { reportText, type TextField } from './report-text.ts';

export interface PoolSelection {
  readonly text: TextField;
  readonly views: 'frontal' | 'all';
  /** Studies are drawn until there are this many distinct reports; all unless given. */
  readonly maximumCandidates?: number | undefined;
  readonly seed: number;
}

/** One query and its right answers, as indices of candidates. Queries with the same answers share the set. */
export interface Query {
  /** Image id, or for a report the id of the first study with that text. */
  readonly id: string;
  /** The image's study, or the first with that text: its patient is resampled, its labels are compared. */
  readonly study: Study;
  readonly exact: ReadonlySet<number>;
  /** Candidates of studies with exactly the same present findings; undefined where the study has no label to share. */
  readonly sameLabels: ReadonlySet<number> | undefined;
}

export interface Direction {
  readonly direction: DirectionRanking['direction'];
  readonly queries: readonly Query[];
  /** Image ids, or for reports the id of the first study with that text. */
  readonly candidates: readonly string[];
}

export interface RetrievalPool {
  readonly images: readonly StudyImage[];
  /** Distinct texts, in the order of the image-to-report candidates and of the report-to-image queries. */
  readonly texts: readonly string[];
  readonly directions: readonly [Direction, Direction];
  /** Studies whose report repeats an earlier one. */
  readonly duplicates: number;
  /** Studies that have an image but no usable text. */
  readonly excluded: number;
}

interface Member {
  readonly study: Study;
  readonly images: readonly StudyImage[];
  readonly text: string;
}

/** Two reports are one where they differ in case or white space only. */
export const textKey = (text: string) => text.toLowerCase();

/** Present findings, sorted; "No Finding" only where it stands alone; undefined where nothing is present. */
export function labelKey(study: Study): string | undefined {
  const present = Object.keys(study.labels).filter((finding) => study.labels[finding] === 'present');
  const abnormal = present.filter((finding) => finding !== 'No Finding').sort();
  if (abnormal.length > 0) return abnormal.join('\u0000');
  return present.length > 0 ? 'No Finding' : undefined;
}

/** Draws studies in a seeded order until the number of distinct texts is reached; the order of the dataset is kept. */
function draw(members: readonly Member[], maximum: number, seed: number): Member[] {
  const place = new Map(members.map(({ study }) => [study, rng(seed, 'retrieval-pool', study.id).next()]));
  const texts = new Set<string>();
  const kept = new Set<Member>();
  for (const member of [...members].sort((a, b) => place.get(a.study)! - place.get(b.study)!)) {
    if (texts.size >= maximum && !texts.has(textKey(member.text))) continue;
    texts.add(textKey(member.text));
    kept.add(member);
  }
  return members.filter((member) => kept.has(member));
}

/** Entries by key, as sets of their values. */
function group<Entry>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string | undefined,
  valueFor: (entry: Entry, index: number) => number,
): ReadonlyMap<string | undefined, ReadonlySet<number>> {
  const groups = new Map<string | undefined, Set<number>>();
  entries.forEach((entry, index) => {
    const key = keyOf(entry);
    groups.set(key, (groups.get(key) ?? new Set()).add(valueFor(entry, index)));
  });
  return groups;
}

interface Indexed {
  readonly members: readonly Member[];
  readonly images: readonly { readonly image: StudyImage; readonly member: Member }[];
  readonly textIndex: ReadonlyMap<string, number>;
}

function imageToReport({ members, images, textIndex }: Indexed): Direction {
  const textOf = (member: Member) => textIndex.get(textKey(member.text))!;
  const byLabels = group(members, ({ study }) => labelKey(study), textOf);
  const single = [...textIndex.values()].map((index) => new Set([index]));
  const firstStudy = new Map([...members].reverse().map((member) => [textOf(member), member.study.id]));
  const queries = images.map(({ image, member }) => {
    const key = labelKey(member.study);
    const sameLabels = key === undefined ? undefined : byLabels.get(key);
    return { id: image.id, study: member.study, exact: single[textOf(member)]!, sameLabels };
  });
  return { direction: 'image-to-report', queries, candidates: single.map((_, index) => firstStudy.get(index)!) };
}

/** A repeated text asks once: its copies would all succeed or fail together, across patients. */
function reportToImage({ members, images, textIndex }: Indexed): Direction {
  const byText = group(
    images,
    ({ member }) => textKey(member.text),
    (_, index) => index,
  );
  const byLabels = group(
    images,
    ({ member }) => labelKey(member.study),
    (_, index) => index,
  );
  const firstWith = new Map([...members].reverse().map((member) => [textKey(member.text), member.study]));
  const queries = [...textIndex.keys()].map((text) => {
    const study = firstWith.get(text)!;
    const key = labelKey(study);
    const sameLabels = key === undefined ? undefined : byLabels.get(key);
    return { id: study.id, study, exact: byText.get(text)!, sameLabels };
  });
  return { direction: 'report-to-image', queries, candidates: images.map(({ image }) => image.id) };
}

/** Studies of the judged part that have an image of the wanted views, and of these the ones with a usable text. */
export function retrievalPool(dataset: DatasetView, selection: PoolSelection): RetrievalPool {
  const { text: field, views, maximumCandidates, seed } = selection;
  const judged = dataset.studies.filter((_, index) => dataset.parts[index] === dataset.evaluate);
  const imagesOf = ({ images }: Study) => (views === 'all' ? images : images.filter(({ view }) => view === 'frontal'));
  const pictured = judged.filter((study) => imagesOf(study).length > 0);
  const readable = pictured.flatMap((study): Member[] => {
    const text = reportText(study.report, field);
    return text === undefined ? [] : [{ study, images: imagesOf(study), text }];
  });
  const members = maximumCandidates === undefined ? readable : draw(readable, maximumCandidates, seed);
  const images = members.flatMap((member) => member.images.map((image) => ({ image, member })));
  const texts: string[] = [];
  const textIndex = new Map<string, number>();
  for (const { text } of members) {
    if (textIndex.has(textKey(text))) continue;
    textIndex.set(textKey(text), texts.length);
    texts.push(text);
  }
  const indexed = { members, images, textIndex };
  return {
    images: images.map(({ image }) => image),
    texts,
    directions: [imageToReport(indexed), reportToImage(indexed)],
    duplicates: members.length - texts.length,
    excluded: pictured.length - readable.length,
  };
}
