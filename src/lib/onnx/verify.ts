/** Checks a graph before it is written: defined before use, unique names, known types, sizes that agree. */
import { ModelError } from '../../core/errors.ts';
import { ELEMENT_TYPES, type Graph, type Value } from './graph.ts';
import { describe } from './shapes.ts';

/**
 * @throws ModelError for an operator set outside 17 to 21, a name that is empty, defined twice or used before it is
 * defined, an initializer that nothing uses or whose sizes are not natural numbers, and an output that nothing gives or
 * that is declared with another type or shape.
 */
export function verify(graph: Graph): void {
  if (!(graph.opset >= 17 && graph.opset <= 21))
    throw fault(graph, `operator set, expected 17 to 21, got ${graph.opset}`);
  if (graph.outputs.length === 0) throw fault(graph, 'outputs, expected at least one, got none');
  const defined = new Map<string, Value>();
  for (const value of [...graph.inputs, ...graph.initializers]) define(graph, defined, value);
  for (const initializer of graph.initializers) checkSizes(graph, initializer);
  const used = walk(graph, defined);
  const idle = graph.initializers.find((initializer) => !used.has(initializer.name));
  if (idle) throw fault(graph, `initializer ${idle.name}, expected a node that uses it, got none`);
  for (const output of graph.outputs) checkOutput(graph, defined, output);
}

function fault(graph: Graph, message: string): ModelError {
  return new ModelError(`graph ${graph.name}: ${message}`);
}

function define(graph: Graph, defined: Map<string, Value>, value: Value): void {
  if (value.name === '') throw fault(graph, 'name of a value, expected text, got none');
  if (defined.has(value.name)) throw fault(graph, `value ${value.name}, expected one definition, got two`);
  if (!(value.type in ELEMENT_TYPES))
    throw fault(graph, `type of ${value.name}, expected a known one, got ${value.type}`);
  defined.set(value.name, value);
}

function checkSizes(graph: Graph, value: Value): void {
  const natural = value.shape.every((size) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0);
  if (!natural) throw fault(graph, `initializer, expected natural sizes, got ${describe(value)}`);
}

function walk(graph: Graph, defined: Map<string, Value>): ReadonlySet<string> {
  const used = new Set<string>();
  const names = new Set<string>();
  for (const node of graph.nodes) {
    if (names.has(node.name)) throw fault(graph, `node ${node.name}, expected one of that name, got two`);
    names.add(node.name);
    for (const input of node.inputs) {
      if (input !== '' && !defined.has(input))
        throw fault(graph, `node ${node.name}, expected input ${input} defined before it, got no definition`);
      used.add(input);
    }
    for (const output of node.outputs) {
      const value = graph.values.get(output);
      if (!value) throw fault(graph, `node ${node.name}, expected type and shape of output ${output}, got none`);
      define(graph, defined, value);
    }
  }
  return used;
}

function checkOutput(graph: Graph, defined: ReadonlyMap<string, Value>, output: Value): void {
  const given = defined.get(output.name);
  if (!given) throw fault(graph, `output ${output.name}, expected a node that gives it, got none`);
  if (describe(given) !== describe(output))
    throw fault(graph, `output, expected ${describe(output)}, got ${describe(given)}`);
}
