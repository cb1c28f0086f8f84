/** What the report is made of: plain data, so that a report can be made again, elsewhere, from a run folder. */
import type { AnchorOutcome } from './anchors.ts';
import type { AccessTier } from './dataset.ts';
import type { Exposure, ModelCard } from './model.ts';
import type { Alarm, Comparison, PredictionRow, Result } from './result.ts';
import type { ReportSections } from './study.ts';

export interface ReportedModel {
  readonly id: string;
  readonly variant: string;
  /** Plug-in name; null for a baseline or for stored predictions. */
  readonly use: string | null;
  readonly card: ModelCard | null;
  /** Checkpoints of the ensemble; 1 for a single model, 0 for a baseline or stored predictions. */
  readonly members: number;
  readonly parameters: number | null;
  /** What its (first) checkpoint turned out to be; null where nothing ran here. */
  readonly bundle: ReportedBundle | null;
  readonly baseline: boolean;
}

export interface ReportedBundle {
  readonly architecture: string;
  /** Name and version of the image preprocessing; null without a vision tower. */
  readonly preprocessing: string | null;
  /** What the importer was asked for, for example `pooling`. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ReportedDataset {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly tier: AccessTier;
  readonly licence: string;
  readonly citation: string;
  readonly synthetic: boolean;
  readonly split: string;
  readonly part: string;
  readonly patients: number;
  readonly studies: number;
  readonly images: number;
  /** Items of the release with a problem (missing image, empty report …), at most a few listed; none where ids may not be shown. */
  readonly problems: readonly { readonly item: string; readonly problem: string }[];
  readonly problemCount: number;
}

/** One place of a leaderboard. Models of the same rank are not told apart by the corrected paired test. */
export interface LeaderboardEntry {
  readonly model: string;
  readonly variant: string;
  readonly value: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Shared by the models of one tie group, from 1; null for baselines. */
  readonly rank: number | null;
  readonly baseline: boolean;
  /** What the model saw of the dataset; null for baselines, absent in files of older runs. */
  readonly exposure?: Exposure | null;
}

export interface Leaderboard {
  readonly dataset: string;
  readonly task: string;
  /** The task's headline metric and what it is averaged over. */
  readonly metric: string;
  readonly finding: string | null;
  readonly better: 'higher' | 'lower';
  readonly entries: readonly LeaderboardEntry[];
}

/** What of a report stands in no other file of the run folder (`report.json`); no item of the data is in it. */
export type ReportFacts = Pick<
  ReportData,
  'title' | 'suite' | 'provenance' | 'seed' | 'statistics' | 'models' | 'datasets' | 'skipped'
>;

export interface ReportData {
  readonly title: string;
  readonly suite: { readonly name: string; readonly version: number; readonly digest: string; readonly text: string };
  /** Free nested facts of `manifest.json` that are not times: versions, machine, digests. */
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly statistics: { readonly replicates: number; readonly confidence: number };
  readonly models: readonly ReportedModel[];
  readonly datasets: readonly ReportedDataset[];
  readonly leaderboards: readonly Leaderboard[];
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly alarms: readonly Alarm[];
  readonly predictions: readonly PredictionRow[];
  /** Published numbers that the suite holds its results against; none unless given. */
  readonly anchors?: readonly AnchorOutcome[];
  /** Pairs that were not run, with the reason. */
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
  /** Image id → data URI of a thumbnail; only for datasets whose licence lets pixels be shown. */
  readonly thumbnails: ReadonlyMap<string, string>;
  /** Study id → report sections; only for datasets of the open tier. */
  readonly reports: ReadonlyMap<string, ReportSections>;
}
