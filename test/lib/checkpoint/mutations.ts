// Damaged checkpoints of every container by the thousand, the same ones every time.
import { deflateRawSync } from 'node:zlib';
import { type Rng, rng } from '../../../src/core/rng.ts';
import { crc32 } from '../../../src/lib/checkpoint/crc32.ts';
import { openZip, readEntry } from '../../../src/lib/checkpoint/zip.ts';
import { anOrder, edits, falseCount, inserted, spliced } from './damage.ts';
import { fileOf, goldenBytes, joined, type ZipMember, zipOf } from './fixtures.ts';

const TORCH = [
  'mixed.pt',
  'strided.pt',
  'wrapped.pt',
  'module-state.pt',
  'protocol-4.pt',
  'deflated.pt',
  'data-descriptors.pt',
  'big-endian.pt',
  'extra-values.pt',
  'training.pt',
  'attributes.pt',
];
const LEGACY = [
  'legacy-mixed.pt',
  'legacy-strided.pt',
  'legacy-views.pt',
  'legacy-training.pt',
  'legacy-protocol-4.pt',
  'legacy-complex.pt',
  'legacy-tied.pt',
  'legacy-python-2.pt',
];
const SAFETENSORS = ['mixed.safetensors', 'other-types.safetensors', 'safetensors.pt'];
const NESTED = ['nested-deflated.zip', 'nested-stored.zip', 'nested-legacy.zip', 'nested-safetensors.zip'];
const SHARDED = 'sharded-safetensors';

export interface Damaged {
  readonly container: 'torch' | 'torch-legacy' | 'safetensors' | 'nested zip' | 'shards';
  /** One file, or a folder's. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

function oneOf<Item>(items: readonly Item[], random: Rng): Item {
  return items[random.integer(items.length)]!;
}

function golden(names: readonly string[], random: Rng): Uint8Array {
  return goldenBytes(oneOf(names, random));
}

/** The last part of the archive alone is changed: directory and end record. */
function editDirectory(bytes: Uint8Array, random: Rng): Uint8Array {
  const start = Buffer.from(bytes).indexOf(Buffer.from('504b0102', 'hex'));
  return joined(bytes.subarray(0, start), edits(bytes.subarray(start), random));
}

/** The archive anew with sound checksums, so that they do not stop the reader first. */
function rezipped(bytes: Uint8Array, change: (data: Uint8Array, name: string) => Uint8Array): Uint8Array {
  const archive = openZip(fileOf(bytes), 'source');
  const members = [...archive.entries.values()].map((entry) => {
    return { name: entry.name, data: change(readEntry(archive, entry), entry.name) };
  });
  return zipOf(members);
}

function pickleIn(bytes: Uint8Array): Uint8Array {
  const archive = openZip(fileOf(bytes), 'source');
  return readEntry(archive, [...archive.entries.values()].find(({ name }) => name.endsWith('data.pkl'))!);
}

/** Edited, spliced with another, or sound but for an order to run code between two of its opcodes. */
function editPickle(pickle: Uint8Array, random: Rng, other: () => Uint8Array): Uint8Array {
  const kind = random.integer(5);
  if (kind === 0) return spliced(pickle, other(), random);
  if (kind === 1) return inserted(pickle, random.next() < 0.5 ? 2 : pickle.length - 1, anOrder(random));
  return edits(pickle, random);
}

function damagedTorch(random: Rng): Uint8Array {
  const source = golden(TORCH, random);
  const kind = random.integer(4);
  if (kind === 0) return edits(source, random);
  if (kind === 1) return editDirectory(source, random);
  const other = () => pickleIn(golden(TORCH, random));
  return rezipped(source, (data, name) => (name.endsWith('data.pkl') ? editPickle(data, random, other) : data));
}

/** Where the state's pickle begins: behind the header, whose last entry is the size of a long. */
function stateStart(bytes: Uint8Array): number {
  const marks = ['ccollections\nOrderedDict', '\x80\x02}', '\x80\x04\x95'].map((mark) =>
    Buffer.from(bytes).indexOf(Buffer.from(mark, 'latin1'), 60),
  );
  return Math.min(...marks.filter((at) => at >= 0).map((at) => (bytes[at] === 0x63 ? at - 2 : at)));
}

function damagedLegacy(random: Rng): Uint8Array {
  const source = golden(LEGACY, random);
  const kind = random.integer(6);
  if (kind === 0) return spliced(source, golden(LEGACY, random), random);
  if (kind === 1) return inserted(source, stateStart(source) + 2, anOrder(random));
  if (kind === 2) return falseCount(source, random.integer(source.length), random);
  if (kind === 3) return edits(source, random);
  const start = stateStart(source);
  return joined(source.subarray(0, start), edits(source.subarray(start), random));
}

const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  'null',
  '-1',
  '1e9',
  '18446744073709551616',
  '0.5',
  '\\u0000',
  '"F16"',
];

/** One number of the header, one token, or any byte of it; its length stays true. */
function editHeader(header: Uint8Array, random: Rng): Uint8Array {
  const text = new TextDecoder().decode(header);
  const kind = random.integer(3);
  if (kind === 0) return edits(header, random);
  const places = [...text.matchAll(kind === 1 ? /\d+/g : /[[\]{},:"]/g)];
  const { index, 0: found } = oneOf(places, random);
  const near = String(Number(found) + oneOf([-4, -1, 1, 4, 8, 2 ** 32, 2 ** 53], random));
  const replacement = kind === 1 && random.next() < 0.7 ? near : oneOf(TOKENS, random);
  return new TextEncoder().encode(text.slice(0, index) + replacement + text.slice(index + found.length));
}

function damagedSafetensors(random: Rng): Uint8Array {
  const source = golden(SAFETENSORS, random);
  const kind = random.integer(5);
  if (kind === 0) return edits(source, random);
  if (kind === 1) return falseCount(source, 0, random);
  const end = 8 + source[0]! + 256 * source[1]!;
  const header = editHeader(source.subarray(8, end), random);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return joined(length, header, source.subarray(end));
}

/** A damaged checkpoint in a sound archive, a sound one in an archive that lies, or an archive damaged anywhere. */
function damagedNested(random: Rng): Uint8Array {
  const kind = random.integer(4);
  if (kind === 0) return edits(golden(NESTED, random), random);
  if (kind === 1) return editDirectory(golden(NESTED, random), random);
  const inner = oneOf([damagedTorch, damagedLegacy, damagedSafetensors], random);
  const data = kind === 2 ? inner(random) : golden([...TORCH, ...LEGACY, ...SAFETENSORS], random);
  const isDeflated = random.next() < 0.5;
  const packed = isDeflated ? deflateRawSync(data) : data;
  const sound = { name: 'a/model.bin', data: packed, method: isDeflated ? 8 : 0, size: data.length, crc: crc32(data) };
  const lies: readonly Partial<ZipMember>[] = [
    { size: data.length + random.integer(9) - 4 },
    { compressedSize: packed.length + random.integer(9) - 4 },
    { crc: random.integer(2 ** 31) },
    { data: edits(packed, random) },
    { method: isDeflated ? 0 : 8 },
  ];
  return zipOf([
    kind === 2 ? sound : { ...sound, ...oneOf(lies, random) },
    { name: 'a/config.json', data: data.subarray(0, 9) },
  ]);
}

function damagedShards(random: Rng): Readonly<Record<string, Uint8Array>> {
  const index = 'model.safetensors.index.json';
  const shards = [1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`);
  const files: Record<string, Uint8Array> = {};
  for (const name of [index, ...shards]) files[name] = goldenBytes(`${SHARDED}/${name}`);
  const kind = random.integer(4);
  const victim = oneOf(shards, random);
  if (kind === 0) files[victim] = edits(files[victim]!, random);
  else if (kind === 1) files[victim] = files[oneOf(shards, random)]!;
  else if (kind === 2) files[victim] = oneOf([damagedTorch, damagedLegacy, damagedSafetensors], random)(random);
  else files[index] = editHeader(files[index]!, random);
  return files;
}

/** The n-th damaged checkpoint. */
export function mutation(n: number): Damaged {
  const random = rng(20, 'checkpoint mutation', `${n}`);
  const kind = random.integer(10);
  if (kind < 4) return { container: 'torch', files: { 'x.pt': damagedTorch(random) } };
  if (kind < 6) return { container: 'torch-legacy', files: { 'x.pt': damagedLegacy(random) } };
  if (kind < 8) return { container: 'safetensors', files: { 'x.safetensors': damagedSafetensors(random) } };
  if (kind < 9) return { container: 'nested zip', files: { 'x.zip': damagedNested(random) } };
  return { container: 'shards', files: damagedShards(random) };
}
