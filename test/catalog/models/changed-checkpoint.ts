// A sound CLIP checkpoint with something changed: keys, weights, members, sizes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openTorchCheckpoint } from '../../../src/lib/checkpoint/torch.ts';
import { openZip, readEntry } from '../../../src/lib/checkpoint/zip.ts';
import { fileOf, type ZipMember, zipOf } from '../../lib/checkpoint/fixtures.ts';

export const soundPath = fileURLToPath(new URL('../../golden/clip/tiny.pt', import.meta.url));
const sound = new Uint8Array(readFileSync(soundPath));

export type Change = (name: string, data: Uint8Array) => Uint8Array;

/** The archive written anew, each member through `change`. */
export function changedCheckpoint(
  change: Change,
  { more = [], zip64 = false }: { readonly more?: readonly ZipMember[]; readonly zip64?: boolean } = {},
): Uint8Array {
  const archive = openZip(fileOf(sound), 'tiny.pt');
  const members = [...archive.entries.values()].map((entry) => ({
    name: entry.name,
    data: change(entry.name, readEntry(archive, entry)),
  }));
  return zipOf([...members, ...more], { zip64 });
}

/** A pickled string: its opcode, its length, its bytes. */
function pickled(text: string): string {
  return `X${String.fromCharCode(text.length)}\0\0\0${text}`;
}

/** Keys renamed in the pickle. */
export function renamed(names: Readonly<Record<string, string>>): Change {
  return (name, data) => {
    if (!name.endsWith('data.pkl')) return data;
    const pattern = new RegExp(
      Object.keys(names)
        .map((key) => pickled(key).replace(/[.+*?()[\]{}|$^\\]/g, '\\$&'))
        .join('|'),
      'g',
    );
    const text = Buffer.from(data)
      .toString('latin1')
      .replace(pattern, (found) => pickled(names[found.slice(5)]!));
    return new Uint8Array(Buffer.from(text, 'latin1'));
  };
}

/** The first four bytes of a weight replaced. */
export function overwritten(weight: string, bytes: readonly number[]): Change {
  const { storage } = openTorchCheckpoint(fileOf(sound), 'x').tensors.find(({ name }) => name === weight)!;
  return (name, data) => (name === storage ? Uint8Array.of(...bytes, ...data.subarray(4)) : data);
}
