// Damaged checkpoints by the thousand, the same ones every time: bytes of the file, of its directory, or of its pickle.
import { MedvlmError } from '../../../src/core/errors.ts';
import { type Rng, rng } from '../../../src/core/rng.ts';
import { openCheckpoint } from '../../../src/lib/checkpoint/checkpoint.ts';
import { openZip, readEntry } from '../../../src/lib/checkpoint/zip.ts';
import { fileOf, goldenBytes, joined, zipOf } from './fixtures.ts';

const SOURCES = [
  'mixed',
  'strided',
  'wrapped',
  'module-state',
  'protocol-4',
  'deflated',
  'data-descriptors',
  'big-endian',
  'extra-values',
];
const FORBIDDEN = new TextEncoder().encode('cos\nsystem\n');
/** Values at which lengths, counts and offsets break. */
const EDGES = [0, 1, 0x2e, 0x28, 0x52, 0x7f, 0x80, 0xfe, 0xff];

function edit(bytes: Uint8Array, random: Rng): Uint8Array {
  const at = random.integer(bytes.length);
  const length = 1 + random.integer(random.next() < 0.8 ? 8 : 256);
  const kind = random.integer(7);
  if (kind === 0) return joined(bytes.subarray(0, at), bytes.subarray(at + length));
  if (kind === 1)
    return joined(
      bytes.subarray(0, at),
      bytes.subarray(random.integer(bytes.length)).subarray(0, length),
      bytes.subarray(at),
    );
  if (kind === 2) return bytes.slice(0, at);
  if (kind === 3 && random.next() < 0.2) return joined(bytes.subarray(0, at), FORBIDDEN, bytes.subarray(at));
  const changed = bytes.slice();
  for (let i = at; i < Math.min(bytes.length, at + (kind === 4 ? length : 1)); i++) {
    if (kind === 5) changed[i]! ^= 1 << random.integer(8);
    else changed[i] = kind === 6 ? random.integer(256) : EDGES[random.integer(EDGES.length)]!;
  }
  return changed;
}

function edits(bytes: Uint8Array, random: Rng): Uint8Array {
  let result = bytes;
  for (let left = 1 + random.integer(3); left > 0 && result.length > 0; left--) result = edit(result, random);
  return result;
}

/** The last part of the archive alone is changed: directory and end record. */
function editDirectory(bytes: Uint8Array, random: Rng): Uint8Array {
  const start = Buffer.from(bytes).indexOf(Buffer.from('504b0102', 'hex'));
  return joined(bytes.subarray(0, start), edits(bytes.subarray(start), random));
}

/** The pickle alone is changed, inside a sound archive, so that the checksum does not stop the reader first. */
function editPickle(bytes: Uint8Array, random: Rng): Uint8Array {
  const archive = openZip(fileOf(bytes), 'source');
  const members = [...archive.entries.values()].map((entry) => {
    const data = readEntry(archive, entry);
    return { name: entry.name, data: entry.name.endsWith('data.pkl') ? edits(data, random) : data };
  });
  return zipOf(members);
}

/** The n-th damaged checkpoint. */
export function mutation(n: number): Uint8Array {
  const random = rng(20, 'checkpoint mutation', `${n}`);
  const source = goldenBytes(`${SOURCES[random.integer(SOURCES.length)]}.pt`);
  const kind = random.integer(4);
  if (kind === 0) return edits(source, random);
  return kind === 1 ? editDirectory(source, random) : editPickle(source, random);
}

export interface Outcome {
  /** `read`, or the first words of a typed error. */
  readonly kind: string;
  /** Processor time, which a busy machine does not lengthen. */
  readonly seconds: number;
}

/** An error without its names and numbers. */
function kindOf(message: string): string {
  const [what, expected = ''] = message.split(', expected ');
  const subject = what!.split(' ')[0]!;
  const gist = expected
    .split(', got')[0]!
    .replace(/ \(.*/, '')
    .replace(/\d+/g, 'N')
    .replace(/under N$/, 'before');
  return `${subject}: ${gist.slice(0, 60)}`;
}

/** Opens a file and reads every tensor. @throws whatever is no typed error: a bug */
export function outcomeOf(bytes: Uint8Array): Outcome {
  const start = process.cpuUsage();
  let kind = 'read';
  try {
    for (const tensor of openCheckpoint(fileOf(bytes), 'x.pt').tensors) tensor.read();
  } catch (error) {
    if (!(error instanceof MedvlmError)) throw error;
    kind = kindOf(error.message);
    if (/[\n\u001b]/.test(error.message)) throw new Error(`control character in: ${error.message}`);
  }
  const { user, system } = process.cpuUsage(start);
  return { kind, seconds: (user + system) / 1e6 };
}
