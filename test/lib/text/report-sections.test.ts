/** Sections as releases give them: redacted, overwritten by a spreadsheet, or simply absent. */
import { expect, test } from 'vitest';
import { readSections } from '../../../src/lib/text/report-sections.ts';

test('a text is trimmed and keeps XXXX inside', () => {
  const { report, faults } = readSections({
    findings: '  Compared with XXXX, no change. \n',
    impression: 'Normal chest x-XXXX.',
  });
  expect(report).toEqual({ findings: 'Compared with XXXX, no change.', impression: 'Normal chest x-XXXX.' });
  expect(faults).toEqual([]);
});

test.each(['XXXX', ' XXXX. ', 'XXXX, XXXX XXXX.', 'XXX - XXXXX'])('%j is redacted', (text) => {
  expect(readSections({ findings: text })).toEqual({
    report: {},
    faults: [{ section: 'findings', fault: 'redacted' }],
  });
});

test.each(['', '   ', '.', '--'])('%j is absent without a fault', (text) => {
  expect(readSections({ impression: text })).toEqual({ report: {}, faults: [] });
});

test('a spreadsheet error is no text', () => {
  expect(readSections({ indication: '#NAME?' }).faults).toEqual([
    { section: 'indication', fault: 'spreadsheet error' },
  ]);
  expect(readSections({ indication: '#2 follow-up' }).report.indication).toBe('#2 follow-up');
});

test('"XX" is a text: only the token of three or more is a redaction', () => {
  expect(readSections({ findings: 'XX' }).report.findings).toBe('XX');
});
