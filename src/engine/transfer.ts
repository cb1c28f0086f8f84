/** One file over HTTP, through resets, stalls and restarts: continued where it broke off, hashed while it comes. */
import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ModelError } from '../core/errors.ts';
import { bodyOf, httpGet } from './http-get.ts';
import { requireFile } from './http-refusals.ts';
import { discardPart, type Part, readPart, writePart } from './partial-file.ts';
import { duration } from './progress.ts';
import { byteCount } from './quantities.ts';
import { TransferFault } from './transfer-fault.ts';

export interface TransferRequest {
  readonly url: string;
  /** Path that the finished file will have; until then it is `path.part`. */
  readonly path: string;
  /** A digest is known, so that a continued file is checked even where the server cannot say that it is the same. */
  readonly isChecked: boolean;
  /** How to get the file by hand, said where the server refuses. */
  readonly hint: string;
}

export interface TransferEffects {
  /** One line for the person who waits. */
  log(message: string): void;
  /** `total` is Infinity where the server did not say. */
  progress(label: string, done: number, total: number): void;
  readonly signal?: AbortSignal | undefined;
  /** Where proxies are named; the process's own unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly patience?: Partial<Patience> | undefined;
}

export interface Patience {
  /** Failures in a row, without a new byte, after which it is given up. */
  readonly attempts: number;
  /** Wait after the first failure; twice as long after each further one. */
  readonly backoffMs: number;
  /** A connection that gives no byte for so long is ended. */
  readonly stallMs: number;
  /** The longest wait that a server may ask for. */
  readonly longestWaitMs: number;
}

const PATIENCE: Patience = { attempts: 5, backoffMs: 1000, stallMs: 60_000, longestWaitMs: 300_000 };

export interface Transferred {
  readonly sha256: string;
  readonly size: number;
  /** A part of an earlier connection is in it. */
  readonly wasContinued: boolean;
}

/**
 * Fetches into `path.part`, which the caller checks and renames. What came stays where it fails.
 * @throws ModelError where the server refuses or fails too often; DataError where the disk does; the signal's reason
 */
export async function transfer(request: TransferRequest, effects: TransferEffects): Promise<Transferred> {
  const patience = { ...PATIENCE, ...effects.patience };
  let failures = 0;
  let most = 0;
  for (;;) {
    try {
      return await attempt(request, effects, patience);
    } catch (cause) {
      if (!(cause instanceof TransferFault)) throw cause;
      const { size } = await readPart(request.path, request.url);
      failures = size > most ? 1 : failures + 1;
      most = Math.max(most, size);
      await waitAfter(cause, failures, { request, effects, patience });
    }
  }
}

interface Setting {
  readonly request: TransferRequest;
  readonly effects: TransferEffects;
  readonly patience: Patience;
}

const CONTINUE_HINT = 'what came so far is kept: the same line continues';

async function waitAfter(fault: TransferFault, failures: number, setting: Setting): Promise<void> {
  const { request, effects, patience } = setting;
  const name = basename(request.path);
  if (failures >= patience.attempts)
    throw new ModelError(
      `download of ${name} failed ${failures} times, last: ${fault.message} (${request.url})`,
      CONTINUE_HINT,
    );
  const wait = fault.retryAfterMs ?? patience.backoffMs * 2 ** (failures - 1);
  if (wait > patience.longestWaitMs)
    throw new ModelError(
      `download of ${name}: the server asks to wait ${duration(wait)} (${request.url})`,
      CONTINUE_HINT,
    );
  effects.log(`${name}: ${fault.message}; trying again in ${duration(wait)}`);
  await sleep(wait, undefined, effects.signal && { signal: effects.signal }).catch(() => undefined);
  effects.signal?.throwIfAborted();
}

async function attempt(request: TransferRequest, effects: TransferEffects, patience: Patience): Promise<Transferred> {
  const { url, path } = request;
  const part = await readPart(path, url);
  const means = { stallMs: patience.stallMs, signal: effects.signal };
  const response = await httpGet({
    url,
    headers: rangeHeaders(part, request),
    environment: effects.environment,
    ...means,
  });
  try {
    const answer = await settle(response, part, request);
    announce(answer, request, effects);
    return await receive(response, answer, { request, effects, patience });
  } finally {
    response.destroy();
  }
}

/** Asks for the rest, provided that it is still the same content. */
function rangeHeaders({ size, validator }: Part, { isChecked }: TransferRequest): Record<string, string> {
  if (size === 0 || (validator === undefined && !isChecked)) return {};
  return { range: `bytes=${size}-`, ...(validator !== undefined && { 'if-range': validator }) };
}

interface Answer {
  /** Offset of the first byte that comes. */
  readonly start: number;
  readonly total: number | undefined;
  readonly validator: string | undefined;
}

/** What the server is about to send. @throws TransferFault where it is not what was asked for, ModelError where it refuses */
async function settle(response: IncomingMessage, part: Part, request: TransferRequest): Promise<Answer> {
  const { headers, statusCode } = response;
  const validator = validatorOf(response);
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  const total = range?.[2] && range[2] !== '*' ? Number(range[2]) : undefined;
  if (statusCode === 416 && total !== undefined && total === part.size)
    return { start: part.size, total, validator: part.validator };
  if (statusCode === 206 && Number(range?.[1]) === part.size && isSameContent(part, { total, validator }))
    return { start: part.size, total, validator: part.validator };
  if (statusCode === 206 || statusCode === 416) {
    await discardPart(request.path);
    throw new TransferFault('the server has another file now: beginning anew');
  }
  requireFile(response, request);
  const length = headers['content-length'];
  return { start: 0, total: length === undefined ? undefined : Number(length), validator };
}

function isSameContent(part: Part, { total, validator }: Pick<Answer, 'total' | 'validator'>): boolean {
  const differs = <Value>(a: Value | undefined, b: Value | undefined) => a !== undefined && b !== undefined && a !== b;
  return !differs(part.total, total) && !differs(part.validator, validator);
}

/** A weak ETag does not promise the same bytes. Source: RFC 9110 section 13.1.5. */
function validatorOf({ headers }: IncomingMessage): string | undefined {
  const { etag } = headers;
  return etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
}

function announce({ start, total }: Answer, { path }: TransferRequest, { log }: TransferEffects): void {
  const whole = total === undefined ? 'size not told' : byteCount(total);
  log(`${basename(path)}: ${start > 0 ? `${byteCount(start)} of ${whole} are here` : whole}`);
}

async function receive(response: IncomingMessage, answer: Answer, setting: Setting): Promise<Transferred> {
  const { request, effects, patience } = setting;
  const { start, total = Number.POSITIVE_INFINITY, validator } = answer;
  const { url, path } = request;
  const label = basename(path);
  const known = { url, ...(validator !== undefined && { validator }), ...(answer.total !== undefined && { total }) };
  const writer = await writePart(path, start, known);
  try {
    effects.progress(label, start, total);
    if (response.statusCode !== 416) {
      for await (const bytes of bodyOf(response, { stallMs: patience.stallMs, signal: effects.signal })) {
        if (writer.size === 0) requireFile(response, request, bytes);
        await writer.write(bytes);
        effects.progress(label, Math.min(writer.size, total - 1), total);
      }
    }
    const { size } = writer;
    if (answer.total !== undefined && size !== total)
      throw new TransferFault(`the file ended after ${size} of ${total} bytes`);
    const sha256 = await writer.finish();
    effects.progress(label, size, size);
    return { sha256, size, wasContinued: start > 0 };
  } finally {
    await writer.close();
  }
}
