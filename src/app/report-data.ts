/** Gathers what the report shows: results, and the few pictures and texts that the gallery needs, where they may be shown. */
import { catalog } from '../catalog/index.ts';
import { type Content, mayShow } from '../core/data-use.ts';
import type { ModelCard } from '../core/model.ts';
import type { ReportData, ReportedBundle, ReportedDataset, ReportedModel } from '../core/report-data.ts';
import type { ReportSections, Study, StudyImage } from '../core/study.ts';
import type { SuiteModel } from '../core/suite.ts';
import { thumbnail } from '../engine/decode.ts';
import type { Judged } from '../engine/judge.ts';
import type { Prepared, PreparedDataset, PreparedModel } from '../engine/prepare.ts';
import { selectGallery } from '../report/gallery.ts';
import { provenance } from './manifest.ts';

const THUMBNAIL_SIDE = 224;
const SHOWN_PROBLEMS = 12;

/** @param title heading of the report; @param text the suite as YAML; @param digest its SHA-256 */
export async function buildReportData(
  prepared: Prepared,
  judged: Judged,
  described: { readonly title: string; readonly text: string; readonly digest: string },
): Promise<ReportData> {
  const { suite } = prepared;
  const models = reportedModels(prepared, judged);
  const baselines = models.filter((model) => model.baseline).map((model) => model.id);
  const tiers = new Map(prepared.datasets.map(({ view }) => [view.id, view.tier]));
  const shown = judged.predictions.filter((row) => mayShow(tiers.get(row.dataset)!, 'rows'));
  const wanted = selectGallery(shown, { exclude: baselines });
  return {
    title: described.title,
    suite: { name: suite.name, version: suite.version, digest: described.digest, text: described.text },
    provenance: provenance(prepared),
    seed: suite.seed,
    statistics: suite.statistics,
    models,
    datasets: prepared.datasets.map(reportedDataset),
    leaderboards: judged.leaderboards,
    results: judged.results,
    comparisons: judged.comparisons,
    alarms: judged.alarms,
    predictions: judged.predictions,
    skipped: prepared.skipped,
    thumbnails: await thumbnails(prepared.datasets, new Set(wanted.images)),
    reports: reportTexts(prepared.datasets, new Set(wanted.studies)),
  };
}

function reportedModels(prepared: Prepared, judged: Judged): ReportedModel[] {
  const known = new Map(prepared.models.map((model) => [model.id, model]));
  return judged.contestants.map(({ id, variant, isBaseline }) => {
    const model = known.get(id);
    const entry = prepared.suite.models.find((candidate) => candidate.id === id);
    return {
      id,
      variant,
      use: model?.use ?? null,
      card: entry ? cardOf(entry) : null,
      members: model?.members.length ?? 0,
      parameters: model ? parameters(model) : null,
      bundle: model ? reportedBundle(model) : null,
      baseline: isBaseline,
    };
  });
}

/** The plug-in's card, with what the suite knows better about these weights. */
function cardOf({ use, exposure, note }: SuiteModel): ModelCard | null {
  const card = catalog.models.get(use)?.card;
  if (!card) return null;
  return { ...card, exposure: exposure ?? card.exposure, notes: note ? [note, ...card.notes] : card.notes };
}

function reportedBundle({ members: [member] }: PreparedModel): ReportedBundle | null {
  if (!member) return null;
  const { architecture, vision, options = {} } = member.bundle.manifest;
  return { architecture, preprocessing: vision?.preprocessing.name ?? null, options };
}

/** Weights of all checkpoints of an ensemble; null where a bundle does not say. */
function parameters(model: PreparedModel): number | null {
  const counts = model.members.map(({ bundle }) => bundle.manifest.parameters);
  return counts.every((count) => count !== undefined) ? counts.reduce((sum, count) => sum + count, 0) : null;
}

function reportedDataset({ view, definition, problems, digests, paths }: PreparedDataset): ReportedDataset {
  const kept = view.studies.filter((_, index) => view.parts[index] === view.evaluate);
  const failures = [...paths].flatMap(([item, path]) => {
    const problem = digests.failures.get(path);
    return problem ? [{ item, problem }] : [];
  });
  const all = [...problems, ...failures];
  return {
    id: view.id,
    name: view.name,
    version: view.version,
    title: definition.title,
    tier: view.tier,
    licence: definition.licence,
    citation: definition.citation,
    synthetic: definition.synthetic,
    split: `${view.split.name}#${view.split.digest}`,
    part: view.evaluate,
    patients: new Set(kept.map((study) => study.patientId)).size,
    studies: kept.length,
    images: kept.reduce((count, study) => count + study.images.length, 0),
    problems: mayShow(view.tier, 'ids') ? all.slice(0, SHOWN_PROBLEMS) : [],
    problemCount: all.length,
  };
}

const showing =
  (what: Content) =>
  ({ view }: PreparedDataset) =>
    mayShow(view.tier, what);

async function thumbnails(
  datasets: readonly PreparedDataset[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const shown = new Map<string, string>();
  for (const { view } of datasets.filter(showing('pixels'))) {
    for (const [id, image] of view.studies.flatMap(namedImages)) {
      if (!wanted.has(id) || shown.has(id)) continue;
      const bytes = await thumbnail(image.path, THUMBNAIL_SIDE).catch(() => undefined); // a broken film has no picture
      if (bytes) shown.set(id, `data:image/webp;base64,${Buffer.from(bytes).toString('base64')}`);
    }
  }
  return shown;
}

/** Images by their own id, and the first frontal one by its study's. */
function namedImages(study: Study): [string, StudyImage][] {
  const first = study.images.find((image) => image.view === 'frontal') ?? study.images[0];
  const own = study.images.map((image): [string, StudyImage] => [image.id, image]);
  return first ? [[study.id, first], ...own] : own;
}

function reportTexts(
  datasets: readonly PreparedDataset[],
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, ReportSections> {
  const studies = datasets.filter(showing('text')).flatMap(({ view }) => view.studies);
  return new Map(studies.filter((study) => wanted.has(study.id)).map((study) => [study.id, study.report]));
}
