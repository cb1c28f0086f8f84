/**
 * State dicts that PyTorch before 1.6 wrote: five pickles, then the storages one behind the other.
 * Source: pytorch/pytorch:torch/serialization.py, _legacy_save and _legacy_load.
 */
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { Global, Opaque } from './pickle.ts';
import { pickleSequence } from './pickle-sequence.ts';
import { printable } from './printable.ts';
import type { Checkpoint, StorageBytes } from './tensor.ts';
import { bytesNeeded, readState, Storage, type StorageSource, storageOf, torchHooks } from './torch-state.ts';

export const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const DAMAGED = 'the file is truncated or damaged: download or copy it again';

/** Bytes per element of storages that may lie between those that are needed, by class of `torch`. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  DoubleStorage: 8,
  FloatStorage: 4,
  HalfStorage: 2,
  BFloat16Storage: 2,
  LongStorage: 8,
  IntStorage: 4,
  ShortStorage: 2,
  CharStorage: 1,
  ByteStorage: 1,
  BoolStorage: 1,
  ComplexFloatStorage: 8,
  ComplexDoubleStorage: 16,
  QInt8Storage: 1,
  QUInt8Storage: 1,
  QInt32Storage: 4,
};

/** A storage as the pickle declares it. */
interface Declared {
  readonly elements: number;
  readonly elementBytes: number;
}

/**
 * Opens a checkpoint; reads names, shapes and the lengths of the storages alone. Nothing in the file is executed.
 * @throws ModelError for a damaged or hostile file, and a file without a state dict
 */
export function openLegacyCheckpoint(file: RandomAccess, where: string): Checkpoint {
  const pickles = pickleSequence(file, where);
  const plain = torchHooks(() => new Opaque('a persistent id'), where);
  requireHeader([pickles.next(plain), pickles.next(plain)], where);
  pickles.next(plain); // sizes and byte order of the machine that wrote it: PyTorch writes numbers little-endian everywhere
  const declared = new Map<string, Declared>();
  const value = pickles.next(torchHooks((id) => legacyStorage(id, declared, where), where));
  const places = walkStorages(file, pickles.next(plain), { declared, start: pickles.position, where });
  return { ...readState(value, storagesAt(file, places, where)), format: 'torch-legacy' };
}

function requireHeader([magic, protocol]: readonly unknown[], where: string): void {
  if (magic === LEGACY_MAGIC && protocol === PROTOCOL) return;
  const got = magic === LEGACY_MAGIC && typeof protocol === 'number' ? `protocol ${protocol}` : 'another value';
  throw new ModelError(`checkpoint, expected the mark of PyTorch before 1.6 and protocol 1001, got ${got} (${where})`);
}

/** ('storage', class, key, location, elements, view): view is None or (key, first element, elements). */
function legacyStorage(id: unknown, declared: Map<string, Declared>, where: string): unknown {
  const [kind, type, key, , elements, view] = Array.isArray(id) ? id : [];
  if (kind === 'module') return type; // a class and its source text, which stays unread
  if (typeof key === 'string' && type instanceof Global && isNatural(elements))
    declare(key, { elements, elementBytes: elementBytes(type) }, { declared, where });
  const storage = storageOf(id);
  return storage instanceof Storage && Array.isArray(view) ? viewOf(storage, view, where) : storage;
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** NaN for a class whose size is not known: only storages behind it cannot be found. */
function elementBytes({ module, attribute }: Global): number {
  return module === 'torch' && Object.hasOwn(ELEMENT_BYTES, attribute) ? ELEMENT_BYTES[attribute]! : Number.NaN;
}

function declare(
  key: string,
  storage: Declared,
  { declared, where }: { readonly declared: Map<string, Declared>; readonly where: string },
): void {
  const before = declared.get(key) ?? storage;
  declared.set(key, before);
  if (before.elements === storage.elements && Object.is(before.elementBytes, storage.elementBytes)) return;
  throw new ModelError(`storage ${printable(key)}, expected one size and type, got two (${where})`, DAMAGED);
}

function viewOf(storage: Storage, [, start, length]: readonly unknown[], where: string): Storage {
  if (isNatural(start) && isNatural(length) && start + length <= storage.length)
    return new Storage(storage.dtype, storage.key, { start, length });
  throw new ModelError(
    `view of storage ${printable(storage.key)}, expected a part of its ${storage.length} elements, got another (${where})`,
    'the file is damaged or made to mislead: download it again',
  );
}

/** Where each storage's bytes begin. */
type Places = ReadonlyMap<string, number>;

interface Walk {
  readonly declared: ReadonlyMap<string, Declared>;
  readonly start: number;
  readonly where: string;
}

/** Each storage: the number of its elements as int64, then their bytes. They are passed over, not read. */
function walkStorages(file: RandomAccess, keys: unknown, { declared, start, where }: Walk): Places {
  const places = new Map<string, number>();
  let position = start;
  for (const key of Array.isArray(keys) ? keys : [undefined]) {
    const storage = declared.get(key);
    if (!storage || places.has(key) || Number.isNaN(storage.elementBytes))
      throw new ModelError(
        `list of storages, expected each declared storage of a known type once, got ${storage ? printable(key) : 'another'} (${where})`,
        DAMAGED,
      );
    const { elements, elementBytes } = storage;
    const end = position + 8 + elements * elementBytes;
    if (end > file.size || readCount(file, position) !== elements)
      throw new ModelError(
        `storage ${printable(key)}, expected ${elements} elements of ${elementBytes} bytes, got ${end > file.size ? 'the end of the file' : 'another number'} (${where})`,
        DAMAGED,
      );
    places.set(key, position + 8);
    position = end;
  }
  return places;
}

function readCount(file: RandomAccess, position: number): number {
  const bytes = file.read(position, 8);
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true));
}

function storagesAt(file: RandomAccess, places: Places, where: string): StorageSource {
  const bytesOf = (storage: Storage, weight: string): StorageBytes => {
    const place = places.get(storage.key);
    if (place === undefined)
      throw new ModelError(
        `weight ${printable(weight)}, expected ${bytesNeeded(storage)} bytes in storage ${printable(storage.key)}, got no such storage (${where})`,
        DAMAGED,
      );
    return { open: () => (offset, length) => file.read(place + offset, length) };
  };
  return { where, prefix: '', bigEndian: false, bytesOf };
}
