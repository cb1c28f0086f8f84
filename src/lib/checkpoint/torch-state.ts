/** State dicts in the pickle of `torch.save`, whichever file it lies in. Source: pytorch/pytorch:torch/_utils.py, torch/serialization.py. */
import { ModelError } from '../../core/errors.ts';
import { type Layout, layoutFault, readTensor } from './layout.ts';
import { Global, Opaque, type PickleHooks } from './pickle.ts';
import { printable } from './printable.ts';
import { type Checkpoint, type NamedTensor, type StorageBytes, TENSOR_TYPES, type TensorType } from './tensor.ts';

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

/** What a tensor lies in, as its pickle names it. */
export class Storage {
  readonly dtype: TensorType;
  readonly key: string;
  /** Elements. */
  readonly length: number;
  /** First element, where this is a view of a longer storage. */
  readonly start: number;

  constructor(
    dtype: TensorType,
    key: string,
    { start = 0, length }: { readonly start?: number; readonly length: number },
  ) {
    this.dtype = dtype;
    this.key = key;
    this.length = length;
    this.start = start;
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

/** The few constructors that state dicts need; `persistent` tells what a storage's id stands for. */
export function torchHooks(persistent: PickleHooks['persistent'], where: string): PickleHooks {
  const construct: PickleHooks['construct'] = (callable, parameters) => {
    const path = callable.path;
    if (path === 'collections.OrderedDict') return orderedDict(parameters[0]);
    if (path === 'torch._utils._rebuild_tensor_v2' || path === 'torch._utils._rebuild_tensor')
      return tensorOf(parameters, where);
    if (path === 'torch._utils._rebuild_parameter' || path === 'torch._utils._rebuild_parameter_with_state')
      return parameters[0];
    if (path === 'torch.Size' && Array.isArray(parameters[0])) return parameters[0];
    return path === 'torch._tensor._rebuild_from_type_v2' ? withAttributes(parameters, construct) : undefined;
  };
  return { persistent, construct };
}

/** Python 2 gave the pairs to the constructor; Python 3 sets them afterwards. */
function orderedDict(pairs: unknown): Map<unknown, unknown> {
  const known = Array.isArray(pairs) ? pairs.filter((pair) => Array.isArray(pair) && pair.length === 2) : [];
  return new Map(known as [unknown, unknown][]);
}

/** (constructor, class, parameters, attributes): a tensor with attributes of its own, which are dropped. */
function withAttributes([inner, , parameters]: readonly unknown[], construct: PickleHooks['construct']): unknown {
  const isOneLevel = inner instanceof Global && inner.path !== 'torch._tensor._rebuild_from_type_v2';
  return isOneLevel && Array.isArray(parameters) ? construct(inner, parameters) : undefined;
}

/** ('storage', class, key, location, number of elements). */
export function storageOf(id: unknown): Storage | Opaque {
  const [kind, type, key, , length] = Array.isArray(id) ? id : [];
  const dtype =
    type instanceof Global && type.module === 'torch' && Object.hasOwn(STORAGES, type.attribute)
      ? STORAGES[type.attribute]
      : undefined;
  const known = kind === 'storage' && typeof key === 'string' && Number.isSafeInteger(length) && length >= 0;
  if (known && dtype) return new Storage(dtype, key, { length });
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
  return new TensorReference(storage, { ...layout, offset: offset + storage.start });
}

function holdsTensors(value: unknown): value is Map<unknown, unknown> {
  return value instanceof Map && [...value.values()].some((member) => member instanceof TensorReference);
}

interface State {
  readonly state: Map<unknown, unknown>;
  readonly wrapper: string;
}

/** The innermost state dict: training scripts store tensors beside it (a best score), never inside a key of these names. */
function searchState(value: unknown, path: readonly string[], seen: Set<unknown>): State | undefined {
  if (!(value instanceof Map) || path.length > 4 || seen.has(value)) return undefined;
  seen.add(value); // a dictionary may hold itself
  for (const key of WRAPPERS) {
    const found = searchState(value.get(key), [...path, key], seen);
    if (found) return found;
  }
  return holdsTensors(value) ? { state: value, wrapper: path.join('.') } : undefined;
}

function findState(value: unknown, where: string): State {
  const found = searchState(value, [], new Set());
  if (found) return found;
  const got =
    value instanceof Opaque
      ? `an object of ${value.what}`
      : value instanceof Map
        ? 'a dictionary without tensors'
        : 'another value';
  throw new ModelError(
    `checkpoint, expected a state dict, bare or under ${WRAPPERS.join(', ')}, got ${got} (${where})`,
    'in PyTorch: torch.save(model.state_dict(), NEW_FILE)',
  );
}

/** Where the storages of a file lie. */
export interface StorageSource {
  readonly where: string;
  readonly bigEndian: boolean;
  /** Of the names that storages have in this file. */
  readonly prefix: string;
  /** @throws ModelError naming the weight, where its storage is absent or too short */
  bytesOf(storage: Storage, weight: string): StorageBytes;
}

/** @param value what the pickle holds. @throws ModelError where it is no state dict */
export function readState(value: unknown, source: StorageSource): Omit<Checkpoint, 'format'> {
  const { state, wrapper } = findState(value, source.where);
  const tensors: NamedTensor[] = [];
  const others = new Map<string, string>();
  for (const [key, member] of state) {
    const name = typeof key === 'string' ? key : `key of type ${typeof key}`;
    if (member instanceof TensorReference) tensors.push(namedTensor(name, member, source));
    else others.set(name, member instanceof Opaque ? member.what : 'a value that is no tensor');
  }
  return { tensors, others, wrapper };
}

function namedTensor(name: string, { storage, layout }: TensorReference, source: StorageSource): NamedTensor {
  const { dtype, key } = storage;
  const bytes = source.bytesOf(storage, name);
  const read = () => readTensor(layout, { dtype, bigEndian: source.bigEndian }, bytes);
  return { name, shape: layout.shape, dtype, storage: `${source.prefix}${key}`, read };
}

/** Bytes from the beginning of the whole storage to the end of this part of it. */
export function bytesNeeded({ start, length, dtype }: Storage): number {
  return (start + length) * TENSOR_TYPES[dtype];
}
