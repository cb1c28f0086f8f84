/** Made-up report data of every shape a report must bear: two datasets, three tasks, five models, hostile strings, gaps. */
import type { Leaderboard, ReportData, ReportedDataset, ReportedModel } from '../../src/core/report-data.ts';
import type { Alarm, Comparison, PredictionRow, Result } from '../../src/core/result.ts';
import { CHEXPERT_FINDINGS, type ReportSections } from '../../src/core/study.ts';
import { selectGallery } from '../../src/report/gallery.ts';
import { film } from './sample-film.ts';
import { HOSTILE_MODEL, HOSTILE_TEXT, MODELS, rankRows, scoreRows } from './sample-predictions.ts';
import { macroResults, rankResults, scoreResults } from './sample-results.ts';

const BUNDLE = {
  architecture: 'CLIP ViT 3 × 64, patch 56; text 1 × 64',
  preprocessing: 'chexzero@1',
  options: { pooling: 'cls' },
};

function groups<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[][] {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row]);
  return [...found.values()];
}

function board(results: readonly Result[], task: string, of: { metric: string; finding: string | null }): Leaderboard {
  const rows = results.filter((row) => row.task === task && row.metric === of.metric && row.finding === of.finding);
  const entries = rows.map(({ model, variant, value, ciLow, ciHigh }) => {
    const baseline = MODELS.some(({ id, baseline: marked }) => id === model && marked);
    const rank = baseline ? null : model === HOSTILE_MODEL ? 3 : 1;
    return { model, variant, value, ciLow, ciHigh, rank, baseline };
  });
  entries.sort((a, b) => Number(a.baseline) - Number(b.baseline) || (b.value ?? 0) - (a.value ?? 0));
  return { dataset: rows[0]!.dataset, task, ...of, better: rows[0]!.better, entries };
}

function comparisons(leaderboard: Leaderboard, split: string): Comparison[] {
  const { entries, dataset, task, metric, finding } = leaderboard;
  return entries.flatMap((a, i) =>
    entries.slice(i + 1).map((b): Comparison => {
      const difference = a.value === null || b.value === null ? null : a.value - b.value;
      const pValue = difference === null ? null : Math.min(1, Math.exp(-Math.abs(difference) * 60));
      const pair = {
        modelA: a.model,
        modelB: b.model,
        difference,
        pValue,
        pAdjusted: pValue === null ? null : Math.min(1, pValue * 3),
      };
      const interval = {
        ciLow: difference === null ? null : difference - 0.04,
        ciHigh: difference === null ? null : difference + 0.04,
      };
      return {
        dataset,
        split,
        task,
        finding,
        metric,
        ...pair,
        ...interval,
        method: metric === 'auroc' ? 'delong' : 'paired-bootstrap',
        n: 300,
      };
    }),
  );
}

const PHANTOM: ReportedDataset = {
  id: 'phantom',
  name: 'iu-xray',
  version: '1',
  title: 'Phantom (Open-i layout)',
  tier: 'open',
  licence: 'CC0-1.0',
  citation: 'Synthetic chest radiographs drawn by this program.',
  synthetic: true,
  split: 'patient-v1#4f2a9c0d11223344556677889900aabbccddeeff00112233445566778899aabb',
  part: 'test',
  patients: 240,
  studies: 300,
  images: 420,
  problems: [
    { item: 'CXR12_1.png', problem: 'file is truncated' },
    { item: 'CXR77.xml', problem: 'report has no findings section' },
  ],
  problemCount: 5,
};

const RESTRICTED: ReportedDataset = {
  ...PHANTOM,
  id: 'mimic-like',
  name: 'mimic-cxr',
  title: 'A credentialed dataset',
  tier: 'credentialed',
  licence: 'PhysioNet Credentialed Health Data License 1.5.0',
  citation: 'Doe et al. 2020',
  synthetic: false,
  patients: 64,
  studies: 80,
  images: 80,
  problems: [],
  problemCount: 0,
};

function reportedModel({ id, baseline }: (typeof MODELS)[number]): ReportedModel {
  if (baseline)
    return { id, variant: 'fp32', use: null, card: null, members: 0, parameters: null, bundle: null, baseline };
  const card = {
    title: 'CheXzero miniature',
    architecture: 'CLIP ViT, 4 layers, width 64; text transformer, 4 layers, width 64',
    licence: 'Apache-2.0',
    citation: 'Tiu et al. 2022, doi:10.1038/s41551-022-00936-9',
    access: 'by-hand' as const,
    weights: 'in the package',
    exposure: { 'iu-xray': 'trained' as const, 'mimic-cxr': 'clean' as const },
    notes: ['A miniature with the same keys as the published checkpoint, not its weights.', HOSTILE_TEXT],
  };
  const members = id === 'chexzero-mini-ensemble' ? 2 : 1;
  const known =
    id === HOSTILE_MODEL
      ? { use: null, card: null, parameters: null, bundle: null }
      : { use: 'chexzero', card, parameters: 1_234_567 * members, bundle: BUNDLE };
  return { id, variant: 'fp32', members, baseline, ...known };
}

function reportTexts(dataset: ReportedDataset): [string, ReportSections][] {
  return Array.from({ length: dataset.studies }, (_, i): [string, ReportSections] => [
    `${dataset.id}-s${String(i).padStart(4, '0')}`,
    {
      indication: 'Cough.',
      findings:
        i % 7 === 0
          ? HOSTILE_TEXT
          : `The lungs are clear${i % 2 === 0 ? '' : ` since study ${i}`}. No pleural effusion or pneumothorax.`,
      impression:
        i % 5 === 0
          ? HOSTILE_TEXT
          : i % 3 === 0
            ? 'No acute cardiopulmonary abnormality.'
            : `Mild cardiomegaly, stable since study ${i}. Small left pleural effusion; no focal consolidation.`,
    },
  ]);
}

let made: ReportData | undefined;

/** The full sample: what a demo run gives, with a restricted dataset beside it. Made once. */
export function sampleData(): ReportData {
  made ??= makeSample();
  return made;
}

const DATASETS = [PHANTOM, RESTRICTED];

/** Results by finding, then means over findings. */
function sampleResults(predictions: readonly PredictionRow[]): Result[] {
  const datasetOf = (row: PredictionRow) => DATASETS.find(({ id }) => id === row.dataset)!;
  const byFinding = groups(predictions, (row) => [row.dataset, row.task, row.model, row.finding].join('|'));
  const single = byFinding.flatMap((rows) =>
    (rows[0]!.task === 'retrieval' ? rankResults : scoreResults)(rows, datasetOf(rows[0]!)),
  );
  const zeroShot = single.filter((row) => row.task === 'zero-shot');
  return [...single, ...groups(zeroShot, (row) => `${row.dataset}|${row.model}`).flatMap(macroResults)];
}

function sampleBoards(results: readonly Result[]) {
  const of = (dataset: string) => results.filter((row) => row.dataset === dataset);
  const leaderboards = [
    board(of('phantom'), 'zero-shot', { metric: 'auroc', finding: 'macro' }),
    board(of('phantom'), 'view', { metric: 'auroc', finding: 'frontal' }),
    board(of('phantom'), 'retrieval', { metric: 'recall@5', finding: 'image-to-report' }),
    board(of('mimic-like'), 'zero-shot', { metric: 'auroc', finding: 'macro' }),
  ];
  const findings = CHEXPERT_FINDINGS.map((finding) => board(of('phantom'), 'zero-shot', { metric: 'auroc', finding }));
  return {
    leaderboards,
    comparisons: [...leaderboards, ...findings].flatMap((entry) => comparisons(entry, PHANTOM.split)),
  };
}

const ALARMS: readonly Alarm[] = [
  [HOSTILE_MODEL, 'No Finding', 'AUROC 0.08 is below 0.35: an inverted prompt is the usual cause'] as const,
  ['chexzero-mini', 'Fracture', 'no positive in test: AUROC is undefined'] as const,
  ['chexzero-mini', 'Pleural Other', 'only 4 positives: intervals are wide'] as const,
].map(([model, finding, message]) => ({ dataset: 'phantom', task: 'zero-shot', model, finding, message }));

const FACTS = {
  title: 'Demo: miniature CheXzero on phantom films',
  suite: { name: 'demo', version: 1, digest: '9b1c5f2e'.repeat(8), text: `name: demo\nseed: 0\n# ${HOSTILE_TEXT}\n` },
  provenance: {
    version: '0.1.0',
    packages: { 'onnxruntime-node': '1.30.0', vega: '6.4.0' },
    datasets: [{ id: 'phantom', digest: 'ab'.repeat(32) }],
    note: HOSTILE_TEXT,
    absent: null,
  },
  seed: 0,
  statistics: { replicates: 2000, confidence: 0.95 },
  skipped: [{ what: 'chexzero-mini × mimic-like × retrieval', reason: 'the dataset has no reports' }],
};

function makeSample(): ReportData {
  const predictions = [
    ...scoreRows(PHANTOM, 'zero-shot', CHEXPERT_FINDINGS),
    ...scoreRows(PHANTOM, 'view', ['frontal']),
    ...scoreRows(RESTRICTED, 'zero-shot', CHEXPERT_FINDINGS.slice(0, 5)),
    ...rankRows(PHANTOM),
  ];
  const results = sampleResults(predictions);
  const baselines = MODELS.filter(({ baseline }) => baseline).map(({ id }) => id);
  const shown = selectGallery(predictions, { exclude: baselines }).images.filter((id) => id.startsWith(PHANTOM.id));
  return {
    ...FACTS,
    ...sampleBoards(results),
    models: MODELS.map(reportedModel),
    datasets: DATASETS,
    results,
    alarms: ALARMS,
    predictions,
    thumbnails: new Map(shown.map((id) => [id, film(id)])),
    reports: new Map(reportTexts(PHANTOM)),
  };
}

/** One model, one dataset, nothing judged yet: no predictions, no results. */
export function emptyData(): ReportData {
  const sample = sampleData();
  const none = { leaderboards: [], results: [], comparisons: [], alarms: [], predictions: [], skipped: [] };
  return {
    ...sample,
    ...none,
    models: sample.models.slice(0, 1),
    datasets: sample.datasets.slice(0, 1),
    thumbnails: new Map(),
    reports: new Map(),
  };
}

/** One model alone, and a retrieval without any query that could be ranked. */
export function lonelyData(): ReportData {
  const sample = sampleData();
  const own = <Row extends { readonly model: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.model === 'chexzero-mini');
  const unranked = (row: PredictionRow) =>
    row.task === 'retrieval' ? { ...row, rank: null, candidates: null, failure: 'no report text' } : row;
  const leaderboards = sample.leaderboards.map((leaderboard) => ({
    ...leaderboard,
    entries: own(leaderboard.entries),
  }));
  const gone = (row: Result) =>
    row.task === 'retrieval' ? { ...row, value: null, ciLow: null, ciHigh: null, reason: 'no ranked query' } : row;
  return {
    ...sample,
    models: sample.models.slice(1, 2),
    leaderboards,
    results: own(sample.results).map(gone),
    comparisons: [],
    alarms: [],
    predictions: own(sample.predictions).map(unranked),
  };
}
