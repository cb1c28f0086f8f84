/** Reports of a dataset: sections, length, vocabulary and, of open data, the most common sentences. */
import { sha256 } from '../../core/digest.ts';
import type { Study } from '../../core/study.ts';
import { SECTION_NAMES } from '../text/report-sections.ts';
import { distribution, rounded } from './distribution.ts';
import type { Category, ReportPicture, VocabularyPicture } from './eda-data.ts';
import { clusteredProportion } from './proportions.ts';

const SENTENCES = 15;
const GROWTH_POINTS = 12;
const REDACTED = /^x{3,}$/;

/** Findings and impression. */
function bodyOf({ report }: Study): string {
  return [report.findings, report.impression].filter((text) => text !== undefined).join('\n');
}

/** Lower-case words; hyphens and apostrophes inside a word belong to it. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
}

/** @param showTexts whether sentences may be shown: open data alone */
export function reportPicture(
  studies: readonly Study[],
  { seed, showTexts }: { seed: number; showTexts: boolean },
): ReportPicture {
  const patients = studies.map(({ patientId }) => patientId);
  const shareOf = (test: (study: Study) => boolean) =>
    clusteredProportion(
      studies.map((study) => Number(test(study))),
      patients,
    );
  const bodies = studies.map(bodyOf);
  const written = studies.map((study, i) => ({ study, body: bodies[i]! })).filter(({ body }) => body !== '');
  const picture = {
    sections: SECTION_NAMES.map((name) => ({ name, share: shareOf(({ report }) => report[name] !== undefined) })),
    reported: shareOf(({ report }) => report.findings !== undefined || report.impression !== undefined),
    words: distribution(
      written.map(({ body }) => wordsOf(body).length),
      { whole: true },
    ),
    vocabulary:
      written.length === 0
        ? null
        : vocabularyPicture(
            written.map(({ study, body }) => ({ id: study.id, body })),
            seed,
          ),
  };
  return showTexts ? { ...picture, sentences: commonSentences(written) } : picture;
}

interface Text {
  readonly id: string;
  readonly body: string;
}

function vocabularyPicture(texts: readonly Text[], seed: number): VocabularyPicture {
  const order = texts.map(({ id, body }) => ({ key: sha256(`eda:${seed}:${id}`), body }));
  order.sort((a, b) => (a.key < b.key ? -1 : 1));
  const counts = new Map<string, number>();
  const stops = growthStops(texts.length);
  const growth: { reports: number; types: number }[] = [];
  let [tokens, redacted] = [0, 0];
  order.forEach(({ body }, index) => {
    for (const word of wordsOf(body)) {
      tokens++;
      if (REDACTED.test(word)) redacted++;
      else counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    if (stops.has(index + 1)) growth.push({ reports: index + 1, types: counts.size });
  });
  const once = [...counts.values()].filter((count) => count === 1).length;
  return {
    tokens,
    types: counts.size,
    once,
    redacted: rounded(redacted / Math.max(1, tokens)),
    growth,
    heaps: heaps(growth),
  };
}

/** Twelve equal steps, the last of them all reports. */
function growthStops(reports: number): ReadonlySet<number> {
  return new Set(Array.from({ length: GROWTH_POINTS }, (_, i) => Math.ceil(((i + 1) * reports) / GROWTH_POINTS)));
}

/** Slope of log types over log reports by least squares. Source: Heaps 1978, Information Retrieval, section 7.5. */
function heaps(growth: readonly { readonly reports: number; readonly types: number }[]): number | null {
  const points = growth
    .filter(({ types }) => types > 0)
    .map(({ reports, types }) => [Math.log(reports), Math.log(types)] as const);
  if (points.length < 3) return null;
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const [across, up] = points.reduce(([a, b], [px, py]) => [a + (px - x) ** 2, b + (px - x) * (py - y)], [0, 0]);
  return rounded(up / across);
}

/** Sentences by the number of reports that hold them, at least two; spelt as most often written in lower case. */
function commonSentences(written: readonly { readonly study: Study; readonly body: string }[]): readonly Category[] {
  const holders = new Map<string, Set<number>>();
  written.forEach(({ body }, index) => {
    for (const sentence of body.split(/(?<=[.!?])\s+|\n+/)) {
      const text = sentence
        .toLowerCase()
        .replace(/\s+/g, ' ')
        .replace(/^\d+[.)] */, '')
        .replace(/[.!?\s]+$/, '')
        .trim();
      if (!/\p{L}/u.test(text)) continue;
      const found = holders.get(text) ?? new Set();
      holders.set(text, found.add(index));
    }
  });
  const patients = written.map(({ study }) => study.patientId);
  const ranked = [...holders]
    .filter(([, found]) => found.size > 1)
    .sort((a, b) => b[1].size - a[1].size || (a[0] < b[0] ? -1 : 1));
  return ranked.slice(0, SENTENCES).map(([name, found]) => ({
    name,
    share: clusteredProportion(
      written.map((_, index) => Number(found.has(index))),
      patients,
    ),
  }));
}
