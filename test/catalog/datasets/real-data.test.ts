/** The loaders on real releases, where a developer has them: counts, agreement of the two Indiana forms, sizes of splits. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import iuXray from '../../../src/catalog/datasets/iu-xray.ts';
import nih from '../../../src/catalog/datasets/nih-chestxray14.ts';
import type { OpenDataset, Part } from '../../../src/core/dataset.ts';
import { nodeContext } from '../../context.ts';
import { sharedPath } from '../../shared-data.ts';
import { tarFiles } from '../tar-files.ts';

const indiana = sharedPath('data/iu-xray');
const chestXray14 = sharedPath('data/nih-chestxray14');

const openIndiana = (options: object) => iuXray.open(indiana, iuXray.options.parse(options), nodeContext());
const openNih = (options: object) => nih.open(chestXray14, nih.options.parse(options), nodeContext());

/** All XML files of the release's archive, with the Kaggle projections beside them. */
let archive: Promise<OpenDataset> | undefined;
function openArchive(): Promise<OpenDataset> {
  archive ??= readArchive();
  return archive;
}

function readArchive(): Promise<OpenDataset> {
  const projections = readFileSync(join(indiana!, 'indiana_projections.csv'), 'utf8');
  const files = tarFiles(join(indiana!, 'NLMCXR_reports_subset.tgz'), '/release', {
    'indiana_projections.csv': projections,
  });
  return iuXray.open('/release', iuXray.options.parse({}), { ...nodeContext(), files });
}

const sizes = (parts: readonly Part[]) =>
  Object.fromEntries(
    ['train', 'validation', 'test', 'excluded'].map((part) => [part, parts.filter((other) => other === part).length]),
  );

test.runIf(indiana)(
  'Indiana: every XML file and every row parses, and both forms agree on every shared study',
  async () => {
    const started = process.cpuUsage();
    const openI = await openArchive();
    const { user, system } = process.cpuUsage(started);
    const kaggle = await openIndiana({ form: 'kaggle' });
    expect([openI.studies.length, kaggle.studies.length]).toEqual([3161, 3081]);
    const twins = new Map(kaggle.studies.map((study) => [study.id, study]));
    const shared = openI.studies.filter(({ id }) => twins.has(id));
    const agreeing = { labels: 0, images: 0, report: 0 };
    for (const study of shared) {
      const twin = twins.get(study.id)!;
      const images = (of: typeof study) => of.images.map(({ id, view }) => `${id} ${view}`);
      if (JSON.stringify(study.labels) === JSON.stringify(twin.labels)) agreeing.labels++;
      if (images(twin).every((image) => images(study).includes(image))) agreeing.images++;
      if (study.report.findings === twin.report.findings && study.report.impression === twin.report.impression)
        agreeing.report++;
    }
    const perFile = (user + system) / 1000 / openI.studies.length;
    console.info(
      `Indiana: ${shared.length} shared, ${JSON.stringify(agreeing)} agree, ${perFile.toFixed(2)} ms CPU per XML file`,
    );
    expect(shared).toHaveLength(3081);
    expect(agreeing).toEqual({ labels: 3081, images: 3081, report: 3081 });
  },
);

test.runIf(indiana)('Indiana: no XML file is malformed and no heading is undecided', async () => {
  const { problems, studies } = await openArchive();
  const kinds = new Map<string, number>();
  for (const { problem } of problems) kinds.set(problem, (kinds.get(problem) ?? 0) + 1);
  expect(Object.fromEntries(kinds)).toEqual({
    'image is listed but missing': 5981,
    'report has neither findings nor impression': 20,
    'report was not indexed: every label is uncertain': 72,
    'study has no image': 80,
  });
  const views = studies.flatMap(({ images }) => images.map(({ view }) => view));
  expect(views.filter((view) => view === 'frontal')).toHaveLength(3060);
  expect(views.filter((view) => view === 'lateral')).toHaveLength(2917);
  expect(views.filter((view) => view === 'unknown')).toHaveLength(4);
});

test.runIf(indiana)('Indiana: the lateral that its DICOM tag calls PA is lateral', async () => {
  const { studies } = await openIndiana({});
  const views = studies.find(({ id }) => id === '1000')!.images.map(({ id, view }) => [id, view]);
  expect(views).toContainEqual(['1000_IM-0003-2001', 'lateral']);
});

test.runIf(indiana)('Indiana: on the images at hand both forms give one dataset', async () => {
  const kaggle = await openIndiana({ form: 'kaggle', missingImages: 'drop' });
  const openI = await openIndiana({ form: 'open-i', missingImages: 'drop' });
  expect(kaggle.studies.map(({ id }) => id)).toEqual(['1000', '25', '303', '54']);
  expect(openI.digest).toBe(kaggle.digest);
  const paths = kaggle.studies.flatMap(({ images }) => images.map(({ path }) => path));
  expect(paths).toHaveLength(7);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});

test.runIf(chestXray14)(
  'ChestX-ray14: 793 of the 800 small images have a row in the table, 75 of 199 valid ones recur',
  async () => {
    const { studies, split, problems } = await openNih({ images: 'nih1000-64px' });
    console.info(
      `ChestX-ray14, official table: ${studies.length} studies, folder-v1 ${JSON.stringify(sizes(split('folder-v1')))}`,
    );
    expect(studies).toHaveLength(793);
    expect(sizes(split('folder-v1'))).toEqual({ train: 594, validation: 124, test: 0, excluded: 75 });
    expect(sizes(split('folder-evaluation-v1'))).toEqual({ train: 527, validation: 199, test: 0, excluded: 67 });
    expect(problems.map(({ item }) => item)).toEqual(['images', 'rows', 'folder-v1']);
  },
);

test.runIf(chestXray14)('ChestX-ray14: all 800 with the table made for them, 76 of 200 valid ones recur', async () => {
  const { studies, split } = await openNih({ images: 'nih1000-64px', table: 'labels.csv' });
  console.info(
    `ChestX-ray14, labels.csv: ${studies.length} studies, folder-v1 ${JSON.stringify(sizes(split('folder-v1')))}`,
  );
  expect(studies).toHaveLength(800);
  expect(sizes(split('folder-v1'))).toEqual({ train: 600, validation: 124, test: 0, excluded: 76 });
  // The folders follow an older table; the labels are the 2020 table's, which contradicts one of them.
  const normal = studies.filter(({ images }) => images[0]!.path.includes('/0_normal/'));
  expect(normal).toHaveLength(400);
  expect(normal.filter(({ labels }) => labels['No Finding'] !== 'present').map(({ id }) => id)).toEqual([
    '00000193_019',
  ]);
});

test.runIf(chestXray14)('ChestX-ray14: an image at two resolutions is not chosen silently', async () => {
  await expect(openNih({})).rejects.toThrow(/ambiguous/);
});

test.runIf(chestXray14)('ChestX-ray14: the whole table, with label counts', async () => {
  const { studies } = await openNih({ images: 'nih1000-64px', missingImages: 'keep' });
  expect(studies).toHaveLength(111_885);
  const count = (finding: string) => studies.filter(({ labels }) => labels[finding] === 'present').length;
  expect([count('No Finding'), count('Pleural Effusion'), count('Hernia')]).toEqual([60_257, 13_285, 225]);
  const projection = (name: string) => studies.filter(({ acquisition }) => acquisition.projection === name).length;
  expect([projection('PA'), projection('AP')]).toEqual([67_154, 44_731]);
});
