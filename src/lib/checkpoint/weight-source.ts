/** Accounted tensors of a checkpoint as the weights of a graph: read one at a time, every value finite. */
import { ModelError } from '../../core/errors.ts';
import type { WeightSource } from '../onnx/weights.ts';
import { type NamedTensor, readFinite } from './tensor.ts';

/** @param tensors by name, as `accountKeys` gives them */
export function weightSource(tensors: ReadonlyMap<string, NamedTensor>): WeightSource {
  const find = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new ModelError(`weight ${name}, expected it in the checkpoint, got none`);
    return tensor;
  };
  return { shape: (name) => find(name).shape, read: (name) => readFinite(find(name)) };
}
