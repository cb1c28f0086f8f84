/** A small made-up dataset with embeddings whose answers are known, for tests of tasks and of the stages after inference. */
import { readdirSync } from 'node:fs';
import type { Part } from '../src/core/dataset.ts';
import type { MetricDefinition } from '../src/core/metric.ts';
import type { PromptSet } from '../src/core/prompts.ts';
import { rng } from '../src/core/rng.ts';
import type { LabelState, ReportSections, Study, View } from '../src/core/study.ts';
import type { DatasetView, EmbeddingLookup, Evaluation, Measure, SimilaritySearch } from '../src/core/task.ts';

async function loadAll<Plugin>(kind: string): Promise<Plugin[]> {
  const folder = new URL(`../src/catalog/${kind}/`, import.meta.url);
  const files = readdirSync(folder).sort();
  const modules: { default: Plugin | Plugin[] }[] = await Promise.all(
    files.map((file) => import(new URL(file, folder).href)),
  );
  return modules.flatMap((module) => module.default);
}

export const metrics = await loadAll<MetricDefinition>('metrics');
export const promptSets: ReadonlyMap<string, PromptSet> = new Map(
  (await loadAll<PromptSet>('prompts')).map((set) => [`${set.name}@${set.version}`, set]),
);

export interface ToyStudy {
  readonly id: string;
  readonly patient?: string;
  readonly part?: Part;
  readonly labels?: Readonly<Record<string, LabelState>>;
  readonly report?: ReportSections;
  /** Views of the study's images; one frontal image unless given. Image ids are `STUDY/0`, `STUDY/1` … */
  readonly views?: readonly View[];
}

export function toyDataset(
  studies: readonly ToyStudy[],
  findings: readonly string[],
  evaluate: Part = 'test',
): DatasetView {
  return {
    id: 'toy',
    name: 'toy',
    version: '1',
    tier: 'open',
    findings,
    studies: studies.map(
      (study): Study => ({
        id: study.id,
        patientId: study.patient ?? study.id,
        images: (study.views ?? ['frontal']).map((view, index) => ({ id: `${study.id}/${index}`, view, path: '' })),
        report: study.report ?? {},
        labels: study.labels ?? {},
        acquisition: {},
      }),
    ),
    parts: studies.map(({ part }) => part ?? 'test'),
    split: { name: 'toy', digest: 'abcdef0123456789' },
    evaluate,
  };
}

/** A stable pseudo-random vector of a name: different names are nearly orthogonal. */
export function vectorOf(name: string, dimension = 32): Float32Array {
  const random = rng(1, 'toy-vector', name);
  return Float32Array.from({ length: dimension }, () => random.normal());
}

export interface ToyEmbeddings {
  readonly image?: (id: string) => Float32Array | null;
  readonly text?: (text: string) => Float32Array | null;
  readonly failure?: (id: string) => string | undefined;
}

export function toyLookup({ image, text, failure }: ToyEmbeddings = {}): EmbeddingLookup {
  const vectorOfText = text ?? ((name: string) => vectorOf(name));
  return {
    image: image ?? vectorOf,
    text: vectorOfText,
    prompts: (texts) => texts.map(vectorOfText),
    failure: failure ?? (() => undefined),
  };
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, dimension: number): number {
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += a[i * dimension + d]! * b[j * dimension + d]!;
  return sum;
}

/** All pairs, in JavaScript: what the engine's search must agree with. */
export const bruteForceSearch: SimilaritySearch = {
  topK: async (queries, corpus, dimension, wanted) => {
    const rows = corpus.length / dimension;
    const k = Math.min(wanted, rows);
    const ranked = Array.from({ length: queries.length / dimension }, (_, q) => {
      const all = Array.from({ length: rows }, (_, n) => ({ n, similarity: dot(queries, q, corpus, n, dimension) }));
      return all.sort((a, b) => b.similarity - a.similarity || a.n - b.n).slice(0, k);
    }).flat();
    const indices = Int32Array.from(ranked, ({ n }) => n);
    return { indices, similarities: Float32Array.from(ranked, ({ similarity }) => similarity), k };
  },
  countAbove: async (queries, corpus, dimension, thresholds) => {
    const above = new Int32Array(thresholds.length);
    const tied = new Int32Array(thresholds.length);
    thresholds.forEach((threshold, q) => {
      for (let n = 0; n < corpus.length / dimension; n++) {
        const difference = dot(queries, q, corpus, n, dimension) - threshold;
        if (difference > 1e-6) above[q]!++;
        else if (difference >= -1e-6) tied[q]!++;
      }
    });
    return { above, tied };
  },
};

/** The measure of a finding and metric. @throws Error where there is none */
export function measureOf(evaluation: Evaluation, finding: string | null, metric: string): Measure {
  const found = evaluation.measures.find(
    (measure) => measure.finding === finding && (measure.name ?? measure.metric.name) === metric,
  );
  if (!found) throw new Error(`no measure ${finding}/${metric}`);
  return found;
}
