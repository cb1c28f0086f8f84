/** Writes a graph as an ONNX model: the protobuf message, and weights either inside it or in a page-aligned file beside it. */
import {
  type Attribute,
  byteLength,
  type Dimension,
  ELEMENT_TYPES,
  type Graph,
  type GraphNode,
  type Initializer,
  type Value,
} from './graph.ts';
import { bytesField, concatenate, floatField, integerField, messageField, stringField } from './wire.ts';

/** Offsets are multiples of this, so that a runtime can map the file instead of copying it. */
export const PAGE = 4096;

/** Smaller tensors stay inside the model file. */
const INLINE_BELOW = 1024;

/** IR version that came with each operator set. Source: onnx/onnx:docs/Versioning.md. */
const IR_VERSIONS: Readonly<Record<number, number>> = { 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 };

export interface EncodeOptions {
  /** Name of the weights file relative to the model file; undefined keeps every weight inside. */
  readonly externalData?: string;
}

interface Placed {
  readonly initializer: Initializer;
  readonly offset: number;
  readonly length: number;
}

/** Where each large tensor lies in the weights file. */
function externalLayout(graph: Graph): readonly Placed[] {
  const placed: Placed[] = [];
  let end = 0;
  for (const initializer of graph.initializers) {
    const length = byteLength(initializer);
    if (length < INLINE_BELOW) continue;
    const offset = Math.ceil(end / PAGE) * PAGE;
    placed.push({ initializer, offset, length });
    end = offset + length;
  }
  return placed;
}

/** The model message. Deterministic: the same graph gives the same bytes. */
export function encodeModel(graph: Graph, { externalData }: EncodeOptions = {}): Uint8Array {
  const outside = new Map(externalData ? externalLayout(graph).map((placed) => [placed.initializer.name, placed]) : []);
  const body = [
    ...graph.nodes.map((node) => messageField(1, nodeMessage(node))),
    stringField(2, graph.name),
    ...graph.initializers.map((tensor) =>
      messageField(5, tensorMessage(tensor, outside.get(tensor.name), externalData)),
    ),
    ...graph.inputs.map((value) => messageField(11, valueMessage(value))),
    ...graph.outputs.map((value) => messageField(12, valueMessage(value))),
  ];
  const domains = [...new Set(graph.nodes.map((node) => node.domain))].filter((domain) => domain !== '').sort();
  return concatenate([
    integerField(1, IR_VERSIONS[graph.opset] ?? 10),
    stringField(2, 'medvlm-bench'),
    messageField(7, body),
    messageField(8, [stringField(1, ''), integerField(2, graph.opset)]),
    ...domains.map((domain) => messageField(8, [stringField(1, domain), integerField(2, 1)])),
  ]);
}

/** Writes the weights that `encodeModel` placed outside, one tensor at a time, padded with zeros to whole pages. */
export function writeExternalData(graph: Graph, write: (bytes: Uint8Array) => void): void {
  let position = 0;
  for (const { initializer, offset, length } of externalLayout(graph)) {
    if (offset > position) write(new Uint8Array(offset - position));
    write(initializer.bytes());
    position = offset + length;
  }
}

function tensorMessage(tensor: Initializer, placed: Placed | undefined, location = ''): Uint8Array[] {
  const head = [
    ...tensor.shape.map((size) => integerField(1, size)),
    integerField(2, ELEMENT_TYPES[tensor.type].code),
    stringField(8, tensor.name),
  ];
  if (!placed) return [...head, bytesField(9, tensor.bytes())];
  const entry = (key: string, value: string) => messageField(13, [stringField(1, key), stringField(2, value)]);
  const where = [entry('location', location), entry('offset', `${placed.offset}`), entry('length', `${placed.length}`)];
  return [...head, ...where, integerField(14, 1)];
}

function nodeMessage(node: GraphNode): Uint8Array[] {
  return [
    ...node.inputs.map((name) => stringField(1, name)),
    ...node.outputs.map((name) => stringField(2, name)),
    stringField(3, node.name),
    stringField(4, node.operator),
    ...Object.entries(node.attributes).map(([name, value]) => messageField(5, attributeMessage(name, value))),
    ...(node.domain ? [stringField(7, node.domain)] : []),
  ];
}

function attributeMessage(name: string, value: Attribute): Uint8Array[] {
  const head = stringField(1, name);
  if ('int' in value) return [head, integerField(3, value.int), integerField(20, 2)];
  if ('ints' in value) return [head, ...value.ints.map((entry) => integerField(8, entry)), integerField(20, 7)];
  if ('float' in value) return [head, floatField(2, value.float), integerField(20, 1)];
  return [head, stringField(4, value.text), integerField(20, 3)];
}

function dimensionMessage(dimension: Dimension): Uint8Array[] {
  return [typeof dimension === 'number' ? integerField(1, dimension) : stringField(2, dimension)];
}

function valueMessage(value: Value): Uint8Array[] {
  const shape = messageField(
    2,
    value.shape.map((dimension) => messageField(1, dimensionMessage(dimension))),
  );
  const tensorType = messageField(1, [integerField(1, ELEMENT_TYPES[value.type].code), shape]);
  return [stringField(1, value.name), messageField(2, [tensorType])];
}
