/** Numbers as readers see them. */
import { expect, test } from 'vitest';
import { count, estimate, fixed, magnitude, number, percent, probability, signed } from '../../src/report/numbers.ts';
import { protocolParts } from '../../src/report/protocol.ts';

test.each([
  [0.12345, '0.123'],
  [-0.5, '−0.500'],
  [-0.0001, '0.000'],
  [1, '1.000'],
])('%d to three decimals', (value, text) => {
  expect(fixed(value)).toBe(text);
});

test('differences carry their sign, zero none', () => {
  expect([signed(0.25), signed(-0.25), signed(0.0001), signed(0)]).toEqual(['+0.250', '−0.250', '0.000', '0.000']);
});

test.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])('%s is n/a with its reason, escaped', (value) => {
  expect(number(value, { reason: 'no "positive"' }).text).toBe(
    '<abbr class="na" title="no &quot;positive&quot;">n/a</abbr>',
  );
});

test('an estimate says where its interval is missing, and where it was not computed', () => {
  expect(estimate({ value: 0.5, ciLow: 0.4, ciHigh: 0.6 }).text).toBe('0.500<span class="ci">0.400–0.600</span>');
  expect(estimate({ value: 0.5, ciLow: null, ciHigh: null, reason: 'one patient' }).text).toContain('one patient');
  expect(estimate({ value: null, ciLow: null, ciHigh: null, reason: 'no positive' }).text).toContain('no positive');
  expect(estimate(undefined).text).toContain('not computed');
});

test('p values below 0.001 say so, and 0 is one of them', () => {
  expect(probability(0).text).toBe('&lt; 0.001');
  expect(probability(0.0493).text).toBe('0.049');
  expect(probability(null).text).toContain('n/a');
});

test('counts, sizes and shares', () => {
  expect([count(12345678), count(999), count(Number.NaN)]).toEqual(['12\u202f345\u202f678', '999', 'n/a']);
  expect([magnitude(151_277_313), magnitude(1_234_567), magnitude(950)]).toEqual(['151 M', '1.2 M', '950']);
  expect([percent(0.5), percent(0.034), percent(0), percent(Number.NaN)]).toEqual(['50 %', '3.4 %', '0 %', 'n/a']);
});

test('a protocol is taken apart at its first equals sign, and unknown keys stay', () => {
  expect(
    protocolParts('task=zero-shot@1;threshold=youden@validation;odd;a=b=c;').map(({ key, value }) => [key, value]),
  ).toEqual([
    ['task', 'zero-shot@1'],
    ['threshold', 'youden@validation'],
    ['', 'odd'],
    ['a', 'b=c'],
  ]);
});
