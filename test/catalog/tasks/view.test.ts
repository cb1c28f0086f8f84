/** Frontal against lateral on hand-made embeddings. */
import { expect, test } from 'vitest';
import view from '../../../src/catalog/tasks/view.ts';
import {
  bruteForceSearch,
  measureOf,
  metrics,
  promptSets,
  toyDataset,
  toyLookup,
  vectorOf,
} from '../../toy-dataset.ts';

const dataset = toyDataset(
  [
    { id: 'a', views: ['frontal', 'lateral'] },
    { id: 'b', views: ['frontal', 'unknown'] },
    { id: 'c', views: ['lateral'], part: 'validation' },
  ],
  [],
);
const request = { dataset, options: view.options.parse({}), seed: 0, promptSets };

test('images of known view are asked; frontal is the positive class and 0.5 the threshold', async () => {
  expect(view.needs(request).images.map(({ id }) => id)).toEqual(['a/0', 'a/1', 'b/0']);
  const lookup = toyLookup({
    image: (id) => vectorOf(id === 'a/1' ? 'a lateral chest x-ray' : 'a frontal chest x-ray'),
  });
  const prediction = await view.predict(request, [lookup], bruteForceSearch);
  const evaluation = view.evaluate(request, { id: 'm', variant: 'fp32' }, prediction, metrics);
  expect(measureOf(evaluation, 'frontal', 'auroc').value()).toBe(1);
  expect(measureOf(evaluation, 'frontal', 'accuracy').value()).toBe(1);
  expect(measureOf(evaluation, 'frontal', 'accuracy').nPositive).toBe(2);
  expect(evaluation.measures.some(({ finding }) => finding !== 'frontal')).toBe(false);
  expect(measureOf(evaluation, 'frontal', 'mcc').protocol).toBe(
    'task=view@1;prompts=view-pair@1;labels=dataset-views;positive=frontal;unit=image;threshold=fixed=0.5',
  );
});
