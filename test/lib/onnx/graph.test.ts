// Graphs as data: what verify refuses, deterministic bytes, and weights in a file of their own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { encodeModel, PAGE, writeExternalData } from '../../../src/lib/onnx/encode.ts';
import {
  addInput,
  addOutput,
  createGraph,
  float32Tensor,
  type Graph,
  int64Vector,
} from '../../../src/lib/onnx/graph.ts';
import { Add, MatMul } from '../../../src/lib/onnx/operators.ts';
import { verify } from '../../../src/lib/onnx/verify.ts';

const WIDTH = 40;

/** x · W + b + c with a large, a second large and a small weight. */
function sample() {
  const graph = createGraph('sample');
  const x = addInput(graph, { name: 'x', type: 'float32', shape: ['batch', WIDTH] });
  const filled = (name: string, shape: number[], value: number) =>
    float32Tensor(graph, name, shape, () => new Float32Array(shape.reduce((a, b) => a * b)).fill(value));
  const product = MatMul(graph, x, filled('w', [WIDTH, 300], 2));
  addOutput(graph, 'y', Add(graph, Add(graph, product, filled('b', [300], 3)), filled('c', [1], 4)));
  return graph;
}

function externalBytes(graph: Graph): Uint8Array {
  const parts: Uint8Array[] = [];
  writeExternalData(graph, (bytes) => parts.push(bytes.slice()));
  return new Uint8Array(Buffer.concat(parts));
}

describe('weights beside the model', () => {
  test('give what weights inside it give, at whole pages', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medvlm-graph-'));
    const graph = sample();
    const outside = externalBytes(graph);
    writeFileSync(join(folder, 'm.onnx'), encodeModel(graph, { externalData: 'm.weights' }));
    writeFileSync(join(folder, 'm.weights'), outside);
    const feeds = { x: new Tensor('float32', new Float32Array(3 * WIDTH).fill(1), [3, WIDTH]) };
    const beside = await (await InferenceSession.create(join(folder, 'm.onnx'))).run(feeds);
    const inside = await (await InferenceSession.create(encodeModel(graph))).run(feeds);
    expect([...new Set(beside.y!.data as Float32Array)]).toEqual([2 * WIDTH + 7]);
    expect(beside.y!.data).toEqual(inside.y!.data);
    const second = Math.ceil((WIDTH * 300 * 4) / PAGE) * PAGE;
    expect(outside).toHaveLength(second + 300 * 4);
    expect(new DataView(outside.buffer).getFloat32(second, true)).toBe(3);
    rmSync(folder, { recursive: true });
  });

  test('are asked for only when they are written, one at a time', () => {
    const graph = createGraph('lazy');
    const asked: string[] = [];
    const x = addInput(graph, { name: 'x', type: 'float32', shape: [300] });
    const values = (name: string) => () => {
      asked.push(name);
      return new Float32Array(300);
    };
    addOutput(
      graph,
      'y',
      Add(
        graph,
        Add(graph, x, float32Tensor(graph, 'a', [300], values('a'))),
        float32Tensor(graph, 'b', [300], values('b')),
      ),
    );
    encodeModel(graph, { externalData: 'w' });
    expect(asked).toEqual([]);
    writeExternalData(graph, () => asked.push('written'));
    expect(asked).toEqual(['a', 'written', 'written', 'b', 'written']); // the second one pads to a page
  });
});

test('the same graph gives the same bytes; equal constants are shared', () => {
  expect(encodeModel(sample())).toEqual(encodeModel(sample()));
  const graph = createGraph('constants');
  expect(int64Vector(graph, [1, 2])).toBe(int64Vector(graph, [1, 2]));
  expect(int64Vector(graph, [2, 1]).name).not.toBe(int64Vector(graph, [1, 2]).name);
});

describe('verify', () => {
  test('accepts a sound graph', () => expect(() => verify(sample())).not.toThrow());

  test.each<[string, (graph: ReturnType<typeof sample>) => Graph, string]>([
    ['an operator set of another time', (g) => ({ ...g, opset: 22 }), 'operator set'],
    ['no output', (g) => ({ ...g, outputs: [] }), 'outputs'],
    ['an output that nothing gives', (g) => ({ ...g, outputs: [{ ...g.outputs[0]!, name: 'z' }] }), 'output z'],
    [
      'an output of another shape',
      (g) => ({ ...g, outputs: [{ ...g.outputs[0]!, shape: ['batch', 301] }] }),
      'float32[batch, 301]',
    ],
    ['an output of another type', (g) => ({ ...g, outputs: [{ ...g.outputs[0]!, type: 'int64' }] }), 'int64'],
    ['a use before the definition', (g) => ({ ...g, nodes: [...g.nodes].reverse() }), 'defined before it'],
    ['an input that is missing', (g) => ({ ...g, inputs: [] }), 'expected input x'],
    ['two inputs of one name', (g) => ({ ...g, inputs: [g.inputs[0]!, g.inputs[0]!] }), 'one definition, got two'],
    ['a weight named as an input', (g) => ({ ...g, inputs: [...g.inputs, { ...g.inputs[0]!, name: 'w' }] }), 'value w'],
    [
      'a weight that nothing uses',
      (g) => ({ ...g, initializers: [...g.initializers, { ...g.initializers[0]!, name: 'idle' }] }),
      'initializer idle',
    ],
    [
      'a weight of negative size',
      (g) => ({ ...g, initializers: g.initializers.map((w) => ({ ...w, shape: [-1] })) }),
      'natural sizes',
    ],
    ['a node twice', (g) => ({ ...g, nodes: [g.nodes[0]!, ...g.nodes] }), 'one of that name'],
    ['an output without inferred type', (g) => ({ ...g, values: new Map() }), 'type and shape of output'],
    ['a nameless input', (g) => ({ ...g, inputs: [{ ...g.inputs[0]!, name: '' }] }), 'name of a value'],
  ])('refuses %s', (_, change, message) => {
    expect(() => verify(change(sample()))).toThrow(ModelError);
    expect(() => verify(change(sample()))).toThrow(message);
  });

  test('a weight that gives another number of values is refused when it is written', () => {
    const graph = createGraph('short');
    const x = addInput(graph, { name: 'x', type: 'float32', shape: [2] });
    addOutput(
      graph,
      'y',
      Add(
        graph,
        x,
        float32Tensor(graph, 'w', [2], () => new Float32Array(3)),
      ),
    );
    expect(() => encodeModel(graph)).toThrow('tensor w, expected 2 values');
  });
});
