/** The labeler on real reports, where a developer has them: the indexers' codes, sentences read by a person, other labelers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LabelState } from '../../../src/core/study.ts';
import { columnOf, parseTable } from '../../../src/lib/csv.ts';
import { explain, type Labels, labelReport } from '../../../src/lib/labeler/labeler.ts';
import { sharedPath } from '../../shared-data.ts';
import {
  countOf,
  f1,
  type IndexedReport,
  indexedReports,
  macroF1,
  type ReadSentence,
  scoreFindings,
  sentencePairs,
} from './evaluation.ts';

const indiana = sharedPath('data/iu-xray');
const chexpert = sharedPath('data/text-metrics/chexpert-labeler');
const radeval = sharedPath('data/text-metrics/radeval/synthetic_reports.json');
const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../golden/labeler/${name}`, import.meta.url), 'utf8'));

describe.runIf(indiana)('Indiana', () => {
  let reports: readonly IndexedReport[] = [];
  beforeAll(async () => {
    reports = await indexedReports(indiana!);
  });

  test('presence against the codes of the indexers: macro F1 at least 0.85 on both halves', () => {
    const all = scoreFindings(reports);
    const frequent = all.filter(({ positives }) => positives >= 30).map(({ finding }) => finding);
    expect(frequent).toHaveLength(11);
    expect(macroF1(all, 'left out', frequent)).toBeGreaterThan(0.9);
    expect(macroF1(all, 'absent', frequent)).toBeGreaterThanOrEqual(0.85);
    expect(macroF1(all, 'present', frequent)).toBeGreaterThan(0.82);
    const heldOut = scoreFindings(reports.filter(({ isDevelopment }) => !isDevelopment));
    expect(macroF1(heldOut, 'left out', frequent)).toBeGreaterThan(0.88);
  });

  test('sentences read by a person: mention, negation and uncertainty', () => {
    const { sentences } = golden('sentences.json') as { sentences: readonly ReadSentence[] };
    const pairs = sentencePairs(sentences, reports).map(({ pair }) => pair);
    expect(pairs).toHaveLength(234);
    expect(pairs.filter(([gold, found]) => gold === found).length).toBeGreaterThanOrEqual(224);
    for (const state of ['present', 'absent', 'uncertain'] as const)
      expect(f1(countOf(pairs, (other) => other === state))).toBeGreaterThan(0.92);
    expect(f1(countOf(pairs, (other) => other !== 'unmentioned'))).toBeGreaterThan(0.97);
  });

  test('what ConText denies is denied here: findings that are named, not anatomy', () => {
    const { findings, states } = golden('context.json') as {
      findings: (keyof Labels)[];
      states: Record<string, string>;
    };
    let both = 0;
    let denied = 0;
    for (const { uid, text } of reports) {
      const theirs = states[uid];
      if (theirs === undefined) continue;
      const ours = labelReport(text);
      for (const finding of [
        'Consolidation',
        'Pneumothorax',
        'Pleural Effusion',
        'Edema',
        'Pneumonia',
        'Fracture',
      ] as const) {
        if (theirs[findings.indexOf(finding)] !== '0') continue;
        both++;
        if (ours[finding] === 'absent') denied++;
      }
    }
    expect(both).toBeGreaterThan(2500);
    expect(denied / both).toBeGreaterThan(0.99);
  });
});

const STATES: Readonly<Record<string, LabelState>> = {
  '': 'unmentioned',
  '1.0': 'present',
  '0.0': 'absent',
  '-1.0': 'uncertain',
};

test.runIf(chexpert)("the CheXpert labeler's sample: the same labels", () => {
  const text = readFileSync(join(chexpert!, 'labeled_reports.csv'), 'utf8');
  const table = parseTable(text, 'labeled_reports.csv');
  const findings = table.columns.slice(1);
  columnOf(table, 'Reports').forEach((report, index) => {
    const expected = Object.fromEntries(
      findings.map((finding) => [finding, STATES[columnOf(table, finding)[index]!]!]),
    );
    expect(labelReport(report)).toEqual(expected);
  });
});

/** Phrases of the CheXpert labeler that are no mention here, each with its reason in docs/labeler.md. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  Edema: ['indistinctness'],
  'Enlarged Cardiomediastinum': ['contour', 'cardiac silhouette and vascularity'],
  'Pleural Other': ['fibrosis'],
  'Support Devices': ['marker', 'support'],
};

test.runIf(chexpert)(
  'every mention phrase of the CheXpert labeler is a mention, but for those that are left out',
  () => {
    const folder = join(chexpert!, 'phrases/mention');
    const missing: Record<string, string[]> = {};
    for (const file of readdirSync(folder)) {
      const words = file.slice(0, -4).split('_');
      const finding = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ');
      if (finding === 'No Finding') continue;
      const lines = readFileSync(join(folder, file), 'utf8').split('\n');
      const phrases = lines.map((line) => line.replaceAll('_', ' ').trim()).filter((phrase) => phrase !== '');
      const lost = phrases.filter((phrase) => !isMention(phrase, finding));
      if (lost.length > 0) missing[finding] = lost;
    }
    expect(missing).toEqual(LEFT_OUT);
  },
);

/** Stems of the labeler are completed; anatomy is a mention when it is said to be large. */
function isMention(phrase: string, finding: string): boolean {
  const words = ['', 's', 'ty', 'e', 'ed', 'tasis', 'ion', 'on'].map((ending) => `${phrase}${ending}`);
  return words.some((word) =>
    [`There is ${word}.`, `Enlarged ${word}.`].some((text) =>
      explain(text).some(({ observation }) => observation === finding),
    ),
  );
}

test.runIf(radeval)("RadEval's synthetic reports: prompts and reports say the same of what the prompts name", () => {
  const cases = JSON.parse(readFileSync(radeval!, 'utf8')) as { prompt: string; ground_truth: string }[];
  const found = cases.map(({ ground_truth }) => labelReport(ground_truth));
  const present = (finding: keyof Labels) =>
    found.flatMap((labels, index) => (labels[finding] === 'present' ? [index] : []));
  expect(present('Atelectasis')).toEqual([3, 19]);
  expect(present('Pneumothorax')).toEqual([6]);
  expect(present('Pleural Effusion')).toEqual([1, 11]);
  expect(present('Edema')).toEqual([4, 9, 11]);
  expect(present('Support Devices')).toEqual([8, 15]);
  expect(present('No Finding')).toEqual([0, 2, 7, 8, 12, 15, 17]);
  expect(found[4]!.Pneumothorax).toBe('absent');
  expect(found[10]!.Fracture).toBe('uncertain');
});
