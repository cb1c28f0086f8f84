/** Data-use rules: what each tier lets show, addresses of this machine in all their disguises, what errors may quote. */
import { expect, test } from 'vitest';
import {
  ACKNOWLEDGEMENT,
  acknowledgementOf,
  type Content,
  mayShow,
  quoted,
  requireLocalEndpoint,
  TIER_RULES,
} from '../../src/core/data-use.ts';
import type { AccessTier } from '../../src/core/dataset.ts';
import { DataUseError } from '../../src/core/errors.ts';
import { suiteSchema } from '../../src/core/suite.ts';

const CONTENTS: readonly Content[] = ['text', 'pixels', 'ids', 'rows'];

test('open data may be shown, other data not; every tier names its source and its obligations', () => {
  for (const tier of ['open', 'registered', 'credentialed'] as const) {
    for (const what of CONTENTS) expect(mayShow(tier, what)).toBe(tier === 'open');
    expect(TIER_RULES[tier].sources.length).toBeGreaterThan(0);
    expect(TIER_RULES[tier].obligations.length).toBeGreaterThan(2);
  }
});

const LOCAL = [
  'http://localhost:8000/v1',
  'http://LOCALHOST/',
  'https://127.0.0.1',
  'http://127.255.0.3:1',
  'http://2130706433/', // 127.0.0.1 as one number
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://１２７.0.0.1/', // full width
  'http://[::1]:11434/api',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::FFFF:7F00:1]/',
];

const ELSEWHERE = [
  'https://api.example.org/v1',
  'http://127.0.0.1.nip.io/',
  'http://localhost.example.org/',
  'http://x.localhost/',
  'http://localhost./',
  'http://128.0.0.1/',
  'http://10.0.0.5/',
  'http://192.168.1.7/',
  'http://169.254.169.254/latest',
  'http://0.0.0.0:8000/',
  'http://0/',
  'http://[::]/',
  'http://[::ffff:0.0.0.0]/',
  'http://[::ffff:10.0.0.5]/',
  'http://[::127.0.0.1]/', // IPv4-compatible, not mapped
  'http://[64:ff9b::7f00:1]/',
  'http://2130706434.example.org/',
  'http://3232235777/',
  'http://example.org#@127.0.0.1/',
  'http://example.org?@127.0.0.1/',
  'http://example.org\\@127.0.0.1/',
];

const REFUSED_OUTRIGHT = [
  'http://127.0.0.1@example.org/',
  'http://127.0.0.1:80@example.org/',
  'http://name:secret@127.0.0.1/',
  'ftp://127.0.0.1/',
  'file:///etc/hosts',
  'ws://127.0.0.1/',
  '127.0.0.1:8000',
  'http://',
  '',
];

function refusal(address: string, tier: AccessTier, acknowledged: readonly string[] = []): DataUseError {
  try {
    requireLocalEndpoint(address, { tier, acknowledged });
  } catch (error) {
    if (error instanceof DataUseError) return error;
    throw error;
  }
  throw new Error(`not refused: ${address}`);
}

test.each(LOCAL)('%s is this machine', (address) => {
  const found = requireLocalEndpoint(address, { tier: 'credentialed' });
  expect(found).toMatchObject({ isLoopback: true, acknowledgement: null });
});

test.each(ELSEWHERE)('%s is not, for registered and credentialed data', (address) => {
  for (const tier of ['registered', 'credentialed'] as const) {
    const error = refusal(address, tier);
    expect(error.exitCode).toBe(6);
    expect(error.message).toContain(`${tier} data, expected an address of this machine`);
  }
  expect(requireLocalEndpoint(address, { tier: 'open' })).toMatchObject({ isLoopback: false, acknowledgement: null });
});

test.each(REFUSED_OUTRIGHT)('%s is refused whatever the tier and whatever was acknowledged', (address) => {
  const acknowledged = ['example.org', '127.0.0.1'].map((host) => acknowledgementOf('credentialed', host));
  for (const tier of ['open', 'credentialed'] as const) expect(refusal(address, tier, acknowledged).exitCode).toBe(6);
});

test('an acknowledgement holds for its own tier and host, and is told back', () => {
  const sentence = 'I may send credentialed data to api.example.org';
  expect(acknowledgementOf('credentialed', 'api.example.org')).toBe(sentence);
  expect(sentence).toMatch(ACKNOWLEDGEMENT);
  const found = requireLocalEndpoint('https://API.example.org:8443/v1', {
    tier: 'credentialed',
    acknowledged: [sentence],
  });
  expect(found).toEqual({ host: 'api.example.org', isLoopback: false, acknowledgement: sentence });
  for (const address of ['https://api.example.org.evil.net', 'https://example.org', 'https://xapi.example.org'])
    expect(refusal(address, 'credentialed', [sentence]).hint).toContain('I may send credentialed data to');
  expect(refusal('https://api.example.org', 'registered', [sentence]).exitCode).toBe(6);
});

test('a refusal names the host and nothing else of the address', () => {
  for (const address of ['https://h.example/secret-path?key=secret-key', 'https://secret-name:secret-word@h.example/'])
    expect(`${refusal(address, 'credentialed').message} ${refusal(address, 'credentialed').hint}`).not.toMatch(
      /secret/,
    );
});

test('errors quote ids and names, and of what could be a report only the length', () => {
  for (const name of ['p10000032/s50414267', 'Enlarged Cardiomediastinum', '-2', '', 'a b c'])
    expect(quoted(name)).toBe(`"${name}"`);
  const sentence = 'The lungs are clear.';
  expect(quoted(sentence)).toBe('a text of 20 characters');
  expect(quoted(`  no ${'x'.repeat(130)}`)).toBe('a text of 135 characters');
  expect(quoted('no\nfocal\nconsolidation seen')).toBe('a text of 27 characters');
});

test('a suite takes acknowledgements word for word, and nothing vaguer', () => {
  const suite = (acknowledge: readonly string[]) =>
    suiteSchema.safeParse({
      name: 's',
      datasets: [{ use: 'd' }],
      models: [{ id: 'm', use: 'm' }],
      tasks: [{ use: 't' }],
      acknowledge,
    });
  expect(
    suite([acknowledgementOf('credentialed', '[2001:db8::1]'), acknowledgementOf('registered', 'h-1.example')]).success,
  ).toBe(true);
  for (const vague of [
    'yes',
    'I may send credentialed data',
    'I may send open data to h',
    'I may send credentialed data to h and i',
    'I may send credentialed data to *',
  ])
    expect(suite([vague]).success, vague).toBe(false);
});
