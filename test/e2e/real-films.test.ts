// The same command on real films, where the shared data folder is there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalog } from '../../src/catalog/index.ts';
import type { Result } from '../../src/core/result.ts';
import { parseOptions } from '../../src/engine/suite-file.ts';
import { sharedPath } from '../shared-data.ts';
import { openPlace, repository } from './command.ts';
import { modelParity, nihPairs, quietContext } from './parity.ts';

const nih = sharedPath('data/nih-chestxray14');
const iu = sharedPath('data/iu-xray');

test.runIf(nih)('NIH films: scores, pixels and embeddings are the reference’s', async () => {
  const place = openPlace();
  const suite = join(repository, 'suites/nih-miniature.yaml');
  const done = place.run('run', suite, '--set', `datasets.0.root=${nih}`, '--out', 'out');
  expect(done.code, done.stderr).toBe(0);
  const results = JSON.parse(readFileSync(join(place.root, 'out/results.json'), 'utf8')) as Result[];
  for (const { what, ours, reference } of nihPairs(results))
    expect(Math.abs(ours - reference), what).toBeLessThan(1e-3);
  const plugin = catalog.datasets.get('nih-chestxray14')!;
  const options = parseOptions('dataset', plugin.name, plugin.options, { images: 'nih1000-64px' });
  const opened = await plugin.open(nih, options, quietContext(place.home));
  const parity = await modelParity(
    'nih',
    opened.studies.flatMap((study) => study.images),
    place.home,
  );
  expect(parity.samePictures).toBe(parity.images);
  expect(parity.largestPixelDifference).toBeLessThan(1e-3);
  expect(parity.smallestImageCosine).toBeGreaterThan(0.9999);
  place.remove();
});

test.runIf(iu)('Indiana films and reports run as they are', () => {
  const place = openPlace();
  const settings = [
    `datasets.0.root=${iu}`,
    'datasets.0.split=all-test-v1',
    'datasets.0.options.missingImages=drop',
    `models.0.from=${join(repository, 'assets/miniatures/chexzero-phantom-a.pt')}`,
    'tasks.0.options.threshold={policy: fixed, value: 0.5}',
  ];
  const set = settings.flatMap((setting) => ['--set', setting]);
  const done = place.run('run', join(repository, 'suites/iu-xray.yaml'), ...set, '--out', 'out');
  expect(done.code, done.stderr).toBe(0);
  const results = JSON.parse(readFileSync(join(place.root, 'out/results.json'), 'utf8')) as Result[];
  expect(new Set(results.map((row) => row.task))).toEqual(new Set(['zero-shot', 'view', 'retrieval']));
  // Four studies have five frontal films; every number says how few it rests on.
  expect(results.find((row) => row.task === 'retrieval' && row.metric === 'recall@5')!.n).toBe(5);
  place.remove();
});
