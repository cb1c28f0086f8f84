/** Made-up prediction rows: models of different skill, an inverted prompt, a failed item, a finding without positives. */
import type { ReportedDataset } from '../../src/core/report-data.ts';
import type { PredictionRow } from '../../src/core/result.ts';
import { rng } from '../../src/core/rng.ts';

export const HOSTILE_TEXT =
  '</script></style><img src=x onerror="window.__hostile=1"><script>window.__hostile=1</script>';
export const HOSTILE_MODEL = 'mini-<b onmouseover=alert(1)>&"\'';

const PREVALENCE = [0.3, 0.09, 0.2, 0.25, 0.05, 0.12, 0.08, 0.06, 0.15, 0.03, 0.22, 0.012, 0, 0.28];
export const MODELS: readonly { id: string; skill: number; baseline: boolean }[] = [
  { id: 'chexzero-mini-ensemble', skill: 1.35, baseline: false },
  { id: 'chexzero-mini', skill: 1.2, baseline: false },
  { id: HOSTILE_MODEL, skill: 0.4, baseline: false },
  { id: 'chance', skill: 0, baseline: true },
  { id: 'prevalence', skill: 0, baseline: true },
];

export function scoreRows(dataset: ReportedDataset, task: string, findings: readonly string[]): PredictionRow[] {
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

export function rankRows(dataset: ReportedDataset): PredictionRow[] {
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
