/** Tidy CSV: the published columns, all digits, RFC 4180 quoting. */
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { RESULT_COLUMNS, resultsCsv } from '../../src/report/csv.ts';

const CONTRACT =
  'model,variant,dataset,split,task,corruption,severity,seed,subgroup,finding,metric,value,ciLow,ciHigh,n,nPositive,nFailed,better,protocol,reason,exposure';

const row: Result = {
  model: 'a',
  variant: 'fp32',
  dataset: 'iu-xray',
  split: 'patient-v1:test#abc',
  task: 'zero-shot',
  corruption: null,
  severity: null,
  seed: 0,
  subgroup: null,
  finding: 'Edema',
  metric: 'auroc',
  value: 0.1 + 0.2,
  ciLow: 1e-21,
  ciHigh: 0.5,
  n: 300,
  nPositive: 12,
  nFailed: 0,
  better: 'higher',
  protocol: 'task=zero-shot@1',
};

test('columns stand in the order of the contract, lines end with CRLF', () => {
  expect(resultsCsv([])).toBe(`${CONTRACT}\r\n`);
});

test('what is read back is what was written: quotes, commas, line breaks, digits, undefined values', () => {
  const undefinedRow = {
    ...row,
    model: 'say "x", then\r\ny',
    value: null,
    ciLow: null,
    ciHigh: null,
    reason: 'no positive, in test',
  };
  const { data, errors } = Papa.parse<Record<string, string>>(resultsCsv([row, undefinedRow]).trimEnd(), {
    header: true,
  });
  expect(errors).toEqual([]);
  expect(data.map((line) => Object.keys(line))).toEqual([[...RESULT_COLUMNS], [...RESULT_COLUMNS]]);
  expect(Number(data[0]!.value)).toBe(0.1 + 0.2);
  expect(Number(data[0]!.ciLow)).toBe(1e-21);
  expect(data[0]!.reason).toBe('');
  expect(data[1]!.model).toBe(undefinedRow.model);
  expect(data[1]!.value).toBe('');
  expect(data[1]!.reason).toBe(undefinedRow.reason);
});

test('a value that is NaN in memory is empty, never the word', () => {
  expect(resultsCsv([{ ...row, value: Number.NaN }])).not.toContain('NaN');
});
