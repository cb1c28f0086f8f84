/** The picture of one or more datasets as data: what `--json` prints and the page shows. Null is undefined, never 0. */
import type { AccessTier, Part } from '../../core/dataset.ts';
import type { Association, Proportion } from './proportions.ts';

export interface EdaData {
  readonly schema: 'medvlm-eda@1';
  readonly seed: number;
  readonly datasets: readonly DatasetPicture[];
  /** Each pair of datasets, or of parts of one dataset's split. */
  readonly comparisons: readonly GroupComparison[];
}

export interface DatasetPicture {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly tier: AccessTier;
  readonly licence: string;
  readonly citation: string;
  readonly synthetic: boolean;
  readonly digest: string;
  readonly patients: number;
  readonly studies: number;
  readonly images: number;
  readonly problems: number;
  readonly split: {
    readonly name: string;
    readonly digest: string;
    readonly parts: Readonly<Partial<Record<Part, number>>>;
  };
  readonly labels: LabelPicture;
  readonly people: PeoplePicture;
  readonly views: readonly Category[];
  readonly acquisition: readonly AcquisitionField[];
  readonly reports: ReportPicture;
  /** Absent where no image was looked at. */
  readonly pixels?: PixelPicture;
}

export interface Category {
  readonly name: string;
  readonly share: Proportion;
}

export interface FindingPicture {
  readonly finding: string;
  readonly present: number;
  readonly uncertain: number;
  readonly absent: number;
  readonly unmentioned: number;
  /** Studies in which it is present, by patients. */
  readonly prevalence: Proportion;
  /** Of the studies that mention it, those that are uncertain. */
  readonly uncertainty: Proportion;
  /** Studies without it per study with it; null where nobody has it. */
  readonly imbalance: number | null;
}

export interface LabelPicture {
  readonly findings: readonly FindingPicture[];
  /** Number of studies with 0, 1, 2 … findings present, No Finding not counted. */
  readonly perStudy: readonly number[];
  /** Names of the rows and columns of `association`: findings that are present somewhere. */
  readonly associated: readonly string[];
  readonly association: readonly (readonly Association[])[];
}

/** Values with their histogram; bins are [low + i width, low + (i + 1) width). */
export interface Distribution {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
  /** 0, 5, 25, 50, 75, 95 and 100 %. */
  readonly quantiles: readonly number[];
  readonly low: number;
  readonly width: number;
  readonly counts: readonly number[];
}

export interface PeoplePicture {
  /** Of patients, by their first study. */
  readonly sex: readonly Category[];
  /** Null where no age is known. */
  readonly age: Distribution | null;
  readonly ageBySex: readonly { readonly sex: string; readonly age: Distribution | null }[];
  readonly studiesPerPatient: Distribution | null;
  readonly imagesPerStudy: Distribution | null;
}

export interface AcquisitionField {
  readonly field: string;
  /** Studies that state it. */
  readonly stated: Proportion;
  readonly distinct: number;
  /** The most frequent values; of the others there is only their sum. */
  readonly values: readonly Category[];
}

export interface ReportPicture {
  readonly sections: readonly Category[];
  /** Studies with findings or impression. */
  readonly reported: Proportion;
  /** Words in findings and impression. */
  readonly words: Distribution | null;
  readonly vocabulary: VocabularyPicture | null;
  /** Most common sentences, of open data alone. */
  readonly sentences?: readonly Category[];
}

export interface VocabularyPicture {
  readonly tokens: number;
  readonly types: number;
  /** Words that occur once. */
  readonly once: number;
  /** Share of tokens that de-identification replaced by XXXX. */
  readonly redacted: number;
  /** Distinct words among the first so many reports, in an order drawn by the seed. */
  readonly growth: readonly { readonly reports: number; readonly types: number }[];
  /** Exponent of Heaps' law fitted to the growth: near 0 the vocabulary is closed, near 1 every report brings new words. */
  readonly heaps: number | null;
}

export interface PixelPicture {
  /** Images on disk, drawn by the seed; `decoded` of them gave a picture. */
  readonly sampled: number;
  readonly of: number;
  /** Images that were drawn before them and are not on disk. */
  readonly missing: number;
  readonly broken: number;
  readonly decoded: number;
  readonly sizes: readonly Category[];
  readonly distinctSizes: number;
  readonly shortSide: Distribution | null;
  readonly aspect: Distribution | null;
  readonly bits: readonly Category[];
  readonly channels: readonly Category[];
  /** Mean grey level of an image, 0 to 255. */
  readonly brightness: Distribution | null;
  /** Distance of the 5 % and the 95 % quantile of its grey levels. */
  readonly contrast: Distribution | null;
  /** Over images: 5, 50 and 95 % quantile of the share of pixels in each of 32 bins of grey. */
  readonly density: readonly { readonly low: number; readonly middle: number; readonly high: number }[];
  readonly outliers: readonly Outlier[];
  readonly outlierCount: number;
}

export type OutlierKind = 'bright' | 'dark' | 'flat' | 'hard' | 'inverted';

/** An image whose exposure is far from the others'. */
export interface Outlier {
  readonly kind: OutlierKind;
  /** Robust z: distance from the median in units of 1.4826 MAD; null for an inverted image. */
  readonly z: number | null;
  readonly brightness: number;
  readonly contrast: number;
  /** Image id, of open data alone. */
  readonly image?: string;
}

export interface GroupComparison {
  readonly a: string;
  readonly b: string;
  readonly kind: 'parts' | 'datasets';
  readonly rows: readonly ComparisonRow[];
}

export interface ComparisonRow {
  readonly what: string;
  readonly test: 'chi-squared' | 'Kolmogorov–Smirnov';
  /** Share of the studies, or median; null where undefined. */
  readonly a: number | null;
  readonly b: number | null;
  readonly unit: 'share' | 'median' | 'distribution';
  readonly nA: number;
  readonly nB: number;
  /** Cramér's V or D; null with `p` where no test was possible. */
  readonly effect: number | null;
  readonly p: number | null;
  /** Corrected by Holm over the rows of this comparison. */
  readonly adjusted: number | null;
}
