/** The long form of the damaged DICOM files: time and memory are bounded. */
import { expect, test } from 'vitest';
import { decodeMutations } from './mutations.ts';

test('5,000 damaged files, each in less than a second, in bounded memory', async () => {
  const before = process.memoryUsage().rss;
  const { pictures, refusals, odd, slowest } = await decodeMutations(1000, 6000);
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  console.info(
    `${pictures} pictures, ${refusals} refusals, slowest ${slowest.toFixed(0)} ms, ${grown.toFixed(0)} MB grown`,
  );
  expect(odd).toEqual([]);
  expect(slowest).toBeLessThan(1000);
  expect(grown).toBeLessThan(700);
});
