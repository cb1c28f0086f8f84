/** Bytes of a storage as float32 values, whatever their type. */
import { bfloat16ToFloat32, halfToFloat32 } from '../tensor/half.ts';
import { TENSOR_TYPES, type TensorType } from './tensor.ts';

/** float32 that lies right is not copied. */
export function bytesToFloat32(
  bytes: Uint8Array,
  { dtype, bigEndian }: { readonly dtype: TensorType; readonly bigEndian: boolean },
): Float32Array {
  const size = TENSOR_TYPES[dtype];
  return littleToFloat32(bigEndian ? swapped(bytes, size) : bytes, dtype);
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) result[i] = bytes[i - (i % size) + (size - 1 - (i % size))]!;
  return result;
}

function littleToFloat32(bytes: Uint8Array, dtype: TensorType): Float32Array {
  const size = TENSOR_TYPES[dtype];
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const [buffer, offset, count] = [aligned.buffer, aligned.byteOffset, aligned.length / size] as const;
  if (dtype === 'float32') return new Float32Array(buffer, offset, count);
  if (dtype === 'float16') return halfToFloat32(new Uint16Array(buffer, offset, count));
  if (dtype === 'bfloat16') return bfloat16ToFloat32(new Uint16Array(buffer, offset, count));
  if (dtype === 'float64') return Float32Array.from(new Float64Array(buffer, offset, count));
  if (dtype === 'int64') return Float32Array.from(new BigInt64Array(buffer, offset, count), Number);
  if (dtype === 'int32') return Float32Array.from(new Int32Array(buffer, offset, count));
  if (dtype === 'int16') return Float32Array.from(new Int16Array(buffer, offset, count));
  if (dtype === 'int8') return Float32Array.from(new Int8Array(buffer, offset, count));
  return Float32Array.from(aligned);
}
