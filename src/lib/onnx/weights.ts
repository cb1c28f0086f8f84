/** Where a graph's weights come from: named tensors read one at a time, transposed where the graph wants it. */
import { ModelError } from '../../core/errors.ts';
import { elementCount, float32Tensor, type GraphBuilder, type Value } from './graph.ts';

/** Named weights of a checkpoint, read lazily. */
export interface WeightSource {
  /** @throws ModelError for an unknown name */
  shape(name: string): readonly number[];
  /** Values in C order. @throws ModelError */
  read(name: string): Float32Array;
}

/** Weights held in memory, for tests and small graphs. */
export function weightsInMemory(
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>,
): WeightSource {
  const find = (name: string) => {
    const tensor = tensors[name];
    if (!tensor) throw new ModelError(`weight ${name}, expected it in the source, got none`);
    return tensor;
  };
  return { shape: (name) => find(name).shape, read: (name) => find(name).data };
}

/** The transpose of a row-major [rows, columns] matrix, in tiles that stay in the cache. */
export function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  const tile = 32;
  for (let top = 0; top < rows; top += tile) {
    for (let left = 0; left < columns; left += tile) {
      const bottom = Math.min(rows, top + tile);
      const right = Math.min(columns, left + tile);
      for (let i = top; i < bottom; i++)
        for (let j = left; j < right; j++) result[j * rows + i] = data[i * columns + j]!;
    }
  }
  return result;
}

/** The weight as it is stored, optionally under another shape with as many elements. */
export function weight(
  graph: GraphBuilder,
  source: WeightSource,
  name: string,
  shape: readonly number[] = source.shape(name),
): Value {
  if (elementCount(shape) !== elementCount(source.shape(name)))
    throw new ModelError(`weight ${name}, expected as many elements as [${shape}], got [${source.shape(name)}]`);
  return float32Tensor(graph, name, shape, () => source.read(name));
}

/** A matrix stored as torch.nn.Linear stores it, [out, in], as the [in, out] that MatMul takes. */
export function transposedWeight(graph: GraphBuilder, source: WeightSource, name: string): Value {
  const [rows, columns] = source.shape(name);
  if (rows === undefined || columns === undefined || source.shape(name).length !== 2)
    throw new ModelError(`weight ${name}, expected a matrix, got [${source.shape(name)}]`);
  return float32Tensor(graph, name, [columns, rows], () => transposed(source.read(name), rows, columns));
}
