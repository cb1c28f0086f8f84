/** Checkpoints as authors pack them: a zip archive around one file of weights and, perhaps, small files about it. */
import { ModelError } from '../../core/errors.ts';
import { isTorchArchive } from './torch.ts';
import type { ZipArchive, ZipEntry } from './zip.ts';

const CHECKPOINT = /\.(bin|pt|pth|ckpt|safetensors)$/i;
/** What training leaves beside the weights. */
const BESIDE = /^(training_args|optimizer|scheduler|scaler|rng_state[^.]*)\./i;

/** Whether a file name says "weights". */
export function isCheckpointName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return CHECKPOINT.test(name) && !BESIDE.test(name) && !name.startsWith('.');
}

/** What an archiver of macOS adds beside each file is none of the author's. */
function isForeign(path: string): boolean {
  return path.startsWith('__MACOSX/') || path.includes('/__MACOSX/');
}

/**
 * The one checkpoint that an archive holds; undefined where the archive itself is a checkpoint.
 * @throws ModelError for none and for several, listing what was found
 */
export function nestedCheckpoint(archive: ZipArchive): ZipEntry | undefined {
  if (isTorchArchive(archive)) return undefined;
  const files = [...archive.entries.values()].filter(({ name }) => !name.endsWith('/') && !isForeign(name));
  const found = files.filter(({ name }) => isCheckpointName(name));
  if (found.length === 1) return found[0];
  const listed = (found.length > 0 ? found : files).slice(0, 5).map(({ label }) => label);
  const got =
    found.length > 0 ? `${found.length}: ${listed.join(', ')}` : `none among: ${listed.join(', ') || 'no files'}`;
  throw new ModelError(
    `zip archive, expected one checkpoint in it (.bin, .pt, .pth, .ckpt or .safetensors), got ${got} (${archive.where})`,
    'unpack the archive, and give the file or folder that is the model',
  );
}

/** A file beside the checkpoint in the archive, or else the only one of that name. */
export function siblingEntry({ entries }: ZipArchive, weights: ZipEntry, name: string): ZipEntry | undefined {
  const folder = weights.name.slice(0, weights.name.lastIndexOf('/') + 1);
  const elsewhere = [...entries.values()].filter((entry) => entry.name.endsWith(`/${name}`) && !isForeign(entry.name));
  return entries.get(`${folder}${name}`) ?? entries.get(name) ?? (elsewhere.length === 1 ? elsewhere[0] : undefined);
}
