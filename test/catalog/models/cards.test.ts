// What every model's card must say, and how models that cannot be run are refused.
import { expect, test } from 'vitest';
import { catalog } from '../../../src/catalog/index.ts';
import { requireWeights } from '../../../src/engine/bundles.ts';
import { nodeContext } from '../../context.ts';
import { userError } from '../scratch.ts';

const DATASETS = ['mimic-cxr', 'chexpert', 'iu-xray', 'nih-chestxray14', 'padchest', 'vindr-cxr'];
const published = [...catalog.models.values()].filter(({ name }) => name !== 'onnx');

test.each(published.map((model) => [model.name, model] as const))('%s: a whole card', (_, { card, ...model }) => {
  for (const dataset of DATASETS) expect(card.exposure[dataset], dataset).toBeDefined();
  expect(card.citation).toMatch(/arXiv:\d{4}\.\d{5}|doi:10\./);
  expect(card.licence.length).toBeGreaterThan(3);
  expect(card.notes.length).toBeGreaterThan(0);
  expect(model.import === undefined).toBe(card.access === 'declared');
  expect((card.downloads?.length ?? 0) > 0).toBe(card.access === 'download');
  for (const { url, file } of card.downloads ?? []) {
    expect(url).toMatch(/^https:\/\//);
    expect(file).toMatch(/^[\w.-]+$/);
  }
});

test.each(['medbridge', 'llava-med', 'xraygpt'])('%s is declared, and says how it is judged', async (name) => {
  const model = catalog.models.get(name)!;
  expect(model.card.access).toBe('declared');
  expect(model.card.weights).toContain('medvlm score');
  const { message, hint } = await userError(requireWeights(model, '/nowhere', nodeContext().files));
  expect(message).toContain('only declared');
  expect(hint).toContain('medvlm score');
});

test('what saw the films of a dataset is flagged', () => {
  const exposure = (name: string, dataset: string) => catalog.models.get(name)!.card.exposure[dataset];
  expect(exposure('xraygpt', 'iu-xray')).toBe('trained');
  expect(exposure('medclip-vit', 'chexpert')).toBe('trained');
  expect(exposure('medclip-resnet', 'mimic-cxr')).toBe('trained');
  expect(exposure('medfilip', 'mimic-cxr')).toBe('trained');
  expect(exposure('llava-med', 'iu-xray')).toBe('unknown');
  expect(exposure('chexzero', 'chexpert')).toBe('tuned');
});
