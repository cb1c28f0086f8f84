/** The phantom dataset: written as Open-i, completed after an interruption, read back by the real loader, synthetic everywhere. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import iuXray from '../../../src/catalog/datasets/iu-xray.ts';
import { generatePhantom } from '../../../src/catalog/datasets/phantom/generate.ts';
import phantom from '../../../src/catalog/datasets/phantom.ts';
import type { OpenDataset } from '../../../src/core/dataset.ts';
import { sha256 } from '../../../src/core/digest.ts';
import { phantomStudies } from '../../../src/lib/phantom/study.ts';
import { nodeContext } from '../../context.ts';

const OPTIONS = { patients: 14, seed: 7 };
let scratch: string;
let release: string;
let dataset: OpenDataset;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'medvlm-phantom-'));
  release = join(scratch, 'release');
  await generatePhantom(release, OPTIONS, nodeContext(scratch));
  dataset = await phantom.open(release, phantom.options.parse(OPTIONS), nodeContext(scratch));
});

afterAll(() => rm(scratch, { recursive: true }));

async function digests(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const found: Record<string, string> = {};
  for (const name of names) {
    if ((await stat(join(folder, name))).isFile()) found[name] = sha256(await readFile(join(folder, name)));
  }
  return found;
}

describe('release', () => {
  test('has the layout of Open-i, every image an 8-bit grey PNG', async () => {
    const names = Object.keys(await digests(release));
    const images = names.filter((name) => name.endsWith('.png'));
    expect(images.every((name) => /^CXR\d+_IM-\d{4}-[12]001\.png$/.test(name))).toBe(true);
    expect(names.filter((name) => /^ecgen-radiology\/\d+\.xml$/.test(name))).toHaveLength(dataset.studies.length);
    const metadata = await sharp(join(release, images[0]!)).metadata();
    expect([metadata.channels, metadata.depth, metadata.space]).toEqual([1, 'uchar', 'b-w']);
  });

  test('is the same bytes in another folder', async () => {
    const again = join(scratch, 'again');
    await generatePhantom(again, OPTIONS, nodeContext(scratch));
    expect(await digests(again)).toEqual(await digests(release));
  });

  test('is completed, not made anew, after an interruption', async () => {
    const whole = await digests(release);
    const folder = join(scratch, 'interrupted');
    await generatePhantom(folder, OPTIONS, nodeContext(scratch));
    const images = Object.keys(whole).filter((name) => name.endsWith('.png'));
    await rm(join(folder, 'PHANTOM-COMPLETE.txt'));
    for (const name of images.slice(0, 3)) await rm(join(folder, name));
    const resumed = await generatePhantom(folder, OPTIONS, nodeContext(scratch));
    expect(resumed.rendered).toBe(3);
    expect(await digests(folder)).toEqual(whole);
    expect((await generatePhantom(folder, OPTIONS, nodeContext(scratch))).rendered).toBe(0);
  });

  test('films of another seed in the folder are not kept', async () => {
    const folder = join(scratch, 'other-seed');
    await generatePhantom(folder, { patients: 2, seed: 8 }, nodeContext(scratch));
    const made = await generatePhantom(folder, { patients: 2, seed: 9 }, nodeContext(scratch));
    expect(made.rendered).toBe(made.images);
  });

  test('every text says that it is synthetic', async () => {
    for (const name of Object.keys(await digests(release))) {
      if (name.endsWith('.png') || /projections|COMPLETE|generator/.test(name)) continue;
      expect(await readFile(join(release, name), 'utf8'), name).toMatch(/synthetic/i);
    }
    expect(phantom.synthetic).toBe(true);
    expect(`${phantom.title} ${phantom.citation}`).toMatch(/no clinical meaning.*synthetic/i);
  });
});

describe('reading back', () => {
  test('the real loader reads it without a problem and agrees on what is present', async () => {
    const plain = await iuXray.open(release, iuXray.options.parse({ form: 'open-i' }), nodeContext(scratch));
    expect(plain.problems).toEqual([]);
    expect(plain.studies.map(({ id }) => id)).toEqual(dataset.studies.map(({ id }) => id));
    plain.studies.forEach((study, i) => {
      const truth = dataset.studies[i]!.labels;
      for (const [finding, state] of Object.entries(study.labels)) {
        if (finding !== 'No Finding' && state !== 'unmentioned')
          expect([study.id, finding, state]).toEqual([study.id, finding, truth[finding]]);
      }
      for (const [finding, state] of Object.entries(truth)) {
        if (finding !== 'No Finding' && state !== 'absent')
          expect([study.id, finding, study.labels[finding]]).toEqual([study.id, finding, state]);
      }
    });
  });

  test('patient, sex, age, site, views, report and truth are those of the generator', () => {
    const made = Array.from({ length: OPTIONS.patients }, (_, index) => phantomStudies(OPTIONS.seed, index)).flat();
    expect(dataset.studies).toHaveLength(made.length);
    for (const study of made) {
      const read = dataset.studies.find(({ id }) => id === String(study.uid))!;
      expect(read.patientId).toBe(study.patientId);
      expect(read.sex).toBe(study.body.sex);
      expect(read.ageYears).toBe(study.body.ageYears);
      expect(read.acquisition.site).toBe(study.site);
      expect(read.images.map(({ view }) => view)).toEqual(study.views);
      expect(read.report).toEqual(study.report);
      expect(read.labels).toEqual(study.truth);
    }
  });

  test('labels and reports are those of this version: where the digest moves, version and generator must move too', () => {
    expect(dataset.digest).toBe('58a337024fda254e62061ca4b89cab74678fb84a9a206ff880450c32f001afbf');
  });

  test('splits are disjoint by patient and named', () => {
    const parts = dataset.split('held-out-v1');
    const home = new Map<string, string>();
    dataset.studies.forEach(({ patientId }, i) => {
      expect(home.get(patientId) ?? parts[i]).toBe(parts[i]);
      home.set(patientId, parts[i]!);
    });
    expect(new Set(parts)).toEqual(new Set(['validation', 'test']));
    expect(new Set(dataset.split('train-v1'))).toEqual(new Set(['train']));
    expect(() => dataset.split('held-out')).toThrow(/held-out-v1/);
  });

  test('without a folder it makes itself in the cache, once', async () => {
    const context = nodeContext(join(scratch, 'cache'));
    const chosen = phantom.options.parse({ patients: 2, seed: 7 });
    const first = await phantom.open(undefined, chosen, context);
    const [folder] = await readdir(join(scratch, 'cache'));
    expect(folder).toMatch(/^phantom-[0-9a-f]{16}$/);
    const before = (await stat(join(scratch, 'cache', folder!, 'phantom.csv'))).mtimeMs;
    const second = await phantom.open(undefined, chosen, context);
    expect(second.digest).toBe(first.digest);
    expect((await stat(join(scratch, 'cache', folder!, 'phantom.csv'))).mtimeMs).toBe(before);
  });

  test('a damaged or contradicting table is refused with one line', async () => {
    const folder = join(scratch, 'damaged');
    await generatePhantom(folder, { patients: 3, seed: 1 }, nodeContext(scratch));
    const path = join(folder, 'phantom.csv');
    const table = await readFile(path, 'utf8');
    const open = () => phantom.open(folder, phantom.options.parse({}), nodeContext(scratch));
    await writeFile(path, table.replace(/,absent\n/, '\n'));
    await expect(open()).rejects.toThrow(/phantom table is damaged, line 2/);
    await writeFile(path, table.replace(/,yes,present,/, ',yes,absent,'));
    await expect(open()).rejects.toThrow(/phantom labels disagree, expected No Finding present/);
    await writeFile(path, table.split('\n').slice(0, 2).join('\n'));
    await expect(open()).rejects.toThrow(/is not in phantom\.csv/);
  });
});
