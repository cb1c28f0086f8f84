/** Verdicts on published numbers, at and beside every border of the rule. */
import { expect, test } from 'vitest';
import type { SuiteAnchor } from '../../src/core/anchors.ts';
import type { Result } from '../../src/core/result.ts';
import { anchorVerdict, judgeAnchors } from '../../src/lib/anchor-verdicts.ts';

const anchor: SuiteAnchor = {
  model: 'm',
  dataset: 'd',
  task: 'zero-shot',
  finding: 'Edema',
  metric: 'auroc',
  value: 0.7,
  interval: [0.65, 0.75],
  tolerance: 0.005,
  source: 'somewhere',
  tag: 'verified',
};

const row: Result = {
  model: 'm',
  variant: 'fp32',
  dataset: 'd',
  split: 's:test',
  task: 'zero-shot',
  corruption: null,
  severity: null,
  seed: 0,
  subgroup: null,
  finding: 'Edema',
  metric: 'auroc',
  value: 0.71,
  ciLow: 0.68,
  ciHigh: 0.74,
  n: 100,
  nPositive: 20,
  nFailed: 0,
  better: 'higher',
  protocol: '',
  exposure: 'tuned',
};

test.each([
  [0.705, [0.7, 0.71], 'reproduced'], // exactly the tolerance
  [0.6949, [0.6, 0.72], 'compatible'],
  [0.8, [0.75, 0.85], 'compatible'], // intervals touch
  [0.8, [0.7501, 0.85], 'differs'],
  [0.5, [0.4, 0.6499], 'differs'],
] as const)('%d (%j) is %s', (ours, interval, verdict) => {
  expect(anchorVerdict(anchor, ours, interval)).toBe(verdict);
});

test('a published number without an interval is a point; without an interval of ours only the tolerance decides', () => {
  const { interval: _, ...point } = anchor;
  expect(anchorVerdict(point, 0.8, [0.69, 0.9])).toBe('compatible');
  expect(anchorVerdict(point, 0.8, [0.71, 0.9])).toBe('differs');
  expect(anchorVerdict(anchor, 0.71, undefined)).toBe('differs');
  expect(anchorVerdict(anchor, 0.704, undefined)).toBe('reproduced');
});

test('each anchor finds its own row, with the difference, the number of rows and the exposure', () => {
  const others = [
    { ...row, model: 'x' },
    { ...row, task: 'five' },
    { ...row, metric: 'f1' },
    { ...row, corruption: 'blur' },
    { ...row, subgroup: 'sex=female' },
  ];
  const [outcome] = judgeAnchors([anchor], [...others, row]);
  expect(outcome).toMatchObject({ verdict: 'compatible', ours: 0.71, n: 100, exposure: 'tuned' });
  expect(outcome!.difference).toBeCloseTo(0.01, 12);
  const [none] = judgeAnchors([anchor], others);
  expect(none).toMatchObject({ verdict: 'not computed', ours: null, exposure: null });
  expect(none!.reason).toContain('no such result');
});

test('an undefined value is not computed, with the reason of its row', () => {
  const undefinedRow = { ...row, value: null, ciLow: null, ciHigh: null, reason: 'no positives in test' };
  const [outcome] = judgeAnchors([anchor], [undefinedRow]);
  expect(outcome).toMatchObject({ verdict: 'not computed', reason: 'no positives in test', difference: null });
});
