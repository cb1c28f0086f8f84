/** Published weights wherever they lie: a checkpoint, the authors' zip around one, a Hugging Face folder, shards with an index. */
import { basename, dirname, join } from 'node:path';
import type { Context, RandomAccess } from '../../../core/context.ts';
import { ModelError } from '../../../core/errors.ts';
import type { ImportRequest } from '../../../core/model.ts';
import { type Checkpoint, openCheckpoint } from '../../../lib/checkpoint/checkpoint.ts';
import { isZip } from '../../../lib/checkpoint/container.ts';
import { isCheckpointName, nestedCheckpoint, siblingEntry } from '../../../lib/checkpoint/nested.ts';
import { isPlainName, mergeShards, parseIndex } from '../../../lib/checkpoint/sharded.ts';
import { openZip, readEntry, verifiedSpan, type ZipArchive, type ZipEntry } from '../../../lib/checkpoint/zip.ts';
import { unpackEntry } from '../../../lib/checkpoint/zip-stream.ts';

export interface Weights extends Checkpoint {
  /** Name of the file or files, for errors. */
  readonly where: string;
  /** Folder of the file: tokenizer and configuration lie there where the authors publish them together. */
  readonly folder: string;
  /** Text of a small file beside the weights, in the zip archive or else in the folder; undefined where there is none. */
  sibling(name: string): Promise<string | undefined>;
  /** Tensors cannot be read any more. */
  close(): Promise<void>;
}

/** Files of a folder in Hugging Face layout, in the order in which its libraries look for them. */
const STANDARD_NAMES = [
  'model.safetensors.index.json',
  'model.safetensors',
  'open_clip_model.safetensors.index.json',
  'open_clip_model.safetensors',
  'pytorch_model.bin.index.json',
  'pytorch_model.bin',
  'open_clip_pytorch_model.bin',
];
const INDEX = '.index.json';
const MAXIMUM_SIBLING = 64 << 20;
/** That of 400 billion parameters has less than one. */
const MAXIMUM_INDEX = 8 << 20;

interface Options {
  /** File names to look for in a folder, the first that is there counts, before anything else is tried. */
  readonly names?: readonly string[];
}

/**
 * Opens weights; reads names and shapes alone. A compressed checkpoint is unpacked into `staging`, and gone at `close`.
 * @param source absolute path of a file or folder
 * @throws ModelError that says what was found instead
 */
export async function openWeights(
  source: string,
  staging: string,
  context: Context,
  options: Options = {},
): Promise<Weights> {
  const path = (await context.files.isDirectory(source)) ? await findInFolder(source, context, options) : source;
  const opened: RandomAccess[] = [];
  const close = async () => {
    for (const file of opened.splice(0)) file.close();
  };
  const open = (file: RandomAccess) => {
    opened.push(file);
    return file;
  };
  const place: Place = { path, folder: dirname(path), staging, context, open };
  try {
    const weights = path.endsWith(INDEX) ? await openSharded(place) : await openFile(place);
    refuseWrapped(weights);
    return { ...weights, folder: place.folder, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Not taken off in silence: every key is to be the one that was published. */
function refuseWrapped({ tensors, where }: Opened): void {
  const prefix = 'module.';
  if (tensors.length === 0 || !tensors.every(({ name }) => name.startsWith(prefix))) return;
  throw new ModelError(
    `keys of the checkpoint, expected those of the model, got all ${tensors.length} under "${prefix}", which torch's DataParallel puts before them (${where})`,
    'save model.module.state_dict(), or the same dictionary with "module." taken off each key',
  );
}

interface Place {
  readonly path: string;
  readonly folder: string;
  readonly staging: string;
  readonly context: Context;
  /** Remembers a file, so that it is closed at the end. */
  open(file: RandomAccess): RandomAccess;
}

type Opened = Omit<Weights, 'folder' | 'close'>;

async function findInFolder(folder: string, { files }: Context, { names = [] }: Options): Promise<string> {
  const found = (await files.list(folder)).map(({ path }) => path);
  const standard = [...names, ...STANDARD_NAMES].find((name) => found.includes(name));
  if (standard) return join(folder, standard);
  const candidates = found.filter((path) => isCheckpointName(path) || /\.zip$/i.test(path));
  const top = candidates.filter((path) => !path.includes('/'));
  const [only, second] = top.length > 0 ? top : candidates;
  if (only && !second) return join(folder, only);
  const listed = (only ? candidates : found).slice(0, 5).join(', ') || 'no files';
  throw new ModelError(
    `weights, expected ${STANDARD_NAMES.slice(1, 2)}, pytorch_model.bin or one other checkpoint in the folder, got ${listed} (${folder})`,
    candidates.some((path) => /-\d+-of-\d+\./.test(path))
      ? `the index of the shards is missing: download the file whose name ends in ${INDEX}, too`
      : only
        ? 'name the file itself'
        : 'put the published files into this folder, or name another',
  );
}

async function openFile(place: Place): Promise<Opened> {
  const { path, context, open } = place;
  const file = open(context.files.open(path));
  const where = basename(path);
  const archive = isZip(file) ? openZip(file, where) : undefined;
  const entry = archive && nestedCheckpoint(archive);
  if (!archive || !entry) {
    return { ...openCheckpoint(file, where), where, sibling: (name) => readBeside(place, name) };
  }
  const inner = open(await unpacked(archive, entry, place));
  const nestedWhere = `${where}/${entry.label}`;
  const sibling = async (name: string) => readInArchive(archive, entry, name) ?? (await readBeside(place, name));
  return { ...openCheckpoint(inner, nestedWhere), where: nestedWhere, sibling };
}

const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);

/** A stored entry is read where it lies; a deflated one is unpacked to disk. */
async function unpacked(archive: ZipArchive, entry: ZipEntry, { staging, context }: Place): Promise<RandomAccess> {
  if (entry.method === 'stored') return verifiedSpan(archive, entry);
  const scratch = await context.files.scratch(staging);
  try {
    await unpackEntry(archive, entry, (bytes) => {
      scratch.write(bytes);
      context.progress(`unpack ${basename(entry.label)} (MB)`, megabytes(scratch.size), megabytes(entry.size));
    });
    return scratch;
  } catch (cause) {
    scratch.close();
    throw cause;
  }
}

function readInArchive(archive: ZipArchive, weights: ZipEntry, name: string): string | undefined {
  const entry = siblingEntry(archive, weights, name);
  if (!entry) return undefined;
  if (entry.size > MAXIMUM_SIBLING)
    throw new ModelError(
      `entry ${entry.label}, expected at most ${MAXIMUM_SIBLING} bytes, got ${entry.size} (${archive.where})`,
    );
  return new TextDecoder().decode(readEntry(archive, entry));
}

async function readBeside({ folder, context: { files } }: Place, name: string): Promise<string | undefined> {
  const path = join(folder, name);
  if (!isPlainName(name) || !(await files.exists(path)) || (await files.isDirectory(path))) return undefined;
  return readSmall(path, MAXIMUM_SIBLING, files);
}

/** @throws ModelError where the file is larger than any of its kind */
async function readSmall(path: string, most: number, files: Context['files']): Promise<string> {
  const file = files.open(path);
  file.close();
  if (file.size <= most) return files.readText(path);
  throw new ModelError(`text file, expected at most ${most} bytes, got ${file.size} (${path})`, 'this is another file');
}

async function openSharded(place: Place): Promise<Opened> {
  const { path, folder, context, open } = place;
  const where = basename(path);
  const index = parseIndex(await readSmall(path, MAXIMUM_INDEX, context.files), where);
  const present = await Promise.all(index.shards.map((name) => context.files.exists(join(folder, name))));
  const missing = index.shards.filter((_, i) => !present[i]);
  if (missing.length > 0)
    throw new ModelError(
      `shards, expected the ${index.shards.length} files of the index, got all but ${missing.length}: ${missing.slice(0, 5).join(', ')} (${path})`,
      'download the missing files into the same folder',
    );
  const shards = new Map<string, Checkpoint>();
  for (const name of index.shards) shards.set(name, openCheckpoint(open(context.files.open(join(folder, name))), name));
  const [first] = shards.values();
  const merged = mergeShards(index, shards, where);
  return { ...merged, format: first!.format, where, sibling: (name) => readBeside(place, name) };
}

/** Opens what an importer was asked for, and closes it whatever becomes of the import. @throws ModelError */
export async function withWeights<Result>(
  { source, directory, context }: Pick<ImportRequest, 'source' | 'directory' | 'context'>,
  use: (weights: Weights) => Promise<Result>,
): Promise<Result> {
  const weights = await openWeights(source, directory, context);
  try {
    return await use(weights);
  } finally {
    await weights.close();
  }
}
