/**
 * State dicts that `torch.save` wrote (zip format, PyTorch 1.6 and later), as named tensors that are read lazily.
 * Source: pytorch/pytorch:torch/serialization.py, _save and _load.
 */
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { readPickle } from './pickle.ts';
import { printable } from './printable.ts';
import type { Checkpoint, StorageBytes } from './tensor.ts';
import { bytesNeeded, readState, type StorageSource, storageOf, torchHooks } from './torch-state.ts';
import { entryBytes, openZip, readEntry, type ZipArchive } from './zip.ts';

const MAXIMUM_PICKLE = 64 << 20;
const PICKLE = /^[^/]+\/data\.pkl$/;

/**
 * Opens a checkpoint; reads names and shapes alone. Nothing in the file is executed.
 * @param where name of the file, for errors
 * @throws ModelError for another archive, a damaged or hostile file, and a file without a state dict
 */
export function openTorchCheckpoint(file: RandomAccess, where: string): Checkpoint {
  const archive = openZip(file, where);
  const root = findRoot(archive);
  const pickle = archive.entries.get(`${root}data.pkl`)!;
  if (pickle.size > MAXIMUM_PICKLE)
    throw new ModelError(
      `entry ${pickle.label}, expected at most ${MAXIMUM_PICKLE} bytes, got ${pickle.size} (${where})`,
    );
  const value = readPickle(readEntry(archive, pickle), torchHooks(storageOf, where), where);
  return { ...readState(value, storagesIn(archive, root)), format: 'torch' };
}

/** Whether an archive is what `torch.save` or `torch.jit.save` wrote. */
export function isTorchArchive({ entries }: ZipArchive): boolean {
  return [...entries.keys()].some((name) => PICKLE.test(name));
}

/** Folder in the archive, with its slash. */
function findRoot({ entries, where }: ZipArchive): string {
  const names = [...entries.keys()];
  const pickles = names.filter((name) => PICKLE.test(name));
  const root = pickles[0]?.slice(0, -'data.pkl'.length);
  if (root === undefined || pickles.length > 1)
    throw new ModelError(
      `checkpoint, expected one entry NAME/data.pkl in the zip archive, got ${pickles.length} (${where})`,
      'if this archive holds a checkpoint among other files, unpack it first',
    );
  if (entries.has(`${root}constants.pkl`) || names.some((name) => name.startsWith(`${root}code/`)))
    throw new ModelError(
      `checkpoint, expected a state dict, got a TorchScript program (${where})`,
      'a program is not run here; take its weights out once, in PyTorch: torch.save(torch.jit.load(FILE, map_location="cpu").state_dict(), NEW_FILE)',
    );
  return root;
}

function isBigEndian(archive: ZipArchive, root: string): boolean {
  const entry = archive.entries.get(`${root}byteorder`);
  if (!entry) return false;
  const order = entry.size > 16 ? 'something long' : new TextDecoder().decode(readEntry(archive, entry));
  if (order !== 'little' && order !== 'big')
    throw new ModelError(`entry ${entry.label}, expected little or big, got ${printable(order)} (${archive.where})`);
  return order === 'big';
}

function storagesIn(archive: ZipArchive, root: string): StorageSource {
  const { where, entries } = archive;
  const opened = new Map<string, StorageBytes>();
  return {
    where,
    prefix: `${root}data/`,
    bigEndian: isBigEndian(archive, root),
    bytesOf: (storage, weight) => {
      const entry = entries.get(`${root}data/${storage.key}`);
      const needed = bytesNeeded(storage);
      if (!entry || entry.size < needed)
        throw new ModelError(
          `weight ${printable(weight)}, expected ${needed} bytes in data/${printable(storage.key)}, got ${entry ? entry.size : 'no such entry'} (${where})`,
          'the file is damaged: download or copy it again',
        );
      const bytes = opened.get(storage.key) ?? entryBytes(archive, entry);
      opened.set(storage.key, bytes);
      return bytes;
    },
  };
}
