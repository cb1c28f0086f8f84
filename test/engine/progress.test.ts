import { expect, test } from 'vitest';
import { duration, progressReporter } from '../../src/engine/progress.ts';

function recorded(isTTY: boolean) {
  let time = 0;
  const written: string[] = [];
  const reporter = progressReporter({ isTTY, write: (text) => written.push(text) }, () => time);
  return { reporter, written, wait: (ms: number) => (time += ms) };
}

test('on a terminal: a bar with time left, cleared at the end', () => {
  const { reporter, written, wait } = recorded(true);
  reporter.progress('embedding', 0, 10);
  wait(5000);
  reporter.progress('embedding', 5, 10);
  expect(written.at(-1)).toContain('5/10, 5 s left');
  reporter.progress('embedding', 10, 10);
  expect(written.at(-1)).toContain('\u001b[2K');
});

test('bytes: amounts, the rate and time left of what came since it was continued', () => {
  const { reporter, written, wait } = recorded(true);
  reporter.progress('a.bin', 400e6, 800e6, 'bytes');
  wait(10_000);
  reporter.progress('a.bin', 500e6, 800e6, 'bytes');
  expect(written.at(-1)).toContain('500.0 MB of 800.0 MB, 10.0 MB/s, 30 s left');
  reporter.progress('b.bin', 1e6, Number.POSITIVE_INFINITY, 'bytes');
  wait(1000);
  reporter.progress('b.bin', 3e6, Number.POSITIVE_INFINITY, 'bytes');
  expect(written.at(-1)).toMatch(/b.bin 3\.0 MB, 2\.0 MB\/s$/);
});

test('elsewhere: a line now and then, no control characters', () => {
  const { reporter, written, wait } = recorded(false);
  for (let done = 0; done <= 10; done++) {
    reporter.progress('embedding', done, 10);
    wait(10_000);
  }
  expect(written.join('')).not.toContain('\u001b');
  expect(written.length).toBeGreaterThanOrEqual(4);
  expect(written.length).toBeLessThanOrEqual(6);
});

test('durations are short', () => {
  expect([850, 12_000, 200_000, 18_600_000].map(duration)).toEqual(['850 ms', '12 s', '3 min 20 s', '5 h 10 min']);
});
