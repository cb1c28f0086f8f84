// Runs a graph under test in ONNX Runtime, straight from its bytes.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from '../../../src/lib/onnx/encode.ts';
import {
  addInput,
  addOutput,
  createGraph,
  type Dimension,
  type ElementType,
  float32Tensor,
  type GraphBuilder,
  type Value,
} from '../../../src/lib/onnx/graph.ts';
import { verify } from '../../../src/lib/onnx/verify.ts';

export interface Given {
  /** As the graph declares it; the size of a named dimension is `batch`. */
  readonly shape: readonly Dimension[];
  readonly values: readonly number[];
  readonly type?: 'float32' | 'int64';
}

export interface Ran {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** What the builder inferred. */
  readonly inferred: { readonly type: ElementType; readonly shape: readonly Dimension[] };
}

export const BATCH = 2;

function tensorOf({ shape, values, type = 'float32' }: Given): Tensor {
  const sizes = shape.map((size) => (typeof size === 'number' ? size : BATCH));
  return type === 'float32'
    ? new Tensor(type, Float32Array.from(values), sizes)
    : new Tensor(type, BigInt64Array.from(values, BigInt), sizes);
}

/** Builds a graph around `build`, checks it, runs it, and gives its output. */
export async function run(
  given: readonly Given[],
  build: (graph: GraphBuilder, ...inputs: Value[]) => Value,
  opset = 17,
): Promise<Ran> {
  const graph = createGraph('test', opset);
  const inputs = given.map(({ shape, type = 'float32' }, i) => addInput(graph, { name: `input_${i}`, type, shape }));
  const output = addOutput(graph, 'output', build(graph, ...inputs));
  verify(graph);
  const session = await InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const feeds = Object.fromEntries(given.map((input, i) => [`input_${i}`, tensorOf(input)]));
  const result = (await session.run(feeds)).output!;
  return { shape: [...result.dims], values: Array.from(result.data as Float32Array, Number), inferred: output };
}

/** A constant of a graph. */
export function constant(
  graph: GraphBuilder,
  name: string,
  shape: readonly number[],
  values: readonly number[],
): Value {
  return float32Tensor(graph, name, shape, () => Float32Array.from(values));
}
