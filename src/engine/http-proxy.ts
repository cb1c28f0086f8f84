/** The proxy that a network's environment names, and a tunnel through it. Source: RFC 9110 section 9.3.6 (CONNECT). */
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { TransferFault } from './transfer-fault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** HTTPS_PROXY or HTTP_PROXY, in capitals or not, unless NO_PROXY names the host. Loopback is never proxied. */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name];
  const named = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (!named || isExempt(url.hostname, read('NO_PROXY') ?? '')) return undefined;
  return new URL(/^https?:\/\//.test(named) ? named : `http://${named}`);
}

function isExempt(host: string, list: string): boolean {
  if (['localhost', '127.0.0.1', '[::1]'].includes(host)) return true;
  return list
    .split(',')
    .map((entry) =>
      entry
        .trim()
        .replace(/^\*?\./, '')
        .replace(/:\d+$/, ''),
    )
    .some((entry) => entry === '*' || (entry !== '' && (host === entry || host.endsWith(`.${entry}`))));
}

interface TunnelOptions {
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A connection to the host of `url` through a proxy, encrypted where the address asks for it. @throws TransferFault */
export async function openTunnel(url: URL, proxy: URL, { stallMs, signal }: TunnelOptions): Promise<Duplex> {
  const target = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
  const credentials = Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`);
  const headers = {
    host: target,
    ...(proxy.username && { 'proxy-authorization': `Basic ${credentials.toString('base64')}` }),
  };
  const plain = await new Promise<Duplex>((resolve, reject) => {
    const asked = httpRequest({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || 80,
      method: 'CONNECT',
      path: target,
      headers,
      agent: false,
      ...(signal && { signal }),
    });
    asked.setTimeout(stallMs, () => asked.destroy(new TransferFault(`the proxy ${proxy.host} does not answer`)));
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket);
      else reject(new TransferFault(`the proxy ${proxy.host} refused the connection, status ${statusCode}`));
    });
    asked.once('error', reject);
    asked.end();
  });
  return url.protocol === 'https:' ? connectTls({ socket: plain, servername: url.hostname }) : plain;
}
