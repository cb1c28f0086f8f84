/** The R2Gen split of IU X-Ray: its sizes, and the ids that ReXrank publishes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { r2genSplit } from '../../src/catalog/datasets/iu-xray/r2gen-split.ts';
import type { Study } from '../../src/core/study.ts';
import { sharedPath } from '../shared-data.ts';

const study = (id: string): Study => ({ id, patientId: id, images: [], report: {}, labels: {}, acquisition: {} });

test('2069 train, 296 validation, 590 test; all other ids are excluded', () => {
  const studies = Array.from({ length: 3999 }, (_, i) => study(String(i + 1)));
  const parts = r2genSplit(studies);
  const size = (part: string) => parts.filter((other) => other === part).length;
  expect([size('train'), size('validation'), size('test'), size('excluded')]).toEqual([2069, 296, 590, 1044]);
  // The first ids of the annotation's three lists: CXR2384_IM-0942, CXR2279_IM-0865, CXR3030_IM-1405.
  expect(r2genSplit(['2384', '2279', '3030', '1_1'].map(study))).toEqual(['train', 'validation', 'test', 'excluded']);
});

const rexrank = sharedPath('data/iu-xray/rexrank_iuxray.json');
test.runIf(rexrank)("ReXrank's test and valid studies are the same", () => {
  const lists = JSON.parse(readFileSync(rexrank!, 'utf8')) as Record<'test' | 'valid', Record<string, unknown>>;
  const partsOf = (list: Record<string, unknown>) =>
    r2genSplit(Object.keys(list).map((name) => study(/^CXR(\d+)_/.exec(name)![1]!)));
  expect(partsOf(lists.test)).toHaveLength(484);
  expect(new Set(partsOf(lists.test))).toEqual(new Set(['test']));
  expect(partsOf(lists.valid)).toHaveLength(231);
  expect(new Set(partsOf(lists.valid))).toEqual(new Set(['validation']));
});
