/**
 * State dicts that `torch.save` wrote (zip format, PyTorch 1.6 and later), as named tensors that are read lazily.
 * Source: pytorch/pytorch:torch/serialization.py, _save and _load.
 */
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { expectZip } from './container.ts';
import { Global, Opaque, type PickleHooks, readPickle } from './pickle.ts';
import { printable } from './printable.ts';
import { type Layout, layoutFault, type NamedTensor, readTensor, TENSOR_TYPES, type TensorType } from './tensor.ts';
import { openZip, readEntry, readEntryPart, type ZipArchive, type ZipEntry } from './zip.ts';

export interface TorchCheckpoint {
  /** In the order of the file. */
  readonly tensors: readonly NamedTensor[];
  /** Members of the state dict that are no tensors this reader rebuilds: name to what they are. */
  readonly others: ReadonlyMap<string, string>;
  /** Keys of the dictionaries around the state dict, joined with dots; empty where there is none. */
  readonly wrapper: string;
}

const MAXIMUM_PICKLE = 64 << 20;
/** Names under which training scripts store the weights. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'network'];

const STORAGES: Readonly<Record<string, TensorType>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

class Storage {
  readonly dtype: TensorType;
  readonly key: string;
  /** Elements. */
  readonly length: number;

  constructor(dtype: TensorType, key: string, length: number) {
    this.dtype = dtype;
    this.key = key;
    this.length = length;
  }
}

class TensorReference {
  readonly storage: Storage;
  readonly layout: Layout;

  constructor(storage: Storage, layout: Layout) {
    this.storage = storage;
    this.layout = layout;
  }
}

/**
 * Opens a checkpoint; reads names and shapes alone. Nothing in the file is executed.
 * @param where name of the file, for errors
 * @throws ModelError for another format, a damaged or hostile file, and a file without a state dict
 */
export function openTorchCheckpoint(file: RandomAccess, where: string): TorchCheckpoint {
  expectZip(file, where);
  const archive = openZip(file, where);
  const root = findRoot(archive);
  const pickle = archive.entries.get(`${root}data.pkl`)!;
  if (pickle.size > MAXIMUM_PICKLE)
    throw new ModelError(
      `entry ${pickle.label}, expected at most ${MAXIMUM_PICKLE} bytes, got ${pickle.size} (${where})`,
    );
  const value = readPickle(readEntry(archive, pickle), hooksFor(where), where);
  const { state, wrapper } = findState(value, where);
  return collect(state, wrapper, { archive, root, bigEndian: isBigEndian(archive, root) });
}

/** Folder in the archive, with its slash. */
function findRoot({ entries, where }: ZipArchive): string {
  const names = [...entries.keys()];
  const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const root = pickles[0]?.slice(0, -'data.pkl'.length);
  if (root === undefined || pickles.length > 1)
    throw new ModelError(
      `checkpoint, expected one entry NAME/data.pkl in the zip archive, got ${pickles.length} (${where})`,
      'if this archive holds a checkpoint among other files, unpack it first',
    );
  if (entries.has(`${root}constants.pkl`) || names.some((name) => name.startsWith(`${root}code/`)))
    throw new ModelError(
      `checkpoint, expected a state dict, got a TorchScript program (${where})`,
      'in PyTorch: torch.save(torch.jit.load(FILE, map_location="cpu").state_dict(), NEW_FILE)',
    );
  return root;
}

function isBigEndian(archive: ZipArchive, root: string): boolean {
  const entry = archive.entries.get(`${root}byteorder`);
  if (!entry) return false;
  const order = new TextDecoder().decode(readEntryPart(archive, entry, 0, Math.min(entry.size, 16)));
  if (order !== 'little' && order !== 'big')
    throw new ModelError(`entry ${entry.label}, expected little or big, got ${printable(order)} (${archive.where})`);
  return order === 'big';
}

function hooksFor(where: string): PickleHooks {
  return {
    persistent: (id) => storageOf(id),
    construct: (callable, parameters) => {
      const path = callable.path;
      if (path === 'collections.OrderedDict') return new Map();
      if (path === 'torch._utils._rebuild_tensor_v2' || path === 'torch._utils._rebuild_tensor')
        return tensorOf(parameters, where);
      if (path === 'torch._utils._rebuild_parameter' || path === 'torch._utils._rebuild_parameter_with_state')
        return parameters[0];
      if (path === 'torch.Size' && Array.isArray(parameters[0])) return parameters[0];
      return undefined;
    },
  };
}

/** ('storage', class, key, location, number of elements). */
function storageOf(id: unknown): Storage | Opaque {
  const [kind, type, key, , length] = Array.isArray(id) ? id : [];
  const dtype =
    type instanceof Global && type.module === 'torch' && Object.hasOwn(STORAGES, type.attribute)
      ? STORAGES[type.attribute]
      : undefined;
  const known = kind === 'storage' && typeof key === 'string' && Number.isSafeInteger(length) && length >= 0;
  if (known && dtype) return new Storage(dtype, key, length);
  return new Opaque(type instanceof Global ? `a storage of type ${type.path}` : 'an unknown storage');
}

/** (storage, offset, sizes, strides, …). */
function tensorOf([storage, offset, shape, strides]: readonly unknown[], where: string): TensorReference | Opaque {
  if (!(storage instanceof Storage))
    return storage instanceof Opaque ? storage : new Opaque('a tensor without a storage');
  if (typeof offset !== 'number' || !Array.isArray(shape) || !Array.isArray(strides))
    return new Opaque('a tensor without a shape');
  const layout = { offset, shape: shape as number[], strides: strides as number[] };
  const fault = layoutFault(layout, storage.length);
  if (fault)
    throw new ModelError(
      `tensor in storage ${printable(storage.key)}, expected ${fault} (${where})`,
      'the file is damaged or made to mislead: download it again',
    );
  return new TensorReference(storage, layout);
}

function holdsTensors(value: unknown): value is Map<unknown, unknown> {
  return value instanceof Map && [...value.values()].some((member) => member instanceof TensorReference);
}

function findState(value: unknown, where: string): { state: Map<unknown, unknown>; wrapper: string } {
  let current = value;
  const path: string[] = [];
  for (let depth = 0; depth < 4 && current instanceof Map && !holdsTensors(current); depth++) {
    const outer: Map<unknown, unknown> = current;
    const key = WRAPPERS.find((name) => outer.get(name) instanceof Map);
    if (key === undefined) break;
    path.push(key);
    current = outer.get(key);
  }
  if (holdsTensors(current)) return { state: current, wrapper: path.join('.') };
  const got =
    current instanceof Opaque
      ? `an object of ${current.what}`
      : current instanceof Map
        ? 'a dictionary without tensors'
        : 'another value';
  throw new ModelError(
    `checkpoint, expected a state dict, bare or under ${WRAPPERS.join(', ')}, got ${got} (${where})`,
    'in PyTorch: torch.save(model.state_dict(), NEW_FILE)',
  );
}

interface Source {
  readonly archive: ZipArchive;
  readonly root: string;
  readonly bigEndian: boolean;
}

function collect(state: ReadonlyMap<unknown, unknown>, wrapper: string, source: Source): TorchCheckpoint {
  const tensors: NamedTensor[] = [];
  const others = new Map<string, string>();
  for (const [key, member] of state) {
    const name = typeof key === 'string' ? key : `key of type ${typeof key}`;
    if (member instanceof TensorReference) tensors.push(namedTensor(name, member, source));
    else others.set(name, member instanceof Opaque ? member.what : 'a value that is no tensor');
  }
  return { tensors, others, wrapper };
}

function namedTensor(name: string, { storage, layout }: TensorReference, source: Source): NamedTensor {
  const { archive, root, bigEndian } = source;
  const entry = storageEntry(name, storage, source);
  const { dtype } = storage;
  const part = (offset: number, length: number) => readEntryPart(archive, entry, offset, length);
  const read = () => readTensor(layout, { dtype, bigEndian, part });
  return { name, shape: layout.shape, dtype, storage: `${root}data/${storage.key}`, read };
}

function storageEntry(name: string, storage: Storage, { archive, root }: Source): ZipEntry {
  const entry = archive.entries.get(`${root}data/${storage.key}`);
  const needed = storage.length * TENSOR_TYPES[storage.dtype];
  if (entry && entry.size >= needed) return entry;
  throw new ModelError(
    `weight ${printable(name)}, expected ${needed} bytes in data/${printable(storage.key)}, got ${entry ? entry.size : 'no such entry'} (${archive.where})`,
    'the file is damaged: download or copy it again',
  );
}
