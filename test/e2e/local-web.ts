// The web as a program behind a proxy sees it, on this machine: any https host leads to one local server.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import type { Behaviour } from '../unreliable-server.ts';

export interface LocalWeb {
  /** HTTPS_PROXY */
  readonly proxy: string;
  /** NODE_EXTRA_CA_CERTS */
  readonly certificate: string;
  /** `GET host/path range`, in order. */
  readonly asked: string[];
  behave(behaviour: Behaviour): void;
  close(): void;
}

/** Undefined where there is no openssl to make a certificate with. @param hosts names that the certificate holds for */
export async function openLocalWeb(folder: string, hosts: readonly string[]): Promise<LocalWeb | undefined> {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`;
  try {
    const options = [
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=local test',
      '-addext',
      names,
    ];
    execFileSync('openssl', ['req', ...options, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const asked: string[] = [];
  let behaviour: Behaviour = (_request, response) => response.writeHead(404).end();
  let count = 0;
  const web = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    const { method, url, headers } = request;
    asked.push(`${method} ${headers.host}${url}${headers.range ? ` ${headers.range}` : ''}`);
    behaviour(request, response, count++);
  });
  const proxy = createServer();
  proxy.on('connect', (_request, socket) => {
    const target = connect((web.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [target, socket]) end.on('error', () => target.destroy());
  });
  await Promise.all([web, proxy].map((server) => listening(server)));
  return {
    proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    certificate,
    asked,
    behave: (next) => {
      behaviour = next;
      count = 0;
      asked.length = 0;
    },
    close: () => {
      for (const server of [web, proxy]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
