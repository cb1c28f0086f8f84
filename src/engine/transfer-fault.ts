/** What goes wrong on the way: bad weather, after which the same request may succeed, told apart from refusals. */
import { ModelError } from '../core/errors.ts';

/** The same request may succeed later. */
export class TransferFault extends Error {
  /** What the server asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the host refuses connections',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'the name of the host is not known; is this machine online?',
  EAI_AGAIN: 'names of hosts cannot be looked up; is this machine online?',
  ENETUNREACH: 'the network cannot be reached; is this machine online?',
  ETIMEDOUT: 'the host does not answer',
};

const CERTIFICATE_HINT =
  'where a proxy opens connections, name its certificate in NODE_EXTRA_CA_CERTS; or fetch the file by hand and import it from there';

/** An error of a socket in plain words. A certificate that does not fit is no weather. */
export function faultOf(error: Error): Error {
  if (error instanceof TransferFault || error instanceof ModelError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return new ModelError(`download: the certificate of the host is not trusted, ${code}`, CERTIFICATE_HINT);
  return new TransferFault(REASONS[code] ?? (code || message));
}
