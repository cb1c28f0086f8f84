/** safetensors files as named tensors that are read lazily. Source: huggingface/safetensors:README.md (format). */
import type { RandomAccess } from '../../core/context.ts';
import { ModelError } from '../../core/errors.ts';
import { contiguousStrides, product, readTensor } from './layout.ts';
import { printable } from './printable.ts';
import { parseHeader, type TensorEntry } from './safetensors-header.ts';
import { type Checkpoint, type NamedTensor, TENSOR_TYPES, type TensorType } from './tensor.ts';

const MAXIMUM_HEADER = 100_000_000;
const DAMAGED = 'the file is truncated or damaged: download or copy it again';
const HOSTILE = 'the file is damaged or made to mislead: download it again';

const TYPES: Readonly<Record<string, TensorType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

/**
 * Opens a file; reads its header alone. Tensors of types that this suite does not compute with (8-bit floats, unsigned 16
 * to 64) are listed under `others`.
 * @throws ModelError for a damaged or hostile header
 */
export function openSafetensors(file: RandomAccess, where: string): Checkpoint {
  const { text, dataStart } = readHeader(file, where);
  const { entries, metadata } = parseHeader(text, where);
  checkPlaces(entries, file.size - dataStart, where);
  const tensors: NamedTensor[] = [];
  const others = new Map<string, string>();
  for (const entry of entries) {
    const tensor = namedTensor(file, entry, { dataStart, where });
    if (tensor) tensors.push(tensor);
    else others.set(entry.name, `a tensor of type ${printable(entry.dtype)}`);
  }
  return { tensors, others, wrapper: '', format: 'safetensors', metadata };
}

function readHeader(file: RandomAccess, where: string): { readonly text: string; readonly dataStart: number } {
  const head = file.read(0, Math.min(8, file.size));
  const size = head.length < 8 ? undefined : new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  const available = Math.min(MAXIMUM_HEADER, file.size - 8);
  if (size === undefined || size > BigInt(Math.max(0, available)))
    throw new ModelError(
      `safetensors header, expected at most ${Math.max(0, available)} bytes, got ${size ?? 'no length'} (${where})`,
      DAMAGED,
    );
  const dataStart = 8 + Number(size);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.read(8, Number(size)));
    return { text, dataStart };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new ModelError(`safetensors header, expected UTF-8, got other bytes (${where})`, DAMAGED);
  }
}

/** The tensors cover the data: without overlaps, without holes, to the last byte. */
function checkPlaces(entries: readonly TensorEntry[], size: number, where: string): void {
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of sorted) {
    if (begin !== position || end < begin)
      throw new ModelError(
        `tensor ${printable(name)}, expected its data from byte ${position}, got ${begin} to ${end} (${where})`,
        HOSTILE,
      );
    position = end;
  }
  if (position === size) return;
  throw new ModelError(`safetensors file, expected ${position} bytes of data, got ${size} (${where})`, DAMAGED);
}

/** Undefined for a type that is not read. */
function namedTensor(
  file: RandomAccess,
  { name, dtype, shape, begin, end }: TensorEntry,
  { dataStart, where }: { readonly dataStart: number; readonly where: string },
): NamedTensor | undefined {
  if (!Object.hasOwn(TYPES, dtype)) return undefined;
  const type = TYPES[dtype]!;
  if (end - begin !== product(shape) * TENSOR_TYPES[type])
    throw new ModelError(
      `tensor ${printable(name)}, expected the bytes of ${dtype} [${shape}], got ${end - begin} (${where})`,
      HOSTILE,
    );
  const layout = { offset: 0, shape, strides: contiguousStrides(shape) };
  const storage = { open: () => (offset: number, length: number) => file.read(dataStart + begin + offset, length) };
  const read = () => readTensor(layout, { dtype: type, bigEndian: false }, storage);
  return { name, shape, dtype: type, storage: name, read };
}
