/** No word of a report, no id and no pixel of a credentialed study in anything that a run, its errors or its export leave. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { beforeAll, expect, test } from 'vitest';
import { catalog } from '../../src/catalog/index.ts';
import type { DatasetDefinition } from '../../src/core/dataset.ts';
import type { Result } from '../../src/core/result.ts';
import { packageRoot } from '../../src/engine/package-root.ts';
import { encodeNpy } from '../../src/lib/tensor/npy.ts';
import { fixture, scratch } from '../catalog/scratch.ts';
import { findLeaks, type Output, outputsOf } from './leak-scan.ts';
import { command, openVault, type Vault } from './vault.ts';

const place = scratch({});
const at = (...parts: string[]) => join(place, ...parts);
const printed: Output[] = [];
let vault: Vault;

const SUITE = {
  name: 'vault-suite',
  datasets: [{ use: 'vault' }],
  models: [{ id: 'mini', use: 'chexzero', from: join(packageRoot, 'assets/miniatures/chexzero-phantom-a.pt') }],
  tasks: [{ use: 'zero-shot' }, { use: 'view' }, { use: 'retrieval' }],
  statistics: { replicates: 50 },
  maximumFailedShare: 0.01,
  acknowledge: ['I may send credentialed data to models.hospital.example'],
};

async function medvlm(...args: string[]) {
  const done = await command(...args);
  printed.push(done);
  return done;
}

/** Files that stay at home name items, so that whoever holds the data can look them up. */
const NAMES_ITEMS = /^(run\/(predictions\.parquet|failures\.csv)$|home\/)/;

const leaksOf = (outputs: readonly Output[]) =>
  findLeaks(
    outputs.filter(({ name }) => !NAMES_ITEMS.test(name)),
    vault.secrets,
  );

beforeAll(async () => {
  vault = await openVault(at('outside'), 'credentialed');
  (catalog.datasets as Map<string, DatasetDefinition>).set('vault', vault.definition as DatasetDefinition);
  process.env.MEDVLM_HOME = at('home');
  writeFileSync(at('suite.yaml'), JSON.stringify(SUITE));
  const plan = await medvlm('plan', at('suite.yaml'));
  expect(plan.code, plan.text).toBe(0);
  const run = await medvlm('run', at('suite.yaml'), '--out', at('run'), '--workers', '1');
  expect(run.code, run.text).toBe(5); // damaged films: more than the suite allows
});

test('the run met the damaged films, and judged the others', () => {
  const failures = readFileSync(at('run/failures.csv'), 'utf8');
  expect(failures).toMatch(/truncated|decoded/);
  expect(failures).toMatch(/0 bytes|empty/);
  expect(failures).toMatch(/missing/);
  const results = JSON.parse(readFileSync(at('run/results.json'), 'utf8')) as Result[];
  expect(results.filter(({ value }) => value !== null).length).toBeGreaterThan(50);
  expect(vault.secrets.texts.length).toBeGreaterThan(70);
});

test('run folder, home, standard output and errors', async () => {
  const names = (found: readonly Output[]) => found.map(({ name }) => name);
  const run = outputsOf(at('run'), 'run/');
  const home = outputsOf(at('home'), 'home/');
  expect(names(run)).toEqual(expect.arrayContaining(['run/report.html', 'run/manifest.json', 'run/report.json']));
  expect(home.length).toBeGreaterThan(3);
  expect(await leaksOf([...run, ...printed])).toEqual([]);
  const kept = run.filter(({ name }) => NAMES_ITEMS.test(name));
  const inside = await findLeaks([...kept, ...home], { ...vault.secrets, ids: [] });
  expect(inside).toEqual([]); // ids alone are at home there
});

test('the same search finds what is planted in these very files', async () => {
  cpSync(at('run'), at('planted'), { recursive: true });
  const page = readFileSync(at('planted/report.html'), 'utf8');
  const study = vault.studies.find(({ report }) => report.impression !== undefined)!;
  const sentence = study.report.impression!.toUpperCase().replaceAll(' ', '\n');
  writeFileSync(at('planted/report.html'), page.replace('</main>', `<p>${sentence}</p></main>`));
  const manifest = readFileSync(at('planted/manifest.json'), 'utf8');
  writeFileSync(at('planted/manifest.json'), manifest.replace('{', `{"item": "${study.images[0]!.id}",`));
  writeFileSync(at('planted/plan.json'), vault.secrets.pixels[0]!);
  const found = await leaksOf(
    outputsOf(at('planted'), 'planted/').filter(({ name }) => !/parquet|failures/.test(name)),
  );
  expect(found.map(({ output, kind }) => `${output}: ${kind}`).sort()).toEqual([
    'planted/manifest.json: id',
    'planted/plan.json: pixels',
    'planted/report.html: text',
  ]);
});

test('the manifest records tiers and acknowledgements', () => {
  const manifest = JSON.parse(readFileSync(at('run/manifest.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest.dataUse).toEqual({ tiers: { vault: 'credentialed' }, acknowledged: SUITE.acknowledge });
});

test('export: counts alone, and no rows of single items', async () => {
  const done = await medvlm('export', at('run'), '--out', at('bundle'), '--predictions');
  expect(done.code, done.text).toBe(0);
  expect(done.text).toContain('vault: rows of single items stay here');
  const bundle = outputsOf(at('bundle'), 'bundle/');
  expect(await leaksOf([...bundle, done])).toEqual([]);
  const bytes = readFileSync(at('bundle/predictions.parquet'));
  expect(await parquetReadObjects({ file: new Uint8Array(bytes).buffer })).toEqual([]);
  const everything = bundle.map(({ content }) => Buffer.from(content).toString('latin1')).join('\n');
  for (const place of [at(), 'hospital.example', packageRoot]) expect(everything.includes(place)).toBe(false);
});

test('errors about files that are not what they should be', async () => {
  const { studies } = vault;
  const texts = studies.flatMap(({ report }) => report.findings ?? []);
  const npy = (name: string, rows: readonly string[]) => {
    const data = Float32Array.from({ length: rows.length * 4 }, (_, i) => Math.sin(i + 1));
    writeFileSync(at(`${name}.npy`), encodeNpy(data, [rows.length, 4]));
    writeFileSync(at(`${name}.ids.json`), JSON.stringify(rows));
    return at(`${name}.npy`);
  };
  const images = npy(
    'images',
    studies.flatMap((study) => study.images.map(({ id }) => id)),
  );
  const swapped = npy('texts', texts);
  const score = (...args: string[]) => medvlm('score', ...args, '--dataset', 'vault', '--out', at('scored'));
  expect((await score(swapped, '--texts', images, '--task', 'retrieval')).code).toBe(3);
  expect((await score('--list', '--task', 'retrieval')).code).toBe(6);
  // A table without a header, and one whose columns are torn: sentences stand where names and ids should.
  writeFileSync(
    at('headless.csv'),
    texts
      .slice(0, 9)
      .map((text, i) => `"${text.replaceAll('"', '')}",${i}`)
      .join('\n'),
  );
  expect((await score(at('headless.csv'), '--task', 'zero-shot')).code).toBe(3);
  writeFileSync(
    at('torn.csv'),
    `id,finding,score\n${texts
      .slice(0, 9)
      .map((text) => `s1,"${text.replaceAll('"', '')}",0.5`)
      .join('\n')}\n`,
  );
  expect((await score(at('torn.csv'), '--task', 'zero-shot')).code).toBe(3);
  writeFileSync(at('split.csv'), `study,part\n${studies[0]!.id},"${texts[0]!.replaceAll('"', '')}"\n`);
  expect((await medvlm('run', at('suite.yaml'), '--set', `datasets.0.split=${at('split.csv')}`)).code).toBe(3);
  expect(await findLeaks(printed, { ...vault.secrets, ids: [] })).toEqual([]);
});

test('a torn table of CheXpert, whose labels hold sentences', async () => {
  const text = vault.studies[0]!.report.findings!.replaceAll('"', '');
  const torn = scratch({}, 'chexpert');
  const table = readFileSync(join(fixture('chexpert'), 'groundtruth.csv'), 'utf8');
  writeFileSync(join(torn, 'groundtruth.csv'), table.replace(/study1,0/, `study1,"${text}"`));
  const done = await medvlm('datasets', 'check', 'chexpert', torn);
  expect(done.code, done.text).toBe(3);
  expect(done.text).toContain('expected 1, 0, -1 or blank, got a text of');
  expect(await findLeaks([done], vault.secrets)).toEqual([]);
});

test('one’s own table: without a header, or with sentences where labels should be', async () => {
  const text = vault.studies[0]!.report.findings!.replaceAll('"', '');
  const film = readFileSync(vault.studies[0]!.images[0]!.path);
  const tables = [
    `a.png,"${text}",1\nb.png,"${text}",0\n`,
    `image,"${text}","${text}"\na.png,1,0\n`,
    `image,Edema\na.png,"${text}"\n`,
    `image,patient,Edema\na.png,"${text}",1\nb.png,2\n`,
  ];
  const done = [];
  for (const table of tables)
    done.push(await medvlm('datasets', 'check', 'folder', scratch({ 'a.png': film, 'table.csv': table })));
  expect(
    done
      .map(({ code }) => code)
      .slice(0, 3)
      .every((code) => code > 0),
  ).toBe(true);
  expect(await findLeaks(done, vault.secrets)).toEqual([]);
});

test('datasets check, eda, and a manifest of ids', async () => {
  const done = [
    await medvlm('datasets', 'check', 'vault', '--images'),
    await medvlm('datasets', 'check', 'vault', '--json'),
    await medvlm('datasets', 'manifest', 'vault', '--out', at('made/ids.csv')),
    await medvlm('datasets', 'eda', 'vault', '--out', at('made/eda.html')),
    await medvlm('datasets', 'eda', 'vault', '--json'),
  ];
  // Synthetic films look alike: the audit of the images may end with a leak (3).
  for (const [index, { code, text }] of done.entries()) expect(index === 0 ? [0, 3] : [0], text).toContain(code);
  const made = outputsOf(at('made'));
  expect(made.map(({ name }) => name).sort()).toEqual(['eda.html', 'ids.csv']);
  expect(await findLeaks([...done, ...made], vault.secrets)).toEqual([]);
});
