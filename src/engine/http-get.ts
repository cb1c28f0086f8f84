/** One HTTP GET: redirects followed, stalled connections ended, refusals told apart from bad weather. Nothing is sent but the request. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ModelError } from '../core/errors.ts';
import { openTunnel, proxyFor } from './http-proxy.ts';
import { faultOf, TransferFault } from './transfer-fault.ts';

const REDIRECT_LIMIT = 5;

export interface GetRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A connection that gives no byte for so long is ended. */
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Of proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The answer that is no redirect; its body is not read yet. @throws ModelError, TransferFault, or the signal's reason */
export async function httpGet(request: GetRequest): Promise<IncomingMessage> {
  let url = parseUrl(request.url);
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop++) {
    const response = await getOnce(url, request);
    const status = response.statusCode ?? 0;
    if (![301, 302, 303, 307, 308].includes(status)) return response;
    response.destroy();
    url = redirectTarget(url, response.headers.location);
  }
  throw new ModelError(`download, expected at most ${REDIRECT_LIMIT} redirects, got more (${request.url})`);
}

function parseUrl(text: string, base?: URL): URL {
  try {
    const url = new URL(text, base);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  } catch {
    // told below
  }
  throw new ModelError(`download, expected an http or https address, got ${text}`);
}

/** Where a redirect leads. @throws ModelError where that is nowhere, or from a protected connection to an open one */
export function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined) throw new ModelError(`download, expected the target of a redirect, got none (${from})`);
  const to = parseUrl(location, from);
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(to.hostname);
  if (from.protocol === 'https:' && to.protocol === 'http:' && !isLoopback)
    throw new ModelError(`download, expected a redirect to https, got http (${from.host} to ${to.host})`);
  return to;
}

async function getOnce(url: URL, request: GetRequest): Promise<IncomingMessage> {
  const { headers, stallMs, signal, environment = process.env } = request;
  signal?.throwIfAborted();
  const proxy = proxyFor(url, environment);
  const socket = proxy && (await openTunnel(url, proxy, { stallMs, signal }).catch(asFault));
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  // Node takes a connection that is made already only where no agent is named.
  const connection = socket ? { createConnection: () => socket } : { agent: false };
  return new Promise((resolve, reject) => {
    const sent = send(url, { headers: { host: url.host, 'accept-encoding': 'identity', ...headers }, ...connection });
    const abort = () => sent.destroy(signal!.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    sent.setTimeout(stallMs, () => sent.destroy(stalled(stallMs)));
    sent.once('response', (response) => {
      // From here on, whoever reads the body watches it.
      sent.setTimeout(0);
      signal?.removeEventListener('abort', abort);
      resolve(response);
    });
    sent.on('error', (error) => {
      signal?.removeEventListener('abort', abort);
      reject(signal?.aborted ? signal.reason : faultOf(error));
    });
    sent.end();
  });
}

/**
 * The parts of a body as they come. A connection that gives none for `stallMs` is ended.
 * @throws TransferFault, or the signal's reason
 */
export async function* bodyOf(
  response: IncomingMessage,
  { stallMs, signal }: Pick<GetRequest, 'stallMs' | 'signal'>,
): AsyncGenerator<Buffer> {
  const abort = () => response.destroy(signal!.reason as Error);
  const timer = setTimeout(() => response.destroy(stalled(stallMs)), stallMs);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    for await (const chunk of response) {
      timer.refresh();
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw signal?.aborted ? signal.reason : faultOf(cause as Error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    response.destroy();
  }
}

function stalled(stallMs: number): TransferFault {
  return new TransferFault(`no byte came for ${Math.ceil(stallMs / 1000)} s`);
}

function asFault(error: Error): never {
  throw faultOf(error);
}
