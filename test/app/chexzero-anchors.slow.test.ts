/** The suite of CheXzero's published numbers, on a release of noise in CheXpert's layout with a miniature: every number is computed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { runSuite } from '../../src/app/run-suite.ts';
import { rng } from '../../src/core/rng.ts';
import { CHEXPERT_FINDINGS } from '../../src/core/study.ts';
import { homeAt } from '../../src/engine/home.ts';
import { packageRoot } from '../../src/engine/package-root.ts';
import { anchorText } from '../../src/report/anchor-text.ts';
import { scratch } from '../catalog/scratch.ts';
import { nodeContext } from '../context.ts';

const STUDIES = 40;

async function writeFilm(path: string, film: number): Promise<void> {
  const { integer } = rng(3, 'film', `${film}`);
  const pixels = Uint8Array.from({ length: 40 * 48 }, () => integer(256));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    await sharp(pixels, { raw: { width: 40, height: 48, channels: 1 } })
      .jpeg()
      .toBuffer(),
  );
}

/** Test studies with a frontal film; every fourth has a lateral too, and every eighth a second frontal. */
async function writeRelease(root: string): Promise<void> {
  const { integer } = rng(4, 'labels');
  const rows = [`Study,${CHEXPERT_FINDINGS.join(',')}`];
  for (let study = 0; study < STUDIES; study++) {
    const name = `CheXpert-v1.0/test/patient${64741 + study}/study1`;
    rows.push([name, ...CHEXPERT_FINDINGS.map(() => (integer(3) === 0 ? 1 : 0))].join(','));
    await writeFilm(join(root, name, 'view1_frontal.jpg'), study);
    if (study % 4 === 0) await writeFilm(join(root, name, 'view2_lateral.jpg'), 100 + study);
    if (study % 8 === 0) await writeFilm(join(root, name, 'view3_frontal.jpg'), 200 + study);
  }
  writeFileSync(join(root, 'groundtruth.csv'), `${rows.join('\n')}\n`);
}

test('every anchor gets a number from the first frontal film of each study, for a person to read', async () => {
  const root = scratch({});
  await writeRelease(root);
  const home = homeAt({ MEDVLM_HOME: join(root, 'home') });
  const miniatures = ['chexzero-phantom-a.pt', 'chexzero-phantom-b.pt'].map((file) =>
    join(packageRoot, 'assets/miniatures', file),
  );
  const set = [`datasets.0.root=${root}`, `models.0.from=[${miniatures.join(', ')}]`, 'statistics.replicates=100'];
  const suite = join(packageRoot, 'suites/anchors/chexzero-chexpert-test.yaml');
  const request = { suite, set, out: join(root, 'run'), batchSize: 8, device: 'cpu' as const, workers: 1 };
  const context = nodeContext(join(root, 'home'));
  const outcome = await runSuite(request, { home, context, signal: new AbortController().signal });
  expect(outcome.anchors).toHaveLength(16);
  for (const anchor of outcome.anchors!) {
    expect(anchor.ours).not.toBeNull();
    if (anchor.finding !== 'macro') expect(anchor.n).toBe(STUDIES);
    expect(anchor.exposure).toBe('clean');
  }
  const lines = anchorText(outcome.anchors!).split('\n');
  expect(lines.find((line) => line.includes('AUROC for No Finding'))).toMatch(/published 0\.070 \(0\.045–0\.095\)/);
}, 300_000);
