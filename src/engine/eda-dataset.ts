/** Gathers what the picture of a dataset is made of: its studies, a split, facts of a sample of its images, thumbnails. */
import type { Context } from '../core/context.ts';
import { mayShow } from '../core/data-use.ts';
import type { DatasetDefinition, OpenDataset } from '../core/dataset.ts';
import type { EdaInput } from '../lib/eda/eda.ts';
import type { DatasetPicture } from '../lib/eda/eda-data.ts';
import type { ImageOutcome } from '../lib/eda/image-facts.ts';
import { orderByHash } from '../lib/eda/pixel-picture.ts';
import { thumbnail } from './decode.ts';
import { readImageFacts } from './image-facts.ts';
import { resolveSplit } from './resolve-split.ts';

export interface EdaRequest {
  readonly definition: DatasetDefinition;
  readonly opened: OpenDataset;
  readonly root: string | undefined;
  /** Default: the dataset's first. */
  readonly split?: string;
  /** Images to decode; 0 for none. */
  readonly images: number;
  readonly seed: number;
}

/** @throws ConfigError, DataError for a split that cannot be had */
export async function gatherEda(request: EdaRequest, context: Context): Promise<EdaInput> {
  const { definition, opened, root, images: wanted, seed } = request;
  const split = await resolveSplit(definition, opened, { name: request.split ?? definition.splits[0]!, context });
  if (wanted === 0) return { definition, opened, split, images: undefined };
  const listed = opened.studies.flatMap(({ images, patientId }, study) =>
    images.map(({ id, path }) => ({ id, path, study, patient: patientId })),
  );
  const order = orderByHash(
    listed.map(({ id }) => id),
    seed,
  ).map((index) => listed[index]!);
  const { sample, missing } = await firstPresent(order, wanted, context);
  const outcomes = await readImageFacts(
    sample.map(({ path }) => path),
    { scope: root ?? definition.name, context },
  );
  const images = sample.map(({ path: _path, ...image }, index) => ({ ...image, outcome: outcomes[index]! }));
  return { definition, opened, split, images: [...missing, ...images] };
}

const CONCURRENT = 64;

/** The first images of the order that are on disk, and those before them that are not. */
async function firstPresent<Image extends { readonly path: string }>(
  order: readonly Image[],
  wanted: number,
  context: Context,
) {
  const sample: Image[] = [];
  const missing: (Omit<Image, 'path'> & { readonly outcome: ImageOutcome })[] = [];
  for (let start = 0; start < order.length && sample.length < wanted; start += CONCURRENT) {
    const step = order.slice(start, start + CONCURRENT);
    const there = await Promise.all(step.map(({ path }) => context.files.exists(path)));
    step.forEach((image, i) => {
      if (sample.length === wanted) return;
      const { path: _path, ...rest } = image;
      if (there[i]) sample.push(image);
      else missing.push({ ...rest, outcome: { state: 'missing' } });
    });
  }
  return { sample, missing };
}

const THUMBNAIL_SIDE = 256;

/** Data URIs of the outliers that may be shown, by image id; none of data that is not open. */
export async function outlierThumbnails(
  picture: DatasetPicture,
  { opened, definition }: EdaInput,
): Promise<ReadonlyMap<string, string>> {
  const thumbnails = new Map<string, string>();
  if (!mayShow(definition.tier, 'pixels')) return thumbnails;
  const paths = new Map(opened.studies.flatMap(({ images }) => images.map(({ id, path }) => [id, path] as const)));
  for (const { image } of picture.pixels?.outliers ?? []) {
    if (image === undefined) continue;
    const bytes = await thumbnail(paths.get(image)!, THUMBNAIL_SIDE);
    thumbnails.set(image, `data:image/webp;base64,${Buffer.from(bytes).toString('base64')}`);
  }
  return thumbnails;
}
