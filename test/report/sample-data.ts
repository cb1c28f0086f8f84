/** Made-up report data of every shape a report must bear: two datasets, three tasks, five models, hostile strings, gaps. */
import { deflateSync } from 'node:zlib';
import type { Leaderboard, ReportData, ReportedDataset, ReportedModel } from '../../src/core/report-data.ts';
import type { Comparison, PredictionRow, Result } from '../../src/core/result.ts';
import { rng } from '../../src/core/rng.ts';
import { CHEXPERT_FINDINGS, type ReportSections } from '../../src/core/study.ts';
import { bootstrapDistributions, replicateWeights } from '../../src/lib/stats/bootstrap.ts';
import * as confusion from '../../src/lib/stats/confusion.ts';
import { sortedQuantile } from '../../src/lib/stats/quantile.ts';
import { prepareAuroc, prepareAveragePrecision } from '../../src/lib/stats/ranking-scores.ts';

export const HOSTILE_TEXT =
  '</script></style><img src=x onerror="window.__hostile=1"><script>window.__hostile=1</script>';
export const HOSTILE_MODEL = 'mini-<b onmouseover=alert(1)>&"\'';

const PREVALENCE = [0.3, 0.09, 0.2, 0.25, 0.05, 0.12, 0.08, 0.06, 0.15, 0.03, 0.22, 0.012, 0, 0.28];
const DECIDED = ['balancedAccuracy', 'accuracy', 'f1', 'precision', 'recall', 'specificity', 'mcc'] as const;
const DECISIONS = {
  accuracy: confusion.accuracy,
  balancedAccuracy: confusion.balancedAccuracy,
  f1: confusion.f1,
  precision: confusion.precision,
  recall: confusion.recall,
  specificity: confusion.specificity,
  mcc: confusion.matthewsCorrelation,
};

const MODELS: readonly { id: string; skill: number; baseline: boolean }[] = [
  { id: 'chexzero-mini-ensemble', skill: 1.35, baseline: false },
  { id: 'chexzero-mini', skill: 1.2, baseline: false },
  { id: HOSTILE_MODEL, skill: 0.4, baseline: false },
  { id: 'chance', skill: 0, baseline: true },
  { id: 'prevalence', skill: 0, baseline: true },
];

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function chunk(type: string, body: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length, 0);
  ends.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([ends.subarray(0, 4), content, ends.subarray(4)]);
}

/** A grey picture with two dark fields, as a PNG data URI. */
function film(name: string, side = 96): string {
  const random = rng(1, 'film', name);
  const tilt = random.next() * 0.2;
  const rows = Buffer.alloc(side * (side + 1));
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const lung = (cx: number) => Math.exp(-(((x / side - cx) / 0.14) ** 2) - ((y / side - 0.45 - tilt) / 0.28) ** 2);
      const heart = Math.exp(-(((x / side - 0.55) / 0.13) ** 2) - ((y / side - 0.62) / 0.16) ** 2);
      const value = 150 - 110 * (lung(0.3) + lung(0.72)) + 60 * heart + 14 * random.normal();
      rows[y * (side + 1) + x + 1] = Math.max(0, Math.min(255, value));
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 8;
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  const bytes = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

function scoreRows(dataset: ReportedDataset, task: string, findings: readonly string[]): PredictionRow[] {
  return findings.flatMap((finding, column) => {
    const prevalence = task === 'view' ? 0.6 : PREVALENCE[column]!;
    return Array.from({ length: dataset.studies }, (_, i) => i).flatMap((i) => {
      const target = rng(3, `target ${dataset.id} ${task} ${finding}`, String(i)).next() < prevalence ? 1 : 0;
      const shared = rng(5, `${dataset.id} ${task} ${finding}`, String(i)).normal();
      return MODELS.map(({ id, skill, baseline }): PredictionRow => {
        const own = rng(4, `${id} ${dataset.id} ${task} ${finding}`, String(i)).normal();
        const inverted = id === HOSTILE_MODEL && finding === 'No Finding' ? -4 : 1;
        const level = target * skill * inverted + 0.7 * shared + 0.7 * own - 0.8;
        const failed = i === 7 && !baseline;
        const score = failed ? null : id === 'prevalence' ? prevalence : 1 / (1 + Math.exp(-level));
        const study = `${dataset.id}-s${String(i).padStart(4, '0')}`;
        const ids = { patient: `p${Math.floor(i * 0.8)}`, study, item: `${study}-0` };
        const decision = score === null ? null : Number(score >= 0.5);
        const judged = { target, score, decision, rank: null, candidates: null };
        const failure = failed ? 'truncated PNG' : null;
        return {
          dataset: dataset.id,
          task,
          model: id,
          variant: 'fp32',
          part: 'test',
          ...ids,
          finding,
          ...judged,
          failure,
        };
      });
    });
  });
}

function rankRows(dataset: ReportedDataset): PredictionRow[] {
  const study = (i: number) => `${dataset.id}-s${String(i).padStart(4, '0')}`;
  return ['image-to-report', 'report-to-image'].flatMap((direction) =>
    MODELS.filter(({ id }) => id !== 'prevalence').flatMap(({ id, skill }) =>
      Array.from({ length: dataset.studies }, (_, i): PredictionRow => {
        const random = rng(6, `${dataset.id} ${id} ${direction}`, String(i));
        const rank = Math.min(dataset.studies, 1 + Math.floor(dataset.studies * random.next() ** (1 + 4 * skill)));
        const candidates = Array.from({ length: 10 }, (_, place) => {
          const candidate = place + 1 === rank ? i : random.integer(dataset.studies);
          return direction === 'image-to-report' ? study(candidate) : `${study(candidate)}-0`;
        });
        const item = direction === 'image-to-report' ? `${study(i)}-0` : study(i);
        const ids = { patient: `p${Math.floor(i * 0.8)}`, study: study(i), item, finding: direction };
        const judged = { target: null, score: null, decision: null, rank, candidates: candidates.join('|') };
        return {
          dataset: dataset.id,
          task: 'retrieval',
          model: id,
          variant: 'fp32',
          part: 'test',
          ...ids,
          ...judged,
          failure: null,
        };
      }),
    ),
  );
}

type Measured = Pick<Result, 'value' | 'ciLow' | 'ciHigh' | 'reason'>;

function measured(distribution: Float64Array, value: number): Measured {
  const sorted = distribution.filter((entry) => !Number.isNaN(entry)).sort();
  if (Number.isNaN(value)) return { value: null, ciLow: null, ciHigh: null, reason: 'no positive in test' };
  return { value, ciLow: sortedQuantile(sorted, 0.025), ciHigh: sortedQuantile(sorted, 0.975) };
}

function commonOf(row: PredictionRow, dataset: ReportedDataset, nFailed: number) {
  const where = { dataset: row.dataset, split: dataset.split, task: row.task, corruption: null, severity: null };
  return {
    model: row.model,
    variant: row.variant,
    ...where,
    seed: 0,
    subgroup: null,
    nFailed,
    better: 'higher' as const,
  };
}

const PROTOCOL = 'task=zero-shot@1;prompts=chexzero-pair@1;labels=u-zeros@1;views=frontal;unit=image';

function scoreResults(rows: readonly PredictionRow[], dataset: ReportedDataset): Result[] {
  const scored = rows.filter((row) => row.score !== null);
  const targets = Uint8Array.from(scored, (row) => row.target!);
  const decisions = Uint8Array.from(scored, (row) => row.decision!);
  const scores = Float64Array.from(scored, (row) => row.score!);
  const statistics = [
    prepareAuroc({ targets, scores }),
    prepareAveragePrecision({ targets, scores }),
    ...DECIDED.map((name) => confusion.prepareDecisionStatistic(DECISIONS[name])({ targets, decisions })),
  ];
  const replicates = replicateWeights(
    scored.map((row) => row.patient),
    60,
    0,
  );
  const distributions = bootstrapDistributions(statistics, replicates);
  const common = commonOf(rows[0]!, dataset, rows.length - scored.length);
  const nPositive = targets.reduce((sum, target) => sum + target, 0);
  return ['auroc', 'auprc', ...DECIDED].map((metric, i) => ({
    ...common,
    finding: rows[0]!.finding,
    metric,
    ...measured(distributions[i]!, statistics[i]!()),
    n: scored.length,
    nPositive,
    protocol: i < 2 ? PROTOCOL : `${PROTOCOL};threshold=youden@validation`,
  }));
}

function macroResults(results: readonly Result[]): Result[] {
  return ['auroc', 'auprc', 'f1'].map((metric) => {
    const parts = results.filter((row) => row.metric === metric && row.value !== null);
    const mean = (field: 'value' | 'ciLow' | 'ciHigh') =>
      parts.reduce((sum, row) => sum + row[field]!, 0) / parts.length;
    const interval = { value: mean('value'), ciLow: mean('value') - 0.03, ciHigh: mean('value') + 0.03 };
    const protocol = `${parts[0]!.protocol};macro=13-findings-with-5-positives`;
    return { ...parts[0]!, finding: 'macro', metric, ...interval, nPositive: null, protocol };
  });
}

function rankResults(rows: readonly PredictionRow[], dataset: ReportedDataset): Result[] {
  const common = commonOf(rows[0]!, dataset, 0);
  const readings = [
    { finding: rows[0]!.finding, ease: 1, relevance: 'same-report' },
    { finding: `${rows[0]!.finding} (labels)`, ease: 0.5, relevance: 'same-present-findings' },
  ];
  return readings.flatMap(({ finding, ease, relevance }) => {
    const ranks = Float64Array.from(rows, (row) => Math.max(1, Math.floor(row.rank! * ease))).sort();
    const protocol = `task=retrieval@1;text=findings-else-impression;views=frontal;pool=test;candidates=${rows.length};relevance=${relevance}`;
    const share = (k: number) => ranks.filter((rank) => rank <= k).length / ranks.length;
    const values = {
      'recall@1': share(1),
      'recall@5': share(5),
      'recall@10': share(10),
      mrr: ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length,
      medianRank: sortedQuantile(ranks, 0.5),
    };
    return Object.entries(values).map(([metric, value]) => {
      const [room, better] = metric === 'medianRank' ? [value * 0.2, 'lower' as const] : [0.04, 'higher' as const];
      const interval = {
        value,
        ciLow: Math.max(0, value - room),
        ciHigh: metric === 'medianRank' ? value + room : Math.min(1, value + room),
      };
      return { ...common, better, finding, metric, ...interval, n: ranks.length, nPositive: null, protocol };
    });
  });
}

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
  if (baseline) return { id, variant: 'fp32', use: null, card: null, members: 0, parameters: null, baseline };
  const card = {
    title: 'CheXzero miniature',
    architecture: 'CLIP ViT, 4 layers, width 64; text transformer, 4 layers, width 64',
    licence: 'Apache-2.0',
    citation: 'Tiu et al. 2022, doi:10.1038/s41551-022-00936-9',
    weights: 'in the package',
    exposure: { 'iu-xray': 'trained' as const, 'mimic-cxr': 'clean' as const },
    notes: ['A miniature with the same keys as the published checkpoint, not its weights.', HOSTILE_TEXT],
  };
  const members = id === 'chexzero-mini-ensemble' ? 2 : 1;
  const known =
    id === HOSTILE_MODEL
      ? { use: null, card: null, parameters: null }
      : { use: 'chexzero', card, parameters: 1_234_567 * members };
  return { id, variant: 'fp32', members, baseline, ...known };
}

function reportTexts(dataset: ReportedDataset): [string, ReportSections][] {
  return Array.from({ length: dataset.studies }, (_, i): [string, ReportSections] => [
    `${dataset.id}-s${String(i).padStart(4, '0')}`,
    {
      indication: 'Cough.',
      findings: 'The lungs are clear. No pleural effusion or pneumothorax.',
      impression:
        i % 5 === 0
          ? HOSTILE_TEXT
          : i % 3 === 0
            ? 'No acute cardiopulmonary abnormality.'
            : `Mild cardiomegaly, stable since study ${i}. Small left pleural effusion; no focal consolidation.`,
    },
  ]);
}

/** The full sample: what a demo run gives, with a restricted dataset beside it. */
export function sampleData(): ReportData {
  const predictions = [
    ...scoreRows(PHANTOM, 'zero-shot', CHEXPERT_FINDINGS),
    ...scoreRows(PHANTOM, 'view', ['frontal']),
    ...scoreRows(RESTRICTED, 'zero-shot', CHEXPERT_FINDINGS.slice(0, 5)),
    ...rankRows(PHANTOM),
  ];
  const datasets = [PHANTOM, RESTRICTED];
  const datasetOf = (row: PredictionRow) => datasets.find(({ id }) => id === row.dataset)!;
  const byFinding = groups(predictions, (row) => [row.dataset, row.task, row.model, row.finding].join('|'));
  const single = byFinding.flatMap((rows) =>
    (rows[0]!.task === 'retrieval' ? rankResults : scoreResults)(rows, datasetOf(rows[0]!)),
  );
  const zeroShot = single.filter((row) => row.task === 'zero-shot');
  const macro = groups(zeroShot, (row) => `${row.dataset}|${row.model}`).flatMap(macroResults);
  const results = [...single, ...macro];
  const of = (dataset: string) => results.filter((row) => row.dataset === dataset);
  const leaderboards = [
    board(of('phantom'), 'zero-shot', { metric: 'auroc', finding: 'macro' }),
    board(of('phantom'), 'view', { metric: 'auroc', finding: 'frontal' }),
    board(of('phantom'), 'retrieval', { metric: 'recall@5', finding: 'image-to-report' }),
    board(of('mimic-like'), 'zero-shot', { metric: 'auroc', finding: 'macro' }),
  ];
  const findingBoards = CHEXPERT_FINDINGS.map((finding) =>
    board(of('phantom'), 'zero-shot', { metric: 'auroc', finding }),
  );
  return {
    title: 'Demo: miniature CheXzero on phantom films',
    suite: {
      name: 'demo',
      version: 1,
      digest: '9b1c5f2e77aa0d3c4e5f60718293a4b5c6d7e8f900112233445566778899aabb',
      text: `name: demo\nseed: 0\n# ${HOSTILE_TEXT}\n`,
    },
    provenance: {
      version: '0.1.0',
      packages: { 'onnxruntime-node': '1.30.0', vega: '6.4.0' },
      datasets: [{ id: 'phantom', digest: 'ab'.repeat(32) }],
      note: HOSTILE_TEXT,
      absent: null,
    },
    seed: 0,
    statistics: { replicates: 2000, confidence: 0.95 },
    models: MODELS.map(reportedModel),
    datasets,
    leaderboards,
    results,
    comparisons: [...leaderboards, ...findingBoards].flatMap((leaderboard) => comparisons(leaderboard, PHANTOM.split)),
    alarms: [
      {
        dataset: 'phantom',
        task: 'zero-shot',
        model: HOSTILE_MODEL,
        finding: 'No Finding',
        message: 'AUROC 0.08 is below 0.35: an inverted prompt is the usual cause',
      },
      {
        dataset: 'phantom',
        task: 'zero-shot',
        model: 'chexzero-mini',
        finding: 'Fracture',
        message: 'no positive in test: AUROC is undefined',
      },
      {
        dataset: 'phantom',
        task: 'zero-shot',
        model: 'chexzero-mini',
        finding: 'Pleural Other',
        message: 'only 4 positives: intervals are wide',
      },
    ],
    predictions,
    skipped: [{ what: 'chexzero-mini × mimic-like × retrieval', reason: 'the dataset has no reports' }],
    thumbnails: new Map(
      Array.from({ length: PHANTOM.studies }, (_, i) => `phantom-s${String(i).padStart(4, '0')}-0`).map((id) => [
        id,
        film(id),
      ]),
    ),
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
