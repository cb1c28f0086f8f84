/** An ONNX graph as plain data, and the builder that operators append to. Source: onnx/onnx:docs/IR.md. */
import { ModelError } from '../../core/errors.ts';

/** Codes of TensorProto.DataType and bytes per element. Source: onnx/onnx:onnx/onnx.proto. */
export const ELEMENT_TYPES = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
  int8: { code: 3, bytes: 1 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  bool: { code: 9, bytes: 1 },
  float16: { code: 10, bytes: 2 },
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** A size, or the name of one that is known only when the graph runs (the batch). */
export type Dimension = number | string;

export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** A constant tensor. `bytes` is called when the tensor is written, so that one tensor at a time is in memory. */
export interface Initializer extends Value {
  readonly shape: readonly number[];
  /** Little endian, C order. */
  bytes(): Uint8Array;
}

export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  /** Names of values; empty where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Graph {
  readonly name: string;
  /** Version of the standard operator set. */
  readonly opset: number;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly initializers: readonly Initializer[];
  /** In an order in which every input is defined before it is used. */
  readonly nodes: readonly GraphNode[];
  /** Inferred type and shape of what the nodes give, by name. */
  readonly values: ReadonlyMap<string, Value>;
}

export interface GraphBuilder extends Graph {
  readonly inputs: Value[];
  readonly outputs: Value[];
  readonly initializers: Initializer[];
  readonly nodes: GraphNode[];
  readonly values: Map<string, Value>;
  /** Small constants already made, by type and content. */
  readonly constants: Map<string, Value>;
}

/** An empty graph. @param opset version of the standard operators, 17 to 21 */
export function createGraph(name: string, opset = 17): GraphBuilder {
  return { name, opset, inputs: [], outputs: [], initializers: [], nodes: [], values: new Map(), constants: new Map() };
}

/** Declares an input of the graph. */
export function addInput(graph: GraphBuilder, value: Value): Value {
  graph.inputs.push(value);
  return value;
}

/** Declares an output: gives `value` the public name `name`. */
export function addOutput(graph: GraphBuilder, name: string, value: Value): Value {
  const [output] = addNode(graph, { operator: 'Identity', inputs: [value], results: [{ ...value, name }] });
  graph.outputs.push(output!);
  return output!;
}

export function addInitializer(graph: GraphBuilder, initializer: Initializer): Value {
  graph.initializers.push(initializer);
  return { name: initializer.name, type: initializer.type, shape: initializer.shape };
}

export interface NewNode {
  readonly operator: string;
  readonly domain?: string;
  /** undefined where an optional input is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Type and shape of each output; named by the builder unless `name` is given. */
  readonly results: readonly (Omit<Value, 'name'> & { readonly name?: string })[];
}

/** Appends a node and returns its outputs. */
export function addNode(graph: GraphBuilder, node: NewNode): readonly Value[] {
  const name = `${node.operator}_${graph.nodes.length}`;
  const outputs = node.results.map(({ type, shape, name: given }, i) => {
    return { name: given ?? (node.results.length > 1 ? `${name}.${i}` : `${name}.out`), type, shape };
  });
  graph.nodes.push({
    name,
    operator: node.operator,
    domain: node.domain ?? '',
    inputs: node.inputs.map((input) => input?.name ?? ''),
    outputs: outputs.map((output) => output.name),
    attributes: node.attributes ?? {},
  });
  for (const output of outputs) graph.values.set(output.name, output);
  return outputs;
}

function constant(graph: GraphBuilder, value: Omit<Initializer, 'name' | 'bytes'>, data: ArrayBufferView): Value {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const key = `${value.type}[${value.shape}]${bytes.join()}`;
  const known = graph.constants.get(key);
  if (known) return known;
  const made = addInitializer(graph, { ...value, name: `constant_${graph.constants.size}`, bytes: () => bytes });
  graph.constants.set(key, made);
  return made;
}

/** One-dimensional int64 constant; equal constants are shared. */
export function int64Vector(graph: GraphBuilder, values: readonly number[]): Value {
  return constant(graph, { type: 'int64', shape: [values.length] }, BigInt64Array.from(values, BigInt));
}

/** Scalar int64 constant. */
export function int64Scalar(graph: GraphBuilder, value: number): Value {
  return constant(graph, { type: 'int64', shape: [] }, BigInt64Array.of(BigInt(value)));
}

/** Scalar float32 constant. */
export function float32Scalar(graph: GraphBuilder, value: number): Value {
  return constant(graph, { type: 'float32', shape: [] }, Float32Array.of(value));
}

/** A float32 initializer whose values are computed when it is written. */
export function float32Tensor(
  graph: GraphBuilder,
  name: string,
  shape: readonly number[],
  values: () => Float32Array,
): Value {
  const bytes = () => {
    const data = values();
    const expected = elementCount(shape);
    if (data.length !== expected)
      throw new ModelError(`tensor ${name}, expected ${expected} values for [${shape}], got ${data.length}`);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  };
  return addInitializer(graph, { name, type: 'float32', shape, bytes });
}

/** Number of elements of a fixed shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes of an initializer. */
export function byteLength(value: { readonly type: ElementType; readonly shape: readonly number[] }): number {
  return elementCount(value.shape) * ELEMENT_TYPES[value.type].bytes;
}
