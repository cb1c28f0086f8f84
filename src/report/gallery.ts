/** Choice of the items that a report shows as pictures: most confident errors and successes, and examples of retrieval. */
import type { PredictionRow } from '../core/result.ts';

export const GALLERY_KINDS = ['missed', 'false-alarm', 'found'] as const;
export type GalleryKind = (typeof GALLERY_KINDS)[number];

export interface GalleryOptions {
  /** Pictures per kind; a report is made with the default. */
  readonly perKind?: number;
  /** Ids of models that are left out: baselines. */
  readonly exclude?: readonly string[];
}

export const GALLERY_PER_KIND = 6;
/** Candidates shown of each retrieval example. */
export const EXAMPLE_CANDIDATES = 4;

/** One picture: a row of a score task with its place among the model's scores for the finding. */
export interface GalleryItem {
  readonly kind: GalleryKind;
  readonly row: PredictionRow;
  /** Share of the model's items for this finding that score lower, ties half: 0 to 1. */
  readonly percentile: number;
}

const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function groupRows(rows: readonly PredictionRow[], keyOf: (row: PredictionRow) => string): readonly PredictionRow[][] {
  const groups = new Map<string, PredictionRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return [...groups.values()];
}

/** Rows of one model and finding with their percentiles. */
function ranked(rows: readonly PredictionRow[]): readonly { row: PredictionRow; percentile: number }[] {
  const scored = rows.filter((row) => row.score !== null && Number.isFinite(row.score));
  scored.sort((a, b) => a.score! - b.score! || text(a.item, b.item));
  const placed: { row: PredictionRow; percentile: number }[] = [];
  for (let start = 0; start < scored.length; ) {
    let end = start + 1;
    while (end < scored.length && scored[end]!.score === scored[start]!.score) end++;
    for (let i = start; i < end; i++) placed.push({ row: scored[i]!, percentile: (start + end) / 2 / scored.length });
    start = end;
  }
  return placed;
}

/** Kind of a row, judged by the decision where there is one, else by the half of the scores it lies in. */
function kindOf(row: PredictionRow, percentile: number): GalleryKind | undefined {
  const decided = row.decision ?? (percentile === 0.5 ? null : Number(percentile > 0.5));
  if (decided === null || (row.target !== 0 && row.target !== 1)) return undefined;
  if (row.target === 1) return decided === 1 ? 'found' : 'missed';
  return decided === 1 ? 'false-alarm' : undefined;
}

/**
 * Takes the most confident first; each finding, model, task and item already shown costs confidence, so that a kind spans
 * many. Ties by dataset, item, finding, model.
 */
function diverse(candidates: readonly GalleryItem[], perKind: number): readonly GalleryItem[] {
  const left = [...candidates];
  const used = new Map<string, number>();
  const costs = ({ row }: GalleryItem): readonly (readonly [string, number])[] => [
    [`finding ${row.finding}`, 0.3],
    [`model ${row.model}`, 0.15],
    [`task ${row.dataset} ${row.task}`, 0.1],
    [`item ${row.dataset} ${row.item}`, 2],
  ];
  const worth = (item: GalleryItem) =>
    Math.abs(item.percentile - 0.5) * 2 -
    costs(item).reduce((sum, [key, cost]) => sum + cost * (used.get(key) ?? 0), 0);
  const chosen: GalleryItem[] = [];
  while (chosen.length < perKind && left.length > 0) {
    let best = 0;
    let bestWorth = -Infinity;
    left.forEach((item, i) => {
      const itemWorth = worth(item);
      if (itemWorth > bestWorth) [best, bestWorth] = [i, itemWorth];
    });
    const [taken] = left.splice(best, 1);
    chosen.push(taken!);
    for (const [key] of costs(taken!)) used.set(key, (used.get(key) ?? 0) + 1);
  }
  return chosen;
}

/** The pictures of each kind, from rows of score tasks; normal studies that a model got right show nothing and are left out. */
export function chooseGallery(
  predictions: readonly PredictionRow[],
  options: GalleryOptions = {},
): readonly GalleryItem[] {
  const { perKind = GALLERY_PER_KIND, exclude = [] } = options;
  const rows = predictions.filter(
    (row) => row.rank === null && row.candidates === null && !exclude.includes(row.model),
  );
  const groups = groupRows(rows, (row) => [row.dataset, row.task, row.model, row.variant, row.finding].join('\u0000'));
  const items = groups.flatMap((group) =>
    // The most confident of a group are enough: the rest can never be chosen before them.
    extremes(ranked(group), perKind),
  );
  items.sort(
    (a, b) =>
      text(a.row.dataset, b.row.dataset) ||
      text(a.row.item, b.row.item) ||
      text(a.row.finding, b.row.finding) ||
      text(a.row.model, b.row.model) ||
      text(a.row.variant, b.row.variant) ||
      text(a.row.task, b.row.task),
  );
  return GALLERY_KINDS.flatMap((kind) =>
    diverse(
      items.filter((item) => item.kind === kind),
      perKind,
    ),
  );
}

function extremes(group: readonly { row: PredictionRow; percentile: number }[], perKind: number): GalleryItem[] {
  const byKind = new Map<GalleryKind, GalleryItem[]>();
  const sorted = [...group].sort((a, b) => Math.abs(b.percentile - 0.5) - Math.abs(a.percentile - 0.5));
  for (const { row, percentile } of sorted) {
    const kind = kindOf(row, percentile);
    if (kind === undefined) continue;
    const items = byKind.get(kind) ?? [];
    byKind.set(kind, items);
    if (items.length < perKind * 2) items.push({ kind, row, percentile });
  }
  return [...byKind.values()].flat();
}

export interface RetrievalExample {
  readonly row: PredictionRow;
  readonly candidates: readonly string[];
}

/** For each dataset, direction and model: the best-ranked, the middle and the worst-ranked query that has candidates. */
export function chooseExamples(
  predictions: readonly PredictionRow[],
  exclude: readonly string[] = [],
): readonly RetrievalExample[] {
  const rows = predictions.filter(
    (row) => row.candidates !== null && row.candidates !== '' && row.rank !== null && !exclude.includes(row.model),
  );
  const groups = groupRows(rows, (row) => [row.dataset, row.task, row.model, row.variant, row.finding].join('\u0000'));
  return groups.flatMap((group) => {
    const sorted = [...group].sort((a, b) => a.rank! - b.rank! || text(a.item, b.item));
    const places = new Set([0, Math.floor((sorted.length - 1) / 2), sorted.length - 1]);
    return [...places].map((place) => {
      const row = sorted[place]!;
      return { row, candidates: row.candidates!.split('|').slice(0, EXAMPLE_CANDIDATES) };
    });
  });
}

/**
 * Ids whose thumbnails and report texts a report shows: prepare these, where the dataset's licence lets them be shown, before
 * rendering. `images` also holds study ids where a study was judged as a whole (show its first frontal image under that id).
 */
export function selectGallery(
  predictions: readonly PredictionRow[],
  options: GalleryOptions = {},
): { readonly images: readonly string[]; readonly studies: readonly string[] } {
  const images = new Set<string>();
  const studies = new Set<string>();
  for (const { row } of chooseGallery(predictions, options)) {
    images.add(row.item);
    studies.add(row.study);
  }
  for (const { row, candidates } of chooseExamples(predictions, options.exclude)) {
    const shown = row.finding === 'report-to-image' ? [images, studies] : [studies, images];
    for (const candidate of candidates) shown[0]!.add(candidate);
    shown[1]!.add(row.item);
    studies.add(row.study);
  }
  return { images: [...images].sort(text), studies: [...studies].sort(text) };
}
