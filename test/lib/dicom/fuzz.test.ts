/** Damaged DICOM files end in a picture or one line, quickly and without patient data. */
import { expect, test } from 'vitest';
import { decodeMutations } from './mutations.ts';

test('1,000 damaged files', async () => {
  const { pictures, refusals, odd } = await decodeMutations(0, 1000);
  expect(odd).toEqual([]);
  expect(pictures).toBeGreaterThan(100);
  expect(refusals).toBeGreaterThan(100);
});
