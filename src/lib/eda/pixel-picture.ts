/** Images of a dataset, from a sample that was decoded: sizes, depth, grey levels, exposure outliers. */
import { sha256 } from '../../core/digest.ts';
import { quantile, sortedQuantile } from '../stats/quantile.ts';
import { categories, distribution, rounded } from './distribution.ts';
import type { Outlier, OutlierKind, PixelPicture } from './eda-data.ts';
import { GREY_BINS, type ImageFacts, type ImageOutcome } from './image-facts.ts';

export interface SampledImage {
  readonly id: string;
  readonly patient: string;
  /** Index of its study. */
  readonly study: number;
  readonly outcome: ImageOutcome;
}

const SHOWN_SIZES = 8;
const SHOWN_OUTLIERS = 12;
/** Source: Iglewicz & Hoaglin 1993, How to detect and handle outliers. */
export const OUTLIER_Z = 3.5;
/** A border that is so much brighter than the film is air that should be dark. */
const INVERTED_BY = 40;

/** Indices in a drawn order, by SHA-256 of `eda:SEED:ID`: the first N are a sample without replacement. */
export function orderByHash(ids: readonly string[], seed: number): readonly number[] {
  const order = ids.map((id, index) => ({ index, key: sha256(`eda:${seed}:${id}`) }));
  order.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return order.map(({ index }) => index);
}

export const brightnessOf = ({ mean }: ImageFacts) => mean;
export const contrastOf = ({ quantiles }: ImageFacts) => quantiles[5]! - quantiles[1]!;

type Decoded = Omit<SampledImage, 'outcome'> & { readonly facts: ImageFacts; readonly bits: number | undefined };

export function decodedOf(images: readonly SampledImage[]): readonly Decoded[] {
  return images.flatMap(({ outcome, ...image }) =>
    outcome.state === 'decoded' ? [{ ...image, facts: outcome.facts, bits: outcome.bits }] : [],
  );
}

/** @param of number of images that the sample was drawn from; @param showImages whether ids may be told */
export function pixelPicture(
  images: readonly SampledImage[],
  { of, showImages }: { readonly of: number; readonly showImages: boolean },
): PixelPicture {
  const decoded = decodedOf(images);
  const named = (name: (image: Decoded) => string) =>
    decoded.map((image) => ({ name: name(image), patient: image.patient }));
  const size = ({ facts }: Decoded) => `${facts.width} × ${facts.height}`;
  const outliers = findOutliers(decoded);
  const missing = images.filter(({ outcome }) => outcome.state === 'missing').length;
  return {
    sampled: images.length - missing,
    of,
    missing,
    broken: images.length - missing - decoded.length,
    decoded: decoded.length,
    sizes: categories(named(size), SHOWN_SIZES),
    distinctSizes: new Set(decoded.map(size)).size,
    shortSide: distribution(
      decoded.map(({ facts }) => Math.min(facts.width, facts.height)),
      { whole: true },
    ),
    aspect: distribution(decoded.map(({ facts }) => facts.width / facts.height)),
    bits: categories(named(({ bits }) => (bits === undefined ? 'not stated' : `${bits} bits`))),
    channels: categories(named(({ facts }) => channelText(facts))),
    brightness: distribution(decoded.map(({ facts }) => brightnessOf(facts))),
    contrast: distribution(decoded.map(({ facts }) => contrastOf(facts))),
    density: densityOf(decoded),
    outlierCount: outliers.length,
    outliers: outliers.slice(0, SHOWN_OUTLIERS).map(({ image, ...rest }) => (showImages ? { ...rest, image } : rest)),
  };
}

function channelText({ channels, isColoured }: ImageFacts): string {
  if (channels === 1) return '1 channel';
  return isColoured ? `${channels} channels, coloured` : `${channels} channels, grey`;
}

function densityOf(decoded: readonly Decoded[]): PixelPicture['density'] {
  if (decoded.length === 0) return [];
  return Array.from({ length: GREY_BINS }, (_, bin) => {
    const shares = Float64Array.from(decoded, ({ facts }) => facts.histogram[bin]! / 10_000).sort();
    const at = (probability: number) => rounded(sortedQuantile(shares, probability));
    return { low: at(0.05), middle: at(0.5), high: at(0.95) };
  });
}

/** Robust z of every image: (x − median) / (1.4826 MAD); all 0 where more than half are equal. */
export function robustZ(values: readonly number[]): readonly number[] {
  const middle = quantile(values, 0.5);
  const spread =
    1.4826 *
    quantile(
      values.map((value) => Math.abs(value - middle)),
      0.5,
    );
  return values.map((value) => (spread > 0 ? (value - middle) / spread : 0));
}

/** The farthest first; inverted films before them. */
function findOutliers(decoded: readonly Decoded[]): readonly (Outlier & { readonly image: string })[] {
  const brightness = robustZ(decoded.map(({ facts }) => brightnessOf(facts)));
  const contrast = robustZ(decoded.map(({ facts }) => contrastOf(facts)));
  const outliers = decoded.flatMap(({ id, facts }, i) => {
    const [kind, z] = kindOf(facts, brightness[i]!, contrast[i]!);
    if (kind === undefined) return [];
    const levels = { brightness: rounded(brightnessOf(facts)), contrast: rounded(contrastOf(facts)) };
    return [{ kind, z: z === null ? null : rounded(z), ...levels, image: id }];
  });
  const far = ({ z }: Outlier) => (z === null ? Number.POSITIVE_INFINITY : Math.abs(z));
  return outliers.sort((a, b) => (far(a) === far(b) ? (a.image < b.image ? -1 : 1) : far(b) - far(a)));
}

function kindOf(
  facts: ImageFacts,
  bright: number,
  contrast: number,
): readonly [OutlierKind | undefined, number | null] {
  if (facts.borderMean > facts.mean + INVERTED_BY) return ['inverted', null];
  const [z, kinds] =
    Math.abs(bright) >= Math.abs(contrast) ? [bright, ['dark', 'bright']] : [contrast, ['flat', 'hard']];
  return Math.abs(z) > OUTLIER_Z ? [kinds[Number(z > 0)] as OutlierKind, z] : [undefined, null];
}
