// `medvlm models import NAME --download` from the addresses on the card, over https and a proxy, to a local server.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { catalog } from '../../src/catalog/index.ts';
import { breakOff, serve } from '../unreliable-server.ts';
import { openPlace, type Place, repository } from './command.ts';
import { openLocalWeb } from './local-web.ts';

const NAME = 'pubmedbert';
const CDN = 'cdn.weights.example';
const miniature = join(repository, 'assets/miniatures', NAME);
const { downloads = [] } = catalog.models.get(NAME)!.card;
const hosts = [...new Set(downloads.map(({ url }) => new URL(url).host))];

const folder = mkdtempSync(join(tmpdir(), 'medvlm-web-'));
const web = await openLocalWeb(folder, [...hosts, CDN]);
if (!web) console.info('no openssl: downloads over https are not tested');
const withWeb = test.runIf(web !== undefined);

let place: Place;
beforeAll(() => expect(downloads.length).toBeGreaterThan(1));
beforeEach(() => {
  process.env.HTTPS_PROXY = web?.proxy;
  process.env.NODE_EXTRA_CA_CERTS = web?.certificate;
  place = openPlace();
});
afterEach(() => {
  delete process.env.HTTPS_PROXY;
  delete process.env.NODE_EXTRA_CA_CERTS;
  place.remove();
});
afterAll(() => {
  web?.close();
  rmSync(folder, { recursive: true, force: true });
});

const download = () => place.start(['models', 'import', NAME, '--download']);
const fetched = (name = '') => join(place.home, 'downloads', NAME, name);
const fileOf = ({ url = '' }: IncomingMessage) => {
  const name = basename(url);
  return { content: readFileSync(join(miniature, name)), etag: `"${name}"` };
};
const sizeOf = (file: string) => statSync(join(miniature, file)).size;
const largest = downloads.map(({ file }) => file).sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;

withWeb('a redirect to another host and a reset on the way: fetched, pinned, imported, verified', async () => {
  let breaks = 1;
  web!.behave((request, response) => {
    const { headers, url = '' } = request;
    if (headers.host !== CDN) response.writeHead(302, { location: `https://${CDN}/lfs${url}` }).end();
    else if (url.endsWith(largest) && breaks-- > 0)
      breakOff(request, response, { file: fileOf(request), after: 100_000, how: 'reset' });
    else serve(request, response, fileOf(request));
  });
  const first = await download();
  expect(first.code, first.stderr).toBe(0);
  for (const { url, file } of downloads) {
    expect(first.stderr).toContain(`${file}: contacting ${new URL(url).host}`);
    expect(readFileSync(fetched(file))).toEqual(readFileSync(join(miniature, file)));
  }
  expect(first.stderr).toContain('the connection was cut; trying again');
  expect(web!.asked.filter((line) => line.endsWith(' bytes=100000-')).length).toBe(2); // and its redirect
  const pins = JSON.parse(readFileSync(join(place.home, 'pins.json'), 'utf8')).files;
  expect(Object.keys(pins).sort()).toEqual(downloads.map(({ url }) => url).sort());
  web!.asked.length = 0;
  const second = await download();
  expect(second.stdout).toContain('nothing to do');
  expect(web!.asked).toEqual([]);
  expect((await place.start(['models', 'verify', NAME])).code).toBe(0);
});

withWeb('an interrupted download ends with 130, and the same line continues it', async () => {
  web!.behave((request, response) => {
    if (request.url!.endsWith(largest))
      breakOff(request, response, { file: fileOf(request), after: 100_000, how: 'stall' });
    else serve(request, response, fileOf(request));
  });
  const cue = `${largest}: ${(sizeOf(largest) / 1000).toFixed(1)} kB`;
  const stopped = await place.start(['models', 'import', NAME, '--download'], { name: 'SIGINT', cue });
  expect(stopped.code, stopped.stderr).toBe(130);
  expect(stopped.stderr).toContain('run the same line again to continue');
  expect(readdirSync(join(place.home)).includes('models')).toBe(false);
  web!.behave((request, response) => serve(request, response, fileOf(request)));
  const again = await download();
  expect(again.code, again.stderr).toBe(0);
  expect(web!.asked.length).toBeGreaterThan(0);
  expect(readdirSync(fetched()).some((name) => name.endsWith('.part'))).toBe(false);
});

withWeb('other content under a pinned address is refused with exit 4', async () => {
  web!.behave((request, response) => serve(request, response, fileOf(request)));
  expect((await download()).code).toBe(0);
  rmSync(fetched(largest));
  web!.behave((request, response) => serve(request, response, { content: fileOf(request).content.toReversed() }));
  const refused = await download();
  expect(refused.code).toBe(4);
  expect(refused.stderr).toMatch(/expected the pinned SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/);
});

withWeb('a certificate that nobody vouches for is refused', async () => {
  delete process.env.NODE_EXTRA_CA_CERTS;
  const stranger = openPlace();
  const refused = await stranger.start(['models', 'import', NAME, '--download']);
  stranger.remove();
  expect([refused.code, refused.stderr]).toEqual([
    4,
    expect.stringContaining('certificate of the host is not trusted'),
  ]);
});
