/** Answers of a server that are no file: refusals, overload, web pages. */
import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import { ModelError } from '../core/errors.ts';
import { TransferFault } from './transfer-fault.ts';

interface Wanted {
  readonly url: string;
  readonly path: string;
  /** How to get the file by hand. */
  readonly hint: string;
}

/** Statuses after which the same request may succeed. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * @param beginning first bytes of the body, once they are here
 * @throws TransferFault where the server is busy; ModelError where it refuses or gives something else
 */
export function requireFile(response: IncomingMessage, wanted: Wanted, beginning?: Uint8Array): void {
  const { statusCode: status = 0, headers } = response;
  if (TRANSIENT.has(status))
    throw new TransferFault(`the server answers ${status}`, retryAfter(headers['retry-after']));
  if (status !== 200) throw refusal(status, wanted);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new ModelError(
      `download, expected the file as it is, got it encoded as ${encoding} (${wanted.url})`,
      wanted.hint,
    );
  if (isWebPage(headers['content-type'] ?? '', beginning))
    throw new ModelError(
      `download, expected the file ${basename(wanted.path)}, got a web page (${wanted.url})`,
      `the host may ask for a login or an agreement. ${wanted.hint}`,
    );
}

function refusal(status: number, { url, hint }: Wanted): ModelError {
  if (status === 401 || status === 403)
    return new ModelError(
      `download, expected a file that is open to all, got ${status}: the host asks for an account or an agreement (${url})`,
      hint,
    );
  if (status === 404 || status === 410)
    return new ModelError(`download, expected the file at its address, got ${status}: it is not there (${url})`, hint);
  return new ModelError(`download, expected status 200, got ${status} (${url})`, hint);
}

/** Seconds, or a date. Source: RFC 9110 section 10.2.3. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const milliseconds = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

function isWebPage(type: string, beginning: Uint8Array = new Uint8Array()): boolean {
  const text = Buffer.from(beginning.subarray(0, 256)).toString('latin1').trimStart().toLowerCase();
  return /^text\/html|^application\/xhtml/.test(type) || text.startsWith('<!doctype html') || text.startsWith('<html');
}
