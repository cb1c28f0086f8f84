/** What is judged: single images, or studies with all their images. */
import type { Part } from '../../core/dataset.ts';
import type { Study, StudyImage } from '../../core/study.ts';
import type { DatasetView } from '../../core/task.ts';

export interface Item {
  /** Image id, or study id where the unit is the study. */
  readonly id: string;
  readonly study: Study;
  readonly part: Part;
  readonly images: readonly StudyImage[];
}

export interface ItemSelection {
  readonly unit: 'image' | 'study';
  readonly views: 'frontal' | 'all' | 'known';
  readonly parts: readonly Part[];
}

function isWanted(image: StudyImage, views: ItemSelection['views']): boolean {
  if (views === 'all') return true;
  return views === 'frontal' ? image.view === 'frontal' : image.view !== 'unknown';
}

/** Items of some parts in the order of the dataset; a study without an image of the wanted views gives none. */
export function listItems(dataset: DatasetView, selection: ItemSelection): Item[] {
  const items: Item[] = [];
  dataset.studies.forEach((study, index) => {
    const part = dataset.parts[index]!;
    if (!selection.parts.includes(part)) return;
    const images = study.images.filter((image) => isWanted(image, selection.views));
    if (selection.unit === 'image') {
      for (const image of images) items.push({ id: image.id, study, part, images: [image] });
    } else if (images.length > 0) {
      items.push({ id: study.id, study, part, images });
    }
  });
  return items;
}
