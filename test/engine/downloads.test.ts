// Downloading weights from servers that reset, truncate, stall, redirect, change and lie: whole and right, or a clear refusal.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../src/core/digest.ts';
import { InterruptedError, type MedvlmError } from '../../src/core/errors.ts';
import type { Download, ModelCard, ModelDefinition } from '../../src/core/model.ts';
import { rng } from '../../src/core/rng.ts';
import { type DownloadEffects, downloadWeights } from '../../src/engine/downloads.ts';
import { nodeFiles } from '../../src/engine/files.ts';
import { homeAt } from '../../src/engine/home.ts';
import { redirectTarget } from '../../src/engine/http-get.ts';
import { proxyFor } from '../../src/engine/http-proxy.ts';
import { breakOff, type ServedFile, serve, startServer, type UnreliableServer } from '../unreliable-server.ts';

const SIZE = 300_000;
const random = rng(1, 'downloads');
const bytes = Uint8Array.from({ length: SIZE }, () => random.integer(256));
const digest = sha256(bytes);
const file: ServedFile = { content: bytes, etag: '"one"' };

let server: UnreliableServer;
let root: string;
let messages: string[];
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'medvlm-downloads-'));
  messages = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function model(downloads: readonly Download[], card: Partial<ModelCard> = {}): ModelDefinition {
  return {
    name: 'toy',
    version: '1',
    card: {
      title: 'Toy',
      architecture: 'none',
      licence: 'none',
      citation: 'none',
      access: 'download',
      weights: 'the folder of the authors',
      downloads,
      exposure: {},
      notes: [],
      ...card,
    },
  };
}

const weights = (path = '/weights.bin', extra: Partial<Download> = {}): Download => ({
  url: `${server.origin}${path}`,
  file: 'weights.bin',
  ...extra,
});

function effects(changes: Partial<DownloadEffects> = {}): DownloadEffects {
  return {
    home: homeAt({ MEDVLM_HOME: root }),
    files: nodeFiles(),
    isOffline: false,
    environment: {},
    log: (message) => messages.push(message),
    progress: () => undefined,
    patience: { backoffMs: 1, stallMs: 10_000 },
    ...changes,
  };
}

const fetchWeights = (download = weights(), changes: Partial<DownloadEffects> = {}) =>
  downloadWeights(model([download]), effects(changes));

const at = (...parts: string[]) => join(root, 'downloads', 'toy', ...parts);
const part = () => at('weights.bin.part');

async function refusal(attempt: Promise<unknown>): Promise<MedvlmError> {
  const error = await attempt.then(
    () => undefined,
    (cause) => cause,
  );
  expect(error, 'it should have been refused').toBeDefined();
  return error as MedvlmError;
}

/** The file is there, whole; nothing else lies beside it. */
function expectWhole(content: Uint8Array = bytes): void {
  expect(sha256(readFileSync(at('weights.bin')))).toBe(sha256(content));
  expect(readdirSync(at())).toEqual(['weights.bin']);
}

test('a good server: host and size are told first, the digest is pinned, the second time nothing is asked', async () => {
  server.behave((request, response) => serve(request, response, file));
  expect(await fetchWeights()).toBe(at('weights.bin'));
  expectWhole();
  expect(server.asked).toEqual([{ url: '/weights.bin', method: 'GET', range: undefined, ifRange: undefined }]);
  expect(messages[0]).toContain(`contacting ${new URL(server.origin).host}`);
  expect(messages[1]).toContain('300.0 kB');
  expect(messages.at(-1)).toContain(`SHA-256 ${digest} (first use, pinned in pins.json)`);
  const pins = JSON.parse(readFileSync(join(root, 'pins.json'), 'utf8'));
  expect(pins.files).toEqual({ [`${server.origin}/weights.bin`]: { sha256: digest, size: SIZE } });
  await fetchWeights();
  expect(server.asked.length).toBe(1);
});

test.each(['reset', 'end'] as const)('a connection that breaks off (%s) twice is continued', async (how) => {
  server.behave((request, response, count) => {
    if (count < 2) breakOff(request, response, { file, after: 70_000, how });
    else serve(request, response, file);
  });
  await fetchWeights();
  expectWhole();
  expect(server.asked.length).toBe(3);
  expect(server.asked[1]).toMatchObject({ range: 'bytes=70000-', ifRange: '"one"' });
  expect(server.asked[2]).toMatchObject({ range: 'bytes=140000-', ifRange: '"one"' });
  expect(messages.join('\n')).toContain('trying again');
});

test('a server that stalls is left and asked again', async () => {
  server.behave((request, response, count) => {
    if (count === 0) breakOff(request, response, { file, after: 1000, how: 'stall' });
    else if (count === 1)
      return; // no answer at all
    else serve(request, response, file);
  });
  await fetchWeights(weights(), { patience: { backoffMs: 1, stallMs: 400 } });
  expectWhole();
  expect(server.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=1000-', 'bytes=1000-']);
  expect(messages.join('\n')).toContain('no byte came');
});

test('a server that ignores ranges gives the file from its beginning', async () => {
  server.behave((request, response, count) => {
    if (count === 0) breakOff(request, response, { file, after: 70_000, how: 'reset' });
    else {
      delete request.headers.range;
      serve(request, response, file);
    }
  });
  await fetchWeights();
  expectWhole();
});

test('a file that changed between two parts is fetched anew, whatever the server makes of If-Range', async () => {
  const other: ServedFile = { content: bytes.toReversed(), etag: '"two"' };
  for (const ignoresIfRange of [false, true]) {
    rmSync(root, { recursive: true });
    server.behave((request, response, count) => {
      if (count === 0) return breakOff(request, response, { file, after: 70_000, how: 'reset' });
      if (ignoresIfRange) delete request.headers['if-range'];
      serve(request, response, other);
    });
    await fetchWeights();
    expectWhole(other.content);
  }
});

test('without a validator a part is not continued, unless its digest is known', async () => {
  const nameless = { content: bytes };
  const once = (content: ServedFile) =>
    server.behave((request, response, count) => {
      if (count === 0) breakOff(request, response, { file: content, after: 70_000, how: 'reset' });
      else serve(request, response, content);
    });
  once(nameless);
  await fetchWeights();
  expect(server.asked[1]!.range).toBeUndefined();
  rmSync(at('weights.bin'));
  once(nameless);
  await fetchWeights();
  expect(server.asked[1]!.range).toBe('bytes=70000-');
  expectWhole();
});

test('a continued part that was spoilt on disk is fetched anew', async () => {
  const download = weights('/weights.bin', { sha256: digest });
  server.behave((request, response) => breakOff(request, response, { file, after: 70_000, how: 'reset' }));
  await refusal(fetchWeights(download, { patience: { attempts: 1 } }));
  writeFileSync(part(), readFileSync(part()).fill(7, 100, 200));
  server.behave((request, response) => serve(request, response, file));
  await fetchWeights(download);
  expectWhole();
  expect(server.asked.map(({ range }) => range)).toEqual(['bytes=70000-', undefined]);
});

test('a part that is the whole file is finished by the answer 416', async () => {
  server.behave((request, response) => breakOff(request, response, { file, after: SIZE - 1, how: 'reset' }));
  await refusal(fetchWeights(weights(), { patience: { attempts: 1 } }));
  writeFileSync(part(), bytes);
  server.behave((request, response) => serve(request, response, file));
  await fetchWeights();
  expectWhole();
  expect(server.asked.map(({ range }) => range)).toEqual([`bytes=${SIZE}-`]);
});

test('redirects are followed, relative and absolute; loops and other protocols are refused', async () => {
  server.behave(({ url, headers }, response) => {
    if (url === '/weights.bin') response.writeHead(302, { location: '/elsewhere' }).end();
    else if (url === '/elsewhere') response.writeHead(307, { location: `http://${headers.host}/final` }).end();
    else if (url === '/final') response.writeHead(200, { 'content-length': SIZE }).end(bytes);
    else if (url === '/loop') response.writeHead(301, { location: '/loop' }).end();
    else response.writeHead(302, { location: 'file:///etc/hostname' }).end();
  });
  await fetchWeights();
  expectWhole();
  const loop = await refusal(fetchWeights(weights('/loop')));
  expect(loop).toMatchObject({ exitCode: 4 });
  expect(loop.message).toContain('at most 5 redirects');
  expect((await refusal(fetchWeights(weights('/odd')))).message).toContain('expected an http or https address');
});

test('a redirect from https never leads to http', () => {
  const from = new URL('https://weights.example/a');
  expect(redirectTarget(from, '/b').href).toBe('https://weights.example/b');
  expect(redirectTarget(from, 'https://other.example/b').host).toBe('other.example');
  expect(() => redirectTarget(from, 'http://other.example/b')).toThrow(/expected a redirect to https, got http/);
  expect(redirectTarget(new URL('http://weights.example/a'), 'https://other.example/b').protocol).toBe('https:');
  expect(() => redirectTarget(from, undefined)).toThrow(/got none/);
});

test('a proxy of the environment is asked for a tunnel, unless the host is exempt', async () => {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', ({ url, headers }, socket) => {
    tunnels.push(`${url} ${headers['proxy-authorization']}`);
    const target = connect(Number(new URL(server.origin).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const environment = { HTTP_PROXY: `http://me:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const named: (string | undefined)[] = [];
  server.behave((request, response) => {
    named.push(request.headers.host);
    serve(request, response, file);
  });
  const download = { url: 'http://weights.example/w', file: 'weights.bin' };
  await fetchWeights(download, { environment });
  expectWhole();
  expect(tunnels).toEqual([`weights.example:80 Basic ${btoa('me:secret')}`]);
  expect(named).toEqual(['weights.example']); // without a port, as signed addresses want it
  expect(messages.join('\n')).not.toContain('secret');
  const url = new URL('https://cdn.weights.example/');
  expect(proxyFor(url, { https_proxy: 'proxy:3128' })?.host).toBe('proxy:3128');
  for (const list of ['*', '.weights.example', 'other, weights.example', '*.weights.example'])
    expect(proxyFor(url, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: list })).toBeUndefined();
  expect(proxyFor(url, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'example.org' })).toBeDefined();
  proxy.closeAllConnections();
  proxy.close();
});

test('content that is not what was pinned is refused and kept aside', async () => {
  server.behave((request, response) => serve(request, response, file));
  await fetchWeights();
  rmSync(at('weights.bin'));
  server.behave((request, response) => serve(request, response, { content: bytes.toReversed(), etag: '"one"' }));
  const error = await refusal(fetchWeights());
  expect(error.exitCode).toBe(4);
  expect(error.message).toContain(`expected the pinned SHA-256 ${digest}`);
  expect(error.hint).toContain('pins.json');
  expect(readdirSync(at())).toEqual(['.weights.bin.rejected']);
});

test('content that is not what the authors published is refused, though nothing was pinned', async () => {
  server.behave((request, response) => serve(request, response, { content: bytes.toReversed() }));
  const error = await refusal(fetchWeights(weights('/weights.bin', { sha256: digest })));
  expect(error.message).toContain('expected the published SHA-256');
  expect(existsSync(at('weights.bin'))).toBe(false);
});

test('a file that changed on disk is fetched again', async () => {
  server.behave((request, response) => serve(request, response, file));
  await fetchWeights();
  writeFileSync(at('weights.bin'), bytes.toReversed());
  await fetchWeights();
  expectWhole();
  expect(messages.join('\n')).toContain('changed on disk');
});

test.each([
  [404, /it is not there/],
  [403, /asks for an account or an agreement/],
  [401, /asks for an account or an agreement/],
  [400, /expected status 200, got 400/],
])('status %d is told at once, with the way by hand', async (status, words) => {
  server.behave((_request, response) => response.writeHead(status).end('no'));
  const error = await refusal(fetchWeights());
  expect(error).toMatchObject({ exitCode: 4 });
  expect(error.message).toMatch(words);
  expect(error.hint).toContain('the folder of the authors');
  expect(server.asked.length).toBe(1);
});

test('a busy server is asked again, after the time that it names', async () => {
  server.behave((request, response, count) => {
    if (count < 2) response.writeHead(500).end();
    else if (count === 2) response.writeHead(429, { 'retry-after': '1' }).end();
    else serve(request, response, file);
  });
  const begin = performance.now();
  await fetchWeights();
  expectWhole();
  expect(performance.now() - begin).toBeGreaterThan(990);
  expect(messages.join('\n')).toMatch(/answers 500; trying again in 1 ms[\s\S]*answers 429; trying again in 1 s/);
});

test('patience ends: five failures without a new byte, or a wait of hours', async () => {
  server.behave((_request, response) => response.writeHead(503).end());
  const tired = await refusal(fetchWeights());
  expect(tired.message).toContain('failed 5 times, last: the server answers 503');
  expect(server.asked.length).toBe(5);
  server.behave((_request, response) => response.writeHead(503, { 'retry-after': '7200' }).end());
  expect((await refusal(fetchWeights())).message).toContain('asks to wait 2 h');
});

test('nobody listens', async () => {
  const gone = await startServer();
  await gone.close();
  const error = await refusal(fetchWeights({ url: `${gone.origin}/w`, file: 'weights.bin' }));
  expect(error.message).toContain('refuses connections');
});

test.each([
  ['text/html; charset=utf-8', 'log in'],
  ['application/octet-stream', '\n<!DOCTYPE html><html>log in'],
])('a web page as %s is no file', async (type, page) => {
  server.behave((_request, response) => response.writeHead(200, { 'content-type': type }).end(page));
  const error = await refusal(fetchWeights());
  expect(error.message).toContain('got a web page');
  expect(error.hint).toContain('login');
  expect(existsSync(at('weights.bin'))).toBe(false);
});

test('a body that is encoded on the way is refused', async () => {
  server.behave((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes));
  expect((await refusal(fetchWeights())).message).toContain('encoded as gzip');
});

test('a file larger than the disk is told before it is fetched', async () => {
  server.behave((_request, response) => {
    response.writeHead(200, { 'content-length': 1e18 });
    response.write(bytes);
  });
  const error = await refusal(fetchWeights());
  expect(error).toMatchObject({ exitCode: 3 });
  expect(error.message).toContain('disk is too full');
});

test('an interruption leaves a part that the next time continues', async () => {
  const controller = new AbortController();
  server.behave((request, response) => breakOff(request, response, { file, after: 70_000, how: 'stall' }));
  const progress = (_label: string, done: number) => {
    if (done >= 70_000) controller.abort(new InterruptedError());
  };
  const error = await refusal(fetchWeights(weights(), { progress, signal: controller.signal }));
  expect(error).toBeInstanceOf(InterruptedError);
  expect(readFileSync(part()).length).toBe(70_000);
  expect(existsSync(at('weights.bin.lock'))).toBe(false);
  server.behave((request, response) => serve(request, response, file));
  await fetchWeights();
  expect(server.asked[0]!.range).toBe('bytes=70000-');
  expectWhole();
});

test('a size that nobody told, in chunks, also with a break', async () => {
  server.behave((_request, response, count) => {
    response.writeHead(200, { etag: '"one"' });
    response.write(bytes.subarray(0, 50_000));
    if (count === 0) setTimeout(() => response.socket?.resetAndDestroy(), 100);
    else response.end(bytes.subarray(50_000));
  });
  await fetchWeights();
  expectWhole();
  expect(messages.join('\n')).toContain('size not told');
});

test('several files make a folder; offline, what is here is enough', async () => {
  const both = () => model([weights('/a'), { url: `${server.origin}/b`, file: 'sub/config.json' }]);
  server.behave((request, response) => serve(request, response, file));
  expect(await downloadWeights(both(), effects())).toBe(at());
  expect(readdirSync(at(), { recursive: true }).sort()).toEqual(['sub', 'sub/config.json', 'weights.bin']);
  expect(await downloadWeights(both(), effects({ isOffline: true }))).toBe(at());
  rmSync(at('weights.bin'));
  const error = await refusal(downloadWeights(both(), effects({ isOffline: true })));
  expect(error).toMatchObject({ exitCode: 2 });
  expect(error.hint).toContain(`${server.origin}/a`);
  expect(server.asked.length).toBe(2);
});

test.each([
  ['by-hand', /a person must fetch/, /the folder of the authors; then: medvlm models import toy --from PATH/],
  ['unpublished', /not published/, /the folder of the authors/],
  ['declared', /only declared/, /the folder of the authors/],
] as const)('%s weights: what to get and where, and nothing is asked', async (access, words, hint) => {
  server.behave((request, response) => serve(request, response, file));
  const error = await refusal(downloadWeights(model([weights()], { access }), effects()));
  expect(error).toMatchObject({ exitCode: 4 });
  expect(error.message).toMatch(words);
  expect(error.hint).toMatch(hint);
  expect(server.asked).toEqual([]);
});

test('two processes do not write one part; the lock of a dead one is taken over', async () => {
  server.behave((request, response) => serve(request, response, file));
  await fetchWeights();
  rmSync(at('weights.bin'));
  writeFileSync(at('weights.bin.lock'), `${hostname()} ${process.pid}`);
  expect((await refusal(fetchWeights())).message).toContain('another process');
  writeFileSync(at('weights.bin.lock'), `${hostname()} 999999999`);
  await fetchWeights();
  expectWhole();
});

test('pins that were damaged are not passed over', async () => {
  writeFileSync(join(root, 'pins.json'), '{"files": ');
  expect((await refusal(fetchWeights())).message).toContain('pinned digests');
});
