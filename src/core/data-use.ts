/** Data-use rules: what each tier's agreements oblige to, and what of its data may leave the user's own machine. */
import type { AccessTier } from './dataset.ts';
import { DataUseError } from './errors.ts';

/** Words of reports; pixels; ids of patients, studies and images; rows of single items, whatever they are named by. */
export type Content = 'text' | 'pixels' | 'ids' | 'rows';

export interface TierRules {
  /** Who may have the data, for readers of a report. */
  readonly title: string;
  /** The agreement that the rules follow, and where its text stands. */
  readonly sources: readonly string[];
  /** What it obliges to, in our words; the agreement itself is what counts. */
  readonly obligations: readonly string[];
  /** What may stand in a report, an error, a log, an export: in anything that can be passed on. */
  readonly shows: readonly Content[];
  /** Whether text or pixels may be sent to another machine without an acknowledgement. */
  readonly mayLeaveMachine: boolean;
}

export const TIER_RULES: Readonly<Record<AccessTier, TierRules>> = {
  open: {
    title: 'open to anyone',
    sources: ['the licence that the dataset names: CC0, CC BY 4.0, CC BY-NC-ND 4.0 … (creativecommons.org/licenses)'],
    obligations: [
      'name the source and its licence wherever data are shown',
      'where the licence says so: no commercial use, and no changed copies passed on',
      'do not try to find out who a patient is',
    ],
    shows: ['text', 'pixels', 'ids', 'rows'],
    mayLeaveMachine: true,
  },
  registered: {
    title: 'after registration',
    sources: ['Stanford University Dataset Research Use Agreement (shown before a download of CheXpert)'],
    obligations: [
      'research without commercial purpose only; no clinical use',
      'pass no part of the data on: whoever wants them registers',
      'do not try to find out who a patient is',
      'cite the dataset',
    ],
    shows: [],
    mayLeaveMachine: false,
  },
  credentialed: {
    title: 'under a signed data-use agreement',
    sources: [
      'PhysioNet Credentialed Health Data License 1.5.0 and Data Use Agreement 1.5.0 (physionet.org/about/licenses)',
    ],
    obligations: [
      'do not try to identify a person or an institution',
      'disclose nothing that could identify one, in publications or elsewhere',
      'share access with nobody, which includes services that other people run',
      'keep the data secure: only on machines that the agreement covers',
      'tell PhysioNet where data are found that might identify someone',
      'lawful scientific research only; publish the code of published results',
    ],
    shows: [],
    mayLeaveMachine: false,
  },
};

/** Whether content of a tier may stand in anything that can be passed on. Ask here; never compare tiers. */
export function mayShow(tier: AccessTier, what: Content): boolean {
  return TIER_RULES[tier].shows.includes(what);
}

/** In place of what a report leaves out. */
export const NOT_SHOWN = 'not shown: the data-use tier forbids it';

const LONGEST_QUOTE = 120;
const MOST_WORDS = 3;

/**
 * How an error may call a value that ought to be an id, a code or a name. What could be words of a report, because a table is
 * torn or a file is mistaken for another, is told by its length alone.
 */
export function quoted(value: string): string {
  const name = named(value);
  return name === value ? `"${value}"` : name;
}

/** As `quoted`, without quotation marks: for lists of names. */
export function named(value: string): string {
  const words = value.trim().split(/\s+/).length;
  return words <= MOST_WORDS && value.length <= LONGEST_QUOTE ? value : `a text of ${value.length} characters`;
}

/** Lets the data of a tier be sent to one host. Whoever writes it is answerable for it; the run's manifest keeps it. */
export function acknowledgementOf(tier: AccessTier, host: string): string {
  return `I may send ${tier} data to ${host}`;
}

/** What a suite's acknowledgement must look like. */
export const ACKNOWLEDGEMENT = /^I may send (registered|credentialed) data to [a-z0-9.:[\]-]+$/;

export interface EndpointUse {
  readonly tier: AccessTier;
  /** Acknowledgements of the suite. */
  readonly acknowledged?: readonly string[] | undefined;
}

export interface Endpoint {
  /** As the URL standard writes it: lower case, IPv4 in dotted decimals, IPv6 in brackets. */
  readonly host: string;
  readonly isLoopback: boolean;
  /** The acknowledgement that was needed; null where none was. To be recorded in the manifest. */
  readonly acknowledgement: string | null;
}

/**
 * Whether text or pixels of a tier may be sent to an address. To be asked again for every redirect, and no proxy may stand
 * between. The error names the host alone, never the path or a password.
 * @throws DataUseError (exit 6) for an address that is not http(s), that carries a user name, or that is not of this machine
 * where the tier forbids it and nobody acknowledged it
 */
export function requireLocalEndpoint(address: string, { tier, acknowledged = [] }: EndpointUse): Endpoint {
  const url = parseAddress(address);
  const host = url.hostname;
  const isLoopback = isLoopbackHost(host);
  if (isLoopback || TIER_RULES[tier].mayLeaveMachine) return { host, isLoopback, acknowledgement: null };
  const needed = acknowledgementOf(tier, host);
  if (acknowledged.includes(needed)) return { host, isLoopback, acknowledgement: needed };
  const hint = isUnspecified(host)
    ? 'write 127.0.0.1 for this machine'
    : `run the model on this machine; or, where your agreement lets you: acknowledge: ["${needed}"] in the suite`;
  throw new DataUseError(`data use: ${tier} data, expected an address of this machine, got host ${host}`, hint);
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new DataUseError('data use: address, expected http://… or https://…, got something else');
  if (url.username !== '' || url.password !== '')
    throw new DataUseError(
      `data use: address, expected none before an "@", got a user name for host ${url.hostname}`,
      'what stands before the "@" is no host: http://127.0.0.1@example.org leads to example.org',
    );
  return url;
}

/**
 * Loopback by its name or number (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). The URL standard has by now turned octal,
 * hexadecimal, single-number and full-width forms into dotted decimals. Other names are never looked up: what they lead to may
 * change, and `x.localhost` is answered by name servers in places.
 */
function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host === '[::1]') return true;
  if (/^127\.\d+\.\d+\.\d+$/.test(host)) return true;
  return /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(host); // IPv4-mapped 127.x.y.z
}

/** An address to listen on, not to send to: where it leads depends on the system. */
function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '[::]' || host === '[::ffff:0:0]';
}
