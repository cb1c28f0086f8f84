/** A split that a user names: drawn, a plug-in's, a manifest; and whose ids an error may tell. */
import { expect, test } from 'vitest';
import type { AccessTier, DatasetDefinition, OpenDataset } from '../../src/core/dataset.ts';
import type { Study } from '../../src/core/study.ts';
import { requireSplitName, resolveSplit } from '../../src/engine/resolve-split.ts';
import { scratch, userError } from '../catalog/scratch.ts';
import { nodeContext } from '../context.ts';

const study = (id: string, patientId: string): Study => ({
  id,
  patientId,
  images: [],
  report: {},
  labels: {},
  acquisition: {},
});
const studies = [study('a', 'patient-77'), study('b', 'patient-77'), study('c', 'other')];
const opened: OpenDataset = { studies, digest: '', problems: [], split: () => ['train', 'train', 'test'] };
const definition = (tier: AccessTier) => ({ name: 'toy', tier, splits: ['own-v1'] }) as unknown as DatasetDefinition;

const context = nodeContext();
const root = scratch({
  'leaky.csv': 'study,part\na,train\nb,test\n',
  'sound.csv': 'study,part\na,train\nb,train\nc,test\n',
});

test('a manifest is named by its file and has the digest of the parts', async () => {
  const own = await resolveSplit(definition('open'), opened, { name: 'own-v1', context });
  const read = await resolveSplit(definition('open'), opened, { name: `${root}/sound.csv`, context });
  expect(read).toEqual({ ...own, name: 'sound.csv' });
});

test('a patient in two parts is refused, unless an audit asks; the id is told of open data alone', async () => {
  const request = { name: `${root}/leaky.csv`, context };
  expect((await userError(resolveSplit(definition('open'), opened, request))).message).toContain('patient-77');
  const told = await userError(resolveSplit(definition('credentialed'), opened, request));
  expect(`${told.message} ${told.hint}`).not.toContain('patient-77');
  expect(told.exitCode).toBe(3);
  const { parts } = await resolveSplit(definition('open'), opened, { ...request, mayLeak: true });
  expect(parts).toEqual(['train', 'test', 'excluded']);
});

test('names', () => {
  for (const name of ['own-v1', 'redrawn-7-v1', '5x200-v1', 'ids.csv', 'ids.csv.gz'])
    requireSplitName(definition('open'), name);
  expect(() => requireSplitName(definition('open'), 'own-v2')).toThrow('no split "own-v2"');
});
