// A local HTTP server with the vices of real ones: it resets, truncates, stalls, redirects, ignores ranges and changes its mind.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedFile {
  content: Uint8Array;
  etag?: string;
  lastModified?: string;
}

export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** Answers one request; the number counts requests from 0. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export interface UnreliableServer {
  readonly origin: string;
  /** Every request, in order. */
  readonly asked: Asked[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export async function startServer(): Promise<UnreliableServer> {
  const asked: Asked[] = [];
  let behaviour: Behaviour = (_request, response) => response.writeHead(404).end();
  let count = 0;
  const server = createServer((request, response) => {
    const { url = '', method = '', headers } = request;
    asked.push({ url, method, range: headers.range, ifRange: headers['if-range'] as string | undefined });
    behaviour(request, response, count++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behave: (next) => {
      behaviour = next;
      count = 0;
      asked.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** As a good server does: ranges where they still fit (If-Range), else the whole. */
export function serve(request: IncomingMessage, response: ServerResponse, file: ServedFile): void {
  const { status, headers, body } = goodAnswer(request, file);
  response.writeHead(status, headers).end(body);
}

function goodAnswer({ headers: asked }: IncomingMessage, { content, etag, lastModified }: ServedFile) {
  const headers: Record<string, string | number> = { 'content-type': 'application/octet-stream' };
  if (etag) headers.etag = etag;
  if (lastModified) headers['last-modified'] = lastModified;
  const from = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? Number.NaN);
  const ifRange = asked['if-range'];
  const isFresh = ifRange === undefined || ifRange === etag || ifRange === lastModified;
  if (Number.isNaN(from) || !isFresh)
    return { status: 200, headers: { ...headers, 'content-length': content.length }, body: content };
  if (from >= content.length)
    return { status: 416, headers: { 'content-range': `bytes */${content.length}` }, body: new Uint8Array() };
  const range = `bytes ${from}-${content.length - 1}/${content.length}`;
  const body = content.subarray(from);
  return { status: 206, headers: { ...headers, 'content-range': range, 'content-length': body.length }, body };
}

/** Sends some bytes of the right answer, then cuts the connection with a reset, a quiet end, or not at all. */
export function breakOff(
  request: IncomingMessage,
  response: ServerResponse,
  { file, after, how }: { file: ServedFile; after: number; how: 'reset' | 'end' | 'stall' },
): void {
  const { status, headers, body } = goodAnswer(request, file);
  response.writeHead(status, headers);
  response.write(body.subarray(0, after), () => {
    // The bytes must have been read before the connection is cut: a reset drops what was not.
    setTimeout(() => {
      // An encrypted connection knows no reset of its own.
      if (how === 'reset' && !('encrypted' in response.socket!)) response.socket!.resetAndDestroy();
      else if (how === 'reset') response.socket!.destroy();
      if (how === 'end') response.socket?.end();
    }, 100);
  });
}
