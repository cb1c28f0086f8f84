/** The labeler on sentences written by hand, on its rules of aggregation, and on texts made to be slow. */
import { describe, expect, test } from 'vitest';
import { CHEXPERT_FINDINGS, type LabelState } from '../../../src/core/study.ts';
import { explain, labelReport } from '../../../src/lib/labeler/labeler.ts';
import { SENTENCES } from './sentences.ts';

const SIGNS: Readonly<Record<string, LabelState>> = { '+': 'present', '-': 'absent', '?': 'uncertain' };

function expected(labels: string): Record<string, LabelState> {
  const listed = labels === '' ? [] : labels.split(', ').map((label) => [label.slice(1), SIGNS[label[0]!]!] as const);
  const findings = CHEXPERT_FINDINGS.filter((finding) => finding !== 'No Finding');
  for (const [finding] of listed) expect(findings).toContain(finding);
  return { ...Object.fromEntries(findings.map((finding) => [finding, 'unmentioned'])), ...Object.fromEntries(listed) };
}

describe.each(Object.entries(SENTENCES))('%s', (_, sentences) => {
  test.each(sentences)('%s', (text, labels) => {
    const { 'No Finding': _noFinding, ...found } = labelReport(text);
    expect(found).toEqual(expected(labels));
  });
});

test('there are sentences enough', () => {
  expect(Object.values(SENTENCES).flat().length).toBeGreaterThanOrEqual(150);
});

describe('No Finding', () => {
  test.each([
    ['Normal chest.', 'present'],
    ['No pneumothorax or effusion.', 'present'],
    ['PICC in the SVC. Lungs are clear.', 'present'],
    ['Low lung volumes.', 'present'],
    ['Possible effusion.', 'unmentioned'],
    ['Small effusion.', 'unmentioned'],
    ['Calcified granuloma.', 'unmentioned'],
    ['Scoliosis. Lungs are clear.', 'unmentioned'],
    ['No scoliosis.', 'present'],
    ['', 'unmentioned'],
    [' ___ . 12', 'unmentioned'],
  ])('%j: %s', (text, state) => {
    expect(labelReport(text)['No Finding']).toBe(state);
  });
});

test('the hierarchy is filled in only when asked for', () => {
  const text = 'Right lower lobe pneumonia. No cardiomegaly. Possible edema.';
  expect(labelReport(text)).toMatchObject({ 'Lung Opacity': 'unmentioned', Consolidation: 'unmentioned' });
  expect(labelReport(text, { hierarchy: true })).toMatchObject({
    'Lung Opacity': 'present',
    Consolidation: 'present',
    'Enlarged Cardiomediastinum': 'unmentioned',
  });
});

test('explain gives each mention with its span, what is asserted and the words that decided', () => {
  const text = 'There is no pneumothorax. Small effusion may represent infection.';
  const shown = explain(text).map(({ observation, assertion, start, end, trigger }) => [
    observation,
    assertion,
    text.slice(start, end),
    trigger && text.slice(trigger.start, trigger.end),
  ]);
  expect(shown).toEqual([
    ['Pneumothorax', 'absent', 'pneumothorax', 'no'],
    ['Pleural Effusion', 'present', 'effusion', undefined],
    ['Pneumonia', 'uncertain', 'infection', 'may represent'],
  ]);
});

test('an answer does not depend on what was labeled before', () => {
  const text = 'No pneumothorax but edema.';
  const before = labelReport(text);
  for (let index = 0; index < 30_000; index += 100)
    labelReport(Array.from({ length: 100 }, (_, word) => `word${index + word}`).join(' '));
  expect(labelReport(text)).toEqual(before);
});

describe('300 kB of nonsense take less than a second', () => {
  test.each([
    ['one word', 'a'],
    ['negations', 'no '],
    ['negations and mentions', 'no effusion '],
    ['mentions', 'effusion '],
    ['hints', 'prominent prominent pulmonary '],
    ['gaps', 'interstitial the the '],
    ['anatomy', 'heart '],
    ['commas', ', '],
    ['stops', '. '],
    ['newlines', '\n'],
    ['spaces', ' '],
    ['or', 'effusion or edema or '],
    ['doubt', 'cannot not no exclude '],
  ])('%s', (_, unit) => {
    const text = unit.repeat(Math.ceil(300_000 / unit.length));
    const started = process.cpuUsage();
    labelReport(text);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});
