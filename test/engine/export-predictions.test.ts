/** People behind the findings of a run, counted in its predictions. */
import { expect, test } from 'vitest';
import type { PredictionRow } from '../../src/core/result.ts';
import { countPatients, saltedId } from '../../src/engine/export-predictions.ts';
import { encodePredictions } from '../../src/engine/predictions-file.ts';

function row(patient: string, model: string, more: Partial<PredictionRow>): PredictionRow {
  return {
    ...{
      dataset: 'd',
      task: 'zero-shot',
      model,
      variant: 'v',
      part: 'test',
      patient,
      study: 's',
      item: 'i',
      finding: 'Edema',
    },
    ...{ target: null, score: 0.5, decision: null, rank: null, candidates: null, failure: null },
    ...more,
  };
}

test('patients, not rows; an ignored label is on no side; the model with the fewest answers counts', async () => {
  const rows = [
    ...[row('a', 'm', { target: 1 }), row('a', 'm', { target: 1 }), row('b', 'm', { target: 1 })],
    ...[row('b', 'm', { target: 0 }), row('c', 'm', { target: 0 }), row('d', 'm', { target: 0 }), row('e', 'm', {})],
    ...[row('a', 'n', { target: 1 }), row('b', 'n', { target: 1, failure: 'missing' }), row('c', 'n', { target: 0 })],
    ...[
      row('a', 'm', { task: 'retrieval', finding: 'x' }),
      row('b', 'm', { task: 'retrieval', finding: 'x', failure: 'no' }),
    ],
  ];
  expect(await countPatients(encodePredictions(rows))).toEqual([
    { dataset: 'd', task: 'zero-shot', finding: 'Edema', patients: 5, positive: 2, negative: 3, fewestScored: 1 },
    { dataset: 'd', task: 'retrieval', finding: 'x', patients: 2, positive: 0, negative: 0, fewestScored: 1 },
  ]);
  expect(await countPatients(encodePredictions([]))).toEqual([]);
});

test('an id depends on salt, kind, dataset and name, and on nothing that can be confused', () => {
  const salt = new Uint8Array(16);
  const ids = [
    saltedId(salt, 'patient', ['d', 'a']),
    saltedId(salt, 'study', ['d', 'a']),
    saltedId(salt, 'patient', ['da', '']),
    saltedId(salt, 'patient', ['d"', 'a']),
    saltedId(new Uint8Array(17), 'patient', ['d', 'a']),
    saltedId(Uint8Array.of(1), 'patient', ['d', 'a']),
  ];
  // HMAC fills a short key up with zeros, so that 16 and 17 zero bytes are one key.
  expect(ids[4]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(5);
  expect(saltedId(salt, 'patient', ['d', 'a'])).toBe(ids[0]);
});
