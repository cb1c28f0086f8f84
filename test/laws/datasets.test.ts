/** Laws that every dataset obeys, on tiny releases in the official layouts. A new dataset adds one line to the table. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import chexpert from '../../src/catalog/datasets/chexpert.ts';
import folder from '../../src/catalog/datasets/folder.ts';
import iuXray from '../../src/catalog/datasets/iu-xray.ts';
import mimicCxr from '../../src/catalog/datasets/mimic-cxr.ts';
import mimicCxrJpg from '../../src/catalog/datasets/mimic-cxr-jpg.ts';
import nihChestXray14 from '../../src/catalog/datasets/nih-chestxray14.ts';
import type { Context } from '../../src/core/context.ts';
import type { DatasetDefinition } from '../../src/core/dataset.ts';
import { rng } from '../../src/core/rng.ts';
import { assertPatientDisjoint } from '../../src/lib/splits.ts';
import { fixture, scratch } from '../catalog/scratch.ts';
import { nodeContext, shuffledListings } from '../context.ts';

interface Case {
  readonly title: string;
  // biome-ignore lint/suspicious/noExplicitAny: each dataset has its own options
  readonly dataset: DatasetDefinition<any>;
  readonly folder: string;
  /** A change of one label: file, what stands there, what stands there afterwards. */
  readonly relabel: readonly [file: string, before: string, after: string];
  /** Digest of the committed fixture: where it moves, the version of the dataset or of its mapping must move too. */
  readonly digest: string;
}

const CASES: readonly Case[] = [
  {
    title: 'iu-xray, Open-i form',
    dataset: iuXray,
    folder: 'iu-xray-openi',
    relabel: ['ecgen-radiology/1000.xml', 'Cardiomegaly/borderline', 'Cardiomegaly/mild'],
    digest: '2cf9a8ce8f865f2a21e678e5a36d6b14c7f5447e997e56437bc8d0b81db63b19',
  },
  {
    title: 'iu-xray, Kaggle form',
    dataset: iuXray,
    folder: 'iu-xray-kaggle',
    relabel: ['indiana_reports.csv', 'Cardiomegaly/borderline', 'Cardiomegaly/mild'],
    digest: '0224dabb768866b270ab515f14b7597a7e09c9a78420159a19b070adfac9baf0',
  },
  {
    title: 'nih-chestxray14',
    dataset: nihChestXray14,
    folder: 'nih',
    relabel: ['Data_Entry_2017_v2020.csv', 'Hernia|Mass', 'Hernia'],
    digest: 'dc5cf3c3c2a98073b822b8eae0af31fe4c1862314204bbbaa2f609a8d17977c4',
  },
  {
    title: 'chexpert',
    dataset: chexpert,
    folder: 'chexpert',
    relabel: ['groundtruth.csv', 'study1,0,1,0,1', 'study1,0,1,1,1'],
    digest: 'acada43bfb3198396386573a816bc0210aa6788edf6e6fb2765895b9a348a3c4',
  },
  {
    title: 'mimic-cxr-jpg',
    dataset: mimicCxrJpg,
    folder: 'mimic-cxr-jpg',
    relabel: ['mimic-cxr-2.0.0-chexpert.csv', ',1.0,-1.0,', ',1.0,1.0,'],
    digest: '9219fef364e203d5265fce464bb163bc2071a395a97377472fc935d91e696746',
  },
  {
    title: 'mimic-cxr, without a film on disk',
    dataset: mimicCxr,
    folder: 'mimic-cxr-jpg',
    relabel: ['mimic-cxr-2.0.0-chexpert.csv', ',1.0,-1.0,', ',1.0,1.0,'],
    digest: '7fa138e6e71591c9765fc50540e32c346204a3b9fab87bc5b97222d6ddb60206',
  },
  {
    title: 'folder',
    dataset: folder,
    folder: 'folder',
    relabel: ['films.csv', ';unseen;-1;', ';unseen;1;'],
    digest: 'fbcb95a244520f9ff3d328b3bc01652e9a1fb98ca6fc7078a29bf1eaa11c72d4',
  },
];

const openAt = ({ dataset }: Case, root: string, context: Context = nodeContext()) =>
  dataset.open(root, dataset.options.parse({}), context);

const STATES = ['present', 'absent', 'uncertain', 'unmentioned'];

test.each(CASES)('$title: ids are unique and sorted, labels are of the declared findings', async (entry) => {
  const { studies } = await openAt(entry, fixture(entry.folder));
  const ids = studies.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  const images = studies.flatMap((study) => study.images.map(({ id }) => id));
  expect(new Set(images).size).toBe(images.length);
  for (const { labels } of studies) {
    expect(entry.dataset.findings).toEqual(expect.arrayContaining(Object.keys(labels)));
    expect(STATES).toEqual(expect.arrayContaining(Object.values(labels)));
  }
});

test.each(CASES)('$title: every split has one part per study and is disjoint by patient', async (entry) => {
  const { studies, split } = await openAt(entry, fixture(entry.folder));
  for (const name of entry.dataset.splits) {
    const parts = split(name);
    expect(parts).toHaveLength(studies.length);
    expect(() => assertPatientDisjoint(studies, parts)).not.toThrow();
    expect(split(name)).toEqual(parts);
  }
  expect(() => split('no-such-split')).toThrow(/no-such-split/);
});

test.each(CASES)('$title: the order of the directory listing changes nothing', async (entry) => {
  const root = fixture(entry.folder);
  const straight = await openAt(entry, root);
  for (let seed = 0; seed < 5; seed++) {
    const random = rng(seed, 'listing');
    const shuffled = shuffledListings(nodeContext(), (entries) =>
      entries
        .map((file) => ({ file, key: random.next() }))
        .sort((a, b) => a.key - b.key)
        .map(({ file }) => file),
    );
    const again = await openAt(entry, root, shuffled);
    expect(again.studies).toEqual(straight.studies);
    expect(again.digest).toBe(straight.digest);
  }
});

test.each(CASES)('$title: the digest is the same in every folder and moves with a label', async (entry) => {
  const copy = scratch({}, entry.folder);
  expect((await openAt(entry, fixture(entry.folder))).digest).toBe(entry.digest);
  expect((await openAt(entry, copy)).digest).toBe(entry.digest);
  const [file, before, after] = entry.relabel;
  const text = readFileSync(join(copy, file), 'utf8');
  expect(text).toContain(before);
  writeFileSync(join(copy, file), text.replace(before, after));
  expect((await openAt(entry, copy)).digest).not.toBe(entry.digest);
});

test.each(CASES)('$title: problems name items and never quote a report', async (entry) => {
  const { studies, problems } = await openAt(entry, fixture(entry.folder));
  expect(problems.length).toBeGreaterThan(0);
  const told = problems.map(({ item, problem }) => `${item} ${problem}`).join('\n');
  const texts = studies.flatMap(({ report }) => Object.values(report));
  expect(texts.filter((text) => told.includes(text))).toEqual([]);
});
