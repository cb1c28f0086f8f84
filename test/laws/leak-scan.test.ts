/** The scanner itself: whatever is planted, however it is dressed, is found; what is innocent is not. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { PredictionRow } from '../../src/core/result.ts';
import { rng } from '../../src/core/rng.ts';
import { encodePredictions } from '../../src/engine/predictions-file.ts';
import { findLeaks, type Secrets } from './leak-scan.ts';

const { integer } = rng(1, 'leak-scan');
const film = Uint8Array.from({ length: 4096 }, () => integer(256));
const secrets: Secrets = {
  texts: ['There is a small left apical pneumothorax, "new" since <yesterday>. Heart size is normal.'],
  ids: ['p10000032', 's50414267', '7'],
  pixels: [film],
};

const scan = (content: string | Uint8Array, name = 'file.txt') =>
  findLeaks([{ name, content: typeof content === 'string' ? new TextEncoder().encode(content) : content }], secrets);

const row: PredictionRow = {
  dataset: 'd',
  task: 't',
  model: 'm',
  variant: 'v',
  part: 'test',
  patient: 'a',
  study: 'b',
  item: 'c',
  finding: 'Edema',
  target: 1,
  score: 0.5,
  decision: 1,
  rank: null,
  candidates: null,
  failure: null,
};

test.each([
  ['a sentence', 'report: There is a small left apical pneumothorax'],
  ['four words of it', 'x left apical pneumothorax new x'],
  ['other case and line ends', 'THERE IS\r\n  A SMALL\tLEFT'],
  ['other punctuation', 'there, is - a (small) left'],
  ['inside HTML', '<blockquote>small <b>left</b> apical<br>pneumothorax</blockquote>'],
  ['escaped for HTML', 'pneumothorax, &quot;new&quot; since &lt;yesterday&gt;'],
  ['escaped by number', 'small&#32;left&#32;apical&#32;pneumothorax'],
  ['escaped in JSON', JSON.stringify({ error: 'got:\nsmall left\napical pneumothorax' })],
  ['in a cell of a table', 'id,got\n1,"is a small left"\n'],
])('text: %s', async (_, content) => {
  expect(await scan(content)).toMatchObject([{ kind: 'text' }]);
  expect(await scan(gzipSync(content), 'file.csv.gz')).toMatchObject([{ kind: 'text' }]);
});

test('text and ids in a compressed column of Parquet', async () => {
  const rows = Array.from({ length: 500 }, () => row);
  expect(await scan(encodePredictions(rows), 'p.parquet')).toEqual([]);
  const text = encodePredictions([...rows, { ...row, failure: 'Heart size is normal' }]);
  expect(await scan(text, 'p.parquet')).toMatchObject([{ kind: 'text', what: 'heart size is normal' }]);
  const named = encodePredictions([...rows, { ...row, candidates: 'x|s50414267' }]);
  expect(await scan(named, 'p.parquet')).toMatchObject([{ kind: 'id' }]);
});

test('ids', async () => {
  expect(await scan('cannot read /data/p10/p10000032/a.png')).toMatchObject([{ kind: 'id', what: 'p10000032' }]);
  expect(await scan('7 of 12 items')).toEqual([]); // too short to be told from a number
});

test('pixels: a picture of any format, a data URI, raw samples inside another file', async () => {
  const inside = (piece: Uint8Array) => Buffer.concat([Buffer.alloc(100), piece, Buffer.alloc(100)]);
  for (const magic of [
    '\u0089PNG\r\n\u001a\n',
    'RIFF\u0001\u0002\u0003\u0004WEBP',
    '\u00ff\u00d8\u00ff\u00e0\u0000\u0010JFIF',
    'DICM',
  ])
    expect(await scan(inside(Buffer.from(magic, 'latin1')), 'cache.bin')).toMatchObject([{ kind: 'pixels' }]);
  expect(await scan('<img src="data:image/webp;base64,UklGR">')).toMatchObject([{ kind: 'pixels' }]);
  expect(await scan(inside(film), 'shard.bin')).toMatchObject([{ kind: 'pixels' }]);
});

test('innocent output is innocent', async () => {
  const floats = new Uint8Array(Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i)).buffer);
  expect(await scan(floats, 'shard.bin')).toEqual([]);
  expect(await scan('no left apical pneumothorax is small; <svg aria-label="is a"></svg> data:image/svg+xml')).toEqual(
    [],
  );
});
