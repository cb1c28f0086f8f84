/** `medvlm datasets` as a user types it: audit with exit 3 on leakage, manifests there and back, the page and its data. */
import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Audit } from '../../src/lib/audit/audit.ts';
import type { EdaData } from '../../src/lib/eda/eda-data.ts';
import { openPlace } from './command.ts';
import { filmName, noise, writeRelease } from './films.ts';

const place = openPlace();
afterAll(place.remove);
const at = (path: string) => join(place.root, path);
const film = (index: number) => at(`films/images/${filmName(index)}`);
const NIH = ['nih-chestxray14', 'films'];

beforeAll(async () => {
  await writeRelease(at('films'), { films: 12 });
  copyFileSync(film(0), film(1)); // one file under two patients
  await sharp(await noise(2).png().toBuffer())
    .linear(0.8, 20)
    .toFile(film(3)); // a copy with other windowing
  truncateSync(film(4), 300);
  writeFileSync(film(5), '');
  writeFileSync(at('films/images/stray.png'), readFileSync(film(7)));
});

const check = (...flags: string[]) => {
  const done = place.run('datasets', 'check', ...NIH, '--json', ...flags);
  return { ...done, audit: JSON.parse(done.stdout) as Audit };
};
const itemsOf = (audit: Audit, code: string) => audit.issues.find((issue) => issue.code === code)?.items;

/** A manifest in which these films are test and the others train. */
function manifest(name: string, test: readonly number[]): string {
  const rows = Array.from(
    { length: 12 },
    (_, i) => `${filmName(i).replace('.png', '')},${test.includes(i) ? 'test' : 'train'}`,
  );
  writeFileSync(at(name), `study,part\n${rows.join('\n')}\n`);
  return name;
}

test('the audit decodes, remembers, and finds what was planted', () => {
  const { audit, code } = check('--images', '--split', manifest('whole.csv', [8, 9]));
  expect(code).toBe(0);
  expect(audit.decodedImages).toBe(10);
  expect(itemsOf(audit, 'image-corrupt')).toEqual([filmName(4)]);
  expect(itemsOf(audit, 'image-empty')).toEqual([filmName(5)]);
  expect(itemsOf(audit, 'image-duplicate-across-patients')).toEqual([filmName(0), filmName(1)]);
  expect(itemsOf(audit, 'image-similar-across-patients')).toEqual([filmName(2), filmName(3)]);
  expect(itemsOf(audit, 'image-without-study')).toEqual(['images/stray.png']);
  expect(check('--images', '--split', 'whole.csv').stdout).toBe(
    place.run('datasets', 'check', ...NIH, '--json', '--images', '--split', 'whole.csv').stdout,
  );
});

test('leakage ends with exit 3 and one line, after the whole audit', () => {
  const copied = check('--images', '--split', manifest('copied.csv', [1]));
  expect([copied.code, copied.audit.leakage]).toEqual([3, true]);
  expect(copied.stderr).toMatch(/medvlm: nih-chestxray14 leaks: .*split-image-leak in copied.csv\nhint: /);
  const alike = check('--images', '--split', manifest('alike.csv', [3]));
  expect(alike.code).toBe(3);
  expect(itemsOf(alike.audit, 'split-similar-image-leak')).toEqual([filmName(2), filmName(3)]);
  expect(check('--split', 'alike.csv').code).toBe(0); // nobody looked into the images
});

test('a named split and its manifest have one digest; a balanced split that cannot be is refused', () => {
  const done = place.run('datasets', 'manifest', ...NIH, '--split', 'redrawn-3-v1', '--out', 'out.csv', '--json');
  const written = JSON.parse(done.stdout) as { digest: string; hashedIds: boolean };
  expect(written.hashedIds).toBe(false);
  expect(check('--split', 'out.csv').audit.splits['out.csv']!.digest).toBe(written.digest);
  const refused = place.run('datasets', 'manifest', ...NIH, '--split', '5x200-v1', '--out', 'none.csv');
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/needs exclusive positives, expected 200 patients with \w+/);
  expect(existsSync(at('none.csv'))).toBe(false);
  expect(place.run('datasets', 'manifest', ...NIH, '--split', 'redrawn-0-v1').code).toBe(2);
});

test('the picture as a page and as data; the same line gives the same bytes', () => {
  const flags = ['--root', 'films', '--images', '8'];
  expect(place.run('datasets', 'eda', 'nih-chestxray14', ...flags, '--out', 'a.html').stdout).toMatch(
    /^written: .*a\.html\n$/,
  );
  place.run('datasets', 'eda', 'nih-chestxray14', ...flags, '--out', 'b.html');
  expect(readFileSync(at('a.html'), 'utf8')).toBe(readFileSync(at('b.html'), 'utf8'));
  const data = JSON.parse(place.run('datasets', 'eda', 'nih-chestxray14', ...flags, '--json').stdout) as EdaData;
  expect(data.datasets[0]).toMatchObject({ studies: 12, pixels: { sampled: 8, of: 12, missing: 0 } });
  const two = place.run('datasets', 'eda', 'nih-chestxray14', 'nih-chestxray14', '--root', 'films');
  expect([two.code, two.stderr]).toEqual([2, expect.stringContaining('expected one for each of 2 datasets, got 1')]);
});
